/** Where the page says for a moment what has happened, in the language that it speaks. */

import { MantineThemeProvider, Notification } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useMemo } from "react";

import { useStrings } from "../i18n/language";

export function Notices() {
  const { close } = useStrings().shell;
  const theme = useMemo(() => {
    const closeButtonProps = { "aria-label": close };
    return { components: { Notification: Notification.extend({ defaultProps: { closeButtonProps } }) } };
  }, [close]);
  return (
    <MantineThemeProvider theme={theme}>
      <Notifications position="bottom-right" limit={4} />
    </MantineThemeProvider>
  );
}
