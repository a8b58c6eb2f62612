/** What a value is, in one line, and the fields of an object as a table. */

import { Anchor, Code, Table, Text } from "@mantine/core";
import { Fragment } from "react";

import { nameOf, type Schema } from "./api-document";
import classes from "./Docs.module.css";
import { Phrase } from "./Prose";
import { useWords } from "./words";

export const placeOfType = (name: string): string => `type-${name}`;

export function TypeOf({ schema }: { schema: Schema }) {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return (
      <Anchor href={`#${placeOfType(name)}`} inherit underline="always">
        {name}
      </Anchor>
    );
  }
  if (schema.const !== undefined) return <Code>{JSON.stringify(schema.const)}</Code>;
  if (schema.enum !== undefined) return <Choices of={schema.enum.map((one) => ({ const: one }))} />;
  if (schema.anyOf !== undefined) return <Choices of={schema.anyOf} />;
  if (schema.items !== undefined) {
    return (
      <>
        array of <TypeOf schema={schema.items} />
      </>
    );
  }
  if (typeof schema.additionalProperties === "object") {
    return (
      <>
        object of <TypeOf schema={schema.additionalProperties} />
      </>
    );
  }
  const type = schema.type === undefined ? "any" : [schema.type].flat().join(" | ");
  return (
    <>
      {type}
      <Bounds of={schema} />
    </>
  );
}

function Choices({ of }: { of: readonly Schema[] }) {
  return of.map((one, place) => (
    <Fragment key={place}>
      {place > 0 && " | "}
      <TypeOf schema={one} />
    </Fragment>
  ));
}

function Bounds({ of: { minimum, maximum, minLength, maxLength, pattern } }: { of: Schema }) {
  const said = [
    minimum !== undefined && `≥ ${minimum}`,
    maximum !== undefined && `≤ ${maximum}`,
    minLength !== undefined && minLength > 0 && `length ≥ ${minLength}`,
    maxLength !== undefined && `length ≤ ${maxLength}`,
    pattern,
  ].filter(Boolean);
  return said.length > 0 && <span className={classes.bounds}> {said.join(", ")}</span>;
}

export function Fields({ of: schema, caption }: { of: Schema; caption: string }) {
  const words = useWords();
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) {
    return (
      <Text size="sm" component="div">
        <TypeOf schema={schema} />
      </Text>
    );
  }
  return (
    <Table className={classes.table} verticalSpacing={4} aria-label={caption}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.name}</Table.Th>
          <Table.Th>{words.type}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map(([name, field]) => (
          <Table.Tr key={name}>
            <Table.Td>
              <Name name={name} required={(schema.required ?? []).includes(name)} />
            </Table.Td>
            <Table.Td>
              <TypeOf schema={field} />
              <Usual value={field.default} />
              {field.description !== undefined && (
                <div>
                  <Phrase text={field.description} />
                </div>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function Name({ name, required }: { name: string; required: boolean }) {
  const words = useWords();
  return (
    <>
      <Code>{name}</Code>
      {required && <span className={classes.required}> {words.required}</span>}
    </>
  );
}

/** What holds where nothing is given. */
export function Usual({ value }: { value: unknown }) {
  return value !== undefined && value !== null && <span className={classes.bounds}> = {JSON.stringify(value)}</span>;
}
