import { Badge, Progress, Text } from "@mantine/core";
import {
  IconAlertCircleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconHistory,
  IconLoader2,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

import { en } from "../i18n/en";
import { fractionOf, type NodePhase, type NodeRun, type Run } from "../state/run";
import { useShownRun } from "../state/shown";
import { useSession } from "../state/session";
import { ownerOf, type OutlineNode } from "../workflow/workflow";
import classes from "./NodeList.module.css";

type Phase = NodePhase | "idle" | "invalid";

const ICONS: Record<Phase, ReactNode> = {
  idle: <IconCircleDashed size={18} stroke={1.6} />,
  invalid: <IconAlertCircleFilled size={18} />,
  waiting: <IconCircleDashed size={18} stroke={1.6} />,
  running: <IconLoader2 size={18} stroke={2} className={classes.spin} />,
  done: <IconCircleCheckFilled size={18} />,
  cached: <IconHistory size={18} stroke={1.8} />,
  failed: <IconAlertCircleFilled size={18} />,
  blocked: <IconCircleMinus size={18} stroke={1.8} />,
};

/** The nodes of the open workflow and how far each has come in the last run. */
export function NodeList({ nodes }: { nodes: readonly OutlineNode[] }) {
  const refusal = useSession((session) => session.refusal);
  const run = useShownRun();
  const progress = run ? progressByOwner(nodes, run) : new Map<string, NodeRun>();
  const invalid = new Set(Object.keys(refusal?.problems ?? {}).map((id) => ownerOf(nodes, id)?.id));
  return (
    <ul className={classes.list} aria-label={en.workflow.nodeList}>
      {nodes.map((node) => (
        <NodeRow key={node.id} node={node} run={progress.get(node.id) ?? null} invalid={invalid.has(node.id)} />
      ))}
    </ul>
  );
}

function NodeRow({ node, run, invalid }: { node: OutlineNode; run: NodeRun | null; invalid: boolean }) {
  const phase: Phase = invalid ? "invalid" : (run?.phase ?? "idle");
  const stepping = run?.phase === "running" && run.steps !== null;
  const words =
    phase === "idle" || phase === "waiting"
      ? en.node.idle
      : phase === "invalid"
        ? en.node.invalid
        : en.node.phases[phase];
  return (
    <li className={classes.row} data-phase={phase} data-off={node.off !== null}>
      <span className={classes.icon} role="img" aria-label={words} title={words}>
        {ICONS[phase]}
      </span>
      <span className={classes.names}>
        <Text span size="sm" truncate="end" title={node.title}>
          {node.title}
        </Text>
        {node.title !== node.classId && (
          <Text span size="xs" c="dimmed" truncate="end">
            {node.classId}
          </Text>
        )}
      </span>
      {node.off && (
        <Badge variant="default" size="sm" tt="none" fw={500}>
          {en.workflow.off[node.off]}
        </Badge>
      )}
      <Text span size="xs" c="dimmed" className={classes.figure}>
        {run && figure(run)}
      </Text>
      {stepping && (
        <Progress
          className={classes.bar}
          value={fractionOf(run) * 100}
          size={3}
          aria-label={node.title}
          transitionDuration={80}
        />
      )}
    </li>
  );
}

function figure(run: NodeRun): string {
  if (run.phase === "running") return run.steps ? en.node.steps(run.steps.value, run.steps.total) : "";
  return run.phase === "done" && run.seconds !== null ? en.node.seconds(run.seconds) : "";
}

/** A subgraph's row shows the node inside it that tells most: one that failed or runs, else the last one. */
function progressByOwner(nodes: readonly OutlineNode[], run: Run): Map<string, NodeRun> {
  const shown = new Map<string, NodeRun>();
  for (const [id, node] of run.nodes) {
    const owner = ownerOf(nodes, id)?.id;
    if (owner === undefined) continue;
    const known = shown.get(owner);
    if (known?.phase !== "failed" && known?.phase !== "running") shown.set(owner, node);
  }
  return shown;
}
