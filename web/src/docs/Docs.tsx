/** `/docs`: the description of the HTTP interface, for people. Made in the browser from the server's OpenAPI document. */

import { Anchor, Group, Loader, NavLink, Paper, Text, TextInput, Title } from "@mantine/core";
import { useDeferredValue, useEffect, useMemo, useState } from "react";

import { SignInForm } from "../access/SignInForm";
import { learnSession } from "../client/session";
import { LanguageMenu } from "../shell/LanguageMenu";
import { ThemeButton } from "../shell/ThemeButton";
import { useSession } from "../state/session";
import { groupsOf, matching, matchingTypes, type ApiDocument, type Group as Operations } from "./api-document";
import classes from "./Docs.module.css";
import { Method, OperationCard } from "./OperationCard";
import { Prose } from "./Prose";
import { Fields, placeOfType } from "./TypeOf";
import { useWords } from "./words";

const ADDRESS = "/api/v1/openapi.json";

type Loaded = ApiDocument | "loading" | "sign in" | "gone";

export default function Docs() {
  const words = useWords();
  const who = useSession((session) => session.who);
  const [document, setDocument] = useState<Loaded>("loading");

  useEffect(() => {
    void learnSession();
  }, []);
  useEffect(() => {
    void load().then(setDocument);
  }, [who]);
  useEffect(() => {
    window.document.title = `${words.title} – nodegraph`;
  }, [words]);

  if (typeof document === "object") return <Described document={document} withToken={who?.tokens_required ?? false} />;
  return (
    <main className={classes.waiting}>
      {document === "loading" && <Loader />}
      {document === "gone" && <Text>{words.gone}</Text>}
      {document === "sign in" && (
        <Paper withBorder p="xl" w={420} maw="90vw">
          <Title order={1} size="h3" mb="md">
            {words.title}
          </Title>
          <SignInForm />
        </Paper>
      )}
    </main>
  );
}

async function load(): Promise<Loaded> {
  try {
    const response = await fetch(ADDRESS);
    if (response.status === 401) return "sign in";
    return response.ok ? ((await response.json()) as ApiDocument) : "gone";
  } catch {
    return "gone";
  }
}

function Described({ document, withToken }: { document: ApiDocument; withToken: boolean }) {
  const words = useWords();
  const [text, setText] = useState("");
  const sought = useDeferredValue(text);
  const groups = useMemo(() => groupsOf(document), [document]);
  const shown = useMemo(() => matching(groups, sought), [groups, sought]);
  const here = useHere();
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Title order={1} size="h4">
          {words.title}
        </Title>
        <Text size="sm" c="dimmed" className={classes.version}>
          nodegraph {document.info.version}
        </Text>
        <Group gap="md" ml="auto">
          <Anchor href="/" size="sm">
            {words.editor}
          </Anchor>
          <Anchor href={ADDRESS} size="sm">
            {words.raw}
          </Anchor>
          <Group gap={2}>
            <LanguageMenu />
            <ThemeButton />
          </Group>
        </Group>
      </header>
      <nav className={classes.nav} aria-label={words.operations}>
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={({ currentTarget: { value } }) => {
            setText(value);
          }}
        />
        <Contents groups={shown} here={here} />
      </nav>
      <main className={classes.main} lang="en" tabIndex={-1}>
        <Text size="sm" c="dimmed" mb="md">
          {words.about}
        </Text>
        {shown.length === 0 && <Text role="status">{words.nothing}</Text>}
        {shown.map(({ name, operations }) => (
          <section key={name} aria-label={name}>
            <Title order={2} size="h4" className={classes.group}>
              {name}
            </Title>
            {operations.map((operation) => (
              <OperationCard
                key={operation.operationId}
                operation={operation}
                document={document}
                withToken={withToken}
              />
            ))}
          </section>
        ))}
        <Types document={document} sought={sought} />
      </main>
    </div>
  );
}

function Contents({ groups, here }: { groups: readonly Operations[]; here: string }) {
  return groups.map(({ name, operations }) => (
    <div key={name}>
      <Text className={classes.heading}>{name}</Text>
      {operations.map(({ operationId, method, path }) => (
        <NavLink
          key={operationId}
          href={`#${operationId}`}
          active={operationId === here}
          label={operationId}
          title={path}
          leftSection={<Method of={method} />}
          className={classes.entry}
        />
      ))}
    </div>
  ));
}

function Types({ document, sought }: { document: ApiDocument; sought: string }) {
  const words = useWords();
  const types = useMemo(() => matchingTypes(document, sought), [document, sought]);
  if (types.length === 0) return null;
  return (
    <section aria-label={words.types}>
      <Title order={2} size="h4" className={classes.group}>
        {words.types}
      </Title>
      {types.map(([name, schema]) => (
        <Paper component="section" key={name} id={placeOfType(name)} className={classes.card} withBorder p="md">
          <Title order={3} size="h5">
            {name}
          </Title>
          <Prose text={schema.description ?? ""} />
          <Fields of={schema} caption={name} />
        </Paper>
      ))}
    </section>
  );
}

/** What the address points at; it is scrolled to when the page has been made. */
function useHere(): string {
  const [here, setHere] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    const follow = (): void => {
      const id = window.location.hash.slice(1);
      setHere(id);
      window.document.getElementById(id)?.scrollIntoView();
    };
    follow();
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("hashchange", follow);
    };
  }, []);
  return here;
}
