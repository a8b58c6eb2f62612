/** A word to the person about what became of a file, with what can be done about it. */

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

import { strings } from "../i18n/language";

/** What the person may choose to have done; the word is gone then. */
export interface Offer {
  readonly label: string;
  readonly act: () => Promise<void>;
}

export function tellUndoable(message: string, undo: () => Promise<void>): void {
  const id = notifications.show({
    autoClose: 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <OfferButton
          offer={{ label: strings().files.undo, act: undo }}
          onTaken={() => {
            notifications.hide(id);
          }}
        />
      </Group>
    ),
  });
}

/** That a file could not be opened, and why. */
export function tellFailure(name: string, message: string, offer: Offer | null = null): void {
  const id = notifications.show({
    color: "red",
    autoClose: 12_000,
    title: strings().files.open.failed(name),
    message: offer ? (
      <>
        {message}
        <Group mt="xs">
          <OfferButton
            offer={offer}
            onTaken={() => {
              notifications.hide(id);
            }}
          />
        </Group>
      </>
    ) : (
      message
    ),
  });
}

function OfferButton({ offer: { label, act }, onTaken }: { offer: Offer; onTaken: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant="light"
      onClick={() => {
        onTaken();
        void act();
      }}
    >
      {label}
    </Button>
  );
}
