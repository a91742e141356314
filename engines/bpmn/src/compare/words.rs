//! Words for elements and what they say.

use super::contents::{Said, Says};
use crate::model::{Task, Visibility};

/// The kinds a reader can point at; `None` for what only describes another element.
pub(super) fn kind_of(local: &str) -> Option<&'static str> {
    Some(match local {
        "process" => "流程",
        "collaboration" => "协作",
        "participant" => "泳池",
        "lane" => "泳道",
        "userTask" => "任务",
        "manualTask" => "线下任务",
        "task" => "未定种类的任务",
        "serviceTask" => "服务任务",
        "scriptTask" => "脚本任务",
        "businessRuleTask" => "规则任务",
        "sendTask" => "发送任务",
        "receiveTask" => "等待消息",
        "callActivity" => "调用流程",
        "subProcess" => "子流程",
        "adHocSubProcess" => "自由子流程",
        "transaction" => "事务",
        "exclusiveGateway" => "选择网关",
        "parallelGateway" => "并行网关",
        "inclusiveGateway" => "多选网关",
        "eventBasedGateway" => "事件网关",
        "complexGateway" => "复杂网关",
        "startEvent" => "开始",
        "endEvent" => "结束",
        "intermediateCatchEvent" => "等待事件",
        "intermediateThrowEvent" => "发出事件",
        "boundaryEvent" => "边界事件",
        "sequenceFlow" => "连线",
        "messageFlow" => "消息线",
        "association" => "关联线",
        "textAnnotation" => "注释",
        "group" => "分组",
        "dataObject" | "dataObjectReference" | "dataStoreReference" | "dataStore" => "数据",
        "message" => "消息",
        "signal" => "信号",
        "error" => "错误",
        "escalation" => "升级",
        _ => return None,
    })
}

/// Whether it matters in which container it lies.
pub(super) fn has_place(local: &str) -> bool {
    !matches!(
        local,
        "process" | "collaboration" | "participant" | "lane" | "message" | "signal" | "error" | "escalation"
    )
}

pub(super) fn chooses(local: &str) -> bool {
    matches!(local, "exclusiveGateway" | "inclusiveGateway" | "complexGateway")
}

/// Attributes and elements that have words of their own, or repeat what others say.
pub(super) fn is_told_elsewhere(path: &str, work: bool) -> bool {
    const ALWAYS: [&str; 11] = [
        "@id",
        "@name",
        "@sourceRef",
        "@targetRef",
        "@default",
        "@attachedToRef",
        "incoming",
        "outgoing",
        "flowNodeRef",
        "lane",
        "childLaneSet",
    ];
    const OF_WORK: [&str; 8] = [
        "extensionElements/act",
        "extensionElements/limit",
        "extensionElements/paper",
        "extensionElements/opinion",
        "extensionElements/outcomes",
        "extensionElements/visibility",
        "extensionElements/formDefinition",
        "extensionElements/assignmentDefinition@candidateGroups",
    ];
    // Editors number what nobody points at.
    let numbered = path.ends_with("@id") && !path.contains("outcome");
    ALWAYS.contains(&path) || numbered || (work && OF_WORK.contains(&path))
}

/// Everything that our own extensions say of a task.
pub(super) fn work(task: &Task, says: &mut Says) {
    let mut put = |label: &str, value: String| {
        if !value.is_empty() {
            says.insert(label.to_owned(), Said::plain(value));
        }
    };
    put("岗位", task.posts.join("、"));
    put("行为", task.act.clone().unwrap_or_default());
    if let Some(limit) = &task.limit {
        put("办理时限", limit.in_words());
        put("时限依据", limit.basis.clone().unwrap_or_default());
    }
    let outcomes: Vec<String> = task
        .outcomes
        .iter()
        .map(|outcome| {
            let sign = if outcome.negative { "，不利" } else { "" };
            format!("{}（{}{sign}）", outcome.name, outcome.id)
        })
        .collect();
    put("办理结果", outcomes.join("、"));
    let papers: Vec<String> = task
        .papers
        .iter()
        .map(|paper| match &paper.when {
            Some(when) => {
                let name = task
                    .outcome(when)
                    .map_or(when.as_str(), |outcome| outcome.name.as_str());
                format!("{}（{name}时）", paper.template)
            }
            None => paper.template.clone(),
        })
        .collect();
    put("表单", task.form.clone().unwrap_or_default());
    let opinion = match (task.opinion.required, task.opinion.negative_needs_reasons) {
        (true, true) => "必填，不利结果要写理由",
        (true, false) => "必填",
        (false, true) => "选填，不利结果要写理由",
        (false, false) => "",
    };
    put("意见", opinion.to_owned());
    let seen = match task.visibility {
        Visibility::Public => "公开",
        Visibility::Party => "当事人可见",
        Visibility::Internal => "内部",
    };
    put("可见范围", seen.to_owned());
    if !papers.is_empty() {
        let rules = task.papers.iter().map(|paper| (&paper.template, &paper.when));
        let means = format!("{:?}", rules.collect::<Vec<_>>());
        says.insert("文书".to_owned(), Said::of(means, papers.join("、")));
    }
}

/// What a path is called; the path itself where nobody needs a word often enough.
pub(super) fn label_of(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or(path);
    let word = match last {
        "documentation" => "说明",
        "conditionExpression" => "条件",
        "timeDuration" => "时长",
        "timeDate" => "时点",
        "timeCycle" => "周期",
        "workingDays@amount" => "工作日数",
        "@expressionLanguage" => "条件的语言",
        "@typeLanguage" => "类型的语言",
        "@isExecutable" => "可执行",
        "@isInterrupting" | "@cancelActivity" => "打断所在活动",
        "calledElement@processId" | "@calledElement" => "调用的流程",
        "calledDecision@decisionId" => "调用的决策",
        "calledDecision@resultVariable" => "结果变量",
        "script" => "脚本",
        "text" => "文字",
        "@processRef" => "对应的流程",
        "completionCondition" => "提前完成的条件",
        "multiInstanceLoopCharacteristics@isSequential" => "依次办理",
        "multiInstanceLoopCharacteristics" => "多人办理",
        "userTask" => "Zeebe 任务标记",
        _ if last.ends_with("EventDefinition") => return trigger(last).to_owned(),
        _ => return format!("设置 {path}"),
    };
    word.to_owned()
}

fn trigger(local: &str) -> &'static str {
    match local {
        "timerEventDefinition" => "定时",
        "messageEventDefinition" => "消息",
        "signalEventDefinition" => "信号",
        "errorEventDefinition" => "错误",
        "escalationEventDefinition" => "升级",
        "conditionalEventDefinition" => "条件触发",
        "compensateEventDefinition" => "补偿",
        "cancelEventDefinition" => "取消",
        "terminateEventDefinition" => "终止整个流程",
        "linkEventDefinition" => "连接点",
        _ => "触发",
    }
}
