/** Which of the server's events change what is known of a run. All types of the wire are generated: see `schema.ts`. */

import type { NodePreview, ServerEvent } from "./schema";

/** All but previews, which are shown and forgotten. */
export type RunEvent = Exclude<ServerEvent, NodePreview>;
