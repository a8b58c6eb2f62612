import type { Strings } from "../strings";

export const widgets: Strings["widgets"] = {
  number: {
    noNumber: "不是数字",
    comesTo: (value) => `= ${value}`,
    min: (value) => `最小为 ${value}`,
    max: (value) => `最大为 ${value}`,
    step: (value) => `最接近的步进值：${value}`,
  },
  seed: {
    random: "新的随机种子",
    last: "使用上次运行的种子",
    renew: (label) => `随机生成新的 ${label}`,
  },
  control: {
    title: "每次运行后",
    of: (label, control) => `每次运行后 ${label}：${control}`,
    fixed: "固定",
    increment: "递增",
    decrement: "递减",
    randomize: "随机",
    says: {
      fixed: "每次运行后保持不变",
      increment: "每次运行后加一",
      decrement: "每次运行后减一",
      randomize: "每次运行后随机变化",
    },
  },
  combo: {
    none: "（无）",
    missing: (value) => `找不到 ${value}：请另选一个`,
    search: (options) => `在 ${options} 个选项中搜索`,
    searchIn: (label) => `搜索 ${label}`,
    refresh: "刷新列表",
    nothing: "没有找到",
    more: (left) => `还有 ${left} 项：输入文字以缩小范围`,
  },
  picture: {
    upload: (label) => `为 ${label} 上传文件`,
    uploadHint: "上传图片（也可拖放或粘贴到这里）",
    uploading: (percent) => `正在上传… ${percent} %`,
    failed: (name) => `无法上传“${name}”`,
    noServer: "无法连接服务器。",
    mask: (label) => `为 ${label} 绘制遮罩`,
    maskHint: "绘制遮罩",
  },
  tokens: {
    within: (tokens) => `${tokens} 个词元；连同起止标记，上限为 77`,
    over: (tokens, chunks) => `${tokens} 个词元：一次容纳不下，文本将分 ${chunks} 段编码`,
  },
  toggle: { on: "开", off: "关" },
  other: {
    json: "JSON 格式。按 Ctrl+Enter 保存。",
    noJson: (reason) => `不是有效的 JSON：${reason}`,
    cancel: "取消",
    keep: "保存",
  },
};
