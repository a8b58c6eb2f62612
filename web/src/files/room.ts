/** Web storage, which may be full. */

/** Put a text there; false where there is no room for it. */
export function putWhereRoom(place: Storage, name: string, text: string): boolean {
  try {
    place.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
