import { describe, expect, it } from "vitest";

import { factsOf } from "./facts";

const node = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });

const PROMPT = {
  "1": node("CheckpointLoaderSimple", { ckpt_name: "small.safetensors" }),
  "2": node("CLIPTextEncode", { text: "a lighthouse", clip: ["1", 1] }),
  "3": node("CLIPTextEncode", { text: "fog", clip: ["1", 1] }),
  "8": node("PrimitiveInt", { value: 7 }),
  "9": node("ConditioningCombine", { conditioning_1: ["2", 0], conditioning_2: ["2", 0] }),
  "5": node("KSampler", {
    seed: ["8", 0],
    steps: 20,
    cfg: 4,
    sampler_name: "euler",
    positive: ["9", 0],
    negative: ["3", 0],
  }),
};

describe("the facts of a picture", () => {
  it("tell texts, model and settings through whatever lies between", () => {
    expect(factsOf(JSON.stringify(PROMPT))).toEqual({
      positive: ["a lighthouse"],
      negative: ["fog"],
      models: ["small.safetensors"],
      settings: [
        ["seed", ["7"]],
        ["steps", ["20"]],
        ["cfg", ["4"]],
        ["sampler_name", ["euler"]],
      ],
    });
  });

  it("keep every figure of a seed", () => {
    const text = JSON.stringify(PROMPT).replace('["8",0]', "18446744073709551615");
    expect(factsOf(text)?.settings[0]).toEqual(["seed", ["18446744073709551615"]]);
  });

  it("come to an end where links run in a circle", () => {
    const circle = { ...PROMPT, "9": node("Loop", { conditioning: ["9", 0] }) };
    expect(factsOf(JSON.stringify(circle))?.positive).toEqual([]);
  });

  it("are none of what is no prompt", () => {
    expect(factsOf("[1]")).toBeNull();
    expect(factsOf("NaN")).toBeNull();
  });
});
