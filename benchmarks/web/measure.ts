/**
 * Measures one page in headless Chromium at 1600 × 900 with software rendering, by its address. Of the page it knows the
 * contract and what any user sees; it knows nothing of how the page draws.
 *
 * Frames are the page's own: the times between its animation frames while the mouse drags the canvas about.
 */

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import { chromium, type Browser, type Page } from "playwright-core";

import type { Viewport } from "./contract.ts";

const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Options {
  /** The Chromium to start. */
  readonly chromium: string;
  readonly workflow: unknown;
  /** How long each gesture lasts. */
  readonly seconds: number;
  readonly scales: readonly number[];
  /** Where pictures go: one for each scale, named `${shots}-${scale}.png`. */
  readonly shots?: string | undefined;
}

export interface Frames {
  readonly fps: number;
  readonly p95Ms: number;
  /** Processor time of the page's process and of the one that composes the picture, over all their threads. */
  readonly cpuMsPerFrame: number;
}

export interface Times {
  readonly medianMs: number;
  readonly worstMs: number;
}

export interface Figures {
  /** From the request for the page until it can be used. */
  readonly readyMs: number;
  /** From handing over the workflow until the second frame after it. */
  readonly loadMs: number;
  /** By scale. */
  readonly pan: Readonly<Record<string, Frames>>;
  /** The wheel, from scale 1 out to a tenth and back. */
  readonly zoom: Frames;
  /** Until the next frame is there, so with the wait for it: half a frame on average. */
  readonly add: Times;
  readonly type: Times;
  readonly heapMb: number;
  /** The page's whole process, its share of shared memory counted. */
  readonly processMb: number;
  readonly scriptKb: number;
  readonly errors: readonly string[];
}

/** In a browser of its own, so that no page finds another's caches warm. */
export async function measure(url: string, options: Options): Promise<Figures> {
  const browser = await chromium.launch({ executablePath: options.chromium, args: ARGUMENTS });
  try {
    return await measureIn(browser, url, options);
  } finally {
    await browser.close();
  }
}

async function measureIn(
  browser: Browser,
  url: string,
  { workflow, seconds, scales, shots }: Options,
): Promise<Figures> {
  // Playwright asks pages by evaluating words, which a content security policy may forbid.
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, bypassCSP: true });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const scripts = countScripts(page);

  const start = performance.now();
  await page.goto(url);
  await page.waitForFunction(() => window.measuredPage);
  const readyMs = performance.now() - start;
  const scriptKb = await scripts();
  await page.waitForTimeout(1000);

  await page.evaluate(installClock);
  const loadMs = await page.evaluate(load, workflow);
  await page.waitForTimeout(1000);

  const pan: Record<string, Frames> = {};
  for (const scale of scales) {
    await setViewport(page, scale);
    if (shots !== undefined) await page.screenshot({ path: `${shots}-${scale}.png` });
    pan[scale] = await framesDuring(browser, page, () => drag(page, seconds));
  }
  await setViewport(page, 1);
  const zoom = await framesDuring(browser, page, () => wheel(page, seconds));
  await setViewport(page, 1);
  const add = timesOf(await page.evaluate(addNodes, 10));
  await setViewport(page, 1); // a page may have moved to where it added
  const type = await typing(page);
  return {
    readyMs,
    loadMs,
    pan,
    zoom,
    add,
    type,
    heapMb: await heapMb(page),
    processMb: await processMb(browser),
    scriptKb,
    errors,
  };
}

/** Sums the scripts that arrive, as they are after gzip; whether the server compressed them does not matter. */
function countScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000;
}

/** What runs in the page keeps its times on `window`, as each call into the page stands alone. */
declare global {
  interface Window {
    clock: { frames: number[]; recording: boolean; nextFrame: () => Promise<void> };
  }
}

function installClock(): void {
  window.clock = {
    frames: [],
    recording: false,
    // A message posted in a frame's callback arrives when that frame has been painted.
    nextFrame: () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            resolve();
          };
          port2.postMessage(null);
        });
      }),
  };
}

async function load(workflow: unknown): Promise<number> {
  const start = performance.now();
  await window.measuredPage?.load(workflow);
  await window.clock.nextFrame();
  await window.clock.nextFrame();
  return performance.now() - start;
}

