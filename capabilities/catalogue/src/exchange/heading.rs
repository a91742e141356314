//! Which row heads the columns, and what its words mean: the annex's names, what people write instead, two rows of
//! headings, numbers and remarks around them.

use std::collections::{BTreeMap, BTreeSet};

use mingjing_codes::{ItemCode, PowerType};
use serde::{Deserialize, Serialize};

use super::table::GridLine;
use crate::entry::COLUMNS;

/// What the columns of one sheet are taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetMapping {
    pub sheet: String,
    /// Left out as a whole: nothing in it is an item.
    pub left_out: bool,
    /// First and last row of the headings; `None` where none was found.
    pub heading: Option<(u32, u32)>,
    pub columns: Vec<ColumnMapping>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// From 0.
    pub column: u32,
    /// As the sheet has it.
    pub heading: String,
    /// Key of a catalogue column; `None` is left out.
    pub key: Option<String>,
}

impl SheetMapping {
    pub fn key_of(&self, column: u32) -> Option<&'static str> {
        let found = self.columns.iter().find(|known| known.column == column)?;
        known_key(found.key.as_deref()?)
    }

    pub fn column_of(&self, key: &str) -> Option<u32> {
        let found = self.columns.iter().find(|known| known.key.as_deref() == Some(key))?;
        Some(found.column)
    }

    /// Columns that two headings claim.
    pub fn twice(&self) -> Vec<&'static str> {
        let mut seen = BTreeSet::new();
        let keys = self
            .columns
            .iter()
            .filter_map(|column| known_key(column.key.as_deref()?));
        keys.filter(|key| !seen.insert(*key)).collect()
    }
}

pub fn known_key(key: &str) -> Option<&'static str> {
    COLUMNS.iter().find(|column| column.key == key).map(|column| column.key)
}

/// What people write; the annex's own names and those of the catalogue's files are known beside.
const WORDS: &[(&str, &[&str])] = &[
    (
        "item_code",
        &[
            "编码",
            "职权编码",
            "权力编码",
            "事项代码",
            "职权代码",
            "项目编码",
            "编号",
            "权力事项编码",
        ],
    ),
    (
        "name",
        &[
            "名称",
            "职权名称",
            "权力名称",
            "权力事项名称",
            "行政职权名称",
            "行政权力名称",
            "项目名称",
            "许可事项",
            "处罚事项",
            "强制事项",
            "奖励事项",
            "职权事项",
            "权力事项",
            "许可事项名称",
            "处罚事项名称",
            "事项",
        ],
    ),
    (
        "legal_bases",
        &[
            "依据",
            "实施依据",
            "法定依据",
            "职权依据",
            "权力依据",
            "处罚依据",
            "许可依据",
            "强制依据",
            "法律法规依据",
            "依据条款",
            "行使依据条款",
            "法律法规规章依据",
            "依据名称及条款",
        ],
    ),
    (
        "body",
        &[
            "实施机关",
            "实施单位",
            "责任单位",
            "主管部门",
            "办理单位",
            "执法主体",
            "单位名称",
            "行使主体",
            "责任主体",
            "实施部门",
            "部门",
            "单位",
        ],
    ),
    ("entrusting_body", &["委托单位", "委托组织", "委托组织名称"]),
    (
        "type_name",
        &[
            "权力类型",
            "职权类型",
            "职权类别",
            "权力类别",
            "事项类别",
            "类别",
            "类型",
        ],
    ),
    (
        "handling_office",
        &[
            "承办科室",
            "责任科室",
            "业务科室",
            "承办机构",
            "内设机构",
            "承办部门",
            "科室",
            "办理科室",
        ],
    ),
    ("conditions", &["办理条件", "许可条件", "申请条件", "条件", "准予条件"]),
    (
        "materials",
        &[
            "所需材料",
            "提交材料",
            "申报材料",
            "办理材料",
            "材料",
            "申请材料目录",
            "申报资料目录",
            "提交资料",
        ],
    ),
    (
        "statutory_limit",
        &[
            "法定时限",
            "法定办理期限",
            "法定办结时限",
            "法定办理时限",
            "法定办结期限",
            "期限法定",
        ],
    ),
    (
        "promised_limit",
        &[
            "承诺办理期限",
            "承诺办结时限",
            "承诺时间",
            "承诺办理时限",
            "承诺办结期限",
            "期限承诺",
            "时限承诺",
        ],
    ),
    (
        "fee",
        &[
            "收费",
            "收费及依据标准",
            "收费依据及标准",
            "收费及依据",
            "收费情况",
            "收费依据标准",
        ],
    ),
    ("place", &["地点", "办公地址", "办理地址", "地址", "受理地点"]),
    ("hours", &["办公时间", "受理时间", "工作时间"]),
    ("phone", &["电话", "咨询电话", "联系方式", "办公电话", "咨询联系电话"]),
    (
        "supervision_phone",
        &["投诉电话", "监督投诉电话", "监督举报电话", "举报电话", "电话监督"],
    ),
    ("penalty_kinds", &["处罚方式", "处罚类别", "种类"]),
    ("penalty_range", &["幅度", "处罚标准"]),
    (
        "discretion_benchmark",
        &["裁量基准", "自由裁量标准", "裁量标准", "自由裁量权基准"],
    ),
    (
        "flow_steps",
        &[
            "流程",
            "程序",
            "办事流程",
            "工作流程",
            "实施程序",
            "流程步骤",
            "办理程序",
        ],
    ),
    (
        "result_public",
        &[
            "是否公开",
            "结果公开",
            "结果是否公开",
            "处罚结果是否公开",
            "奖励结果是否公开",
        ],
    ),
    ("valid_from", &["生效日期", "起始时间", "实施日期", "起始日期"]),
    (
        "valid_to",
        &["失效日期", "终止时间", "截止日期", "有效期至", "终止日期"],
    ),
    ("result_documents", &["证件名称", "结果证件", "批准文书", "证照名称"]),
    ("audiences", &["办理对象", "面向对象", "适用对象", "申请对象"]),
    ("status", &["事项状态", "使用状态"]),
    ("note", &["备注说明", "说明"]),
];

