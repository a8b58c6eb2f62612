/** Where an access token is typed or pasted. It is handed on and forgotten. */

import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useState, type SubmitEvent } from "react";

import { signIn } from "../client/session";
import { useStrings } from "../i18n/language";
import { useSession } from "../state/session";

export function SignInForm() {
  const { access: words } = useStrings();
  const refused = useSession((session) => session.refused);
  const [token, setToken] = useState("");
  const [asking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setAsking(true);
    const failed = await signIn(token);
    setAsking(false);
    if (failed === null) setToken("");
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <PasswordInput
          label={words.token}
          placeholder="ng_…"
          data-autofocus
          autoFocus
          autoComplete="current-password"
          spellCheck={false}
          value={token}
          error={refused === null ? undefined : words.refused[refused]}
          visibilityToggleButtonProps={{ "aria-label": words.show }}
          onChange={(event) => {
            setToken(event.currentTarget.value);
            useSession.setState({ refused: null });
          }}
        />
        <Button type="submit" loading={asking} disabled={token.trim() === ""}>
          {words.signIn}
        </Button>
        <Text size="sm" c="dimmed">
          {words.whence}
        </Text>
      </Stack>
    </form>
  );
}
