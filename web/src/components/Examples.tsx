import { Title, UnstyledButton } from "@mantine/core";

import { useClient } from "../client/context";
import { thumbnailUrl } from "../client/http";
import { en } from "../i18n/en";
import { useServer } from "../state/server";
import { titleOfExample } from "../workflow/workflow";
import classes from "./Examples.module.css";

/** The workflows that came with the server, each with a picture of what it paints. */
export function Examples() {
  const client = useClient();
  const { examples, link } = useServer();
  if (examples.length === 0) return null;
  return (
    <section className={classes.examples} aria-label={en.examples.heading}>
      <Title order={3} size="sm">
        {en.examples.heading}
      </Title>
      <div className={classes.cards}>
        {examples.map((name) => (
          <UnstyledButton
            key={name}
            className={classes.card}
            disabled={link !== "open"}
            onClick={() => void client.openExample(name)}
          >
            <span className={classes.picture}>
              <img
                src={thumbnailUrl(name)}
                alt=""
                onError={(event) => {
                  event.currentTarget.hidden = true; // an example without a thumbnail
                }}
              />
            </span>
            <span className={classes.words}>
              <span className={classes.title}>{titleOfExample(name)}</span>
              <span className={classes.about}>{en.examples.about[name]}</span>
            </span>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}
