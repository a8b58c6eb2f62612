import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TokenCounter } from "./tokens";

const asked: (readonly string[])[] = [];
let answers = true;
const count = (): TokenCounter =>
  new TokenCounter((texts) => {
    asked.push(texts);
    return answers
      ? Promise.resolve(texts.map((text) => ({ tokens: text.length, chunks: 1 })))
      : Promise.reject(new Error("gone"));
  });

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answers = true;
});

afterEach(() => {
  vi.useRealTimers();
});

it("asks once for several texts, when typing pauses", async () => {
  const counter = count();
  counter.want("a");
  const left = counter.want("ab");
  left();
  counter.want("abc");
  counter.want("");
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([["a", "abc", ""]]);
  expect(counter.counts.getState().get("abc")).toEqual({ tokens: 3, chunks: 1 });
  counter.want("a");
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(1);
});

it("goes on asking for a text that one of two wants no more", async () => {
  const counter = count();
  const left = counter.want("a");
  counter.want("a");
  left();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([["a"]]);
});

it("asks again for what the server did not say", async () => {
  const counter = count();
  answers = false;
  counter.want("a");
  await vi.advanceTimersByTimeAsync(1000);
  expect(counter.counts.getState().size).toBe(0);
  answers = true;
  counter.want("a");
  await vi.advanceTimersByTimeAsync(1000);
  expect(counter.counts.getState().size).toBe(1);
});

it("asks for no more texts at a time than the server takes", async () => {
  const counter = count();
  for (let at = 0; at < 100; at += 1) counter.want(`text ${at}`);
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked.map(({ length }) => length)).toEqual([64, 36]);
  expect(counter.counts.getState().size).toBe(100);
});