/// Headings that head nothing of an item.
const LEFT_OUT: &[&str] = &["序号", "排序", "序", "no", "编序", "顺序号"];

/// What a heading means by itself. The inner `None`: known, and nothing of an item.
fn meaning(heading: &str) -> Option<Option<&'static str>> {
    if heading.is_empty() {
        return None;
    }
    if LEFT_OUT.contains(&heading) {
        return Some(None);
    }
    let column = COLUMNS
        .iter()
        .find(|column| column.names().any(|name| bare(name) == heading));
    let word = || {
        WORDS
            .iter()
            .find(|(_, words)| words.contains(&heading))
            .map(|(key, _)| *key)
    };
    column.map(|column| column.key).or_else(word).map(Some)
}

/// A heading without what people put around it: spaces, line ends, remarks in brackets, numbers, marks; full-width letters
/// as plain ones.
pub fn bare(heading: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for c in heading.chars().take(200).map(narrow) {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || "*:#※★、，,。.;".contains(c) => {}
            c => kept.extend(c.to_lowercase()),
        }
    }
    let unnumbered = kept.trim_start_matches(|c: char| c.is_ascii_digit());
    match unnumbered.is_empty() {
        true => kept,
        false => unnumbered.to_owned(),
    }
}

/// A full-width letter, digit or sign as the plain one.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Rows among which headings are looked for.
const LOOKED_AT: usize = 40;
/// Headings are short; what is longer is content.
const LONGEST_HEADING: usize = 60;

/// The mapping of a sheet from its first lines; `remembered` is what the body mapped before, by bare heading.
pub fn guess(sheet: &str, first_lines: &[GridLine], remembered: &BTreeMap<String, Option<String>>) -> SheetMapping {
    let known = |heading: &str| -> Option<Option<&'static str>> {
        match remembered.get(heading) {
            Some(Some(key)) => known_key(key).map(Some),
            Some(None) => Some(None),
            None => meaning(heading),
        }
    };
    let lines = first_lines.get(..LOOKED_AT.min(first_lines.len())).unwrap_or_default();
    let best = (0..lines.len())
        .flat_map(|at| [(at, at), (at, at + 1)])
        .filter(|(_, to)| *to < lines.len() && !names_an_item(&lines[*to]))
        .filter_map(|(from, to)| {
            let columns = headed(&lines[from], &lines[to], &known);
            let keys: BTreeSet<&str> = columns.iter().filter_map(|(.., key)| (*key)?).collect();
            let whole = keys.contains("name") || keys.contains("item_code");
            // Of equals the one with fewer rows, and the upper one.
            let worth = (keys.len(), from == to, usize::MAX - from);
            (whole && keys.len() >= 2).then_some((worth, from, to, columns))
        })
        .max_by_key(|(worth, ..)| *worth);
    let Some((_, from, to, columns)) = best else {
        return SheetMapping {
            sheet: sheet.to_owned(),
            left_out: true,
            heading: None,
            columns: Vec::new(),
        };
    };
    let mut taken = BTreeSet::new();
    let columns = columns.into_iter().map(|(column, heading, key)| {
        // The first of two columns that would mean the same has it; the person may say otherwise.
        let key = key.flatten().filter(|key| taken.insert(*key));
        ColumnMapping {
            column,
            heading,
            key: key.map(str::to_owned),
        }
    });
    SheetMapping {
        sheet: sheet.to_owned(),
        left_out: false,
        heading: Some((lines[from].number, lines[to].number)),
        columns: columns.collect(),
    }
}

/// Whoever writes an item's code writes about that item: such a line heads nothing, whatever its other cells seem to say.
fn names_an_item(line: &GridLine) -> bool {
    let mut texts = line.cells.values().map(|cell| cell.text.trim());
    texts.any(|text| ItemCode::parse(&text.chars().map(narrow).collect::<String>()).is_ok())
}

