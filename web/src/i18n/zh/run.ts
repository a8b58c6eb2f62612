import type { Strings } from "../strings";

export const run: Strings["run"] = {};
