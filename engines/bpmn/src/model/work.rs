//! What a task says about its work: who, which act in law, until when, with which papers and outcomes.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    pub id: String,
    /// What people read, e.g. 收件审查.
    pub name: String,
    /// Id of the lane it lies in.
    pub lane: Option<String>,
    /// Posts that may do it (candidateGroups).
    pub posts: Vec<String>,
    /// The act in law, e.g. `accept`.
    pub act: Option<String>,
    pub limit: Option<Limit>,
    pub papers: Vec<PaperRule>,
    pub opinion: OpinionRule,
    /// None: the task is simply done. Otherwise completing it names one of these.
    pub outcomes: Vec<Outcome>,
    pub visibility: Visibility,
    /// Form id or key.
    pub form: Option<String>,
    /// Done by hand outside the system, then recorded (`manualTask`).
    pub manual: bool,
}

/// A time limit of one step inside the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    pub amount: u32,
    /// One of `working_day`, `calendar_day`, `hour`, `month`; see [`LimitUnit`].
    pub unit: String,
    pub basis: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitUnit {
    WorkingDay,
    CalendarDay,
    Hour,
    Month,
}

/// A paper to be made; `when` names the outcome that calls for it, none means every outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperRule {
    pub template: String,
    pub when: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OpinionRule {
    pub required: bool,
    /// An outcome marked negative needs reasons.
    pub negative_needs_reasons: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub id: String,
    pub name: String,
    /// Against the party or against what was proposed, e.g. 不予许可, 退回.
    pub negative: bool,
}

/// Who sees the step on a chart. Internal unless the author says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    Party,
    #[default]
    Internal,
}

const MAX_LIMIT: u32 = 10_000;
/// More than a person can choose from; it also bounds the walks of the checker.
const MAX_OUTCOMES: usize = 64;

impl Limit {
    /// # Panics
    /// Never on a limit of a checked model: its unit was read by [`LimitUnit::parse`].
    pub fn unit(&self) -> LimitUnit {
        LimitUnit::parse(&self.unit).expect("the reader keeps only known units")
    }

    /// E.g. 5个工作日.
    pub fn in_words(&self) -> String {
        format!("{}个{}", self.amount, self.unit().name())
    }
}

impl LimitUnit {
    pub fn parse(text: &str) -> Option<LimitUnit> {
        match text {
            "working_day" => Some(LimitUnit::WorkingDay),
            "calendar_day" => Some(LimitUnit::CalendarDay),
            "hour" => Some(LimitUnit::Hour),
            "month" => Some(LimitUnit::Month),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            LimitUnit::WorkingDay => "工作日",
            LimitUnit::CalendarDay => "自然日",
            LimitUnit::Hour => "小时",
            LimitUnit::Month => "月",
        }
    }
}

impl Task {
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }

    /// Papers that an outcome calls for.
    pub fn papers_for<'a>(&'a self, outcome: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let due = move |p: &&PaperRule| p.when.is_none() || p.when.as_deref() == outcome;
        self.papers.iter().filter(due).map(|p| p.template.as_str())
    }
}

/// Problems met while reading a part of the file.
#[derive(Default)]
pub(crate) struct Findings {
    pub problems: Vec<Problem>,
}

impl Findings {
    pub fn error(&mut self, element: Option<&str>, code: &'static str, message: String) {
        self.problems.push(Problem::error(element, code, message));
    }
}

/// Elements inside the BPMN extension elements of `element`.
pub(crate) fn extensions(element: &Element) -> impl Iterator<Item = &Element> {
    element
        .children_named(BPMN, "extensionElements")
        .flat_map(Element::elements)
}

/// Modelers break names into lines by hand; a reader gets one.
pub(crate) fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a task and its extensions. Own elements that are misspelt or misplaced are refused: law hangs on them.
pub(crate) fn read(element: &Element, manual: bool, found: &mut Findings) -> Task {
    let mut task = Task {
        id: element.id().unwrap_or_default().to_owned(),
        name: one_line(element.get("name").unwrap_or_default()),
        lane: None,
        posts: Vec::new(),
        act: None,
        limit: None,
        papers: Vec::new(),
        opinion: OpinionRule::default(),
        outcomes: Vec::new(),
        visibility: Visibility::default(),
        form: None,
        manual,
    };
    let mut seen = Vec::new();
    for extension in extensions(element) {
        let repeatable = ["paper", "properties", "userTask"];
        let ours = extension.namespace == MINGJING || extension.namespace == ZEEBE;
        if ours && !repeatable.contains(&extension.local.as_str()) {
            if seen.contains(&&extension.qname) {
                let text = format!("扩展元素“{}”只能写一次。", extension.qname);
                found.error(Some(&task.id), "extension_repeated", text);
                continue;
            }
            seen.push(&extension.qname);
        }
        match extension.namespace.as_str() {
            MINGJING => own(extension, &mut task, found),
            ZEEBE => zeebe(extension, &mut task),
            _ => {}
        }
    }
    papers_name_outcomes(&task, found);
    task
}

