/** A node's widgets, each with the dot of its input where it has one. */

import { faceOf } from "../../classes/face";
import { fetchCatalog } from "../../classes/fetch-catalog";
import type { NodeFace, WidgetFace } from "../../classes/types";
import type { Transaction } from "../../document/store";
import { setControl, setValue } from "../../editing/widgets";
import { useApp, useEditor } from "../../editor/app";
import { runId } from "../../editor/editor";
import { activeTab } from "../../editor/workspace";
import { useStrings } from "../../i18n/language";
import { valueInRun } from "../../widgets/last-used";
import { WidgetRow } from "../../widgets/WidgetRow";
import { isNote, isTall } from "../layout";
import type { NodeOverlay } from "../overlay";
import type { NodeLook } from "../shapes";
import styles from "./node.module.css";
import { Dot } from "./Sockets";

interface NodeWidgetsProps {
  readonly look: NodeLook;
  /** What is wrong, by input. */
  readonly blamed: NodeOverlay["inputs"] | undefined;
}

export function NodeWidgets({ look, blamed }: NodeWidgetsProps) {
  const { face, layout, linked } = look;
  if (face.widgets.length === 0) return null;
  return (
    <div className={styles.widgets}>
      {face.widgets.map((widget, index) => (
        <NodeWidget
          key={`${widget.index} ${widget.name}`}
          face={face}
          widget={widget}
          index={index}
          height={layout.widgets[index]?.height ?? 0}
          linked={widget.slot !== null && linked.has(widget.slot)}
          blame={blamed?.get(widget.name)}
        />
      ))}
    </div>
  );
}

interface NodeWidgetProps {
  readonly face: NodeFace;
  readonly widget: WidgetFace;
  /** In the face's list. */
  readonly index: number;
  readonly height: number;
  readonly linked: boolean;
  readonly blame: string | undefined;
}

function NodeWidget({ face, widget, index, height, linked, blame }: NodeWidgetProps) {
  const { ui, catalog, workspace } = useApp();
  const editor = useEditor();
  const { store } = editor.document;
  const words = useStrings().canvas;
  const { spec, label, tooltip, value, control, name } = widget;
  const bare = isNote(face);

  const edit = (change: (transaction: Transaction) => void, gesture?: string): void => {
    const continues = gesture === undefined ? null : `${face.key} ${index} ${gesture}`;
    store.transact(words.done.widget(label), change, { continues });
  };
  const pictures = spec.kind === "combo" && spec.upload !== null;
  const tall = isTall(widget);
  const type = widget.slot === null ? undefined : face.inputs.find(({ slot }) => slot === widget.slot)?.type;
  return (
    <div
      className={styles.widget}
      style={{ height }}
      data-own={linked ? undefined : ""}
      data-name={name}
      data-tall={tall || undefined}
      data-bare={bare || undefined}
      data-linked={linked || undefined}
      data-blamed={blame !== undefined || undefined}
      title={blame}
    >
      {type !== undefined && !bare && <Dot type={type} />}
      <WidgetRow
        spec={spec}
        label={label}
        tooltip={tooltip}
        value={value}
        linked={linked}
        control={control}
        {...(tall && { height: bare ? height : height - 2 })}
        {...(spec.kind === "combo" && { onRefresh: () => fetchCatalog(catalog) })}
        {...(pictures && {
          onMask: () => {
            ui.setState({ dialog: { kind: "mask", node: face.key, widget: name } });
          },
        })}
        {...(control !== null && {
          lastUsed: async () => {
            const job = activeTab(workspace.getState())?.jobs.at(-1);
            const node = runId(editor.view.getState().path, face.record.id);
            return job === undefined ? null : valueInRun(job, node, name);
          },
          onControl: (control) => {
            edit((transaction) => {
              setControl(transaction, face.key, index, control, catalog.getState());
            });
          },
        })}
        now={() => faceOf(store, face.key, catalog.getState()).widgets[index]?.value ?? value}
        onChange={(value, gesture) => {
          edit((transaction) => {
            setValue(transaction, face.key, index, value, catalog.getState());
          }, gesture);
        }}
      />
    </div>
  );
}
