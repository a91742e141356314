//! The columns of a catalogue file: our name, the annex's Chinese heading, and other names in use.

/// A known column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub key: &'static str,
    pub heading: &'static str,
    aliases: &'static [&'static str],
}

impl Column {
    /// All names that a heading may have.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.key, self.heading].into_iter().chain(self.aliases.iter().copied())
    }
}

const fn column(key: &'static str, heading: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { key, heading, aliases }
}

/// In the order in which they are exported.
pub const COLUMNS: &[Column] = &[
    column("item_code", "事项编码", &["demo_code", "code"]),
    column("type_code", "类型代码", &["power_type"]),
    column("type_name", "事项类型", &[]),
    column("name", "事项名称", &[]),
    column("keywords", "常用说法", &[]),
    column("body", "实施主体", &["办理主体", "implementing_body"]),
    column("entrusting_body", "委托机关", &[]),
    column(
        "legal_bases",
        "行使依据",
        &["legal_basis", "法律依据", "奖励依据", "设定依据"],
    ),
    column("conditions", "受理条件", &[]),
    column("materials", "申报资料", &["申请材料"]),
    column("statutory_limit", "法定期限", &[]),
    column("limit_unit", "法定期限单位", &[]),
    column("limit_start", "法定期限起算", &[]),
    column("limit_basis", "法定期限依据", &[]),
    column("promised_limit", "承诺期限", &["承诺时限"]),
    column("promised_unit", "承诺期限单位", &[]),
    column("promised_start", "承诺期限起算", &[]),
    column("promised_basis", "承诺期限依据", &[]),
    column("excluded_time", "不计入期限的时间", &["excluded_or_extension"]),
    column("fee", "是否收费", &[]),
    column("fee_basis", "收费依据", &[]),
    column("fee_standard", "收费标准", &[]),
    column("handling_office", "办理部门", &[]),
    column("place", "办理地点", &["办公地点"]),
    column("hours", "办理时间", &[]),
    column("phone", "联系电话", &[]),
    column("supervision_phone", "监督电话", &[]),
    column("result_documents", "结果名称", &["result_document"]),
    column("validity", "结果有效期", &[]),
    column("penalty_kinds", "处罚种类", &[]),
    column("penalty_range", "处罚幅度", &[]),
    column("discretion_benchmark", "自由裁量基准", &["discretion_ref"]),
    column(
        "result_public",
        "结果有无公开",
        &["处罚结果有无公开", "奖励结果有无公开"],
    ),
    column("flow_steps", "办理流程", &["处罚程序", "强制程序", "奖励程序"]),
    column("flow", "流程图", &["flow_file"]),
    column("decisions", "决策表", &["decision_files"]),
    column("form", "服务表格", &["form_file"]),
    column("papers", "文书", &[]),
    column("audiences", "服务对象", &["audience"]),
    column("themes", "主题", &["theme"]),
    column("visits", "到现场次数", &[]),
    column("online", "在线办理", &[]),
    column("valid_from", "生效时间", &[]),
    column("valid_to", "失效时间", &[]),
    column("status", "状态", &[]),
    column("cancelled_on", "取消日期", &[]),
    column("cancel_reason", "取消理由", &[]),
    column("certainty", "核对程度", &[]),
    column("note", "备注", &[]),
    column("own_fields", "自设栏目", &[]),
    column("situations", "情形", &[]),
    column("demo_fields", "演示数据", &[]),
];

/// The column that a heading names, whatever of its names is used.
pub fn find(heading: &str) -> Option<&'static Column> {
    let heading = heading.trim();
    COLUMNS
        .iter()
        .find(|column| column.key == heading || column.heading == heading || column.aliases.contains(&heading))
}
