/** The parts of a file's path, which has `/` between folders, and how they are put together. */

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Empty for what lies in no folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** `portraits/anna.json` is shown as `anna`. */
export function titleOf(path: string): string {
  return nameOf(path).replace(/\.[^.]+$/, "");
}

export function pathOf(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** The path of a workflow that the person calls so. */
export function fileCalled(folder: string, title: string): string {
  const name = title.trim();
  return pathOf(folder, /\.json$/i.test(name) ? name : `${name}.json`);
}

/** Whether a path is, or is within, a folder. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
