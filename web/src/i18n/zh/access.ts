import type { Strings } from "../strings";

export const access: Strings["access"] = {
  title: "登录 nodegraph",
  token: "访问令牌",
  show: "显示令牌",
  signIn: "登录",
  whence: "令牌由服务器的运行者用 nodegraph tokens add NAME 创建。首个令牌在服务器启动时打印。",
  refused: {
    unknown: "服务器不认识此令牌：它可能已被撤销，或不完整。",
    "too-often": "来自此处的错误令牌过多。请稍候再试。",
    unreachable: "服务器没有响应。请待其恢复后重试。",
  },
  ended: "请重新登录",
  endedAdvice: "此浏览器的会话已结束。您的工作都还在这里，登录后即可继续。",

  account: "账户",
  signOut: "退出登录",
  scopes: {
    read: "只能查看",
    run: "可以运行工作流",
    admin: "管理员：可以做任何事",
  },
  mayNot: {
    read: "",
    run: "您的访问令牌只能查看。若要运行工作流，请申请权限为“run”的令牌。",
    admin: "只有此服务器的管理员可以这样做。",
  },
};
