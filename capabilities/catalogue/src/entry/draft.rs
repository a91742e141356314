//! One row becomes the draft of a version, together with every problem that the row alone shows.
//! What depends on other rows or on what is recorded already is for `decide`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_bpmn::casework;
use mingjing_codes::{ItemCode, PowerType};
use serde_json::Value as Json;

use super::Problem;
use super::cell::Cells;
use super::decisions;
use super::file::{RawRow, is_attachment_name, is_benchmark_file, shortened};
use crate::benchmark;
use crate::citation::{self, Citation};
use crate::field_set::{self, OwnValue, VisibleTo};
use crate::form::FormDef;
use crate::law::{Law, rank_by_name};
use crate::rank;
use crate::situation::{self, SituationQuestion};
use crate::version::{
    Audience, Confirmation, Fee, FlowRef, ItemStatus, ItemVersion, LegalBasis, Limit, LimitStart, LimitUnit, Material,
};

/// Flow and form files by the name that rows use.
pub type Attachments = BTreeMap<String, Vec<u8>>;

/// A row as a version that could be entered if nothing stands against it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub line: u64,
    /// The code as written, for reports.
    pub item_code: String,
    pub version: Option<ItemVersion>,
    /// The body as written: a name or an id, to be compared with the register.
    pub stated_body: Option<String>,
    /// False where the row leaves `valid_from` to the day of the entry.
    pub states_start: bool,
    pub cancelled_on: Option<Date>,
    pub cancel_reason: Option<String>,
    pub problems: Vec<Problem>,
}

impl Draft {
    /// A version that was read before.
    pub fn of(version: ItemVersion) -> Draft {
        Draft {
            line: 1,
            item_code: version.item_code.clone(),
            version: Some(version),
            stated_body: None,
            states_start: true,
            cancelled_on: None,
            cancel_reason: None,
            problems: Vec::new(),
        }
    }
}

/// Reads one row. `laws` gives the rank and the summaries of the articles cited.
pub fn draft(
    row: &RawRow,
    attachments: &Attachments,
    laws: &BTreeMap<String, Law>,
    confirmation: &Confirmation,
    today: Date,
) -> Draft {
    let mut cells = Cells::of(row);
    let mut draft = Draft {
        line: row.line,
        item_code: cells.text("item_code").map(|text| shortened(&text)).unwrap_or_default(),
        version: None,
        stated_body: None,
        states_start: cells.is_given("valid_from"),
        cancelled_on: None,
        cancel_reason: None,
        problems: Vec::new(),
    };
    if row.cells.is_empty() {
        draft.problems = cells.problems;
        return draft;
    }
    let code = read_code(&mut cells, row);
    draft.stated_body = cells.text("body");
    draft.cancelled_on = cells.date("cancelled_on");
    draft.cancel_reason = cells.text("cancel_reason");
    if let Some(code) = code {
        let version = read_version(&mut cells, &code, attachments, laws, confirmation, today);
        check_version(&mut cells, &version);
        if version.status == ItemStatus::Cancelled && draft.cancelled_on.is_none() {
            cells.problem("cancelled_on", "missing", "状态为“已取消”的事项应写明取消日期");
        }
        draft.version = Some(version);
    }
    draft.problems = cells.problems;
    draft
}

/// The code is read as it stands: a space or a lower-case letter makes it another code.
fn read_code(cells: &mut Cells<'_>, row: &RawRow) -> Option<ItemCode> {
    let Some(text) = row
        .cells
        .get("item_code")
        .and_then(Json::as_str)
        .filter(|text| !text.is_empty())
    else {
        cells.problem("item_code", "missing", "缺少事项编码");
        return None;
    };
    match ItemCode::parse(text) {
        Ok(code) => {
            check_type(cells, &code);
            Some(code)
        }
        Err(cause) => {
            cells.problem("item_code", "item_code", format!("“{}”：{cause}", shortened(text)));
            None
        }
    }
}

