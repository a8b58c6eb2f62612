/**
 * How a widget names a picture of the server: `folder/a.png`, with ` [output]` behind it where it is not in the folder
 * that the widget chooses from.
 */

export interface StoredPicture {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

/** `folder` holds where the name says none. */
export function fromName(name: string, folder: string): StoredPicture {
  const [, path = name, type = folder] = /^(.*) \[(input|output|temp)\]$/.exec(name) ?? [];
  const cut = path.lastIndexOf("/");
  return { filename: path.slice(cut + 1), subfolder: path.slice(0, Math.max(cut, 0)), type };
}

/** What a widget that chooses from `folder` calls it. */
export function toName({ filename, subfolder, type }: StoredPicture, folder: string): string {
  const path = subfolder === "" ? filename : `${subfolder}/${filename}`;
  return type === folder ? path : `${path} [${type}]`;
}

/** Where the page shows it from. */
export function pictureUrl(name: string, folder: string): string {
  const { filename, subfolder, type } = fromName(name, folder);
  return `/api/view?${new URLSearchParams({ filename, subfolder, type, preview: "webp;60" }).toString()}`;
}

/** The picture of this server that an address shows; null: it shows none. */
export function fromUrl(address: string, page: string): StoredPicture | null {
  const url = URL.parse(address, page);
  if (url?.origin !== new URL(page).origin || !/^(\/api)?\/view$/.test(url.pathname)) return null;
  const filename = url.searchParams.get("filename");
  if (!filename) return null;
  return {
    filename,
    subfolder: url.searchParams.get("subfolder") ?? "",
    type: url.searchParams.get("type") ?? "output",
  };
}
