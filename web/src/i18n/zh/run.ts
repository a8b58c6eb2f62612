import type { Strings } from "../strings";

export const run: Strings["run"] = {
  queue: "排队运行",
  queueing: "正在提交…",
  front: "排到队首",
  options: "更多排队方式",
  atOnce: "一次运行次数",
  atOnceHint: "节点设置了种子变化时，每次运行之间种子会随之改变。",
  cancel: "取消运行",
  cancelAgain: "正在取消。再按一次立即停止。",
  notConnected: { title: "未连接", advice: "服务器没有响应，恢复后请重新排队。" },
  notDone: "操作未完成",

  auto: {
    label: "自动排队",
    modes: { off: "关闭", change: "修改时", instant: "连续运行" },
    hints: {
      off: "只在你下达指令时运行。",
      change: "会影响结果的内容改变后自动运行；移动节点不算改变。",
      instant: "一次运行完成后立即开始下一次，从你第一次排队开始。",
    },
    ended: "自动排队已停止",
    stopped: "上一次运行未成功。请先解决问题，再重新开启。",
    nothingNew: "下一次运行将与上一次完全相同。请让种子在每次运行后变化，再重新开启。",
  },

  phases: {
    waiting: "等待中",
    running: "运行中",
    done: "已完成",
    failed: "失败",
    cancelled: "已取消",
  },
  progress: "运行进度",
  waiting: (n) => `${n} 个等待中`,
  nodesDone: (done, total) => `${done} / ${total} 个节点`,
  left: (time) => `大约还需 ${time}`,
  leftOfNode: (time) => `此节点：约 ${time}`,
  time: {
    seconds: (n) => `${n} 秒`,
    minutes: (n) => `${n} 分钟`,
    hours: (hours, minutes) => (minutes === 0 ? `${hours} 小时` : `${hours} 小时 ${minutes} 分钟`),
    exact: (seconds) => (seconds < 0.095 ? "< 0.1 秒" : `${seconds.toFixed(1)} 秒`),
  },

  paused: {
    label: "队列已暂停",
    held: "队列与运行均已暂停",
    banner: "队列已暂停。",
    advice: "等待中的任务会保持原位，直到你恢复队列。",
    resume: "继续",
  },

  banner: {
    lost: "与服务器的连接已断开。",
    lostAdvice: "正在自动重连。运行不受影响，服务器响应后页面会自动跟上。",
    neverReached: "服务器没有响应。",
    neverReachedAdvice: "它还在运行吗？用“nodegraph”命令启动它，页面会自动连接。",
    noWorker: "服务器目前无法运行任何任务。",
  },
};
