/** Two pictures one above the other, with a divider that shows more of one or the other. */

import { ReactCompareSlider, ReactCompareSliderHandle } from "react-compare-slider";

import { pictureUrl } from "../../client/http";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import classes from "./Viewer.module.css";

export function Compared({ one, other }: { one: Picture; other: Picture }) {
  const { viewer: words } = useStrings().run;
  return (
    <>
      <ReactCompareSlider
        className={classes.compared}
        keyboardIncrement="5%"
        handle={<ReactCompareSliderHandle aria-label={words.divider} />}
        itemOne={
          <img className={classes.half} src={pictureUrl(one)} alt={words.pictureAlt(one.filename)} draggable={false} />
        }
        itemTwo={
          <img
            className={classes.half}
            src={pictureUrl(other)}
            alt={words.pictureAlt(other.filename)}
            draggable={false}
          />
        }
      />
      <span className={classes.letter} data-side="left" title={one.filename}>
        A
      </span>
      <span className={classes.letter} data-side="right" title={other.filename}>
        B
      </span>
    </>
  );
}
