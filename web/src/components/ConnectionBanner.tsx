import { Alert } from "@mantine/core";
import { IconEngineOff, IconPlugConnectedX } from "@tabler/icons-react";

import { en } from "../i18n/en";
import { useServer } from "../state/server";

/** Says that the socket is down, for as long as it is, or that the server has no worker. */
export function ConnectionBanner() {
  const { link, everOpen, status } = useServer();
  if (link === "open" && status?.trouble) {
    return (
      <Alert
        role="alert"
        color="orange"
        radius={0}
        icon={<IconEngineOff aria-hidden />}
        title={en.server.noWorkerBanner}
      >
        {status.trouble}
      </Alert>
    );
  }
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
