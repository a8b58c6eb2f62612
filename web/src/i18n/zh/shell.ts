import type { Strings } from "../strings";

export const shell: Strings["shell"] = {
  productName: "nodegraph",
  skipToCanvas: "跳到画布",
  menu: "菜单",

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

  rail: "面板",
  panels: { nodes: "节点", workflows: "工作流", queue: "队列", history: "历史记录" },
  panelWithCount: (panel, n) => `${panel}（${n}）`,
  closePanel: "关闭面板",
};
