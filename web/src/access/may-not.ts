/** Why a control is not for whoever is signed in. The server decides; this is so as not to offer what it will refuse. */

import { useStrings } from "../i18n/language";
import { may, useSession, type Scope } from "../state/session";

/** The reason that what needs `scope` may not be done; null where it may. */
export function useMayNot(scope: Scope): string | null {
  const { access } = useStrings();
  return useSession(may(scope)) ? null : access.mayNot[scope];
}

/** A button that may not be pressed, yet can be hovered: `disabled` would keep its tooltip from showing. */
export const barred = (reason: string | null) =>
  reason === null ? {} : { "data-disabled": true, "aria-disabled": true, onClick: undefined };

/** The same of an item of a menu, whose tooltip is the browser's. */
export const barredItem = (reason: string | null) => (reason === null ? {} : { disabled: true, title: reason });
