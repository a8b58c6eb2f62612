/** Dragging a class from the panel onto the canvas. */

import type { DragEvent as ReactDragEvent } from "react";

import type { Surface } from "../canvas/surface";
import { addClass } from "./add-class";

/** By this a drop on the canvas is told from one of files. */
const TYPE = "application/x-nodegraph-class";

export function startDragging(event: ReactDragEvent, classId: string): void {
  event.dataTransfer.setData(TYPE, classId);
  event.dataTransfer.effectAllowed = "copy";
}

/** Have the canvas take classes that are dropped on it; returns how to end that. */
export function takeDrops(surface: Surface): () => void {
  const { element } = surface;
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes(TYPE)) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
  };
  const drop = (event: DragEvent): void => {
    const classId = event.dataTransfer?.getData(TYPE) ?? "";
    if (classId === "") return;
    event.preventDefault();
    event.stopPropagation();
    addClass(surface, classId, surface.toPlane(event.clientX, event.clientY), null);
  };
  element.addEventListener("dragover", over);
  element.addEventListener("drop", drop);
  return () => {
    element.removeEventListener("dragover", over);
    element.removeEventListener("drop", drop);
  };
}
