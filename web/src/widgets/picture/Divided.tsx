/** Two pictures one above the other, with a divider that shows more of one or the other. */

import { Handle, HandleRoot, Item, Provider, Root } from "react-compare-slider/components";
import { useReactCompareSlider } from "react-compare-slider/hooks";

import styles from "./Divided.module.css";

interface Half {
  readonly src: string;
  readonly alt: string;
}

interface DividedProps {
  readonly one: Half;
  readonly other: Half;
  /** What the divider is called. */
  readonly label: string;
  /** It goes where the pointer is, pressed or not. */
  readonly follows?: boolean;
  /** One of the two is not there. */
  readonly onGone?: () => void;
}

export default function Divided({ one, other, label, follows = false, onGone }: DividedProps) {
  const slider = useReactCompareSlider({ keyboardIncrement: "5%", changePositionOnHover: follows });
  return (
    <Provider {...slider}>
      <Root className={styles.divided}>
        <Item item="itemOne">
          <img className={styles.half} {...one} draggable={false} onError={onGone} />
        </Item>
        <Item item="itemTwo">
          <img className={styles.half} {...other} draggable={false} onError={onGone} />
        </Item>
        <HandleRoot className={styles.divider} aria-label={label}>
          <Handle />
        </HandleRoot>
      </Root>
    </Provider>
  );
}