fn check_type(cells: &mut Cells<'_>, code: &ItemCode) {
    let power_type = code.power_type();
    if let Some(stated) = cells.text("type_code")
        && PowerType::from_code(&stated) != Some(power_type)
    {
        let reason = format!("类型“{}”与事项编码中的{}不一致", shortened(&stated), power_type.code());
        cells.problem("type_code", "type_differs", reason);
    }
    if let Some(stated) = cells.text("type_name")
        && stated != power_type.name()
    {
        let reason = format!("类型“{}”与事项编码中的{}不一致", shortened(&stated), power_type.name());
        cells.problem("type_name", "type_differs", reason);
    }
}

fn read_version(
    cells: &mut Cells<'_>,
    code: &ItemCode,
    attachments: &Attachments,
    laws: &BTreeMap<String, Law>,
    confirmation: &Confirmation,
    today: Date,
) -> ItemVersion {
    let name = cells.text("name").unwrap_or_default();
    if name.is_empty() {
        cells.problem("name", "missing", "缺少事项名称");
    }
    if name.chars().count() > 200 {
        cells.problem("name", "too_long", "事项名称最多200个字");
    }
    ItemVersion {
        item_code: code.to_string(),
        version: 1,
        power_type: code.power_type(),
        name,
        keywords: cells.list("keywords"),
        body: code.body(),
        body_name: String::new(),
        body_nature: String::new(),
        entrusting_body: cells.text("entrusting_body"),
        legal_bases: read_bases(cells, laws),
        conditions: cells.list("conditions"),
        materials: read_materials(cells),
        statutory_limit: read_limit(cells, &STATUTORY, None),
        promised_limit: None,
        excluded_time: cells.text("excluded_time"),
        fee: read_fee(cells),
        handling_office: cells.text("handling_office").unwrap_or_default(),
        place: cells.text("place").unwrap_or_default(),
        hours: cells.text("hours"),
        phone: cells.text("phone").unwrap_or_default(),
        supervision_phone: cells.text("supervision_phone").unwrap_or_default(),
        result_documents: cells.list("result_documents"),
        validity: cells.text("validity"),
        penalty_kinds: cells.list("penalty_kinds"),
        penalty_range: cells.text("penalty_range"),
        discretion_benchmark: read_benchmark(cells, attachments),
        result_public: cells.flag("result_public"),
        flow_steps: cells.list("flow_steps"),
        flow: read_flow(cells, attachments),
        decisions: decisions::read(cells, attachments),
        form: read_form(cells, attachments),
        papers: cells.list("papers"),
        audiences: read_audiences(cells),
        themes: cells.list("themes"),
        visits: cells.number("visits", 20).map(i64::from),
        online: cells.flag("online").unwrap_or(false),
        valid_from: cells.date("valid_from").unwrap_or(today),
        valid_to: cells.date("valid_to"),
        certainty: cells.text("certainty"),
        note: cells.text("note"),
        own_fields: read_own_fields(cells),
        situations: read_situations(cells),
        demo_fields: cells.list("demo_fields"),
        confirmation: confirmation.clone(),
        status: cells.choice("status", STATUSES).unwrap_or(ItemStatus::Active),
    }
    .with_promise(cells)
}

const STATUSES: &[(&str, ItemStatus)] = &[
    ("在用", ItemStatus::Active),
    ("暂停", ItemStatus::Suspended),
    ("已取消", ItemStatus::Cancelled),
    ("active", ItemStatus::Active),
    ("suspended", ItemStatus::Suspended),
    ("cancelled", ItemStatus::Cancelled),
];

impl ItemVersion {
    /// The promise counts in the statute's unit and from its start unless the row says otherwise.
    fn with_promise(mut self, cells: &mut Cells<'_>) -> ItemVersion {
        self.promised_limit = read_limit(cells, &PROMISED, self.statutory_limit.as_ref());
        self
    }
}

