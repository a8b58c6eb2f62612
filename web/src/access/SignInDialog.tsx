/** Over the editor when the session has ended in the midst of work: all stays where it is until somebody signs in. */

import { Modal, Text } from "@mantine/core";

import { useStrings } from "../i18n/language";
import { isOutside, useSession } from "../state/session";
import { SignInForm } from "./SignInForm";

/** Above dialogs that were open. */
const ABOVE_ALL = 400;

export function SignInDialog() {
  const { access: words } = useStrings();
  return (
    <Modal
      opened={useSession(isOutside)}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={words.ended}
      zIndex={ABOVE_ALL}
      transitionProps={{ duration: 90 }}
    >
      <Text size="sm" mb="md">
        {words.endedAdvice}
      </Text>
      <SignInForm />
    </Modal>
  );
}
