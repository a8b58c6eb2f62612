/** What a tab remembers over a reload. It forgets when it is closed. */

import { createJSONStorage, type StateStorage } from "zustand/middleware";

/** The tab's storage is small; what does not fit is not remembered, and nothing else suffers. */
const forgiving: StateStorage = {
  getItem: (name) => sessionStorage.getItem(name),
  removeItem: (name) => {
    sessionStorage.removeItem(name);
  },
  setItem: (name, value) => {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      sessionStorage.removeItem(name);
    }
  },
};

export const tabStorage = createJSONStorage<unknown>(() => forgiving);