fn read_bases(cells: &mut Cells<'_>, laws: &BTreeMap<String, Law>) -> Vec<LegalBasis> {
    let mut bases: Vec<LegalBasis> = match cells.structure("legal_bases") {
        None => Vec::new(),
        Some(Json::String(text)) => citation::read_citations(&text)
            .into_iter()
            .map(|citation| basis_of(citation, laws))
            .collect(),
        Some(structure) => cells.typed("legal_bases", structure).unwrap_or_default(),
    };
    if bases.len() > citation::MAX_CITATIONS {
        cells.problem(
            "legal_bases",
            "too_long",
            format!("最多{}条依据", citation::MAX_CITATIONS),
        );
    }
    if bases.iter().any(|basis| basis.law.trim().is_empty()) {
        cells.problem("legal_bases", "malformed", "有的依据没有写明法律、法规的名称");
    }
    // Stable: within a rank the editors' order stays.
    bases.sort_by_key(|basis| basis.rank);
    bases
}

fn basis_of(citation: Citation, laws: &BTreeMap<String, Law>) -> LegalBasis {
    let entry = laws.get(&citation.law);
    LegalBasis {
        rank: entry.map_or_else(|| rank_by_name(&citation.law), |law| law.rank),
        summary: citation
            .article
            .and_then(|article| entry?.articles.get(&article).cloned()),
        law: citation.law,
        article: citation.article,
        paragraph: citation.paragraph,
        clause: citation.clause,
        original: citation.original,
    }
}

