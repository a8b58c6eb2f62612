import type { Strings } from "../strings";

export const canvas: Strings["canvas"] = {};
