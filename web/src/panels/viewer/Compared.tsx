/** Two pictures one above the other, with a divider that shows more of one or the other. */

import { Handle, HandleRoot, Item, Provider, Root } from "react-compare-slider/components";
import { useReactCompareSlider } from "react-compare-slider/hooks";

import { pictureUrl } from "../../client/http";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import classes from "./Viewer.module.css";

export function Compared({ one, other }: { one: Picture; other: Picture }) {
  const { viewer: words } = useStrings().run;
  const slider = useReactCompareSlider({ keyboardIncrement: "5%" });
  return (
    <>
      <Provider {...slider}>
        <Root className={classes.compared}>
          <Item item="itemOne">
            <Half picture={one} />
          </Item>
          <Item item="itemTwo">
            <Half picture={other} />
          </Item>
          <HandleRoot className={classes.divider} aria-label={words.divider}>
            <Handle />
          </HandleRoot>
        </Root>
      </Provider>
      <span className={classes.letter} data-side="left" title={one.filename}>
        A
      </span>
      <span className={classes.letter} data-side="right" title={other.filename}>
        B
      </span>
    </>
  );
}

function Half({ picture }: { picture: Picture }) {
  const { viewer: words } = useStrings().run;
  return (
    <img
      className={classes.half}
      src={pictureUrl(picture)}
      alt={words.pictureAlt(picture.filename)}
      draggable={false}
    />
  );
}
