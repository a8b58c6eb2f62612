/** Looks for nodes in the graph that is shown and its subgraphs; the canvas follows from hit to hit. */

import { ActionIcon, CloseButton, Paper, ScrollArea, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";

import type { Surface } from "../canvas/surface";
import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { hitsFor, placesOf, type Hit } from "./find-nodes";
import { showPlace } from "./show-place";
import classes from "./FindBar.module.css";

export function FindBar() {
  const app = useApp();
  const opened = useStore(app.ui, ({ dialog }) => dialog?.kind === "find");
  const surface = useStore(app.surface);
  return opened && surface ? <Bar surface={surface} /> : null;
}

function Bar({ surface }: { surface: Surface }) {
  const { ui, catalog: catalogStore } = useApp();
  const { find: words } = useStrings().commands;
  const { store } = surface.editor.document;
  const catalog = useStore(catalogStore);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const change = useRevision(surface);
  // The records change in place; which of them there are is told by `change`.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const places = useMemo(() => placesOf(store, catalog), [store, catalog, change]);
  const hits = useMemo(() => hitsFor(places, query), [places, query]);
  const current = Math.min(at, hits.length - 1);
  const hit = hits[current];

  const show = (place: number): void => {
    const wanted = hits[(place + hits.length) % hits.length];
    if (!wanted) return;
    setAt((place + hits.length) % hits.length);
    showPlace(surface, wanted.place.path, wanted.place.key);
  };
  const search = (asked: string): void => {
    setQuery(asked);
    setAt(0);
    const first = hitsFor(places, asked)[0];
    if (first) showPlace(surface, first.place.path, first.place.key);
  };
  const close = (): void => {
    ui.setState({ dialog: null });
    // The keyboard goes on where the search has led to.
    if (hit) surface.focus(hit.place.key);
    else surface.element.focus();
  };

  return (
    <Paper
      component="search"
      shadow="md"
      withBorder
      className={classes.bar}
      aria-label={words.label}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      }}
    >
      <div className={classes.line}>
        <TextInput
          autoFocus
          className={classes.field}
          variant="unstyled"
          aria-label={words.label}
          placeholder={words.placeholder}
          leftSection={<IconSearch size={17} stroke={1.6} aria-hidden />}
          value={query}
          onChange={(event) => {
            search(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            const step = STEPS[event.key];
            if (step === undefined || event.nativeEvent.isComposing) return;
            event.preventDefault();
            show(current + (event.key === "Enter" && event.shiftKey ? -1 : step));
          }}
        />
        <Text span size="xs" c="dimmed" className={classes.count} role="status">
          {query.trim() === "" ? "" : words.count(current + 1, hits.length)}
        </Text>
        <StepButton
          label={words.previous}
          disabled={hits.length === 0}
          onClick={() => {
            show(current - 1);
          }}
          up
        />
        <StepButton
          label={words.next}
          disabled={hits.length === 0}
          onClick={() => {
            show(current + 1);
          }}
        />
        <CloseButton size={36} iconSize={18} aria-label={words.close} onClick={close} />
      </div>
      {hits.length > 0 && (
        <ScrollArea.Autosize mah={260} type="auto" scrollbarSize={8}>
          <ul className={classes.hits} aria-label={words.hits}>
            {hits.slice(0, LISTED).map((one, place) => (
              <HitRow
                key={nameOf(one)}
                hit={one}
                current={place === current}
                onClick={() => {
                  show(place);
                }}
              />
            ))}
          </ul>
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}

/** More than anyone reads; the others are reached by going from hit to hit. */
const LISTED = 100;

const STEPS: Readonly<Record<string, number>> = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

const nameOf = ({ place }: Hit): string => [...place.path.map(({ node }) => node), place.key].join(":");

interface StepButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly up?: boolean;
}

function StepButton({ label, disabled, onClick, up = false }: StepButtonProps) {
  const Icon = up ? IconChevronUp : IconChevronDown;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={18} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function HitRow({ hit, current, onClick }: { hit: Hit; current: boolean; onClick: () => void }) {
  const { place, value } = hit;
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li>
      <UnstyledButton ref={row} className={classes.hit} aria-current={current} onClick={onClick}>
        <span className={classes.title}>
          {place.within.map((title) => `${title} › `).join("")}
          <b>{place.title}</b>
          {place.id !== "" && <span className={classes.id}> #{place.id}</span>}
        </span>
        {value ? (
          <span className={classes.detail}>
            {value[0]}: {value[1]}
          </span>
        ) : (
          place.classTitle !== null &&
          place.classTitle !== place.title && <span className={classes.detail}>{place.classTitle}</span>
        )}
      </UnstyledButton>
    </li>
  );
}

/** Another number after each change of the document. */
function useRevision({ editor }: Surface): number {
  const revision = useRef(0);
  return useSyncExternalStore(
    (told) =>
      editor.document.store.subscribe(() => {
        revision.current += 1;
        told();
      }),
    () => revision.current,
  );
}
