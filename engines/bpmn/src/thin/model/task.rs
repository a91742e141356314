//! What a task says about its work: who, which act in law, until when, with which papers and outcomes.

use serde::{Deserialize, Serialize};

use super::build::Build;
use crate::read::{Element, MINGJING, ZEEBE};

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

/// Reads a task and its extensions. Own elements that are misspelt or misplaced are refused: law hangs on them.
pub(crate) fn read(element: &Element, manual: bool, build: &mut Build) -> Task {
    let mut task = Task {
        id: element.id().unwrap_or_default().to_owned(),
        name: super::build::one_line(element.get("name").unwrap_or_default()),
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
    for extension in super::build::extensions(element) {
        let repeatable = ["paper", "properties", "userTask"];
        let ours = extension.namespace == MINGJING || extension.namespace == ZEEBE;
        if ours && !repeatable.contains(&extension.local.as_str()) {
            if seen.contains(&&extension.qname) {
                let text = format!("扩展元素“{}”只能写一次。", extension.qname);
                build.error(Some(&task.id), "extension_repeated", text);
                continue;
            }
            seen.push(&extension.qname);
        }
        match extension.namespace.as_str() {
            MINGJING => own(extension, &mut task, build),
            ZEEBE => zeebe(extension, &mut task, build),
            _ => {}
        }
    }
    papers_name_outcomes(&task, build);
    task
}

fn own(extension: &Element, task: &mut Task, build: &mut Build) {
    match extension.local.as_str() {
        "act" => task.act = required(extension, "kind", &task.id, build),
        "limit" => task.limit = limit(extension, &task.id, build),
        "paper" => task.papers.extend(paper(extension, &task.id, build)),
        "opinion" => {
            task.opinion = OpinionRule {
                required: flag(extension, "required", &task.id, build),
                negative_needs_reasons: flag(extension, "negativeNeedsReasons", &task.id, build),
            }
        }
        "outcomes" => task.outcomes = outcomes(extension, &task.id, build),
        "visibility" => task.visibility = visibility(extension, &task.id, build),
        other => {
            let text = format!("不认识的扩展元素“mingjing:{other}”，请检查拼写。");
            build.error(Some(&task.id), "extension_unknown", text);
        }
    }
}

fn zeebe(extension: &Element, task: &mut Task, build: &mut Build) {
    match extension.local.as_str() {
        "formDefinition" => {
            let form = extension.get("formId").or(extension.get("formKey"));
            task.form = form.map(str::to_owned);
        }
        "assignmentDefinition" => task.posts = posts(extension, &task.id, build),
        "taskSchedule" => build.warning(
            Some(&task.id),
            "schedule_not_run",
            "zeebe:taskSchedule 只随文件保存；办理时限请用 mingjing:limit 写明。".to_owned(),
        ),
        // Marks and editor data that change no meaning.
        "userTask" | "properties" | "priorityDefinition" => {}
        other => {
            let text = format!("扩展元素“zeebe:{other}”目前不能执行，请删去。");
            build.error(Some(&task.id), "extension_unsupported", text);
        }
    }
}

/// R63: routing is fixed in posts, so persons and expressions are refused.
fn posts(extension: &Element, task: &str, build: &mut Build) -> Vec<String> {
    for attribute in ["assignee", "candidateUsers"] {
        if extension.get(attribute).is_some_and(|v| !v.trim().is_empty()) {
            let text = format!("任务只能指派给岗位（candidateGroups），不能写个人（{attribute}）。");
            build.error(Some(task), "assigned_to_person", text);
        }
    }
    let groups = extension.get("candidateGroups").unwrap_or_default().trim();
    if groups.starts_with('=') {
        let text = "岗位不能用表达式计算，需要规则引擎，目前尚不可用。";
        build.error(Some(task), "posts_need_rules", text.to_owned());
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

fn limit(extension: &Element, task: &str, build: &mut Build) -> Option<Limit> {
    let amount = required(extension, "amount", task, build)?;
    let unit = required(extension, "unit", task, build)?;
    let Some(amount) = amount.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)) else {
        let text = format!("时限数量“{amount}”应为1至{MAX_LIMIT}的整数。");
        build.error(Some(task), "limit_amount", text);
        return None;
    };
    if LimitUnit::parse(&unit).is_none() {
        let text = format!(
            "时限单位“{unit}”不认识，应为working_day（工作日）、calendar_day（自然日）、hour（小时）或month（月）。"
        );
        build.error(Some(task), "limit_unit", text);
        return None;
    }
    let basis = extension.get("basis").map(str::trim);
    let basis = basis.filter(|b| !b.is_empty()).map(str::to_owned);
    Some(Limit { amount, unit, basis })
}

fn paper(extension: &Element, task: &str, build: &mut Build) -> Option<PaperRule> {
    let template = required(extension, "template", task, build)?;
    let when = extension.get("when").map(str::to_owned);
    Some(PaperRule { template, when })
}

fn outcomes(extension: &Element, task: &str, build: &mut Build) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for child in extension.elements() {
        if !child.is(MINGJING, "outcome") {
            let text = format!("“mingjing:outcomes”中不应有元素“{}”。", child.qname);
            build.error(Some(task), "extension_unknown", text);
            continue;
        }
        let id = required(child, "id", task, build);
        let name = required(child, "name", task, build);
        let (Some(id), Some(name)) = (id, name) else {
            continue;
        };
        if outcomes.iter().any(|known| known.id == id) {
            let text = format!("办理结果“{id}”写了两次。");
            build.error(Some(task), "outcome_repeated", text);
            continue;
        }
        if outcomes.len() == MAX_OUTCOMES {
            let text = format!("一个任务的办理结果不能超过{MAX_OUTCOMES}种。");
            build.error(Some(task), "too_many_outcomes", text);
            break;
        }
        let negative = flag(child, "negative", task, build);
        outcomes.push(Outcome { id, name, negative });
    }
    outcomes
}

fn visibility(extension: &Element, task: &str, build: &mut Build) -> Visibility {
    match extension.get("value") {
        Some("public") => Visibility::Public,
        Some("party") => Visibility::Party,
        Some("internal") => Visibility::Internal,
        other => {
            let text = format!(
                "可见范围“{}”不认识，应为public（公开）、party（当事人）或internal（内部）。",
                other.unwrap_or_default()
            );
            build.error(Some(task), "visibility_unknown", text);
            Visibility::Internal
        }
    }
}

fn papers_name_outcomes(task: &Task, build: &mut Build) {
    for paper in &task.papers {
        let Some(when) = &paper.when else { continue };
        if task.outcome(when).is_none() {
            let text = format!("文书“{}”要求的办理结果“{when}”没有声明。", paper.template);
            build.error(Some(&task.id), "paper_outcome_unknown", text);
        }
    }
}

fn required(element: &Element, name: &str, task: &str, build: &mut Build) -> Option<String> {
    let value = element.get(name).map(str::trim).filter(|v| !v.is_empty());
    if value.is_none() {
        let text = format!("“{}”缺少属性“{name}”。", element.qname);
        build.error(Some(task), "attribute_missing", text);
    }
    value.map(str::to_owned)
}

fn flag(element: &Element, name: &str, task: &str, build: &mut Build) -> bool {
    match element.get(name) {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(other) => {
            let text = format!("“{}”的属性“{name}”应为true或false，不是“{other}”。", element.qname);
            build.error(Some(task), "attribute_value", text);
            false
        }
    }
}
