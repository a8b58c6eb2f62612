/** A command's keys, as they are printed on a keyboard. */

import { Kbd } from "@mantine/core";

import { capsOf, isMac } from "./keys";
import classes from "./Keys.module.css";

export function Keys({ of }: { of: string }) {
  return (
    <span className={classes.keys}>
      {capsOf(of, isMac()).map((cap) => (
        <Kbd key={cap} size="sm">
          {cap}
        </Kbd>
      ))}
    </span>
  );
}
