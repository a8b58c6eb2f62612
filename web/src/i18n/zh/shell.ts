import type { Strings } from "../strings";

export const shell: Strings["shell"] = {};
