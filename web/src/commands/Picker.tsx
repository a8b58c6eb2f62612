/**
 * A search field above a list of what it finds, to choose from by keys or pointer. Knows neither what is chosen from nor
 * how it is searched.
 */

import { Combobox, Text, TextInput, useVirtualizedCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useState, type ReactNode } from "react";

import classes from "./Picker.module.css";

export interface PickerGroup<T> {
  /** Null: what follows needs no name. */
  readonly name: string | null;
  readonly items: readonly T[];
}

export interface PickerProps<T> {
  readonly label: string;
  readonly placeholder: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly groups: readonly PickerGroup<T>[];
  readonly keyOf: (item: T) => string;
  readonly isDisabled?: (item: T) => boolean;
  readonly children: (item: T) => ReactNode;
  /** Beside the list: more of the one that Enter would choose. */
  readonly aside?: (item: T) => ReactNode;
  /** Under the field, above the list. */
  readonly notice?: ReactNode;
  /** Said where nothing is found. */
  readonly nothing: string;
  readonly onChoose: (item: T) => void;
}

export function Picker<T>(props: PickerProps<T>) {
  const { label, placeholder, query, onQuery, groups, keyOf, isDisabled = () => false, aside, notice } = props;
  const items = groups.flatMap((group) => group.items);
  const [selected, setSelected] = useState(0);
  const at = Math.min(selected, items.length - 1);
  const id = useId();
  const optionId = (index: number): string => `${id}-${index}`;

  const choose = (index: number): void => {
    const item = items[index];
    if (item !== undefined && !isDisabled(item)) props.onChoose(item);
  };
  const combobox = useVirtualizedCombobox({
    opened: true,
    totalOptionsCount: items.length,
    getOptionId: optionId,
    selectedOptionIndex: at,
    setSelectedOptionIndex: setSelected,
    onSelectedOptionSubmit: choose,
  });
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at, query]);

  let index = 0;
  const current = items[at];
  return (
    <Combobox store={combobox} size="sm">
      <Combobox.EventsTarget withAriaAttributes={false}>
        <TextInput
          ref={holdFocus}
          data-autofocus
          role="combobox"
          aria-label={label}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={items.length > 0 ? optionId(at) : undefined}
          placeholder={placeholder}
          size="md"
          variant="unstyled"
          className={classes.field}
          leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
          value={query}
          onChange={(event) => {
            setSelected(0);
            onQuery(event.currentTarget.value);
          }}
        />
      </Combobox.EventsTarget>
      {notice}
      <div className={classes.body}>
        <div className={classes.found}>
          <Combobox.Options id={`${id}-list`} className={classes.list} aria-label={label}>
            {groups.map((group) => (
              <Combobox.Group key={group.name ?? ""} label={group.name}>
                {group.items.map((item) => {
                  const place = index++;
                  return (
                    <Combobox.Option
                      key={keyOf(item)}
                      id={optionId(place)}
                      value={keyOf(item)}
                      className={classes.option}
                      selected={place === at}
                      aria-selected={place === at}
                      disabled={isDisabled(item)}
                      onMouseMove={() => {
                        setSelected(place);
                      }}
                      onClick={() => {
                        choose(place);
                      }}
                    >
                      {props.children(item)}
                    </Combobox.Option>
                  );
                })}
              </Combobox.Group>
            ))}
          </Combobox.Options>
          {items.length === 0 && (
            <Text size="sm" c="dimmed" ta="center" p="xl" role="status">
              {props.nothing}
            </Text>
          )}
        </div>
        {aside && current !== undefined && <div className={classes.aside}>{aside(current)}</div>}
      </div>
    </Combobox>
  );
}

/**
 * The field has the focus from the moment it is there, for the next key may be pressed already, and gives it back in the
 * end to what had it before, unless that has gone elsewhere.
 */
function holdFocus(field: HTMLInputElement | null): (() => void) | undefined {
  if (field === null) return undefined;
  const before = document.activeElement;
  field.focus({ preventScroll: true });
  return () => {
    if (document.activeElement === field && before instanceof HTMLElement) before.focus({ preventScroll: true });
  };
}
