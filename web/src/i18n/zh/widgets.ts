import type { Strings } from "../strings";

export const widgets: Strings["widgets"] = {};
