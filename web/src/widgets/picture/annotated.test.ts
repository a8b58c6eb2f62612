import { describe, expect, it } from "vitest";

import { fromName, fromUrl, toName } from "./annotated";

describe("names of pictures", () => {
  it.each([
    ["a.png", { filename: "a.png", subfolder: "", type: "input" }],
    ["x/y/a.png", { filename: "a.png", subfolder: "x/y", type: "input" }],
    ["clipspace/m.png [output]", { filename: "m.png", subfolder: "clipspace", type: "output" }],
    ["a [final].png", { filename: "a [final].png", subfolder: "", type: "input" }],
  ])("%s is read and written", (name, picture) => {
    expect(fromName(name, "input")).toEqual(picture);
    expect(toName(picture, "input")).toBe(name);
  });

  it("come from the addresses of this server's pictures alone", () => {
    const page = "http://127.0.0.1:8188/";
    expect(fromUrl(`${page}api/view?filename=a.png&subfolder=x&type=temp`, page)).toEqual({
      filename: "a.png",
      subfolder: "x",
      type: "temp",
    });
    expect(fromUrl("/view?filename=a.png", page)).toMatchObject({ type: "output" });
    expect(fromUrl("http://elsewhere.org/view?filename=a.png", page)).toBeNull();
    expect(fromUrl(`${page}api/other?filename=a.png`, page)).toBeNull();
    expect(fromUrl("", page)).toBeNull();
  });
});
