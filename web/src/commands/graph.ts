/** What is done to the nodes that are selected, and to how the graph lies. */

import { ALIGNMENTS, AXES } from "../arrange/align";
import { alignSelected, arrangeSelected, distributeSelected } from "../canvas/actions/arrange";
import { selectedNodes, selectedOf } from "../canvas/actions/board";
import { COLOURS, colourSelected } from "../canvas/actions/colours";
import { frameSelected } from "../canvas/actions/frames";
import { toggleBypassed, toggleCollapsed, toggleMuted, togglePinned } from "../canvas/actions/modes";
import { resizeSelected } from "../canvas/actions/resize";
import type { Surface } from "../canvas/surface";
import type { Sections } from "./command";
import { canvasCommand, hasSelection, submenu } from "./define";

export const GRAPH: Sections = [
  [
    canvasCommand("graph.mute", {
      keys: ["mod+M"],
      when: hasNodes,
      run: ({ editor }) => {
        toggleMuted(editor);
      },
    }),
    canvasCommand("graph.bypass", {
      keys: ["mod+B"],
      when: hasNodes,
      run: ({ editor }) => {
        toggleBypassed(editor);
      },
    }),
    canvasCommand("graph.pin", {
      keys: ["P"],
      when: hasSelection,
      run: ({ editor }) => {
        togglePinned(editor);
      },
    }),
    canvasCommand("graph.collapse", {
      keys: ["alt+C"],
      when: hasNodes,
      run: ({ editor }) => {
        toggleCollapsed(editor);
      },
    }),
    submenu("colour", [
      canvasCommand("graph.colour-none", {
        when: hasSelection,
        run: ({ editor }) => {
          colourSelected(editor, null);
        },
      }),
      ...COLOURS.map((colour) =>
        canvasCommand(`graph.colour-${colour.name}`, {
          when: hasSelection,
          run: ({ editor }) => {
            colourSelected(editor, colour);
          },
        }),
      ),
    ]),
  ],
  [
    canvasCommand("graph.frame", {
      keys: ["mod+G"],
      when: hasSelection,
      run: (surface) => {
        frameSelected(surface);
      },
    }),
    submenu("align", [
      ...ALIGNMENTS.map((to) =>
        canvasCommand(`graph.align-${to}`, {
          when: hasSeveral,
          run: (surface) => {
            alignSelected(surface, to);
          },
        }),
      ),
      ...AXES.map((axis) =>
        canvasCommand(`graph.distribute-${axis}`, {
          when: hasSeveral,
          run: (surface) => {
            distributeSelected(surface, axis);
          },
        }),
      ),
    ]),
    canvasCommand("graph.resize", {
      when: hasNodes,
      run: ({ editor }) => {
        resizeSelected(editor);
      },
    }),
    canvasCommand("graph.arrange", { keys: ["mod+shift+L"], run: arrangeSelected }),
  ],
];

function hasNodes({ editor }: Surface): boolean {
  return selectedNodes(editor).length > 0;
}

function hasSeveral({ editor }: Surface): boolean {
  return selectedNodes(editor).length + selectedOf(editor, "group").length > 1;
}
