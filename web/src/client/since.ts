/**
 * Where the story of the runs in progress begins, remembered over a reload of the page: the server tells it again from
 * there. Knows nothing of the events.
 */

const NAME = "nodegraph.since";

export class Since {
  read(): number | null {
    const kept = sessionStorage.getItem(NAME);
    return kept === null ? null : Number(kept);
  }

  /** `last`: the number of the latest event heard before a run that was just asked for. */
  note(last: number | null): void {
    if (last !== null && this.read() === null) sessionStorage.setItem(NAME, String(last));
  }

  forget(): void {
    sessionStorage.removeItem(NAME);
  }
}
