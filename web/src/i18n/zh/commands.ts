import type { Strings } from "../strings";

export const commands: Strings["commands"] = {
  groups: {
    run: "运行",
    file: "文件",
    edit: "编辑",
    view: "视图",
    graph: "节点图",
    help: "帮助",
    examples: "示例",
    nodes: "节点",
  },

  names: {
    "edit.undo": "撤销",
    "edit.redo": "重做",
    "edit.find": "在节点图中查找…",
    "edit.add-node": "添加节点…",
    "view.fit": "适应视图",
    "view.zoom-in": "放大",
    "view.zoom-out": "缩小",
    "view.full-size": "实际大小 (100%)",
    "view.leave": "离开子图",
    "view.nodes": "节点面板",
    "view.workflows": "工作流面板",
    "view.queue": "队列面板",
    "view.history": "历史记录面板",
    "view.minimap": "小地图",
    "view.snap": "对齐网格",
    "view.previews": "采样时显示预览",
    "view.theme-auto": "配色：跟随系统",
    "view.theme-light": "配色：浅色",
    "view.theme-dark": "配色：深色",
    "view.english": "语言：English",
    "view.chinese": "语言：简体中文",
    "view.settings": "设置…",
    "help.commands": "命令面板…",
    "help.shortcuts": "键盘快捷键…",
  },

  palette: {
    label: "命令",
    placeholder: "想做什么？",
    recent: "最近使用",
    nothing: "没有找到。",
    on: "已开启",
  },

  sheet: {
    title: "键盘快捷键",
    search: "按名称或按键搜索",
    close: "关闭",
    nothing: "没有找到这样的快捷键。",
    pointer: "在画布上",
    pointerRows: [],
    texts: "在提示词中",
    textRows: [
      { what: "提高所选文字或当前词的权重", keys: ["mod+ArrowUp"] },
      { what: "降低权重", keys: ["mod+ArrowDown"] },
    ],
  },
};