fn read_materials(cells: &mut Cells<'_>) -> Vec<Material> {
    match cells.structure("materials") {
        None => Vec::new(),
        Some(Json::Array(values)) if values.iter().any(|value| !value.is_string()) => {
            let materials: Vec<Material> = cells.typed("materials", Json::Array(values)).unwrap_or_default();
            let mut ids: Vec<&str> = materials.iter().map(|material| material.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            if ids.len() != materials.len() {
                cells.problem("materials", "malformed", "材料的编号（id）有重复");
            }
            materials
        }
        Some(_) => cells
            .list("materials")
            .into_iter()
            .enumerate()
            .map(|(index, name)| named_material(index, name))
            .collect(),
    }
}

fn named_material(index: usize, name: String) -> Material {
    Material {
        id: format!("m{}", index + 1),
        name,
        required: true,
        form: Default::default(),
        copies: 1,
        source: Default::default(),
        basis: None,
        note: None,
        kind: None,
        issuer: None,
        validity: None,
        asked_when: None,
        one_of: None,
        definition: None,
    }
}

/// As `{"key": "value"}` or as an export has them; judged where the set of the type is known (`field_set/own.rs`).
fn read_own_fields(cells: &mut Cells<'_>) -> Vec<OwnValue> {
    let value = |(key, value): (String, Json)| OwnValue {
        key,
        name: String::new(),
        value: match value {
            Json::String(text) => text,
            Json::Null => String::new(),
            other => other.to_string(),
        },
        visible: VisibleTo::Everybody,
    };
    match cells.structure("own_fields") {
        None => Vec::new(),
        Some(Json::Object(fields)) => fields.into_iter().map(value).collect(),
        Some(structure) => cells.typed("own_fields", structure).unwrap_or_default(),
    }
}

fn read_situations(cells: &mut Cells<'_>) -> Vec<SituationQuestion> {
    match cells.structure("situations") {
        None => Vec::new(),
        Some(structure) => cells.typed("situations", structure).unwrap_or_default(),
    }
}

struct LimitColumns {
    amount: &'static str,
    unit: &'static str,
    start: &'static str,
    basis: &'static str,
}

const STATUTORY: LimitColumns = LimitColumns {
    amount: "statutory_limit",
    unit: "limit_unit",
    start: "limit_start",
    basis: "limit_basis",
};

const PROMISED: LimitColumns = LimitColumns {
    amount: "promised_limit",
    unit: "promised_unit",
    start: "promised_start",
    basis: "promised_basis",
};

const UNITS: &[(&str, LimitUnit)] = &[
    ("工作日", LimitUnit::WorkingDay),
    ("日历日", LimitUnit::Day),
    ("月", LimitUnit::Month),
    ("working_day", LimitUnit::WorkingDay),
    ("calendar_day", LimitUnit::Day),
    ("month", LimitUnit::Month),
];

const STARTS: &[(&str, LimitStart)] = &[
    ("受理", LimitStart::Acceptance),
    ("收到申请", LimitStart::Application),
    ("立案", LimitStart::Filing),
    ("采取措施", LimitStart::Measure),
    ("勘查现场", LimitStart::SceneSurvey),
    ("信息收齐", LimitStart::InformationComplete),
    ("acceptance", LimitStart::Acceptance),
    ("application", LimitStart::Application),
    ("filing", LimitStart::Filing),
    ("measure", LimitStart::Measure),
    ("scene_survey", LimitStart::SceneSurvey),
    ("information_complete", LimitStart::InformationComplete),
];

/// A limit from an object or from its four columns. Without an amount the law sets none, and the
/// other columns are only told in the basis.
fn read_limit(cells: &mut Cells<'_>, columns: &LimitColumns, like: Option<&Limit>) -> Option<Limit> {
    if let Some(structure @ Json::Object(_)) = cells.structure(columns.amount) {
        return cells.typed(columns.amount, structure);
    }
    let amount = cells.number(columns.amount, 3650);
    let unit = cells.choice(columns.unit, UNITS);
    let start = cells.choice(columns.start, STARTS);
    let basis = cells.text(columns.basis).unwrap_or_default();
    let amount = amount?;
    let unit = unit
        .or(like.map(|limit| limit.unit))
        .or((amount == 0).then_some(LimitUnit::WorkingDay));
    let start = start.or(like.map(|limit| limit.start));
    match (unit, start) {
        (Some(unit), Some(start)) => Some(Limit {
            amount,
            unit,
            start,
            basis,
        }),
        (None, _) => {
            cells.problem(columns.unit, "missing", "写了期限，还应写明单位（工作日、日历日、月）");
            None
        }
        (_, None) => {
            cells.problem(columns.start, "missing", "写了期限，还应写明从何时起算");
            None
        }
    }
}

fn read_fee(cells: &mut Cells<'_>) -> Fee {
    if let Some(structure @ Json::Object(_)) = cells.structure("fee") {
        return cells.typed("fee", structure).unwrap_or_default();
    }
    let (basis, standard) = (cells.text("fee_basis"), cells.text("fee_standard"));
    Fee {
        charged: cells.flag("fee").unwrap_or(basis.is_some() || standard.is_some()),
        basis,
        standard,
    }
}

fn read_audiences(cells: &mut Cells<'_>) -> Vec<Audience> {
    let mut audiences = Vec::new();
    for word in cells.list("audiences") {
        match word.as_str() {
            "个人" | "individual" => audiences.push(Audience::Individual),
            "法人" | "organisation" => audiences.push(Audience::Organisation),
            other => {
                let reason = format!("“{}”应为个人、法人", shortened(other));
                cells.problem("audiences", "malformed", reason);
            }
        }
    }
    audiences
}

/// A flow stands in the file as an object (from an export) or as the name of a file beside it.
fn read_flow(cells: &mut Cells<'_>, attachments: &Attachments) -> Option<FlowRef> {
    let xml = match cells.structure("flow")? {
        Json::String(name) => attached(cells, "flow", &name, attachments)?,
        structure => cells.typed::<FlowRef>("flow", structure)?.bpmn_xml,
    };
    match casework::read(&xml) {
        Ok(model) => Some(FlowRef {
            hash: casework::hash(&model),
            bpmn_xml: xml,
        }),
        Err(problems) => {
            for problem in problems.iter().take(20) {
                cells.problem("flow", "flow_invalid", format!("流程图不能使用：{}", problem.message));
            }
            None
        }
    }
}

/// A benchmark stands in the file as words, or as the name of a file in `benchmarks/` that can be executed.
fn read_benchmark(cells: &mut Cells<'_>, attachments: &Attachments) -> Option<String> {
    let said = cells.text("discretion_benchmark")?;
    let text = match is_benchmark_file(&said) {
        false => said,
        // As every text of a cell, so that an export reads back the same.
        true => attached(cells, "discretion_benchmark", &said, attachments)?
            .trim()
            .to_owned(),
    };
    for problem in benchmark::problems(&text) {
        cells.problem("discretion_benchmark", "benchmark_invalid", problem);
    }
    Some(text)
}

fn read_form(cells: &mut Cells<'_>, attachments: &Attachments) -> Option<FormDef> {
    let form: FormDef = match cells.structure("form")? {
        Json::String(name) => {
            let text = attached(cells, "form", &name, attachments)?;
            match serde_json::from_str(&text) {
                Ok(form) => form,
                Err(cause) => {
                    let reason = format!("表单不能使用：第{}行不符合规定的结构", cause.line());
                    cells.problem("form", "form_invalid", reason);
                    return None;
                }
            }
        }
        structure => cells.typed("form", structure)?,
    };
    for problem in form.problems() {
        cells.problem("form", "form_invalid", format!("表单不能使用：{problem}"));
    }
    Some(form)
}

pub(super) fn attached(
    cells: &mut Cells<'_>,
    key: &'static str,
    name: &str,
    attachments: &Attachments,
) -> Option<String> {
    if !is_attachment_name(name) {
        let reason = format!("“{}”应为同一文件夹下的文件名", shortened(name));
        cells.problem(key, "attachment_name", reason);
        return None;
    }
    let Some(bytes) = attachments.get(name) else {
        cells.problem(key, "attachment_missing", format!("找不到文件“{}”", shortened(name)));
        return None;
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => {
            cells.problem(key, "encoding", format!("文件“{}”不是UTF-8编码", shortened(name)));
            None
        }
    }
}

/// What a version must hold by itself, whatever else is recorded.
fn check_version(cells: &mut Cells<'_>, version: &ItemVersion) {
    if version.legal_bases.is_empty() {
        cells.problem("legal_bases", "no_basis", "没有行使依据的事项不得列入目录，应当取消");
    }
    if version.valid_to.is_some_and(|last| last < version.valid_from) {
        cells.problem("valid_to", "range", "失效时间早于生效时间");
    }
    // History is entered as it was kept; only what is to be used must be complete (R21).
    if version.status == ItemStatus::Cancelled {
        return;
    }
    for field in field_set::required_for(version.power_type) {
        let reported = cells.problems.iter().any(|problem| problem.field == field.key());
        let stated = *field != field_set::Field::ValidFrom || cells.is_given("valid_from");
        let complete = field.is_filled(version) && stated;
        if !(reported || complete) {
            let reason = format!("{}类事项应当填写“{}”", version.power_type.name(), field.name());
            cells.problem(field.key(), "missing", reason);
        }
    }
    if let Some(low) = rank::too_low(version) {
        let advice = "依据的位阶登记有误或者没有登记的，请先在法规库登记";
        let reason = format!("依据的位阶不够：{}（{}）。{advice}", low.reason, low.article);
        cells.problem("legal_bases", "rank_too_low", reason);
    }
    check_promise(cells, version);
    for (column, reason) in situation::problems(version) {
        cells.problem(column, "asking", reason);
    }
    if version.online && version.flow.is_none() {
        cells.problem(
            "online",
            "online_needs_flow",
            "在线办理的事项应当有可以执行的流程图（flow）",
        );
    }
    if version.online && version.form.is_none() {
        cells.problem("online", "online_needs_form", "在线办理的事项应当有申请表（form）");
    }
}

fn check_promise(cells: &mut Cells<'_>, version: &ItemVersion) {
    let (Some(statutory), Some(promised)) = (&version.statutory_limit, &version.promised_limit) else {
        return;
    };
    let words = format!("承诺期限{}，法定期限{}", promised.words(), statutory.words());
    if promised.unit == statutory.unit {
        if promised.amount > statutory.amount {
            cells.problem(
                "promised_limit",
                "promise_too_long",
                format!("承诺期限不得超过法定期限（{words}）"),
            );
        }
    } else if promised.calendar_days().1 > statutory.calendar_days().0 {
        let reason = format!("两个期限单位不同，不能确定承诺期限不超过法定期限，请用同一单位（{words}）");
        cells.problem("promised_limit", "promise_too_long", reason);
    }
}
