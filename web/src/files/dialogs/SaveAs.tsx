/** Asks what a workflow is to be called and where it is to lie, and saves it there. */

import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { refreshListing } from "../listing";
import { fileCalled, folderOf } from "../paths";
import { saveAs, tabOf } from "../save";
import { FileError, type Condition } from "../userdata";

export interface SaveAsProps {
  readonly tab: string;
  readonly onDone: () => void;
}

type Trouble =
  { readonly kind: "taken"; readonly etag: string } | { readonly kind: "failed"; readonly message: string };

export default function SaveAs({ tab: id, onDone }: SaveAsProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const tab = tabOf(app, id);
  const [name, setName] = useState(tab?.title ?? "");
  const [folder, setFolder] = useState(folderOf(tab?.file?.path ?? ""));
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [saving, setSaving] = useState(false);
  const listing = useStore(app.files, ({ listing: known }) => known) ?? [];
  const folders = listing.filter(({ kind }) => kind === "folder").map(({ path }) => ({ value: path, label: path }));
  const path = fileCalled(folder, name);

  useEffect(() => void refreshListing(app), [app]);

  const save = async (condition: Condition): Promise<void> => {
    setSaving(true);
    try {
      await saveAs(app, id, path, condition);
      onDone();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { kind, etag, message } = error;
      if (kind === "conflict" && etag !== null) setTrouble({ kind: "taken", etag });
      else setTrouble({ kind: "failed", message: kind === "unreachable" ? words.save.unreachable : message });
      setSaving(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") void save("new");
      }}
    >
      <Stack>
        <TextInput
          label={words.saveAs.name}
          value={name}
          autoFocus
          data-autofocus
          onFocus={(event) => {
            event.currentTarget.select();
          }}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setTrouble(null);
          }}
        />
        <Select
          label={words.saveAs.folder}
          data={[{ value: "", label: words.saveAs.top }, ...folders]}
          value={folder}
          allowDeselect={false}
          searchable={folders.length > 8}
          onChange={(chosen) => {
            setFolder(chosen ?? "");
            setTrouble(null);
          }}
        />
        {trouble?.kind === "taken" && (
          <Alert color="orange" role="alert" title={words.saveAs.taken(path)}>
            <Text size="sm" mb="xs">
              {words.saveAs.replaceHint}
            </Text>
            <Button size="xs" variant="default" loading={saving} onClick={() => void save({ match: trouble.etag })}>
              {words.saveAs.replace}
            </Button>
          </Alert>
        )}
        {trouble?.kind === "failed" && (
          <Alert color="red" role="alert">
            {trouble.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {words.saveAs.cancel}
          </Button>
          <Button type="submit" loading={saving} disabled={name.trim() === ""}>
            {words.saveAs.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
