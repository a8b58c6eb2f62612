import type { Strings } from "../strings";

export const files: Strings["files"] = {
  untitled: (n) => (n === 1 ? "未命名" : `未命名 ${n}`),
  copyOf: (title, n) => (n === 1 ? `${title}(副本)` : `${title}(副本 ${n})`),
  undo: "撤销",

  tabs: {
    heading: "打开的工作流",
    add: "新建工作流",
    all: (n) => `全部 ${n} 个打开的工作流`,
    close: (title) => `关闭 ${title}`,
    changed: "未保存",
    newName: "新名称",
  },

  menu: {
    save: "保存",
    saveAs: "另存为…",
    rename: "重命名",
    duplicate: "复制一份",
    versions: "历史版本…",
    exportCanvas: "导出工作流",
    exportApi: "导出为 API 格式",
    moveLeft: "左移",
    moveRight: "右移",
    close: "关闭",
    closeOthers: "关闭其他",
    open: "打开",
    remove: "删除",
    newFolder: "新建文件夹",
    actions: (name) => `${name} 的操作`,
  },

  open: {
    failed: (file) => `无法打开 ${file}`,
    noAnswer: "服务器没有响应。",
    reasons: {
      notJson: "它既不是 JSON，也不是带有工作流的图片。",
      notAWorkflow: "它是 JSON，但不是工作流：其中没有 API 格式或画布格式的节点。",
      emptyWorkflow: "其中的工作流没有任何节点。",
      noMetadata: "这张图片不带工作流。只有原样保存的 PNG、WebP 或 JPEG 才保留工作流，聊天软件和网页常会把它去掉。",
      damagedPicture: "图片不完整，请重新下载或复制。",
      unreadable: "无法读取。它是文件夹，还是已被移走？",
      notConverted: "服务器无法把它排成节点图。",
    },
  },

  save: {
    done: (title) => `已保存 ${title}`,
    failed: (title) => `无法保存 ${title}`,
    unreachable: "服务器没有响应。",
    draftKept: "内容不会丢失：在您能够保存之前，浏览器会保留您的更改。",
  },

  saveAs: {
    heading: "工作流另存为",
    name: "名称",
    folder: "文件夹",
    top: "工作流",
    save: "保存",
    cancel: "取消",
    taken: (path) => `已有名为 ${path} 的文件。`,
    replace: "替换",
    replaceHint: "它现在的内容会留在历史版本中。",
  },

  closing: {
    heading: "关闭前保存更改吗？",
    one: (title) => `“${title}”有未保存的更改。`,
    many: "以下工作流有未保存的更改：",
    save: "保存",
    saveAll: "全部保存",
    discard: "放弃更改",
    cancel: "取消",
  },

  exporting: {
    failed: (title) => `无法导出 ${title}`,
  },

  manage: {
    failed: (name) => `对 ${name} 的操作没有成功`,
    deleted: (title) => `已删除 ${title}`,
  },

  count: (n) => `${n} 个工作流`,
};
