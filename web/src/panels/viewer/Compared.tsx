/** Two pictures to be compared, each with its letter. */

import { pictureUrl } from "../../client/http";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import Divided from "../../widgets/picture/Divided";
import classes from "./Viewer.module.css";

export function Compared({ one, other }: { one: Picture; other: Picture }) {
  const { viewer: words } = useStrings().run;
  const half = (picture: Picture) => ({ src: pictureUrl(picture), alt: words.pictureAlt(picture.filename) });
  return (
    <>
      <Divided one={half(one)} other={half(other)} label={words.divider} />
      <span className={classes.letter} data-side="left" title={one.filename}>
        A
      </span>
      <span className={classes.letter} data-side="right" title={other.filename}>
        B
      </span>
    </>
  );
}
