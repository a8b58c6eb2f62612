/** Who may use the server, for its admins: the access tokens there are, new ones, and their end. */

import {
  Alert,
  Badge,
  Button,
  Group,
  Loader,
  Modal,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useEffect, useState, type SubmitEvent } from "react";

import { isRefusal, listTokens, makeToken, revokeToken, type Refusal } from "../client/access-tokens";
import { learnSession } from "../client/session";
import { momentOf } from "../files/moments";
import { tokens as en } from "../i18n/en/tokens";
import { useLanguage } from "../i18n/language";
import { tokens as zh } from "../i18n/zh/tokens";
import type { MadeToken, TokenView } from "../protocol/schema";
import { useSession, type Scope } from "../state/session";
import { FreshToken } from "./FreshToken";

const WORDS = { en, zh };
const SCOPES = ["read", "run", "admin"] as const;

export default function AccessTokens({ onDone }: { readonly onDone: () => void }) {
  const words = WORDS[useLanguage((state) => state.language)];
  const [tokens, setTokens] = useState<readonly TokenView[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [made, setMade] = useState<MadeToken | null>(null);
  const [leaving, setLeaving] = useState<TokenView | null>(null);

  const complain = ({ refused }: Refusal): void => {
    setTrouble(refused ?? words.unreachable);
  };
  const load = async (): Promise<void> => {
    const answer = await listTokens();
    if (isRefusal(answer)) complain(answer);
    else setTokens(answer);
  };
  useEffect(() => {
    let wanted = true;
    void listTokens().then((answer) => {
      if (!wanted) return;
      if (isRefusal(answer)) setTrouble(answer.refused ?? words.unreachable);
      else setTokens(answer);
    });
    return () => {
      wanted = false;
    };
  }, [words]);

  const add = async (name: string, scope: Scope): Promise<boolean> => {
    const answer = await makeToken(name, scope);
    if (isRefusal(answer)) {
      complain(answer);
      return false;
    }
    setTrouble(null);
    setMade(answer);
    await load();
    return true;
  };
  const revoke = async (token: TokenView): Promise<void> => {
    const answer = await revokeToken(token.id);
    setLeaving(null);
    if (isRefusal(answer)) {
      complain(answer);
      return;
    }
    setTrouble(null);
    if (made?.token.id === token.id) setMade(null);
    await learnSession(); // it may have been one's own
    if (useSession.getState().who?.scope === "admin") await load();
    else onDone();
  };

  return (
    <Modal
      opened
      onClose={onDone}
      title={words.title}
      size="xl"
      closeButtonProps={{ "aria-label": words.close }}
      closeOnClickOutside={made === null}
      transitionProps={{ duration: 90 }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        {trouble !== null && <Alert color="red">{trouble}</Alert>}
        {made && <FreshToken made={made} words={words} />}
        {tokens === null ? (
          trouble === null && <Loader size="sm" />
        ) : (
          <TokenTable tokens={tokens} words={words} leaving={leaving} onLeave={setLeaving} onRevoke={revoke} />
        )}
        <NewToken words={words} onAdd={add} />
      </Stack>
    </Modal>
  );
}

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly words: typeof en;
  /** The one that is about to be revoked. */
  readonly leaving: TokenView | null;
  readonly onLeave: (token: TokenView | null) => void;
  readonly onRevoke: (token: TokenView) => Promise<void>;
}

function TokenTable({ tokens, words, leaving, onLeave, onRevoke }: TokenTableProps) {
  const language = useLanguage((state) => state.language);
  const own = useSession(({ who }) => who?.name);
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs" aria-label={words.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.name}</Table.Th>
            <Table.Th>{words.scope}</Table.Th>
            <Table.Th>{words.made}</Table.Th>
            <Table.Th>{words.used}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{words.actions}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) =>
            token.id === leaving?.id ? (
              <Table.Tr key={token.id}>
                <Table.Td colSpan={5}>
                  <Group justify="space-between" wrap="nowrap" align="flex-start">
                    <Text size="sm" role="alert">
                      {words.sure(token.name)} {token.name === own && words.sureOfOwn}
                    </Text>
                    <Group gap="xs" wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        autoFocus
                        onClick={() => {
                          onLeave(null);
                        }}
                      >
                        {words.keep}
                      </Button>
                      <Button size="compact-sm" color="red.9" onClick={() => void onRevoke(token)}>
                        {words.revoke}
                      </Button>
                    </Group>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ) : (
              <Table.Tr key={token.id}>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    {token.name}
                    {token.name === own && (
                      <Badge size="sm" variant="default">
                        {words.yours}
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td>{words.scopes[token.scope]}</Table.Td>
                <Table.Td>{momentOf(token.created, language)}</Table.Td>
                <Table.Td>{token.used == null ? words.never : momentOf(token.used, language)}</Table.Td>
                <Table.Td ta="right">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={words.revokeOne(token.name)}
                    onClick={() => {
                      onLeave(token);
                    }}
                  >
                    {words.revoke}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface NewTokenProps {
  readonly words: typeof en;
  /** Whether it was made. */
  readonly onAdd: (name: string, scope: Scope) => Promise<boolean>;
}

function NewToken({ words, onAdd }: NewTokenProps) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("run");
  const [asking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setAsking(true);
    const done = await onAdd(name.trim(), scope);
    setAsking(false);
    if (done) setName("");
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end">
        <TextInput
          label={words.name}
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
          style={{ flex: 1 }}
        />
        <Select
          label={words.scope}
          data={SCOPES.map((value) => ({ value, label: words.scopes[value] }))}
          value={scope}
          allowDeselect={false}
          onChange={(chosen) => {
            if (chosen !== null) setScope(chosen);
          }}
        />
        <Button type="submit" loading={asking} disabled={name.trim() === ""}>
          {words.add}
        </Button>
      </Group>
    </form>
  );
}
