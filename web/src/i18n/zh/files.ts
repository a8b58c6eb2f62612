import type { Strings } from "../strings";

export const files: Strings["files"] = {};
