/// <reference types="node" />
/**
 * For tests: the field's official workflow files, from the Python package comfyui-workflow-templates-json that this
 * project's tests need anyway. The Python that NODEGRAPH_PYTHON names is asked where it is, else the one in `.venv`,
 * else `python3`.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { isCanvas } from "../canvas-read";
import { parseJson, type JsonObject } from "../json";

export interface Template {
  readonly name: string;
  readonly text: string;
  readonly file: JsonObject;
}

/** The package has at least so many workflows. */
export const FEWEST = 600;

/** Every canvas among them, one after another: together they are 30 MB. */
export function* templates(): Iterable<Template> {
  const folder = templatesFolder();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".json")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    const file = parseJson(text);
    if (isCanvas(file)) yield { name, text, file };
  }
}

const SCRIPT = `
from importlib.util import find_spec
from pathlib import Path
print(Path(find_spec("comfyui_workflow_templates_json").origin).parent / "templates")`;

function templatesFolder(): string {
  const own = join("..", ".venv", "bin", "python");
  const python = process.env.NODEGRAPH_PYTHON ?? (existsSync(own) ? own : "python3");
  try {
    return execFileSync(python, ["-c", SCRIPT], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch (cause) {
    throw new Error(
      `${python} has no comfyui-workflow-templates-json. Install the Python package with what its tests need ` +
        `(pip install -e '.[test]'), and name another Python in NODEGRAPH_PYTHON if need be.`,
      { cause },
    );
  }
}
