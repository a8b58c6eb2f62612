/** Giving nodes and groups a title: it is typed where it stands. */

import type { Key } from "../../document/records";
import type { Surface } from "../surface";

export function startNaming({ transient }: Pick<Surface, "transient">, key: Key): void {
  transient.setState({ editing: key });
}
