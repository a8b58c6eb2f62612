/** Says that the workflow that is shown asks for what is not there, and leads to the report of it. */

import { Button, CloseButton } from "@mantine/core";
import { IconPuzzleOff } from "@tabler/icons-react";
import { useState } from "react";

import { useActiveTab, useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { Banner } from "./Banner";
import { useMissing } from "./use-missing";

export function MissingBanner() {
  const app = useApp();
  const tab = useActiveTab();
  const { files: words } = useStrings();
  const missing = useMissing(tab?.editor);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  if (!tab || !missing || dismissed.has(tab.id)) return null;
  const [classes, files] = [missing.classes.length, missing.files.length];
  if (classes + files === 0) return null;
  return (
    <Banner color="orange" icon={<IconPuzzleOff size={18} aria-hidden />} text={words.missing.summary(classes, files)}>
      <Button
        size="compact-sm"
        onClick={() => {
          app.ui.setState({ dialog: { kind: "missing", tab: tab.id } });
        }}
      >
        {words.missing.show}
      </Button>
      <CloseButton
        size="sm"
        aria-label={words.banners.dismiss}
        onClick={() => {
          setDismissed(new Set([...dismissed, tab.id]));
        }}
      />
    </Banner>
  );
}
