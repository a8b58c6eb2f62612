/** A run that has ended, as an entry of the history. */

import { ActionIcon, Menu, Text, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconAlertCircleFilled,
  IconArrowBackUp,
  IconCircleCheckFilled,
  IconCircleMinus,
  IconDots,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

import { thumbnailUrlOf } from "../client/http";
import { useApp } from "../editor/app";
import { barredItem, useMayNot } from "../access/may-not";
import { useLanguage, useStrings } from "../i18n/language";
import type { JobState, JobView } from "../protocol/schema";
import { deleteJob } from "../run/queue-actions";
import { picturesIn } from "../state/run";
import classes from "./HistoryPanel.module.css";
import { restoreWorkflow } from "./restore";
import { retry } from "./retry";

const ICONS: Partial<Record<JobState, ReactNode>> = {
  done: <IconCircleCheckFilled size={16} />,
  failed: <IconAlertCircleFilled size={16} />,
  cancelled: <IconCircleMinus size={16} stroke={1.8} />,
};

/** So many pictures are shown; the rest is counted. */
const SHOWN = 4;

export function HistoryRow({ view, onDeleted }: { view: JobView; onDeleted: () => void }) {
  const app = useApp();
  const { run: words } = useStrings();
  const mayNot = useMayNot("run");
  const { historyPanel } = words;
  const language = useLanguage((state) => state.language);
  const { job, state, started, finished, result } = view;
  const pictures = picturesIn(result);
  const title = view.title ?? words.queuePanel.untitled;
  const phase = state === "queued" ? "waiting" : state;
  const took = started !== undefined && finished !== undefined ? finished - started : null;
  const open = (index: number) => {
    app.ui.setState({ dialog: { kind: "viewer", pictures, index } });
  };

  return (
    <li className={classes.row} data-job={job} data-state={state}>
      <div className={classes.head}>
        <span className={classes.icon} role="img" aria-label={words.phases[phase]} title={words.phases[phase]}>
          {ICONS[state]}
        </span>
        <div className={classes.words}>
          <Text size="sm" truncate="end" title={title}>
            {title}
          </Text>
          <Text size="xs" c="dimmed" className={classes.figures}>
            {[whenWords(finished ?? view.created, language), took === null ? null : words.time.exact(took)]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </div>
        <Tooltip label={historyPanel.restore}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={historyPanel.restoreOne(title)}
            onClick={() => void restoreWorkflow(app, job, title)}
          >
            <IconArrowBackUp size={17} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={historyPanel.menu(title)}>
              <IconDots size={17} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconRefresh size={16} />}
              onClick={() => void retry(app, job)}
              {...barredItem(mayNot)}
            >
              {historyPanel.retry}
            </Menu.Item>
            <Menu.Item
              c="var(--danger)"
              leftSection={<IconTrash size={16} />}
              onClick={() => {
                void deleteJob(job).then((deleted) => {
                  if (deleted) onDeleted();
                });
              }}
              {...barredItem(mayNot)}
            >
              {historyPanel.delete}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {result?.error && (
        <Text size="xs" className={classes.error} lineClamp={3} title={result.error.message}>
          {result.error.message}
        </Text>
      )}
      {pictures.length > 0 && (
        <div className={classes.pictures}>
          {pictures.slice(0, SHOWN).map((picture, index) => (
            <UnstyledButton
              key={`${picture.node}/${picture.subfolder}/${picture.filename}`}
              className={classes.picture}
              aria-label={words.viewer.show(picture.filename)}
              onClick={() => {
                open(index);
              }}
            >
              <img
                src={thumbnailUrlOf(picture)}
                alt=""
                loading="lazy"
                decoding="async"
                onError={(event) => {
                  event.currentTarget.hidden = true; // its file is gone
                }}
              />
              {index === SHOWN - 1 && pictures.length > SHOWN && (
                <span className={classes.others}>+{pictures.length - SHOWN}</span>
              )}
            </UnstyledButton>
          ))}
        </div>
      )}
    </li>
  );
}

/** The hour, and the day where it is not today. */
function whenWords(seconds: number, language: string): string {
  const then = new Date(seconds * 1000);
  const today = then.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(
    language,
    today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" },
  ).format(then);
}
