/** The workflows that were deleted and can be restored. */

import { Button, Collapse, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { barred, useMayNot } from "../access/may-not";
import { useApp } from "../editor/app";
import { useLanguage, useStrings } from "../i18n/language";
import type { Gone } from "../protocol/schema";
import { restore } from "./manage";
import { momentOf } from "./moments";
import { titleOf } from "./paths";
import { deletedFiles } from "./userdata";
import classes from "./WorkflowsPanel.module.css";

export function DeletedWorkflows() {
  const app = useApp();
  const { files: words } = useStrings();
  const language = useLanguage((state) => state.language);
  const listing = useStore(app.files, (files) => files.listing);
  const [deleted, setDeleted] = useState<readonly Gone[]>([]);
  const [open, setOpen] = useState(false);
  const mayNot = useMayNot("run");
  useEffect(() => {
    deletedFiles().then(setDeleted, () => {
      setDeleted([]); // the server does not answer; the tree above says nothing new either
    });
  }, [listing]);
  if (deleted.length === 0) return null;
  return (
    <section className={classes.deleted}>
      <UnstyledButton
        className={classes.row}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <IconChevronRight size={14} className={classes.chevron} data-open={open || undefined} aria-hidden />
        <Text size="sm" c="dimmed">
          {words.panel.deleted(deleted.length)}
        </Text>
      </UnstyledButton>
      <Collapse expanded={open}>
        <ul className={classes.found}>
          {deleted.map(({ path, deleted: at, version }) => (
            <li key={path} className={classes.row}>
              <div className={classes.name}>
                <span className={classes.title}>{titleOf(path)}</span>
                <span className={classes.folder}>{momentOf(at, language)}</span>
              </div>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={words.panel.restoreOne(titleOf(path))}
                title={mayNot ?? undefined}
                onClick={() => void restore(app, path, version)}
                {...barred(mayNot)}
              >
                {words.versions.restore}
              </Button>
            </li>
          ))}
        </ul>
      </Collapse>
    </section>
  );
}
