/** What stands in place of the editor until somebody has signed in. */

import { Group, Paper, Text, Title } from "@mantine/core";

import { useStrings } from "../i18n/language";
import { LanguageMenu } from "../shell/LanguageMenu";
import { ThemeButton } from "../shell/ThemeButton";
import { SignInForm } from "./SignInForm";
import classes from "./SignInPage.module.css";

export function SignInPage() {
  const { access: words } = useStrings();
  return (
    <main className={classes.page}>
      <Group gap={2} className={classes.corner}>
        <LanguageMenu />
        <ThemeButton />
      </Group>
      <Paper className={classes.card} withBorder shadow="sm" radius="md" p="xl">
        <Title order={1} size="h3">
          {words.title}
        </Title>
        <Text size="sm" c="dimmed" mb="lg">
          {window.location.host}
        </Text>
        <SignInForm />
      </Paper>
    </main>
  );
}
