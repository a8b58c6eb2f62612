import type { Strings } from "../strings";

export const files: Strings["files"] = {
  untitled: (n) => (n === 1 ? "未命名" : `未命名 ${n}`),

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
};
