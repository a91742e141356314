// The editor's library speaks English; these are the words people meet, in ours.

const whole = {
  "Activate create/remove space tool": "拉开或收紧空白",
  "Activate global connect tool": "连线工具",
  "Activate hand tool": "抓手工具",
  "Activate lasso tool": "框选工具",
  "Add lane above": "在上方加泳道",
  "Add lane below": "在下方加泳道",
  "Add text annotation": "加注释",
  "Align elements": "对齐",
  "Align elements ": "对齐",
  "Append end event": "接一个结束",
  "Append gateway": "接一个网关",
  "Append intermediate/boundary event": "接一个中间事件",
  "Append task": "接一个任务",
  "Change element": "换成别的种类",
  "Connect to other element": "连到别的元素",
  "Connect using association": "用关联线连接",
  "Connect using data input association": "用数据线连接",
  "Create data object reference": "数据",
  "Create data store reference": "数据库",
  "Create end event": "结束",
  "Create expanded sub-process": "子流程",
  "Create gateway": "选择网关",
  "Create group": "分组",
  "Create intermediate/boundary event": "中间事件",
  "Create pool/participant": "泳池",
  "Create start event": "开始",
  "Create task": "任务",
  Delete: "删除",
  "Distribute elements horizontally": "横向均匀排开",
  "Distribute elements vertically": "纵向均匀排开",
  "Divide into three lanes": "分成三条泳道",
  "Divide into two lanes": "分成两条泳道",
  "Open {element}": "打开 {element}",
  "Search in diagram": "在图中查找",
  Search: "查找",
  Collection: "多份",
  Loop: "循环",
  "Parallel multi-instance": "多人同时办理",
  "Sequential multi-instance": "多人依次办理",
  "Participant multiplicity": "多个参与者",
  "Toggle non-interrupting": "是否打断",
  "flow elements must be children of pools/participants": "流程元素要放在泳池里",
  "Data object must be placed within a pool/participant.": "数据要放在泳池里。",
  "Align elements left": "左对齐",
  "Align elements center": "横向居中",
  "Align elements right": "右对齐",
  "Align elements top": "上对齐",
  "Align elements middle": "纵向居中",
  "Align elements bottom": "下对齐",
  Task: "未定种类的任务",
  "User task": "任务（人办理）",
  "Manual task": "线下任务",
  "Service task": "服务任务",
  "Script task": "脚本任务",
  "Business rule task": "规则任务",
  "Send task": "发送任务",
  "Receive task": "等待消息的任务",
  "Call activity": "调用流程",
  "Sub-process": "子流程",
  "Sub-process (collapsed)": "子流程（收起）",
  "Sub-process (expanded)": "子流程（展开）",
  "Ad-hoc sub-process": "自由子流程",
  "Ad-hoc sub-process (collapsed)": "自由子流程（收起）",
  "Ad-hoc sub-process (expanded)": "自由子流程（展开）",
  "Event sub-process": "事件子流程",
  Transaction: "事务",
  "Exclusive gateway": "选择网关（走一条）",
  "Parallel gateway": "并行网关（都走）",
  "Inclusive gateway": "多选网关（走一条或几条）",
  "Complex gateway": "复杂网关",
  "Event-based gateway": "事件网关（看先发生什么）",
  "Event based instantiating Gateway": "由事件开始的网关",
  "Parallel Event based instantiating Gateway": "由几个事件同时开始的网关",
  "Sequence flow": "连线",
  "Default flow": "其他情形走这条",
  "Conditional flow": "有条件的连线",
  "Data object reference": "数据",
  "Data store reference": "数据库",
  "Empty pool/participant": "空泳池",
  "Expanded pool/participant": "展开的泳池",
};

const triggers = {
  Message: "消息", Timer: "定时", Signal: "信号", Error: "错误", Escalation: "升级", Conditional: "条件", Link: "连接点",
  Compensation: "补偿", Cancel: "取消", Terminate: "终止", conditional: "条件", message: "消息", signal: "信号", timer: "定时",
};
const places = {
  "start event": "开始", "end event": "结束", "boundary event": "边界事件", "intermediate catch event": "等待事件",
  "intermediate throw event": "发出事件",
};

/** Words for events are made of their trigger and their place. */
function event(words) {
  const [, append, trigger, place, gently] =
    words.match(/^(Append )?(?:(\w+) )?((?:start|end|boundary|intermediate (?:catch|throw)) event)( \(non-interrupting\))?$/i) ?? [];
  const there = places[place?.toLowerCase()];
  if (!there) return undefined;
  const name = `${trigger ? (triggers[trigger] ?? trigger) : ""}${there}${gently ? "（不打断）" : ""}`;
  return append ? `接一个${name}` : name;
}

export function inChinese(words, fillers = {}) {
  const told = whole[words] ?? event(words) ?? words.replace(/^Append receive task$/, "接一个等待消息的任务").replace(/^Append compensation activity$/, "接一个补偿活动");
  return told.replace(/\{([^}]+)\}/g, (all, key) => fillers[key] ?? all);
}
