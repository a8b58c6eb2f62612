/** A node in the DOM: title, sockets, widgets. Where it stands is its parent's business, and what a socket is, too. */

import { memo, type ComponentType } from "react";

import { setValue, useGraph, useGraphStore, type GraphNode, type Socket, type Widget } from "./graph.ts";
import classes from "./NodeBox.module.css";

export interface SocketProps {
  readonly socket: Socket;
  readonly index: number;
  readonly side: "input" | "output";
}

interface NodeBoxProps {
  readonly node: GraphNode;
  readonly Dot: ComponentType<SocketProps>;
}

export const NodeBox = memo(function NodeBox({ node, Dot }: NodeBoxProps) {
  const rows = Math.max(node.inputs.length, node.outputs.length);
  return (
    <div className={classes.box}>
      <div className={classes.title}>{node.title}</div>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.sockets}>
          <SocketLabel socket={node.inputs[index]} index={index} side="input" Dot={Dot} />
          <SocketLabel socket={node.outputs[index]} index={index} side="output" Dot={Dot} />
        </div>
      ))}
      <div className={classes.widgets}>
        {node.widgets.map((widget, index) => (
          <WidgetRow key={widget.name} id={node.id} widget={widget} index={index} />
        ))}
      </div>
    </div>
  );
});

interface SocketLabelProps {
  readonly socket: Socket | undefined;
  readonly index: number;
  readonly side: SocketProps["side"];
  readonly Dot: ComponentType<SocketProps>;
}

function SocketLabel({ socket, index, side, Dot }: SocketLabelProps) {
  return (
    <span className={classes.socket} data-side={side}>
      {socket && <Dot socket={socket} index={index} side={side} />}
      {socket?.name}
    </span>
  );
}

/** More letters than this may not fit into a row; only such a row has to clip. */
const LONG = 36;

function WidgetRow({ id, widget, index }: { id: string; widget: Widget; index: number }) {
  const store = useGraphStore();
  const value = useGraph((graph) => graph.values.get(id)?.[index] ?? "");
  if (widget.kind === "text") {
    return (
      <textarea
        className={`nodrag nowheel ${classes.text ?? ""}`}
        aria-label={widget.name}
        value={value}
        onChange={(event) => {
          setValue(store, id, index, event.target.value);
        }}
      />
    );
  }
  return (
    <div className={classes.widget} data-kind={widget.kind} data-long={widget.name.length + value.length > LONG}>
      <span className={classes.name}>{widget.name}</span>
      <span className={classes.value}>{value}</span>
    </div>
  );
}
