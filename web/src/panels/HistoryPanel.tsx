/** The runs that have ended, latest first, with what they made: searched, looked at, taken up again. */

import { CloseButton, Loader, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useIntersection } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useStrings } from "../i18n/language";
import { SidePanel } from "../shell/SidePanel";
import { useHistory } from "./history";
import classes from "./HistoryPanel.module.css";
import { HistoryRow } from "./HistoryRow";

/** Milliseconds of rest before what was typed is searched for. */
const REST = 250;

export default function HistoryPanel() {
  const { historyPanel: words } = useStrings().run;
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, REST);
  const { jobs, state, more, readOn, refresh } = useHistory(search);
  const { ref, entry } = useIntersection({ rootMargin: "300px" });
  const atEnd = entry?.isIntersecting ?? false;

  useEffect(() => {
    if (atEnd) readOn();
  }, [atEnd, readOn]);

  return (
    <SidePanel title={words.heading}>
      <TextInput
        className={classes.search}
        size="sm"
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={typed}
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
        rightSection={
          typed !== "" && (
            <CloseButton
              size="sm"
              aria-label={words.clearSearch}
              onClick={() => {
                setTyped("");
              }}
            />
          )
        }
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
      <div className={classes.scroll}>
        <ul className={classes.list} aria-label={words.heading} aria-busy={state === "loading"}>
          {jobs.map((view) => (
            <HistoryRow key={view.job} view={view} onDeleted={refresh} />
          ))}
        </ul>
        {more && (
          <div ref={ref} className={classes.end}>
            <Loader size="xs" type="dots" aria-label={words.loading} />
          </div>
        )}
        {jobs.length === 0 && (
          <Text size="sm" c="dimmed" className={classes.empty} role="status">
            {state === "failed" ? words.failed : state === "loading" ? "" : search === "" ? words.empty : words.noHits}
          </Text>
        )}
      </div>
    </SidePanel>
  );
}
