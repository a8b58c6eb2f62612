/** Putting a file into the server's folder of pictures. Knows no widgets. */

import { strings } from "../../i18n/language";
import { may, useSession } from "../../state/session";
import type { StoredPicture } from "./annotated";

/** Why a file was not taken, mostly in the server's words; empty where it said nothing. */
export class UploadError extends Error {}

/** The fields that go with the file, such as the picture that a mask belongs to. */
type UploadFields = Readonly<Record<string, string>>;

/** `progress` is told how much of the file was sent, 0 to 1. Throws UploadError. */
export function uploadPicture(file: File, progress?: (share: number) => void): Promise<StoredPicture> {
  return send("/api/upload/image", file, {}, progress);
}

/** The picture `original` with the alpha of `mask`; `name` is what it is to be called. Throws UploadError. */
export function uploadMask(mask: Blob, name: string, original: StoredPicture): Promise<StoredPicture> {
  const fields = { original_ref: JSON.stringify(original), subfolder: "clipspace", type: "input" };
  return send("/api/upload/mask", new File([mask], name, { type: "image/png" }), fields);
}

/** Not `fetch`: that cannot tell how far it is. */
function send(
  path: string,
  file: File,
  fields: UploadFields,
  progress?: (share: number) => void,
): Promise<StoredPicture> {
  if (!may("run")(useSession.getState())) return Promise.reject(new UploadError(strings().access.mayNot.run));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("image", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) progress?.(loaded / total);
    };
    request.onerror = () => {
      reject(new UploadError(""));
    };
    request.onload = () => {
      const answer: unknown = request.response;
      const stored = request.status === 200 ? storedIn(answer) : null;
      if (stored) resolve(stored);
      else reject(new UploadError(messageIn(answer)));
    };
    request.send(form);
  });
}

function storedIn(answer: unknown): StoredPicture | null {
  const { name, subfolder = "", type = "input" } = (answer ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof subfolder !== "string" || typeof type !== "string") return null;
  return { filename: name, subfolder, type };
}

function messageIn(answer: unknown): string {
  const { error } = (answer ?? {}) as { error?: unknown };
  const { message, details } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  return [message, details].filter((part) => typeof part === "string" && part !== "").join(" ");
}
