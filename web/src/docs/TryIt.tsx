/** Asks the server what an operation that only looks answers now. */

import { Button, Group, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";

import type { Operation } from "./api-document";
import { Snippet } from "./Snippet";
import { useWords } from "./words";

/** Characters of an answer that are shown. */
const LONGEST = 20_000;

/** Whether an operation can be tried here: it only looks, and its answer comes to an end. */
export function canBeTried({ method, responses }: Operation): boolean {
  const types = Object.values(responses).flatMap(({ content }) => Object.keys(content ?? {}));
  return method === "GET" && responses["101"] === undefined && !types.includes("text/event-stream");
}

export function TryIt({ operation }: { operation: Operation }) {
  const words = useWords();
  const asked = (operation.parameters ?? []).filter((one) => one.in !== "header");
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [answer, setAnswer] = useState<string | null>(null);
  const [waiting, setWaiting] = useState(false);

  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setWaiting(true);
    setAnswer(await answerTo(addressOf(operation, values), words));
    setWaiting(false);
  };

  return (
    <form onSubmit={(event) => void send(event)}>
      <Group align="end" gap="xs" mb="xs">
        {asked.map(({ name, required }) => (
          <TextInput
            key={name}
            size="xs"
            label={name}
            required={required}
            value={values[name] ?? ""}
            onChange={({ currentTarget: { value } }) => {
              setValues((before) => ({ ...before, [name]: value }));
            }}
          />
        ))}
        <Button type="submit" size="xs" variant="light" loading={waiting}>
          {words.send}
        </Button>
      </Group>
      {answer !== null && <Snippet text={answer} label={words.answers} />}
    </form>
  );
}

function addressOf({ path, parameters = [] }: Operation, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const { name, in: where } of parameters) {
    const value = values[name] ?? "";
    if (where === "query" && value !== "") query.append(name, value);
  }
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name] ?? ""));
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

async function answerTo(address: string, words: ReturnType<typeof useWords>): Promise<string> {
  try {
    const response = await fetch(address);
    const type = response.headers.get("Content-Type") ?? "";
    const head = `${response.status} ${response.statusText}\n${type}`;
    if (!/json|text/.test(type)) return head;
    const text = await response.text();
    const body = type.includes("json") && text !== "" ? JSON.stringify(JSON.parse(text), null, 2) : text;
    const shown = body.length > LONGEST ? `${body.slice(0, LONGEST)}\n… ${words.tooLong}` : body;
    return `${head}\n\n${shown}`;
  } catch {
    return words.failed;
  }
}