type Headed = (u32, String, Option<Option<&'static str>>);

/// Each column's heading as shown, and what it means.
fn headed(upper: &GridLine, lower: &GridLine, known: &dyn Fn(&str) -> Option<Option<&'static str>>) -> Vec<Headed> {
    let columns: BTreeSet<u32> = upper.cells.keys().chain(lower.cells.keys()).copied().collect();
    let is_short = |text: &str| text.chars().count() <= LONGEST_HEADING;
    let mut found = Vec::new();
    for column in columns {
        let (top, bottom) = (upper.text(column).trim(), lower.text(column).trim());
        if !is_short(top) || !is_short(bottom) {
            continue;
        }
        let one = upper.number == lower.number || top == bottom || bottom.is_empty();
        let shown = match (one, top.is_empty()) {
            (true, _) => top.to_owned(),
            (false, true) => bottom.to_owned(),
            (false, false) => format!("{top}·{bottom}"),
        };
        let (top, bottom) = (bare(top), bare(bottom));
        let ways = match one {
            true => vec![top],
            // `期限` above `法定`: the words mean something together.
            false => vec![bottom.clone(), format!("{bottom}{top}"), format!("{top}{bottom}")],
        };
        let key = ways.iter().find_map(|way| known(way));
        found.push((
            column,
            shown.chars().filter(|c| !c.is_control()).take(60).collect(),
            key,
        ));
    }
    found
}

/// The type that a sheet's name tells (`表1 行政许可`, `处罚类`).
pub fn type_of_sheet(name: &str) -> Option<PowerType> {
    let named = PowerType::ALL.into_iter().find(|kind| name.contains(kind.name()));
    named.or_else(|| {
        let words = [
            ("许可", PowerType::Permit),
            ("审批", PowerType::Permit),
            ("处罚", PowerType::Penalty),
            ("强制", PowerType::Coercion),
            ("奖励", PowerType::Reward),
        ];
        words
            .into_iter()
            .find(|(word, _)| name.contains(word))
            .map(|(_, kind)| kind)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use mingjing_sheets::Kind;

    use super::super::table::GridCell;
    use super::*;

    pub(crate) fn line(number: u32, cells: &[&str]) -> GridLine {
        let cell = |text: &str| GridCell {
            text: text.to_owned(),
            kind: Kind::Text,
            formula: false,
            above: false,
            left: false,
        };
        GridLine {
            number,
            cells: cells
                .iter()
                .enumerate()
                .filter(|(_, text)| !text.is_empty())
                .map(|(column, text)| (u32::try_from(column).unwrap(), cell(text)))
                .collect(),
        }
    }

    #[test]
    fn what_people_put_around_a_heading() {
        let check = |heading: &str, expect: &str| assert_eq!(bare(heading), expect, "{heading}");
        check(" 事项 名称\n（全称）*", "事项名称");
        check("１、事项编码：", "事项编码");
        check("Item_Code", "item_code");
        check("12", "12");
        check("(1)", "");
    }

    #[test]
    fn headings_below_a_title_and_in_two_rows() {
        let lines = [
            line(1, &["附件1"]),
            line(2, &["龙湾区行政权力事项目录", "龙湾区行政权力事项目录"]),
            line(
                4,
                &["序号", "职权编码", "职权名称（全称）", "办理期限", "办理期限", "自定"],
            ),
            line(5, &["序号", "职权编码", "职权名称（全称）", "法定期限", "承诺", "自定"]),
            line(
                6,
                &[
                    "1",
                    "33030300SJ-XK-0001",
                    "食品经营许可",
                    "20个工作日",
                    "10个工作日",
                    "x",
                ],
            ),
        ];
        let mapping = guess("行政许可", &lines, &BTreeMap::new());
        assert_eq!(mapping.heading, Some((4, 5)));
        let keys: Vec<Option<&str>> = mapping.columns.iter().map(|column| column.key.as_deref()).collect();
        assert_eq!(
            keys,
            [
                None,
                Some("item_code"),
                Some("name"),
                Some("statutory_limit"),
                Some("promised_limit"),
                None
            ]
        );
        let remembered = BTreeMap::from([("自定".to_owned(), Some("note".to_owned())), ("承诺".to_owned(), None)]);
        let mapping = guess("行政许可", &lines, &remembered);
        assert_eq!(mapping.columns[5].key.as_deref(), Some("note"));
        assert!(guess("说明", &lines[..2], &BTreeMap::new()).left_out);
    }

    #[test]
    fn sheets_tell_their_type() {
        assert_eq!(type_of_sheet("表2行政处罚"), Some(PowerType::Penalty));
        assert_eq!(type_of_sheet("审批类"), Some(PowerType::Permit));
        assert_eq!(type_of_sheet("Sheet1"), None);
    }
}
