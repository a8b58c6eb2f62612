import { describe, expect, it } from "vitest";

import type { ComboSpec } from "../../classes/types";
import { inFolders, isMissing, matching, optionOf, toggled } from "./options";

const files = ["b.safetensors", "styles/ink.safetensors", "styles/old/ink_v1.safetensors", "people\\anna.safetensors"];
const options = files.map((file) => optionOf(file, true));
const names = (sought: string): string[] => matching(options, sought).map(({ name }) => name);
const spec: ComboSpec = {
  kind: "combo",
  advanced: false,
  options: ["a", "b", "c"],
  default: "a",
  upload: null,
  files: false,
};

describe("the options of a combo", () => {
  it("stand in the folders that their names tell", () => {
    expect(inFolders(options).map(({ folder, options: inside }) => [folder, inside.map(({ name }) => name)])).toEqual([
      ["", ["b.safetensors"]],
      ["styles", ["ink.safetensors"]],
      ["styles/old", ["ink_v1.safetensors"]],
      ["people", ["anna.safetensors"]],
    ]);
    expect(optionOf("a/b", false)).toMatchObject({ folder: "", name: "a/b" });
  });

  it("are found by words in any order, and where none has them by what comes near", () => {
    expect(names("")).toHaveLength(4);
    expect(names("ink styles")).toEqual(["ink.safetensors", "ink_v1.safetensors"]);
    expect(names("ana")).toEqual(["anna.safetensors"]);
    expect(names("zebra")).toEqual([]);
  });

  it("put first what begins with the word", () => {
    const samplers = ["dpmpp_2m", "euler", "uni_pc", "seuler"].map((name) => optionOf(name, false));
    expect(matching(samplers.toReversed(), "euler").map(({ name }) => name)).toEqual(["euler", "seuler"]);
  });

  it("need not have what lies in another folder of the server", () => {
    const pictures: ComboSpec = { ...spec, upload: { folder: "input" }, files: true };
    expect(isMissing(pictures, "z")).toBe(true);
    expect(isMissing(pictures, "clipspace/z.png [input]")).toBe(false);
    expect(isMissing(spec, "z.png [input]")).toBe(true);
    expect(isMissing({ ...spec, options: [1, 2] }, 2)).toBe(false);
  });

  it("may be several at once", () => {
    const several: ComboSpec = { ...spec, multiple: true };
    expect(toggled(several, ["c"], "a")).toEqual(["a", "c"]);
    expect(toggled(several, ["a", "c"], "a")).toEqual(["c"]);
    expect(toggled(several, null, "b")).toEqual(["b"]);
    expect([isMissing(several, ["a", "c"]), isMissing(several, ["a", "z"])]).toEqual([false, true]);
  });
});
