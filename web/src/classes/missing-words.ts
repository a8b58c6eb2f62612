/** What is missing in a document, and what can be done, in words for a person. */

import { writeJson, type Json } from "../document/json";
import type { Strings } from "../i18n/strings";
import type { WrongValue } from "./missing";
import type { Pack } from "./packs";

/** What to do about a class that nobody knows. */
export function adviceOn(pack: Pack, strings: Strings): string {
  const { packs } = strings.classes.missing;
  return pack.kind === "pack" ? packs.pack(pack.name) : packs[pack.kind];
}

export function problemWords({ problem, value }: Pick<WrongValue, "problem" | "value">, strings: Strings): string {
  const { problems } = strings.classes.missing;
  switch (problem.kind) {
    case "not-an-option":
      return problems.notAnOption(shown(value));
    case "too-small":
      return problems.tooSmall(shown(problem.limit));
    case "too-large":
      return problems.tooLarge(shown(problem.limit));
    case "no-number":
      return problems.noNumber;
  }
}

const shown = (value: Json): string => (typeof value === "string" ? value : writeJson(value));
