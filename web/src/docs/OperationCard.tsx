/** One operation: what it takes, what it answers, who may ask. */

import { Anchor, Badge, Code, Group, Paper, Table, Text, Title } from "@mantine/core";
import { memo } from "react";

import { answerOf, scopeOf, type ApiDocument, type Operation } from "./api-document";
import classes from "./Docs.module.css";
import { curlOf, exampleOf } from "./example";
import { Phrase, Prose } from "./Prose";
import { Snippet } from "./Snippet";
import { canBeTried, TryIt } from "./TryIt";
import { Fields, Name, TypeOf, Usual } from "./TypeOf";
import { useWords } from "./words";

const COLOURS: Readonly<Record<string, string>> = { GET: "teal", DELETE: "red" };

export function Method({ of }: { of: string }) {
  return (
    <Badge className={classes.method} variant="light" radius="sm" size="sm" color={COLOURS[of] ?? "iris"}>
      {of}
    </Badge>
  );
}

export const OperationCard = memo(function OperationCard(props: {
  readonly operation: Operation;
  readonly document: ApiDocument;
  readonly withToken: boolean;
}) {
  const { operation, document, withToken } = props;
  const words = useWords();
  const scope = scopeOf(operation);
  const id = operation.operationId;
  return (
    <Paper component="section" id={id} className={classes.card} withBorder p="md" aria-labelledby={`${id}-title`}>
      <Group gap="xs" wrap="wrap">
        <Method of={operation.method} />
        <Code className={classes.path}>{operation.path}</Code>
        <Badge variant="outline" color="gray" size="sm" radius="sm" tt="none" className={classes.scope}>
          {scope === null ? words.everybody : words.scope(scope)}
        </Badge>
      </Group>
      <Title order={3} size="h5" mt={8} id={`${id}-title`}>
        <Phrase text={operation.summary} />{" "}
        <Anchor href={`#${id}`} className={classes.link} aria-label={words.link(id)}>
          #{id}
        </Anchor>
      </Title>
      <Prose text={operation.description ?? ""} />
      <Parameters of={operation} />
      <Body of={operation} document={document} />
      <Answers of={operation} document={document} />
      {!("101" in operation.responses) && ( // a shell has no WebSockets
        <Part title={words.shell}>
          <Snippet
            text={curlOf(operation, document, window.location.origin, withToken && scope !== null)}
            label={words.shell}
          />
        </Part>
      )}
      {canBeTried(operation) && (
        <details className={classes.attempt}>
          <summary>{words.attempt}</summary>
          <TryIt operation={operation} />
        </details>
      )}
    </Paper>
  );
});

function Part({ title, children }: { title: React.ReactNode; children: React.ReactNode }) {
  return (
    <>
      <Text component="h4" className={classes.part}>
        {title}
      </Text>
      {children}
    </>
  );
}

function Parameters({ of: { parameters = [] } }: { of: Operation }) {
  const words = useWords();
  if (parameters.length === 0) return null;
  return (
    <Part title={words.parameters}>
      <Table className={classes.table} verticalSpacing={4} aria-label={words.parameters}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.name}</Table.Th>
            <Table.Th>{words.where}</Table.Th>
            <Table.Th>{words.type}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parameters.map(({ name, in: where, required, schema, description }) => (
            <Table.Tr key={`${where} ${name}`}>
              <Table.Td>
                <Name name={name} required={required} />
              </Table.Td>
              <Table.Td>{where}</Table.Td>
              <Table.Td>
                <TypeOf schema={schema} />
                <Usual value={schema.default} />
                {description !== undefined && (
                  <div>
                    <Phrase text={description} />
                  </div>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Part>
  );
}

function Body({ of: { requestBody }, document }: { of: Operation; document: ApiDocument }) {
  const words = useWords();
  if (requestBody === undefined) return null;
  const note = requestBody.required ? words.required : words.mayBeEmpty;
  return Object.entries(requestBody.content).map(([type, { schema }]) => (
    <Part
      key={type}
      title={
        <>
          {words.body} <Code>{type}</Code>{" "}
          {type === "application/json" && <span className={classes.required}>{note}</span>}
        </>
      }
    >
      {schema !== undefined && (
        <>
          {schema.properties === undefined ? <TypeOf schema={schema} /> : <Fields of={schema} caption={words.fields} />}
          {type === "application/json" && (
            <Snippet text={JSON.stringify(exampleOf(schema, document), null, 2)} label={words.example} />
          )}
        </>
      )}
    </Part>
  ));
}

function Answers({ of: { responses }, document }: { of: Operation; document: ApiDocument }) {
  const words = useWords();
  return (
    <Part title={words.answers}>
      <Table className={classes.answers} verticalSpacing={4} aria-label={words.answers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.status}</Table.Th>
            <Table.Th>{words.type}</Table.Th>
            <Table.Th>{words.meaning}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(responses).map(([status, given]) => {
            const { description = "", content = {} } = answerOf(document, given);
            return (
              <Table.Tr key={status}>
                <Table.Td>{status}</Table.Td>
                <Table.Td>
                  {Object.entries(content).map(([type, { schema }]) => (
                    <div key={type}>{schema === undefined ? <Code>{type}</Code> : <TypeOf schema={schema} />}</div>
                  ))}
                </Table.Td>
                <Table.Td>
                  <Phrase text={description} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Part>
  );
}
