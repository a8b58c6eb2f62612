/** Chooses the class of a new node: by name, category or type; of a link that was let go only what fits it. */

import { Button, Group, Text } from "@mantine/core";
import { IconStarFilled } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useStore } from "zustand";

import { classSearch } from "../classes/search";
import type { NodeClass } from "../classes/types";
import { foremost, habitsOf, withHabits } from "../commands/habits";
import { PaletteFrame } from "../commands/PaletteFrame";
import { Picker, type PickerGroup } from "../commands/Picker";
import { fitOf, fitsInto, fitting } from "../editing/fitting";
import { useApp, useSettings } from "../editor/app";
import type { DanglingLink, Dialog } from "../editor/ui";
import { useStrings } from "../i18n/language";
import { addClass } from "./add-class";
import { ClassPreview, TypeDot } from "./ClassPreview";
import classes from "./AddNodePalette.module.css";

type AddNode = Extract<Dialog, { kind: "add-node" }>;

export function AddNodePalette() {
  const { ui } = useApp();
  const { nodes: words } = useStrings().commands;
  const dialog = useStore(ui, (state) => (state.dialog?.kind === "add-node" ? state.dialog : null));
  return (
    <PaletteFrame
      label={words.add}
      opened={dialog !== null}
      size={720}
      onClose={() => {
        ui.setState({ dialog: null });
      }}
    >
      {dialog && <Choice dialog={dialog} />}
    </PaletteFrame>
  );
}

const FOREMOST = 8;
const FOUND = 80;

function Choice({ dialog: { at, from, into } }: { dialog: AddNode }) {
  const app = useApp();
  const { nodes: words } = useStrings().commands;
  const known = useStore(app.catalog, (catalog) => catalog.classes);
  const bookmarks = useSettings((settings) => settings.bookmarks);
  const [query, setQuery] = useState("");
  const [all, setAll] = useState(false);
  const link = all ? null : from;

  const habits = useMemo(() => habitsOf("classes"), []);
  const offered = useMemo(() => {
    const editor = app.surface.getState()?.editor;
    const inLink =
      into !== undefined && editor ? fitsInto(editor.document.store, into, editor.catalog.getState()) : null;
    return offer(known.values(), link).filter((nodeClass) => inLink?.(nodeClass) ?? true);
  }, [app, known, link, into]);
  const search = useMemo(() => classSearch(offered), [offered]);
  const groups = useMemo((): PickerGroup<NodeClass>[] => {
    if (query.trim() !== "") return [{ name: null, items: withHabits(search(query), habits).slice(0, FOUND) }];
    const byId = new Map(offered.map((nodeClass) => [nodeClass.id, nodeClass]));
    const named = (ids: readonly string[]): NodeClass[] => ids.flatMap((id) => byId.get(id) ?? []);
    const first = named(foremost(habits, FOREMOST));
    const marked = named(bookmarks).filter((nodeClass) => !first.includes(nodeClass));
    const others = offered.filter((nodeClass) => !first.includes(nodeClass) && !marked.includes(nodeClass));
    return [
      { name: words.recent, items: first },
      { name: words.bookmarks, items: marked },
      { name: (link ?? into) ? words.fitting : words.all, items: others },
    ].filter(({ items }) => items.length > 0);
  }, [query, search, offered, habits, bookmarks, link, into, words]);

  return (
    <Picker
      label={words.add}
      placeholder={words.placeholder}
      query={query}
      onQuery={setQuery}
      groups={groups}
      keyOf={({ id }) => id}
      nothing={(link ?? into) ? words.nothingFits : words.nothing}
      notice={
        from && (
          <Group className={classes.notice} gap="xs" wrap="nowrap">
            <TypeDot type={from.type} />
            <Text size="sm" className={classes.words}>
              {all
                ? words.anything
                : from.side === "outputs"
                  ? words.onlyTaking(from.type)
                  : words.onlyMaking(from.type)}
            </Text>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => {
                setAll(!all);
              }}
            >
              {all ? words.showFitting : words.showAll}
            </Button>
          </Group>
        )
      }
      aside={(nodeClass) => <ClassPreview nodeClass={nodeClass} />}
      onChoose={({ id }) => {
        const surface = app.surface.getState();
        app.ui.setState({ dialog: null });
        if (surface) addClass(surface, id, at, from, into);
      }}
    >
      {(nodeClass) => (
        <>
          <span className={classes.title}>{nodeClass.title}</span>
          {bookmarks.includes(nodeClass.id) && <IconStarFilled size={12} className={classes.star} aria-hidden />}
          <span className={classes.detail}>{detailOf(nodeClass, link)}</span>
        </>
      )}
    </Picker>
  );
}

/** What can be chosen: of a link what fits it, best first, else everything by name. */
function offer(known: Iterable<NodeClass>, link: DanglingLink | null): NodeClass[] {
  if (link) return fitting(known, link).map(({ nodeClass }) => nodeClass);
  return [...known].sort(
    (one, other) => Number(one.deprecated) - Number(other.deprecated) || one.title.localeCompare(other.title),
  );
}

/** By which socket it would be linked, or else where it belongs. */
function detailOf(nodeClass: NodeClass, link: DanglingLink | null): string {
  const fit = link && fitOf(nodeClass, link);
  if (link && fit) return link.side === "outputs" ? `→ ${fit.label}` : `${fit.label} →`;
  return nodeClass.category.join(" › ");
}
