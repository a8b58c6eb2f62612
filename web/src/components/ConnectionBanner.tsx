import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";

import { en } from "../i18n/en";
import { useServer } from "../state/server";

/** Says that the socket is down, for as long as it is. */
export function ConnectionBanner() {
  const { link, everOpen } = useServer();
  if (link !== "lost") return null;
  const [title, advice] = everOpen
    ? [en.server.lostBanner, en.server.lostAdvice]
    : [en.server.neverReached, en.server.neverReachedAdvice];
  return (
    <Alert role="alert" color="orange" radius={0} icon={<IconPlugConnectedX aria-hidden />} title={title}>
      {advice}
    </Alert>
  );
}
