/** The list of a combo while it is open: searched, by folder, with thumbnails where the options are pictures. */

import { ActionIcon, Combobox, Group, Text, useCombobox } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { ComboSpec } from "../../classes/types";
import { isList, type Json } from "../../document/json";
import { useStrings } from "../../i18n/language";
import { SEALED } from "../Beside";
import { pictureUrl } from "../picture/annotated";
import type { WidgetProps } from "../props";
import styles from "./ComboList.module.css";
import { inFolders, matching, optionOf, textOf, type Option } from "./options";

interface ComboListProps extends WidgetProps<ComboSpec> {
  readonly missing: boolean;
  readonly sought: string;
  /** By which the row names the list that it opened. */
  readonly id: string;
  /** What stands in the row meanwhile. */
  readonly shown: string;
  readonly onPick: (value: Json) => void;
  readonly onClose: () => void;
}

/** More than these are too many to look through: a word or two makes them fewer. */
const MOST = 200;

export default function ComboList(props: ComboListProps) {
  const { spec, label, value, missing, onPick, onClose, onRefresh } = props;
  const { widgets: words } = useStrings();
  const [sought, setSought] = useState(props.sought);
  const [asking, setAsking] = useState(false);
  const store = useCombobox({ opened: true, onDropdownClose: onClose });
  const options = useMemo(() => spec.options.map((option) => optionOf(option, spec.files)), [spec]);
  const found = useMemo(() => matching(options, sought), [options, sought]);
  const folders = inFolders(found.slice(0, MOST));
  const current = new Set((isList(value) ? value : [value]).map(textOf));
  const { selectActiveOption, selectFirstOption } = store;

  useEffect(() => {
    if (sought === "") selectActiveOption();
    else selectFirstOption();
  }, [sought, found, selectActiveOption, selectFirstOption]);

  const focus = useCallback((search: HTMLInputElement | null) => {
    search?.focus({ preventScroll: true });
  }, []);

  const refresh = async (): Promise<void> => {
    setAsking(true);
    await onRefresh?.();
    setAsking(false);
  };

  return (
    <Combobox
      store={store}
      width={340}
      position="bottom-end"
      clickOutsideCapture
      onOptionSubmit={(text) => {
        const picked = options.find((option) => option.text === text);
        if (picked) onPick(picked.value);
      }}
    >
      <Combobox.DropdownTarget>
        <span>{props.shown}</span>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown {...SEALED}>
        <Group gap={0} wrap="nowrap" className={styles.head}>
          <Combobox.Search
            ref={focus}
            className={styles.search}
            value={sought}
            placeholder={words.combo.search(options.length)}
            aria-label={words.combo.searchIn(label)}
            onChange={(event) => {
              setSought(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              // The page's own keys, such as Ctrl+S, work here too.
              if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
              if (event.key === "Escape" || event.key === "Tab") onClose();
            }}
          />
          {onRefresh && (
            <ActionIcon
              variant="subtle"
              color="gray"
              loading={asking}
              aria-label={words.combo.refresh}
              title={words.combo.refresh}
              onClick={() => void refresh()}
            >
              <IconRefresh size={16} />
            </ActionIcon>
          )}
        </Group>
        {missing && (
          <Text size="xs" className={styles.missing}>
            {words.combo.missing([...current].join(", "))}
          </Text>
        )}
        <Combobox.Options id={props.id} className={styles.options} aria-label={label}>
          {folders.map(({ folder, options: inside }) => {
            const items = inside.map((option) => (
              <Combobox.Option
                key={option.text}
                value={option.text}
                active={current.has(option.text)}
                className={styles.option}
                title={option.text}
              >
                {spec.upload && <Thumbnail option={option} folder={spec.upload.folder} />}
                <span className={styles.name}>{option.name === "" ? words.combo.none : option.name}</span>
              </Combobox.Option>
            ));
            return folder === "" ? (
              items
            ) : (
              <Combobox.Group key={folder} label={folder}>
                {items}
              </Combobox.Group>
            );
          })}
          {found.length === 0 && <Combobox.Empty>{words.combo.nothing}</Combobox.Empty>}
        </Combobox.Options>
        {found.length > MOST && (
          <Combobox.Footer>
            <Text size="xs" c="dimmed">
              {words.combo.more(found.length - MOST)}
            </Text>
          </Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Thumbnail({ option, folder }: { readonly option: Option; readonly folder: string }) {
  return <img className={styles.thumbnail} src={pictureUrl(option.text, folder)} alt="" loading="lazy" />;
}
