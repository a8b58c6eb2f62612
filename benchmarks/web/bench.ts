/**
 * Measures every scheme of the prototype, or any page at `--url`, on a workflow of 1008 nodes, and prints one table.
 * README.md says how to run it and what the columns mean.
 */

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { build, preview } from "vite";

import { measure, type Figures, type Options } from "./measure.ts";
import { workflowOf } from "./workflow.ts";

const SCHEMES = [
  "scheme=plain",
  "scheme=culled",
  "scheme=hybrid&surface=redrawn",
  "scheme=own&surface=redrawn",
  "scheme=own&surface=oversized",
];

const { values } = parseArgs({
  options: {
    url: { type: "string", multiple: true },
    scheme: { type: "string", multiple: true, default: SCHEMES },
    workflow: { type: "string" },
    seconds: { type: "string", default: "3" },
    scales: { type: "string", default: "1,0.5,0.15,0.09" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    shots: { type: "string" },
    json: { type: "string" },
  },
});

const options: Options = {
  chromium: values.chromium,
  workflow: values.workflow === undefined ? workflowOf(144) : JSON.parse(await readFile(values.workflow, "utf8")),
  seconds: Number(values.seconds),
  scales: values.scales.split(",").map(Number),
};

const results = values.url ? await measureAll(values.url) : await measurePrototype(values.scheme);
console.table(Object.fromEntries(results.map(([name, figures]) => [name, rowOf(figures)])));
for (const [name, { errors }] of results) for (const error of errors) console.error(`${name}: ${error}`);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(Object.fromEntries(results), null, 2));

async function measurePrototype(schemes: readonly string[]): Promise<[string, Figures][]> {
  const config = { configFile: new URL("vite.config.ts", import.meta.url).pathname, logLevel: "warn" } as const;
  await build(config);
  const server = await preview({ ...config, preview: { host: "127.0.0.1", port: 0 } });
  try {
    const base = server.resolvedUrls?.local[0] ?? "";
    return (await measureAll(schemes.map((scheme) => `${base}?${scheme}`))).map(([url, figures]) => [
      url.slice(base.length + 1),
      figures,
    ]);
  } finally {
    await server.close();
  }
}

async function measureAll(urls: readonly string[]): Promise<[string, Figures][]> {
  const results: [string, Figures][] = [];
  for (const [index, url] of urls.entries()) {
    const shots = values.shots === undefined ? undefined : `${values.shots}/${index}`;
    results.push([url, await measure(url, { ...options, shots })]);
  }
  return results;
}

function rowOf(figures: Figures): Record<string, string> {
  const { pan, zoom, add, type } = figures;
  const gestures = [
    ...Object.entries(pan).map(([scale, frames]) => [`pan ${scale}`, frames] as const),
    ["zoom", zoom] as const,
  ];
  return {
    "ready ms": figures.readyMs.toFixed(0),
    "load ms": figures.loadMs.toFixed(0),
    ...Object.fromEntries(
      gestures.map(([name, { fps, p95Ms, cpuMsPerFrame }]) => [
        name,
        `${fps.toFixed(0)}/s ${p95Ms.toFixed(0)} ms (${cpuMsPerFrame.toFixed(1)})`,
      ]),
    ),
    "add ms": `${add.medianMs.toFixed(0)} ≤ ${add.worstMs.toFixed(0)}`,
    "type ms": `${type.medianMs.toFixed(0)} ≤ ${type.worstMs.toFixed(0)}`,
    "heap MB": figures.heapMb.toFixed(0),
    "process MB": figures.processMb.toFixed(0),
    "script kB": figures.scriptKb.toFixed(0),
  };
}
