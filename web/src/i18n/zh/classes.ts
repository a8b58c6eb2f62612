import type { Strings } from "../strings";

export const classes: Strings["classes"] = {};
