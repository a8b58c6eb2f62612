/** How near the canvas is looked at, in its lower right corner. */

import { ActionIcon, Tooltip, UnstyledButton } from "@mantine/core";
import { IconMap, IconMapOff, IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";

import { useApp, useSettings } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { useSurface } from "../surface";
import styles from "./controls.module.css";

const STEP = 1.25;
const ICON = { size: 16, stroke: 1.8, "aria-hidden": true } as const;

export function ZoomControls() {
  const { settings } = useApp();
  const surface = useSurface();
  const words = useStrings().canvas.zoom;
  const percent = useStore(surface.editor.view, ({ viewport }) => Math.round(viewport.scale * 100));
  const minimap = useSettings((settings) => settings.minimap);
  const scaleBy = (factor: number): void => {
    surface.zoom(surface.editor.view.getState().viewport.scale * factor);
  };
  return (
    <div className={styles.bar} role="group" aria-label={words.controls}>
      <Tool
        name={words.out}
        onClick={() => {
          scaleBy(1 / STEP);
        }}
      >
        <IconMinus {...ICON} />
      </Tool>
      <Tooltip label={words.full} openDelay={500}>
        <UnstyledButton
          className={styles.scale}
          aria-label={`${percent} % – ${words.full}`}
          onClick={() => {
            surface.zoom(1);
          }}
        >
          {percent} %
        </UnstyledButton>
      </Tooltip>
      <Tool
        name={words.in}
        onClick={() => {
          scaleBy(STEP);
        }}
      >
        <IconPlus {...ICON} />
      </Tool>
      <Tool
        name={words.fit}
        onClick={() => {
          surface.fit();
        }}
      >
        <IconMaximize {...ICON} />
      </Tool>
      <Tool
        name={minimap ? words.hideMinimap : words.showMinimap}
        pressed={minimap}
        onClick={() => {
          settings.setState({ minimap: !minimap });
        }}
      >
        {minimap ? <IconMap {...ICON} /> : <IconMapOff {...ICON} />}
      </Tool>
    </div>
  );
}

interface ToolProps {
  readonly name: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ name, pressed, onClick, children }: ToolProps) {
  return (
    <Tooltip label={name} openDelay={500}>
      <ActionIcon variant="subtle" color="gray" size={28} aria-label={name} aria-pressed={pressed} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
