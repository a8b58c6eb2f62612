import type { Strings } from "../strings";

export const classes: Strings["classes"] = {
  editor: {
    category: "编辑器",
    titles: {
      Note: "便签",
      MarkdownNote: "Markdown 便签",
      Reroute: "转接点",
      PrimitiveNode: "基础值",
      SetNode: "设置值",
      GetNode: "获取值",
    },
    descriptions: {
      Note: "写在节点旁的文字，随工作流保存，不影响运行。",
      MarkdownNote: "写在节点旁的文字，支持标题、列表、链接和图片。",
      Reroute: "连线经过的一个点，用来绕开其他节点，或供多处共用。",
      PrimitiveNode: "供一个或多个控件使用的值，类型由它最先连接的控件决定。",
      SetNode: "为一个值命名，之后在工作流任何位置都可用“获取值”取用，无需连线。",
      GetNode: "取用同名“设置值”所保存的值。",
    },
  },
  refusals: {
    gone: "这个端口已经不存在。",
    types: (produced, accepted) => `此处接受 ${accepted}，而不是 ${produced}。`,
    circle: "这样连接会形成循环。",
    sameNode: "节点不能连接到自身。",
    already: "这两个端口已经相连。",
    noWidget: "基础值只能连接到控件，而这个输入端口没有控件。",
  },
  missing: {
    packs: {
      subgraph: "这是一个子图，但文件中没有它的定义。请打开原来的文件，重新复制。",
      core: "这是 ComfyUI 的节点，本服务器暂不提供。可尝试更新 nodegraph；在此之前，请绕过该节点或用其他节点代替。",
      pack: (name) => `它来自节点包“${name}”。请将包含此节点的节点包放入 custom_nodes 并重新启动，或绕过该节点。`,
      unknown: "文件没有说明它来自哪里。请绕过该节点或用其他节点代替。",
    },
    problems: {
      notAnOption: (value) => `“${value}”不在可选项中。`,
      tooSmall: (limit) => `不得小于 ${limit}。`,
      tooLarge: (limit) => `不得大于 ${limit}。`,
      noNumber: "必须是数字。",
    },
  },
};