async function addNodes(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let added = 0; added < count; added += 1) {
    const start = performance.now();
    window.measuredPage?.addNode();
    await window.clock.nextFrame();
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return times;
}

async function setViewport(page: Page, scale: number): Promise<void> {
  const viewport: Viewport = { x: 100 * scale, y: 100 * scale, scale };
  await page.evaluate((viewport) => {
    window.measuredPage?.setViewport(viewport);
  }, viewport);
  await page.waitForTimeout(500);
}

/** With the middle button, forty steps up and sixty to the left, then back at once, again and again. */
async function drag(page: Page, seconds: number): Promise<void> {
  await page.mouse.move(800, 850);
  await page.mouse.down({ button: "middle" });
  const end = performance.now() + 1000 * seconds;
  for (let step = 0; performance.now() < end; step += 1) {
    await page.mouse.move(800 - (step % 60) * 8, 850 - (step % 40) * 8);
    await page.waitForTimeout(8);
  }
  await page.mouse.up({ button: "middle" });
}

async function wheel(page: Page, seconds: number): Promise<void> {
  await page.mouse.move(800, 850);
  const end = performance.now() + 1000 * seconds;
  for (let step = 0; performance.now() < end; step += 1) {
    await page.mouse.wheel(0, step % 80 < 40 ? 40 : -40);
    await page.waitForTimeout(8);
  }
}

/** Raises an error if the gesture moved nothing: a page that does nothing has the best of frames. */
async function framesDuring(browser: Browser, page: Page, gesture: () => Promise<void>): Promise<Frames> {
  const still = await page.screenshot();
  await page.evaluate(() => {
    const { clock } = window;
    clock.frames = [];
    clock.recording = true;
    let last = performance.now();
    const frame = (now: number) => {
      clock.frames.push(now - last);
      last = now;
      if (clock.recording) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await cpuSeconds(browser);
  await gesture();
  const used = (await cpuSeconds(browser)) - before;
  const all = await page.evaluate(() => {
    window.clock.recording = false;
    return window.clock.frames;
  });
  if (still.equals(await page.screenshot())) throw new Error("The gesture did not move the canvas.");
  const frames = all.slice(3);
  const total = frames.reduce((sum, frame) => sum + frame, 0);
  return {
    fps: (1000 * frames.length) / total,
    p95Ms: quantile(frames, 0.95),
    cpuMsPerFrame: (1000 * used) / all.length,
  };
}

/** From each key to the frame that shows it, in the first text that lies in view. */
async function typing(page: Page): Promise<Times> {
  const [x, y] = await page.evaluate(() => {
    for (const text of document.querySelectorAll("textarea, [role=textbox][aria-multiline=true]")) {
      const box = text.getBoundingClientRect();
      // Something may lie over a part of it.
      for (const part of [0.5, 0.1, 0.9]) {
        const point = [box.x + box.width * part, box.y + box.height / 2] as const;
        if (text.contains(document.elementFromPoint(...point))) return point;
      }
    }
    throw new Error("There is no text in view to type into.");
  });
  await page.mouse.click(x, y);
  await page.evaluate(() => {
    window.clock.frames = [];
    window.addEventListener(
      "keydown",
      (event) => {
        void window.clock.nextFrame().then(() => window.clock.frames.push(performance.now() - event.timeStamp));
      },
      { capture: true },
    );
  });
  await page.keyboard.type("a lighthouse at dawn", { delay: 40 });
  await page.waitForTimeout(200);
  return timesOf(await page.evaluate(() => window.clock.frames));
}

async function processes(browser: Browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo;
}

/** The browser process is left out: it is busy passing on what Playwright asks. */
async function cpuSeconds(browser: Browser): Promise<number> {
  const counted = (await processes(browser)).filter(({ type }) => type === "renderer" || type === "GPU");
  return counted.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Of the renderers one is the page's and another may wait in reserve; the page's is the larger. Linux only. */
async function processMb(browser: Browser): Promise<number> {
  const renderers = (await processes(browser)).filter(({ type }) => type === "renderer");
  const sizes = await Promise.all(
    renderers.map(async ({ id }) => {
      const rollup = await readFile(`/proc/${id}/smaps_rollup`, "utf8");
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1000;
    }),
  );
  return Math.max(...sizes);
}

async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

function timesOf(times: readonly number[]): Times {
  return { medianMs: quantile(times, 0.5), worstMs: Math.max(...times) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
