/** Says that the file of a tab has other content than the tab has read, and asks what is to become of both. */

import { Alert, Button, Group, Loader, Stack, Table, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import { useApp } from "../../editor/app";
import { useLanguage, useStrings } from "../../i18n/language";
import { momentOf } from "../moments";
import { tabOf } from "../save";
import { nodesIn, openTheirsBeside, overwriteTheirs, theirsOf, type Theirs } from "../theirs";
import { FileError } from "../userdata";

export interface ConflictProps {
  readonly tab: string;
  readonly onDone: () => void;
}

export default function Conflict({ tab: id, onDone }: ConflictProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const language = useLanguage((state) => state.language);
  const [tab] = useState(() => tabOf(app, id));
  const [mine] = useState(() => (tab ? nodesIn(tab.editor.document.text()) : 0));
  const [theirs, setTheirs] = useState<Theirs | null | "asking">("asking");
  const [trouble, setTrouble] = useState<string | null>(null);
  const path = tab?.file?.path;

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      setTrouble(error.kind === "unreachable" ? words.save.unreachable : error.message);
    }
  };

  useEffect(() => {
    if (path === undefined) return;
    let wanted = true;
    theirsOf(path).then(
      (found) => {
        if (wanted) setTheirs(found);
      },
      (error: unknown) => {
        if (!(error instanceof FileError)) throw error;
        if (wanted) setTrouble(error.message || words.save.unreachable);
      },
    );
    return () => {
      wanted = false;
    };
  }, [path, words]);

  if (path === undefined) return null;
  const gone = theirs === null;
  return (
    <Stack>
      <Text size="sm">{gone ? words.conflict.gone(path) : words.conflict.changed(path)}</Text>
      {theirs === "asking" && trouble === null && <Loader size="sm" />}
      {theirs !== "asking" && theirs !== null && (
        <Table withTableBorder>
          <Table.Tbody>
            <Table.Tr>
              <Table.Th>{words.conflict.yours}</Table.Th>
              <Table.Td>{words.conflict.notSaved}</Table.Td>
              <Table.Td>{words.nodes(mine)}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>{words.conflict.theirs}</Table.Th>
              <Table.Td>{words.conflict.savedAt(momentOf(theirs.modified, language))}</Table.Td>
              <Table.Td>{words.nodes(theirs.nodes)}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      )}
      {trouble !== null && (
        <Alert color="red" role="alert">
          {trouble}
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        {gone ? words.conflict.goneHint : words.conflict.hint}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {words.conflict.later}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            app.ui.setState({ dialog: { kind: "save-as", tab: id } });
          }}
        >
          {words.conflict.saveAs}
        </Button>
        <Button
          variant={gone ? "filled" : "light"}
          color={gone ? undefined : "red"}
          onClick={() =>
            void attempt(async () => {
              await overwriteTheirs(app, id);
              onDone();
            })
          }
        >
          {gone ? words.conflict.writeAgain : words.conflict.overwrite}
        </Button>
        {!gone && (
          <Button
            autoFocus
            data-autofocus
            onClick={() => {
              onDone();
              void openTheirsBeside(app, id);
            }}
          >
            {words.conflict.beside}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
