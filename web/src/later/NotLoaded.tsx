/** Says that a part of the page could not be loaded, and offers what helps; in its place, or in a dialog of its own. */

import { Alert, Button, Modal, Stack } from "@mantine/core";

import { useStrings } from "../i18n/language";

export function NotLoaded() {
  const words = useStrings().shell.notLoaded;
  return (
    <Alert role="alert" color="orange" title={words.title}>
      <Stack gap="sm" align="flex-start">
        {words.advice}
        <Button
          size="xs"
          onClick={() => {
            window.location.reload();
          }}
        >
          {words.reload}
        </Button>
      </Stack>
    </Alert>
  );
}

/** For parts that would have stood above the page. */
export function NotLoadedDialog({ onClose }: { readonly onClose: () => void }) {
  const { close } = useStrings().shell;
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ "aria-label": close }}>
      <NotLoaded />
    </Modal>
  );
}
