//! What each field of the open data means, which codes it has, and where the demand is written.

use mingjing_codes::PowerType;
use mingjing_web::{Cell, Sheet};

use crate::entry::COLUMNS;

pub struct Meaning {
    pub key: &'static str,
    pub means: &'static str,
    /// Values or form; empty for free text.
    pub codes: &'static str,
    pub source: &'static str,
}

const fn meaning(key: &'static str, means: &'static str, codes: &'static str, source: &'static str) -> Meaning {
    Meaning {
        key,
        means,
        codes,
        source,
    }
}

const A: &str = "温政指南2013附件1表1（R184）";
const ALL: &str = "温政指南2013附件1表1—表4（R184—R187）";

/// The fields that are published, in their order. What is not listed here is not published.
pub const PUBLISHED: &[Meaning] = &[
    meaning(
        "item_code",
        "事项编码：区划8位、部门2位字母、类型2位字母、流水4位；不重复使用",
        "33030300SJ-XK-0001",
        "温政指南2013附件2（R190、R191）",
    ),
    meaning("type_code", "权力类型代码", "见类型代码表", "温政指南2013附件2（R190）"),
    meaning("type_name", "权力类型", "", "温政指南2013附件2（R190）"),
    meaning("name", "事项名称：法律法规中的名称或者简称", "", ALL),
    meaning("keywords", "群众的常用说法，供搜索", "多项", ""),
    meaning("body", "实施主体代码：编码的前10位", "", ALL),
    meaning("legal_bases", "行使依据：名称、条款和位阶，从高到低", "多项", ALL),
    meaning("conditions", "受理条件", "多项", A),
    meaning("materials", "申报资料：名称、形式、份数、来源", "多项", A),
    meaning(
        "statutory_limit",
        "法定期限：数量、单位、起算",
        "working_day 工作日，calendar_day 日历日，month 月",
        A,
    ),
    meaning("promised_limit", "承诺期限，不长于法定期限", "同法定期限", A),
    meaning("excluded_time", "不计入期限的时间", "", "行政许可法第四十五条"),
    meaning("fee", "是否收费；收费的依据和标准", "charged 是否收费", A),
    meaning("handling_office", "办理部门（科室）", "", ALL),
    meaning("place", "办理地点", "", ALL),
    meaning("hours", "办理时间", "", ""),
    meaning("phone", "联系电话（办公电话）", "", ALL),
    meaning("supervision_phone", "监督电话", "", ALL),
    meaning("result_documents", "办理结果的证件、文书", "多项", ""),
    meaning("validity", "结果的有效期", "", ""),
    meaning("penalty_kinds", "处罚种类", "多项", "表2（R185），行政处罚法第九条"),
    meaning("penalty_range", "法定处罚幅度", "", "表2（R185）"),
    meaning(
        "discretion_benchmark",
        "自由裁量基准",
        "",
        "表2（R185），行政处罚法第三十四条",
    ),
    meaning(
        "result_public",
        "结果是否公开",
        "true 是，false 否",
        "表2、表4（R185、R187）",
    ),
    meaning("flow_steps", "办理流程的步骤", "多项", ALL),
    meaning("audiences", "服务对象", "individual 个人，organisation 法人", ""),
    meaning("themes", "主题", "多项", ""),
    meaning("visits", "到现场次数", "整数", ""),
    meaning("online", "是否可以在线办理", "true 是，false 否", ""),
    meaning("valid_from", "生效时间", "YYYY-MM-DD", "表4（R187）"),
    meaning("valid_to", "失效时间", "YYYY-MM-DD", "表4（R187）"),
    meaning(
        "status",
        "状态",
        "active 在用，suspended 暂停，cancelled 已取消",
        "S3.7",
    ),
    meaning("cancelled_on", "取消日期", "YYYY-MM-DD", ""),
    meaning("demo_fields", "内容为演示而虚构的栏目", "多项", ""),
];

pub fn is_published(key: &str) -> bool {
    PUBLISHED.iter().any(|meaning| meaning.key == key)
}

pub fn heading(key: &str) -> &'static str {
    COLUMNS
        .iter()
        .find(|column| column.key == key)
        .map_or("", |column| column.heading)
}

/// The dictionary and the code table as sheets.
pub fn sheets() -> Vec<Sheet> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let fields = PUBLISHED.iter().map(|one| {
        vec![
            text(one.key),
            text(heading(one.key)),
            text(one.means),
            text(one.codes),
            text(one.source),
        ]
    });
    let types = PowerType::ALL
        .into_iter()
        .map(|kind| vec![text(kind.code()), text(kind.name())]);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    vec![
        Sheet {
            name: "数据字典".to_owned(),
            columns: names(&["字段", "名称", "含义", "代码或者形式", "出处"]),
            rows: fields.collect(),
        },
        Sheet {
            name: "权力类型代码".to_owned(),
            columns: names(&["代码", "权力类型"]),
            rows: types.collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_field_is_a_column_with_a_meaning() {
        for one in PUBLISHED {
            assert!(!heading(one.key).is_empty(), "{} is no column", one.key);
            assert!(!one.means.is_empty(), "{}", one.key);
        }
        for internal in ["flow", "form", "decisions", "papers", "certainty", "note"] {
            assert!(!is_published(internal), "{internal}");
        }
    }
}
