/**
 * 简体中文. One word for one thing, the one that people of this field use:
 *
 * node 节点, its class 节点类型 · workflow 工作流 · graph 节点图 · canvas 画布 · subgraph 子图
 * link 连线, to link 连接 · socket 端口, input 输入端口, output 输出端口 · reroute 转接点
 * widget 控件 · primitive 基础值 · seed 种子 · prompt 提示词, negative prompt 反向提示词 · token stays
 * mute 禁用 · bypass 绕过 · pin 固定 · collapse 折叠 · frame 分组框 · note 便签
 * arrange 自动布局 · align 对齐 · distribute 分布 · fit 适应视图 · full size 实际大小
 * queue: to queue 排队运行, the queue 队列, what is in it 任务 · history 历史记录
 * picture 图片 · mask 遮罩 · preview 预览 · model 模型 · pack 节点包
 * duplicate 创建副本 · delete 删除 · load 加载 · discard 放弃 · dismiss 知道了
 *
 * The person is 你. Names, paths and figures of another script stand between blanks; brackets and quotes are “ ” （ ）.
 */

import type { Strings } from "../strings";
import { access } from "./access";
import { canvas } from "./canvas";
import { classes } from "./classes";
import { commands } from "./commands";
import { files } from "./files";
import { gestures } from "./gestures";
import { run } from "./run";
import { shell } from "./shell";
import { widgets } from "./widgets";

export const zh: Strings = { shell, canvas, gestures, classes, widgets, files, run, commands, access };
