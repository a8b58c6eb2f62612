/** The panel of all node classes: those at hand first, then by category, or what a search finds. */

import { CloseButton, ScrollArea, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import { classSearch } from "../classes/search";
import type { NodeClass } from "../classes/types";
import { middleOf } from "../commands/define";
import { habitsOf, withHabits } from "../commands/habits";
import { useApp, useSettings } from "../editor/app";
import { useStrings } from "../i18n/language";
import { SidePanel } from "../shell/SidePanel";
import { addClass } from "./add-class";
import { CategoryTree } from "./CategoryTree";
import { ClassRow } from "./ClassRow";
import { takeDrops } from "./drag-class";
import classes from "./NodesPanel.module.css";

const FOUND = 100;

export function NodesPanel() {
  const app = useApp();
  const { shell, commands } = useStrings();
  const { nodes: words } = commands;
  const known = useStore(app.catalog, (catalog) => catalog.classes);
  const surface = useStore(app.surface);
  const bookmarks = useSettings((settings) => settings.bookmarks);
  const [query, setQuery] = useState("");
  const search = useMemo(() => classSearch(known.values()), [known]);
  const found = query.trim() === "" ? null : withHabits(search(query), habitsOf("classes")).slice(0, FOUND);
  const marked = bookmarks.flatMap((id) => known.get(id) ?? []);

  useEffect(() => (surface ? takeDrops(surface) : undefined), [surface]);
  const add = useCallback(
    (nodeClass: NodeClass): void => {
      const shown = app.surface.getState();
      if (shown) addClass(shown, nodeClass.id, middleOf(shown), null);
    },
    [app],
  );

  return (
    <SidePanel title={shell.panels.nodes}>
      <div className={classes.search}>
        <TextInput
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
          rightSection={
            query !== "" && (
              <CloseButton
                size="sm"
                aria-label={words.clear}
                onClick={() => {
                  setQuery("");
                }}
              />
            )
          }
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
          }}
        />
      </div>
      <ScrollArea className={classes.content} type="auto" scrollbarSize={8}>
        {found ? (
          <>
            <ClassList label={words.found} list={found} onAdd={add} />
            {found.length === 0 && (
              <Text size="sm" c="dimmed" ta="center" p="lg" role="status">
                {words.nothing}
              </Text>
            )}
          </>
        ) : (
          <>
            {marked.length > 0 && (
              <>
                <Title order={3} className={classes.heading}>
                  {words.bookmarks}
                </Title>
                <ClassList label={words.bookmarks} list={marked} onAdd={add} />
                <Title order={3} className={classes.heading}>
                  {words.all}
                </Title>
              </>
            )}
            <CategoryTree known={known} onAdd={add} />
          </>
        )}
      </ScrollArea>
      <Text size="xs" c="dimmed" className={classes.hint}>
        {words.hint}
      </Text>
    </SidePanel>
  );
}

interface ClassListProps {
  readonly label: string;
  readonly list: readonly NodeClass[];
  readonly onAdd: (nodeClass: NodeClass) => void;
}

function ClassList({ label, list, onAdd }: ClassListProps) {
  return (
    <ul className={classes.list} aria-label={label}>
      {list.map((nodeClass) => (
        <li key={nodeClass.id}>
          <ClassRow nodeClass={nodeClass}>
            {(props) => (
              <UnstyledButton
                {...props}
                className={classes.class}
                onClick={() => {
                  onAdd(nodeClass);
                }}
              >
                {nodeClass.title}
              </UnstyledButton>
            )}
          </ClassRow>
        </li>
      ))}
    </ul>
  );
}