fn own(extension: &Element, task: &mut Task, found: &mut Findings) {
    match extension.local.as_str() {
        "act" => task.act = required(extension, "kind", &task.id, found),
        "limit" => task.limit = limit(extension, &task.id, found),
        "paper" => task.papers.extend(paper(extension, &task.id, found)),
        "opinion" => {
            task.opinion = OpinionRule {
                required: flag(extension, "required", &task.id, found),
                negative_needs_reasons: flag(extension, "negativeNeedsReasons", &task.id, found),
            }
        }
        "outcomes" => task.outcomes = outcomes(extension, &task.id, found),
        "visibility" => task.visibility = visibility(extension, &task.id, found),
        other => {
            let text = format!("不认识的扩展元素“mingjing:{other}”，请检查拼写。");
            found.error(Some(&task.id), "extension_unknown", text);
        }
    }
}

fn zeebe(extension: &Element, task: &mut Task) {
    match extension.local.as_str() {
        "formDefinition" => {
            let form = extension.get("formId").or(extension.get("formKey"));
            task.form = form.map(str::to_owned);
        }
        "assignmentDefinition" => task.posts = posts(extension),
        // Marks, editor data, and what others run: kept in the file.
        _ => {}
    }
}

/// Persons and expressions are no posts; whether a flow may name them is for its use to say.
fn posts(extension: &Element) -> Vec<String> {
    let groups = extension.get("candidateGroups").unwrap_or_default().trim();
    if groups.starts_with('=') {
        return Vec::new();
    }
    let mut posts: Vec<String> = Vec::new();
    for post in groups.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        if !posts.iter().any(|known| known == post) {
            posts.push(post.to_owned());
        }
    }
    posts
}

pub(super) fn limit(extension: &Element, task: &str, found: &mut Findings) -> Option<Limit> {
    let amount = required(extension, "amount", task, found)?;
    let unit = required(extension, "unit", task, found)?;
    let Some(amount) = amount.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)) else {
        let text = format!("时限数量“{amount}”应为1至{MAX_LIMIT}的整数。");
        found.error(Some(task), "limit_amount", text);
        return None;
    };
    if LimitUnit::parse(&unit).is_none() {
        let text = format!(
            "时限单位“{unit}”不认识，应为working_day（工作日）、calendar_day（自然日）、hour（小时）或month（月）。"
        );
        found.error(Some(task), "limit_unit", text);
        return None;
    }
    let basis = extension.get("basis").map(str::trim);
    let basis = basis.filter(|b| !b.is_empty()).map(str::to_owned);
    Some(Limit { amount, unit, basis })
}

fn paper(extension: &Element, task: &str, found: &mut Findings) -> Option<PaperRule> {
    let template = required(extension, "template", task, found)?;
    let when = extension.get("when").map(str::to_owned);
    Some(PaperRule { template, when })
}

fn outcomes(extension: &Element, task: &str, found: &mut Findings) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for child in extension.elements() {
        if !child.is(MINGJING, "outcome") {
            let text = format!("“mingjing:outcomes”中不应有元素“{}”。", child.qname);
            found.error(Some(task), "extension_unknown", text);
            continue;
        }
        let id = required(child, "id", task, found);
        let name = required(child, "name", task, found);
        let (Some(id), Some(name)) = (id, name) else {
            continue;
        };
        if outcomes.iter().any(|known| known.id == id) {
            let text = format!("办理结果“{id}”写了两次。");
            found.error(Some(task), "outcome_repeated", text);
            continue;
        }
        if outcomes.len() == MAX_OUTCOMES {
            let text = format!("一个任务的办理结果不能超过{MAX_OUTCOMES}种。");
            found.error(Some(task), "too_many_outcomes", text);
            break;
        }
        let negative = flag(child, "negative", task, found);
        outcomes.push(Outcome { id, name, negative });
    }
    outcomes
}

pub(super) fn visibility(extension: &Element, task: &str, found: &mut Findings) -> Visibility {
    match extension.get("value") {
        Some("public") => Visibility::Public,
        Some("party") => Visibility::Party,
        Some("internal") => Visibility::Internal,
        other => {
            let text = format!(
                "可见范围“{}”不认识，应为public（公开）、party（当事人）或internal（内部）。",
                other.unwrap_or_default()
            );
            found.error(Some(task), "visibility_unknown", text);
            Visibility::Internal
        }
    }
}

fn papers_name_outcomes(task: &Task, found: &mut Findings) {
    for paper in &task.papers {
        let Some(when) = &paper.when else { continue };
        if task.outcome(when).is_none() {
            let text = format!("文书“{}”要求的办理结果“{when}”没有声明。", paper.template);
            found.error(Some(&task.id), "paper_outcome_unknown", text);
        }
    }
}

pub(super) fn required(element: &Element, name: &str, task: &str, found: &mut Findings) -> Option<String> {
    let value = element.get(name).map(str::trim).filter(|v| !v.is_empty());
    if value.is_none() {
        let text = format!("“{}”缺少属性“{name}”。", element.qname);
        found.error(Some(task), "attribute_missing", text);
    }
    value.map(str::to_owned)
}

fn flag(element: &Element, name: &str, task: &str, found: &mut Findings) -> bool {
    match element.get(name) {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(other) => {
            let text = format!("“{}”的属性“{name}”应为true或false，不是“{other}”。", element.qname);
            found.error(Some(task), "attribute_value", text);
            false
        }
    }
}
