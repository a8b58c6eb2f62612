/** The commands as a whole: that none is nameless, and no key means two things. */

import { describe, expect, it } from "vitest";

import { en } from "../i18n/strings";
import { COMMANDS } from "./all";
import { parseKey } from "./keys";

describe("the commands", () => {
  it("have each a name of their own, and there is no name without a command", () => {
    const ids = COMMANDS.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(Object.keys(en.commands.names).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("have each keys of their own", () => {
    const keys = COMMANDS.flatMap((command) => (command.keys ?? []).map((key) => JSON.stringify(parseKey(key))));
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });
});
