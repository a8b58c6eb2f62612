/** Finding one's way. */

import type { Sections } from "./command";
import { command } from "./define";

export const HELP: Sections = [
  [
    command("help.commands", {
      keys: ["mod+K"],
      inText: true,
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "commands" } });
      },
    }),
    command("help.shortcuts", {
      keys: ["?"],
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "shortcuts" } });
      },
    }),
  ],
  [
    command("help.docs", {
      run: () => {
        window.open("/docs", "_blank", "noopener");
      },
    }),
  ],
];
