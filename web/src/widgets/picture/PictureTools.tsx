/** The buttons of a combo of pictures: put a file there, and paint a mask. */

import { UnstyledButton } from "@mantine/core";
import { IconBrush, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";

import { useMayNot } from "../../access/may-not";
import type { ComboSpec } from "../../classes/types";
import { useStrings } from "../../i18n/language";
import type { WidgetProps } from "../props";
import rowStyles from "../Row.module.css";
import type { PictureInput } from "./usePicture";

interface PictureToolsProps extends WidgetProps<ComboSpec> {
  readonly picture: PictureInput;
}

export function PictureTools({ label, linked, value, picture, onMask }: PictureToolsProps) {
  const { widgets: words } = useStrings();
  const mayNot = useMayNot("run");
  const chooser = useRef<HTMLInputElement>(null);
  if (linked) return null;
  return (
    <>
      <UnstyledButton
        className={rowStyles.tool}
        aria-label={words.picture.upload(label)}
        title={mayNot ?? words.picture.uploadHint}
        aria-disabled={picture.busy !== null || mayNot !== null}
        onClick={() => {
          // Not `disabled`: a button that has the focus and is disabled swallows the page's keys.
          if (picture.busy === null && mayNot === null) chooser.current?.click();
        }}
      >
        <IconUpload size={14} />
      </UnstyledButton>
      {onMask && value !== "" && (
        <UnstyledButton
          className={rowStyles.tool}
          aria-label={words.picture.mask(label)}
          title={mayNot ?? words.picture.maskHint}
          aria-disabled={mayNot !== null}
          onClick={() => {
            if (mayNot === null) onMask();
          }}
        >
          <IconBrush size={14} />
        </UnstyledButton>
      )}
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        hidden
        aria-label={words.picture.upload(label)}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void picture.put(file);
          currentTarget.value = "";
        }}
      />
    </>
  );
}
