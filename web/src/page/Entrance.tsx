/** The editor, or before it the page where one signs in. */

import { SignInDialog } from "../access/SignInDialog";
import { SignInPage } from "../access/SignInPage";
import { isOutside, useSession } from "../state/session";
import { Page } from "./Page";

export function Entrance() {
  const waits = useSession((session) => isOutside(session) && !session.begun);
  if (waits) return <SignInPage />;
  return (
    <>
      <Page />
      <SignInDialog />
    </>
  );
}
