import type { Strings } from "../strings";

export const shell: Strings["shell"] = {
  productName: "nodegraph",
  skipToCanvas: "跳到画布",
  close: "关闭",
  menu: "菜单",
  notLoaded: {
    title: "页面的这一部分无法加载",
    advice: "打开页面之后服务器可能已更新，或者没有响应。请重新加载页面。",
    reload: "重新加载页面",
  },

  server: {
    heading: "服务器",
    connecting: "正在连接…",
    open: "已连接",
    lost: "连接已断开",
    starting: "正在启动…",
    noWorker: "无法运行",
    lostAdvice: "任务会继续运行，服务器恢复响应后页面会自动更新。",
    device: (name) => ({ cpu: "CPU", mps: "Apple GPU" })[name] ?? name,
    runsOn: (device) => `运行于 ${device}`,
    version: (version) => `nodegraph ${version}`,
  },

  theme: {
    label: "配色",
    toDark: "切换到深色",
    toLight: "切换到浅色",
    options: { auto: "跟随系统", light: "浅色", dark: "深色" },
  },
  language: { label: "语言", auto: "跟随浏览器" },

  firstRun: {
    label: "快速上手",
    title: "点击“排队运行”，生成第一张图片",
    more: "然后修改“Prompt”中的文字，再次排队运行。",
    dismiss: "知道了",
  },

  settings: {
    title: "设置",
    look: "外观",
    canvas: "画布",
    files: "文件",
    runs: "运行",
    leftDrag: "在空白处按住左键拖动",
    leftDragOptions: { pan: "移动视图", select: "框选" },
    leftDragHint: "按住 Ctrl 拖动则为另一种操作。",
    snap: "拖动节点时对齐网格",
    minimap: "显示小地图",
    previews: "在生成图片的节点中显示预览",
    autosave: "自动保存已存为文件的工作流",
    autosaveHint: "无论是否开启，修改都会作为草稿保存在此浏览器中。",
    kept: "设置保存在服务器上，换用其他浏览器同样有效。",
  },

  rail: "面板",
  panels: { nodes: "节点", workflows: "工作流", queue: "队列", history: "历史记录" },
  panelWithCount: (panel, n) => `${panel} ${n}`,
  closePanel: "关闭面板",
};
