/** Says that the socket is down, or that the server has no worker, for as long as it is so. */

import { Alert } from "@mantine/core";
import { IconEngineOff, IconPlugConnectedX } from "@tabler/icons-react";

import { useStrings } from "../i18n/language";
import { useServer } from "../state/server";
import { isOutside, useSession } from "../state/session";

export function ConnectionBanner() {
  const { banner } = useStrings().run;
  const outside = useSession(isOutside);
  const { link, everOpen, status } = useServer();
  if (link === "open" && status?.trouble) {
    return (
      <Alert role="alert" color="orange" radius={0} icon={<IconEngineOff aria-hidden />} title={banner.noWorker}>
        {status.trouble}
      </Alert>
    );
  }
  if (link !== "lost" || outside) return null;
  const [title, advice] = everOpen
    ? [banner.lost, banner.lostAdvice]
    : [banner.neverReached, banner.neverReachedAdvice];
  return (
    <Alert role="alert" color="orange" radius={0} icon={<IconPlugConnectedX aria-hidden />} title={title}>
      {advice}
    </Alert>
  );
}
