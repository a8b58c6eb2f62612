import type { Strings } from "../strings";

export const commands: Strings["commands"] = {};
