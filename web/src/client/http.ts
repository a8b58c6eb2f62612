/** What the page asks for over HTTP: pictures, and which checkpoints there are. Everything else goes over the socket. */

import type { Picture } from "../state/run";

export function pictureUrl({ filename, subfolder, type }: Picture): string {
  return `/view?${new URLSearchParams({ filename, subfolder, type }).toString()}`;
}
