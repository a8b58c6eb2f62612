/** 简体中文. */

import type { Strings } from "../strings";
import { access } from "./access";
import { canvas } from "./canvas";
import { classes } from "./classes";
import { commands } from "./commands";
import { files } from "./files";
import { gestures } from "./gestures";
import { run } from "./run";
import { shell } from "./shell";
import { widgets } from "./widgets";

export const zh: Strings = { shell, canvas, gestures, classes, widgets, files, run, commands, access };
