import type { Strings } from "../strings";

export const files: Strings["files"] = {
  untitled: (n) => (n === 1 ? "未命名" : `未命名 ${n}`),
  copyOf: (title, n) => (n === 1 ? `${title}（副本）` : `${title}（副本 ${n}）`),
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
    duplicate: "创建副本",
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
    moveTo: "移动到",
    actions: (name) => `${name} 的更多操作`,
  },

  open: {
    dropNow: "松开即可打开",
    failed: (file) => `无法打开 ${file}`,
    asPicture: "作为图片加载",
    noAnswer: "服务器没有响应。",
    reasons: {
      notJson: "它既不是 JSON，也不是带有工作流的图片或潜空间文件。",
      notAWorkflow: "它是 JSON，但不是工作流：其中没有 API 格式或画布格式的节点。",
      emptyWorkflow: "其中的工作流没有任何节点。",
      noMetadata:
        "这张图片不带工作流。只有原样保存的 PNG、WebP、JPEG 或 AVIF 才保留工作流，聊天软件和网页常会把它去掉。",
      noMetadataInTensors: "它存放的是张量，不带工作流。保存的潜空间文件会带有工作流；模型应放入服务器的模型文件夹。",
      damaged: "文件不完整，请重新下载或复制。",
      unreadable: "无法读取。它是文件夹，还是已被移走？",
      notConverted: "服务器无法把它转换为节点图。",
    },
  },

  save: {
    done: (title) => `已保存 ${title}`,
    failed: (title) => `无法保存 ${title}`,
    unreachable: "服务器没有响应。",
    draftKept: "内容不会丢失：在能够保存之前，浏览器会保留你的更改。",
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
    failed: (name) => `对 ${name} 的操作未完成`,
    deleted: (title) => `已删除 ${title}`,
  },

  nodes: (n) => `${n} 个节点`,

  conflict: {
    heading: "此文件已在别处被修改",
    changed: (path) => `${path} 的内容与你打开或上次保存时不同。`,
    gone: (path) => `${path} 已不存在：可能已被删除或改名。`,
    yours: "你的版本",
    theirs: "文件中的版本",
    notSaved: "未保存",
    savedAt: (moment) => `保存于 ${moment}`,
    hint: "无论选择哪一项都不会丢失内容：文件原来的内容会留在历史版本中。",
    goneHint: "在你保存之前，工作流会保留在这里。",
    later: "稍后再说",
    saveAs: "将我的版本另存为…",
    overwrite: "用我的版本覆盖",
    writeAgain: "重新写入文件",
    beside: "另开标签页查看文件中的版本",
    mine: (title) => `${title}（我的版本）`,
  },

  versions: {
    heading: (title) => `${title} 的历史版本`,
    hint: "每次覆盖保存时都会保留原来的内容。恢复时，现在的内容也会保留。",
    none: "还没有历史版本。覆盖保存工作流后会出现在这里。",
    saved: "保存时间",
    size: "大小",
    kilobytes: (n) => `${n} kB`,
    restore: "恢复",
    openOne: (moment) => `打开 ${moment} 的版本`,
    restoreOne: (moment) => `恢复 ${moment} 的版本`,
    title: (title, moment) => `${title}，${moment}`,
  },

  gallery: {
    heading: "示例",
    none: "服务器没有示例。",
    titles: {
      "text-to-image": "文生图",
      "batch-of-seeds": "批量种子",
      "negative-prompt": "反向提示词",
      "prompt-weights": "提示词权重",
      "image-to-image": "图生图",
      inpainting: "局部重绘",
      "hires-fix": "高清修复",
    },
    about: {
      "text-to-image": "由文字生成图片",
      "batch-of-seeds": "同样的文字生成八张图片",
      "negative-prompt": "同一个种子，对比有无反向提示词",
      "prompt-weights": "调低和调高一个词的权重",
      "image-to-image": "在一张图片上重新绘制",
      inpainting: "重新绘制图片的一部分",
      "hires-fix": "先小图构图，再放大并完善",
    },
  },

  welcome: {
    heading: "打开一个工作流即可开始",
    hint: "选一个示例，或把文件拖到页面任意处：两种格式的工作流 JSON，或带有工作流的图片。",
  },

  openDialog: {
    heading: "打开工作流",
    search: "搜索你的工作流",
    fromComputer: "从本机选择…",
    pasted: "粘贴的工作流",
    hint: "可以把工作流的文本粘贴到搜索框中，也可以把文件拖到页面任意处。",
  },

  panel: {
    heading: "工作流",
    search: "搜索工作流",
    found: "找到的工作流",
    noneFound: "没有找到这样的工作流。",
    empty: "你还没有保存过工作流。按 Ctrl+S 保存当前打开的工作流。",
    refresh: "刷新",
    folderName: "新文件夹的名称",
    deleted: (n) => `已删除（${n}）`,
    restoreOne: (title) => `恢复 ${title}`,
  },

  banners: {
    draftsLost: "浏览器无法再保留未保存的内容：存储空间已满或被拒绝访问。请保存你的工作流。",
    recovered: (titles, moment) => `从已关闭的窗口恢复（${moment}）：${titles}`,
    discard: "放弃",
    dismiss: "知道了",
    openElsewhere: (path) => `${path} 也在另一个窗口中打开。后保存的一方需要选择如何处理。`,
    changed: (path) => `${path} 已在别处被修改。`,
    gone: (path) => `${path} 已不存在。你的工作流保留在此浏览器中。`,
    load: "加载",
    decide: "选择处理方式…",
  },

  missing: {
    heading: "此工作流缺少的内容",
    summary: (classes, models) =>
      `此工作流需要的${[classes && ` ${classes} 种节点`, models && ` ${models} 个文件`].filter(Boolean).join("和")}在这里找不到。其余部分完好。`,
    show: "如何处理…",
    hint: "工作流没有任何丢失：这里不认识的内容会按文件原样保留。不需要它们的部分可以运行。",
    nothing: "此工作流需要的内容都已具备。",
    classes: "未知的节点类型",
    files: "缺少的模型和图片",
    values: "服务器不会接受的值",
    about: (pack) => `关于 ${pack}`,
    command: "用下面的命令获取。在服务器所在的电脑上输入，然后在这里按 R 重新查找：",
    download: "获取地址",
    upload: "请在节点中选择另一张图片，或在那里上传这张图片。",
    noSource: "文件没有说明从哪里获取。请在节点中选择另一个。",
    alike: (names) => `有同名的文件：${names}`,
    showNode: (title) => `显示 ${title}`,
    idle: "未启用",
    copy: "复制命令",
    copied: "已复制",
  },
};
