/**
 * The picture with the mask over it, and the brush. One finger, the pen or the primary button paints; two fingers, the
 * wheel, the middle button or the space bar move the view; so do the arrow keys the brush, which paints with Shift held.
 */

import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from "react";
import { useStore } from "zustand";

import type { Point } from "../../document/records";
import { useStrings } from "../../i18n/language";
import { union, whole, type Area } from "./area";
import type { Mask } from "./mask";
import styles from "./Mask.module.css";
import type { MaskSession } from "./session";
import { fitted, inPicture, moved, pinched, zoomed, type PictureView } from "./viewport";

interface MaskStageProps {
  readonly session: MaskSession;
  readonly url: string;
  readonly view: PictureView | null;
  readonly onView: (change: (view: PictureView, stage: DOMRect) => PictureView) => void;
  readonly onStage: (view: PictureView) => void;
}

/** What the pointers that are down are doing. */
type Doing = "paint" | "move" | "pinch" | null;

export function MaskStage({ session, url, view, onView, onStage }: MaskStageProps) {
  const { widgets: words } = useStrings();
  const stage = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const doing = useRef<Doing>(null);
  const spaced = useRef(false);
  const [cursor, setCursor] = useState<Point | null>(null);
  const brush = useStore(session.state, (state) => state.brush);
  const { mask } = session;

  useEffect(() => {
    stage.current?.focus();
  }, []);

  useLayoutEffect(() => {
    if (stage.current && !view) onStage(fitted(mask, stage.current.getBoundingClientRect()));
  }, [mask, view, onStage]);

  useEffect(() => {
    const element = stage.current;
    // React's own listener may not keep the page from scrolling.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      onView((now, rect) => zoomed(now, Math.exp(-event.deltaY / 400), within(rect, event)));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [onView]);

  const here = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const rect = stage.current?.getBoundingClientRect() ?? new DOMRect();
    return within(rect, event);
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button > 1 || !view) return;
    if (event.button === 1) event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, here(event));
    if (pointers.current.size === 2) {
      if (doing.current === "paint") session.abandon();
      doing.current = "pinch";
    } else if (event.button === 1 || spaced.current) doing.current = "move";
    else {
      doing.current = "paint";
      session.begin(strokePoint(event, inPicture(view, here(event))));
    }
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const now = here(event);
    setCursor(now);
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const down = [...pointers.current.entries()].slice(0, 2);
    pointers.current.set(event.pointerId, now);
    if (doing.current === "paint" && view) {
      for (const each of coalesced(event)) session.paint(strokePoint(each, inPicture(view, here(each))));
    } else if (doing.current === "move") {
      onView((shown) => moved(shown, { x: now.x - before.x, y: now.y - before.y }));
    } else if (doing.current === "pinch") {
      const [one, other] = down;
      if (!one || !other) return;
      const from = [one[1], other[1]] as const;
      const to = [one[0] === event.pointerId ? now : one[1], other[0] === event.pointerId ? now : other[1]] as const;
      onView((shown) => pinched(shown, from, to));
    }
  };

  const onPointerUp = (event: PointerEvent<HTMLDivElement>): void => {
    pointers.current.delete(event.pointerId);
    if (doing.current === "paint") session.end();
    // Of two fingers the one that stays does not begin to paint.
    if (pointers.current.size === 0 || doing.current === "paint") doing.current = null;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === " ") {
      spaced.current = true;
      event.preventDefault();
      return;
    }
    const way = ARROWS[event.key];
    if (!way || !view || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const from = cursor ?? { x: view.x + (mask.width / 2) * view.scale, y: view.y + (mask.height / 2) * view.scale };
    const step = Math.max(1, (brush.radius / 2) * view.scale);
    const to = { x: from.x + way.x * step, y: from.y + way.y * step };
    setCursor(to);
    if (!event.shiftKey) return;
    session.begin({ ...inPicture(view, from), pressure: 1 });
    session.paint({ ...inPicture(view, to), pressure: 1 });
    session.end();
  };

  return (
    <div
      ref={stage}
      className={styles.stage}
      role="application"
      aria-label={words.mask.stage}
      aria-describedby="mask-keys"
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => {
        setCursor(null);
      }}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (event.key === " ") spaced.current = false;
      }}
      onBlur={() => {
        spaced.current = false;
      }}
    >
      {view && (
        <div className={styles.picture} style={placed(view, mask)}>
          <img src={url} alt="" draggable={false} data-large={view.scale > 2 || undefined} />
          <MaskCanvas session={session} large={view.scale > 2} />
        </div>
      )}
      {cursor && view && (
        <div
          className={styles.brush}
          data-erases={brush.erases || undefined}
          style={ring(cursor, brush.radius * view.scale)}
        />
      )}
    </div>
  );
}

/** Shows the mask; several changes in one frame are painted at once. */
function MaskCanvas({ session, large }: { readonly session: MaskSession; readonly large: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { mask } = session;
  useEffect(() => {
    let dirty: Area | null = whole(mask);
    let frame = 0;
    const paint = (): void => {
      const context = canvas.current?.getContext("2d");
      if (context && dirty) context.putImageData(tinted(mask, dirty), dirty.x, dirty.y);
      dirty = null;
      frame = 0;
    };
    paint();
    const end = session.subscribe((area) => {
      dirty = union(dirty, area);
      frame ||= requestAnimationFrame(paint);
    });
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [session, mask]);
  return <canvas ref={canvas} width={mask.width} height={mask.height} data-mask="" data-large={large || undefined} />;
}

/** The mask as a person sees it: a red that the picture shines through. */
function tinted(mask: Mask, area: Area): ImageData {
  const values = mask.read(area);
  const data = new Uint8ClampedArray(4 * values.length);
  for (let at = 0; at < values.length; at += 1) {
    data[4 * at] = 255;
    data[4 * at + 1] = 40;
    data[4 * at + 2] = 70;
    data[4 * at + 3] = (values[at] ?? 0) * 0.65;
  }
  return new ImageData(data, area.width, area.height);
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const within = (
  rect: DOMRect,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Point => ({
  x: clientX - rect.x,
  y: clientY - rect.y,
});

const strokePoint = (
  { pointerType, pressure }: { readonly pointerType: string; readonly pressure: number },
  at: Point,
) => ({
  ...at,
  pressure: pointerType === "pen" && pressure > 0 ? pressure : 1,
});

function coalesced({ nativeEvent }: PointerEvent): readonly globalThis.PointerEvent[] {
  const events = nativeEvent.getCoalescedEvents();
  return events.length > 0 ? events : [nativeEvent];
}

const placed = ({ x, y, scale }: PictureView, { width, height }: Mask): CSSProperties => ({
  width,
  height,
  transform: `translate(${x}px, ${y}px) scale(${scale})`,
});

const ring = ({ x, y }: Point, radius: number): CSSProperties => ({
  width: 2 * radius,
  height: 2 * radius,
  transform: `translate(${x - radius}px, ${y - radius}px)`,
});
