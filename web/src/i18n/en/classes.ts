/** What is said about node classes, their sockets, and what is missing. */
export const classes = {
  editor: {
    category: "editor",
    titles: {
      Note: "Note",
      MarkdownNote: "Markdown note",
      Reroute: "Reroute",
      PrimitiveNode: "Primitive",
      SetNode: "Set value",
      GetNode: "Get value",
    },
    descriptions: {
      Note: "Words beside the nodes. They are kept with the workflow and change nothing in a run.",
      MarkdownNote: "Words beside the nodes, with headings, lists, links and pictures.",
      Reroute: "A point that a link runs through, to lead it around other nodes or to share it.",
      PrimitiveNode: "One value for one widget or for several. It becomes what the first widget it is linked to is.",
      SetNode: "Gives a value a name, by which “Get value” has it anywhere in the workflow, without a link.",
      GetNode: "Has the value that a “Set value” of the same name was given.",
    },
  },
  refusals: {
    gone: "This socket is not there any more.",
    types: (produced: string, accepted: string) => `This takes ${accepted}, not ${produced}.`,
    circle: "The nodes would feed each other in a circle.",
    sameNode: "A node cannot feed itself.",
    already: "These two are linked already.",
    noWidget: "A primitive gives a value to a widget. This input has none.",
  },
  missing: {
    packs: {
      subgraph: "This is a subgraph that the file does not hold. Open the file it was copied from, and copy it again.",
      core: "ComfyUI has this node; this server does not yet. A newer nodegraph may: until then, bypass the node or put another in its place.",
      pack: (name: string) =>
        `It comes from the pack “${name}”. Put a pack that has this node into custom_nodes and restart, or bypass the node.`,
      unknown: "The file does not say where it comes from. Bypass the node or put another in its place.",
    },
    problems: {
      notAnOption: (value: string) => `“${value}” is none of the choices.`,
      tooSmall: (limit: string) => `It must be at least ${limit}.`,
      tooLarge: (limit: string) => `It must be at most ${limit}.`,
      noNumber: "It must be a number.",
    },
  },
};
