/** What can be done about a node whose class the server does not know, so that what stands around it can run. */

import { Button, Group, Text } from "@mantine/core";
import { useCallback, useSyncExternalStore } from "react";

import { editNodes } from "../document/edit-nodes";
import { MODE, type NodeRecord } from "../document/records";
import { removeKeepingLinks } from "../editing/remove";
import type { Tab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import { placeOf } from "./where";

export function UnknownClass({ tab: { editor }, id, classId }: { tab: Tab; id: string; classId: string }) {
  const { run, gestures } = useStrings();
  const { unknown: words } = run.problems;
  const { store } = editor.document;
  const node = useSyncExternalStore(
    useCallback((listener) => store.subscribe(listener), [store]),
    (): NodeRecord | null => placeOf(store, id)?.node ?? null,
  );
  const settled = node === null ? words.removed : node.mode === MODE.active ? null : words.switchedOff;
  return (
    <>
      {words.said(classId)}
      {settled !== null || node === null ? (
        <Text size="sm" c="dimmed">
          {settled}
        </Text>
      ) : (
        <Group gap="xs" mt={4}>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              store.transact(gestures.done.bypassed, (transaction) => {
                editNodes(transaction, [node.key], { mode: MODE.bypassed });
              });
            }}
          >
            {words.bypass}
          </Button>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              store.transact(gestures.done.remove, (transaction) => {
                removeKeepingLinks(transaction, [node.key], editor.catalog.getState());
              });
            }}
          >
            {words.remove}
          </Button>
        </Group>
      )}
    </>
  );
}
