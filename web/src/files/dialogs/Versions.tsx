/** The former contents of a workflow: to be looked at, or made the present one. */

import { Alert, Button, Group, Loader, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";

import { barred, useMayNot } from "../../access/may-not";
import { useApp } from "../../editor/app";
import { useLanguage, useStrings } from "../../i18n/language";
import type { Version } from "../../protocol/schema";
import { openVersion, restore } from "../manage";
import { momentOf } from "../moments";
import { titleOf } from "../paths";
import { checkFiles, loadTheirs } from "../theirs";
import { FileError, versionsOf } from "../userdata";

export interface VersionsProps {
  readonly path: string;
  readonly onDone: () => void;
}

export default function Versions({ path, onDone }: VersionsProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const language = useLanguage((state) => state.language);
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    let wanted = true;
    versionsOf(path).then(
      (found) => {
        if (wanted) setVersions(found);
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

  const mayNot = useMayNot("run");

  const bringBack = async (version: number): Promise<void> => {
    if (!(await restore(app, path, version))) return;
    const open = app.workspace.getState().tabs.find(({ file }) => file?.path === path);
    if (open?.changed === false) await loadTheirs(app, open.id);
    else await checkFiles(app);
    onDone();
  };

  if (trouble !== null) return <Alert color="red">{trouble}</Alert>;
  if (versions === null) return <Loader size="sm" />;
  if (versions.length === 0) return <Text size="sm">{words.versions.none}</Text>;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {words.versions.hint}
      </Text>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.versions.saved}</Table.Th>
              <Table.Th>{words.versions.size}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{words.menu.actions(path)}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map(({ version, saved, size }) => {
              const moment = momentOf(saved, language);
              return (
                <Table.Tr key={version}>
                  <Table.Td>{moment}</Table.Td>
                  <Table.Td>{words.versions.kilobytes(Math.max(1, Math.round(size / 1024)))}</Table.Td>
                  <Table.Td>
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={words.versions.openOne(moment)}
                        onClick={() => {
                          onDone();
                          void openVersion(app, path, version, words.versions.title(titleOf(path), moment));
                        }}
                      >
                        {words.menu.open}
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="light"
                        aria-label={words.versions.restoreOne(moment)}
                        title={mayNot ?? undefined}
                        onClick={() => void bringBack(version)}
                        {...barred(mayNot)}
                      >
                        {words.versions.restore}
                      </Button>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
