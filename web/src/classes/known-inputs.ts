/** Which inputs a node has by its class, now that this is chosen and so much is linked. Knows no files. */

import type { Json } from "../document/json";
import type { GrowingSpec, InputSpec, NodeClass } from "./types";
import { chosenMembers } from "./widget-values";

export interface Inputs {
  /** By name, with the members of groups under their names in full. */
  readonly byName: ReadonlyMap<string, InputSpec>;
  /** Groups that grow; their members are not in `byName`. */
  readonly growing: readonly Growing[];
}

export interface Growing {
  readonly group: InputSpec;
  readonly template: GrowingSpec;
}

/** `valueOf` gives what is chosen for an input. */
export function inputsOf({ inputs }: NodeClass, valueOf: (name: string) => Json): Inputs {
  const byName = new Map<string, InputSpec>();
  const growing: Growing[] = [];
  const visit = (input: InputSpec): void => {
    if (input.members?.kind === "growing") growing.push({ group: input, template: input.members.template });
    else byName.set(input.name, input);
    for (const member of chosenMembers(input, valueOf(input.name))) visit(member);
  };
  inputs.forEach(visit);
  return { byName, growing };
}

/** What the class says of the input that a file calls `name`. */
export function inputNamed({ byName, growing }: Inputs, name: string): InputSpec | undefined {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const group = growing.find(({ group }) => name.startsWith(`${group.name}.`));
  return group && memberOf(group, name);
}

export function memberOf({ group, template }: Growing, name: string): InputSpec {
  return { ...template.input, name, label: name.slice(group.name.length + 1), required: false };
}

/**
 * The members a growing group has beyond those in `names`: as many as it must have, and one that is free. `taken` says
 * which of `names` are not free.
 */
export function moreMembers(
  growing: Growing,
  names: ReadonlySet<string>,
  taken: (name: string) => boolean,
): InputSpec[] {
  const { group, template } = growing;
  const there = [...names].filter((name) => name.startsWith(`${group.name}.`));
  const wanted = Math.max(template.min, there.length + (there.every(taken) ? 1 : 0));
  const more: InputSpec[] = [];
  const most = Math.min(template.max, template.names?.length ?? Infinity);
  for (let number = 0; number < most && there.length + more.length < wanted; number += 1) {
    const name = template.names?.[number] ?? `${template.prefix}${number}`;
    if (!names.has(name)) more.push(memberOf(growing, name));
  }
  return more;
}
