/**
 * Every word the page says, by area, in each language. English is the measure: another language is an object of the
 * same shape, so the compiler finds what is not translated. Knows nothing of who shows them.
 */

import { access } from "./en/access";
import { canvas } from "./en/canvas";
import { classes } from "./en/classes";
import { commands } from "./en/commands";
import { files } from "./en/files";
import { gestures } from "./en/gestures";
import { run } from "./en/run";
import { shell } from "./en/shell";
import { widgets } from "./en/widgets";
import { zh } from "./zh";

export const en = { shell, canvas, gestures, classes, widgets, files, run, commands, access };

export type Strings = typeof en;

export type Language = "en" | "zh";

/** By the language's own name, in the order in which they are offered. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", zh: "简体中文" };

/** What `lang` says of each. `zh` alone would leave to the browser which script's shapes it draws. */
export const TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-CN" };

export const STRINGS: Readonly<Record<Language, Strings>> = { en, zh };
