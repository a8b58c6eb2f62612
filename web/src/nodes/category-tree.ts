/** The folders that node classes belong to. */

import type { NodeClass } from "../classes/types";

export interface Category {
  /** From the outermost in, joined by `/`; tells it from all others. */
  readonly path: string;
  readonly name: string;
  readonly categories: readonly Category[];
  readonly classes: readonly NodeClass[];
}

/** Folders before classes, each by name. */
export function categoriesOf(classes: Iterable<NodeClass>): Category {
  const root = newFolder("", "");
  for (const nodeClass of classes) {
    let folder = root;
    for (const name of nodeClass.category) {
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      const inner = folder.folders.get(name) ?? newFolder(path, name);
      folder.folders.set(name, inner);
      folder = inner;
    }
    folder.classes.push(nodeClass);
  }
  return settled(root);
}

interface Folder {
  readonly path: string;
  readonly name: string;
  readonly folders: Map<string, Folder>;
  readonly classes: NodeClass[];
}

const newFolder = (path: string, name: string): Folder => ({ path, name, folders: new Map(), classes: [] });

function settled({ path, name, folders, classes }: Folder): Category {
  return {
    path,
    name,
    categories: [...folders.values()].map(settled).sort((one, other) => one.name.localeCompare(other.name)),
    classes: classes.toSorted((one, other) => one.title.localeCompare(other.title)),
  };
}
