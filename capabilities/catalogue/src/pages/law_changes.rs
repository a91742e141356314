//! `/desk/law-changes`: what new editions of laws ask of the area's items, papers, rules and open cases,
//! with the time for applying for adjustment (T1). Bodies see their own part, the legal office all of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Permission, Problem, Scope, SideEntry, SideGroup, page};

use super::change_new::change_of_item;
use super::law::unknown;
use super::{
    ADJUST, CHANGES, CLEAN_UP, FILE_CHANGE, HAND_IN, SETTLE, changes_page, compare_page, edition_page, item_page,
};
use crate::adjustment::{AdjustmentClock, CitingKind};
use crate::decide::settle_adjustment::SettleAdjustment;
use crate::edition::ArticleChange;
use crate::library;
use crate::views::{self, AdjustmentRow, TaskRow};

/// Open cases of items, told by whoever keeps the cases: the catalogue knows none.
pub trait OpenCases: Send + Sync + 'static {
    /// Who may see them.
    fn permission(&self) -> Permission;
    /// At most `most` of these items within the scope, the oldest first.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    fn of_items(
        &self,
        reader: &mut Reader<'_>,
        scope: &Scope,
        items: &[String],
        most: i64,
    ) -> Result<Vec<OpenCase>, Fault>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    pub case_no: String,
    pub item_code: String,
    pub item_name: String,
    pub received_on: String,
    pub step: String,
    pub link: Link,
}

/// Open cases shown at most.
const MOST_CASES: i64 = 200;
const MOST_EDITIONS: i64 = 200;

pub fn law_changes_page() -> Link {
    Link::to("/desk/law-changes")
}

pub fn law_change_page(law: &str, edition: Date) -> Link {
    law_changes_page().part(law).part(edition)
}

/// The catalogue's entries of the back office's navigation.
pub fn side() -> SideGroup {
    SideGroup {
        title: "权力目录",
        entries: vec![
            SideEntry {
                label: "目录完整情况",
                link: super::gaps::gaps_page(),
                permission: CHANGES,
            },
            SideEntry {
                label: "目录调整",
                link: changes_page(),
                permission: CHANGES,
            },
            SideEntry {
                label: "表格导入",
                link: super::tables::tables_page(),
                permission: HAND_IN,
            },
            SideEntry {
                label: "权力清理",
                link: super::clean_up::clean_up_page(),
                permission: CLEAN_UP,
            },
            SideEntry {
                label: "起草事项",
                link: super::drafts::drafting_page(),
                permission: super::FILE_CHANGE,
            },
            SideEntry {
                label: "材料库",
                link: super::materials::materials_page(),
                permission: CHANGES,
            },
            SideEntry {
                label: "事项栏目",
                link: super::field_sets::field_sets_page(),
                permission: CHANGES,
            },
            SideEntry {
                label: "法规变动",
                link: law_changes_page(),
                permission: ADJUST,
            },
        ],
    }
}

#[derive(Template)]
#[template(path = "laws/changes.html")]
struct ChangesPage {
    frame: Frame,
    rows: Vec<ChangeLine>,
}

struct ChangeLine {
    row: AdjustmentRow,
    link: Link,
    late: bool,
}

pub async fn get_changes(desk: Desk) -> Result<Response, Problem> {
    let scope = desk.require(ADJUST)?;
    let today = desk.house.clock.today();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| views::adjustments(reader, &scope, MOST_EDITIONS))
        .await?;
    let line = |row: AdjustmentRow| ChangeLine {
        link: law_change_page(&row.law, row.edition),
        late: row.open > 0 && row.due.is_some_and(|due| due < today),
        row,
    };
    Ok(page(&ChangesPage {
        frame: desk.frame("法规变动"),
        rows: rows.into_iter().map(line).collect(),
    }))
}

#[derive(Template)]
#[template(path = "laws/change.html")]
struct ChangePage {
    frame: Frame,
    law: String,
    edition: Date,
    text: Link,
    clock: AdjustmentClock,
    late: bool,
    kinds: Vec<(CitingKind, Vec<TaskLine>)>,
    cases: Option<Vec<OpenCase>>,
    cases_cut: bool,
    /// Open tasks as choices, for whoever may settle them.
    choices: Vec<(String, String)>,
    fields: Fields,
}

struct TaskLine {
    task: TaskRow,
    link: Option<Link>,
    changes: Vec<(String, Link)>,
    /// Where a body begins the change that this asks for.
    file: Option<Link>,
}

impl TaskLine {
    fn state(&self) -> &'static str {
        match self.task.state.as_str() {
            "open" => "待核对",
            "renewed" => "事项已更新",
            _ => "不需要调整",
        }
    }
}

pub async fn get_change(
    open_cases: Arc<dyn OpenCases>,
    desk: Desk,
    Path((law, edition)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let edition = edition.parse().map_err(|_| unknown())?;
    let fields = desk.form();
    show(&open_cases, &desk, law, edition, fields).await
}

async fn show(
    open_cases: &Arc<dyn OpenCases>,
    desk: &Desk,
    law: String,
    edition: Date,
    fields: Fields,
) -> Result<Response, Problem> {
    let scope = desk.require(ADJUST)?;
    let case_scope = desk.may(open_cases.permission());
    let (wanted, teller) = (law.clone(), Arc::clone(open_cases));
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some((clock, tasks)) = views::adjustment(reader, &wanted, edition, &scope)? else {
                return Ok(None);
            };
            let mut items: Vec<String> = tasks
                .iter()
                .filter(|task| !task.kind.is_of_the_program())
                .map(|task| task.id.clone())
                .collect();
            items.dedup();
            let cases = match case_scope {
                Some(scope) => Some(teller.of_items(reader, &scope, &items, MOST_CASES)?),
                None => None,
            };
            let days: Vec<Date> = views::editions(reader, &wanted)?
                .iter()
                .map(|one| one.in_force_from)
                .collect();
            let before = days.into_iter().rev().find(|day| *day < edition);
            Ok(Some((clock, tasks, cases, before)))
        })
        .await?;
    let (clock, tasks, cases, before) = read.ok_or_else(unknown)?;
    let may_settle = desk.may(SETTLE).is_some();
    let may_file = desk.may(FILE_CHANGE).is_some();
    let open = tasks.iter().filter(|task| task.state == "open").count();
    let today = desk.house.clock.today();
    Ok(page(&ChangePage {
        frame: desk
            .frame(format!("《{law}》新版本的影响"))
            .of_form(&fields)
            .back(law_changes_page()),
        text: edition_page(&law, edition),
        late: open > 0 && clock.due.is_some_and(|due| due < today),
        choices: match may_settle {
            true => choices(&tasks),
            false => Vec::new(),
        },
        kinds: by_kind(&law, edition, before, tasks, may_file.then_some(clock.from)),
        cases_cut: cases.as_ref().is_some_and(|cases| cases.len() == MOST_CASES as usize),
        cases,
        clock,
        law,
        edition,
        fields,
    }))
}

fn choices(tasks: &[TaskRow]) -> Vec<(String, String)> {
    let open = tasks.iter().filter(|task| task.state == "open");
    open.map(|task| {
        let label = format!("{}：{}（{}）", task.kind.name(), task.name, task.id);
        (format!("{}:{}", task.kind.key(), task.id), label)
    })
    .collect()
}

fn by_kind(
    law: &str,
    edition: Date,
    before: Option<Date>,
    tasks: Vec<TaskRow>,
    published: Option<Date>,
) -> Vec<(CitingKind, Vec<TaskLine>)> {
    let document = format!("《{law}》自{edition}起施行的版本");
    let mut tasks = tasks;
    let mut kinds = Vec::new();
    for kind in CitingKind::ALL {
        let of_kind;
        (of_kind, tasks) = tasks.into_iter().partition(|task: &TaskRow| task.kind == kind);
        let lines: Vec<TaskLine> = Vec::from_iter(of_kind)
            .into_iter()
            .map(|task: TaskRow| TaskLine {
                link: (!kind.is_of_the_program()).then(|| item_page(&task.id)),
                file: published
                    .filter(|_| task.state == "open" && !kind.is_of_the_program())
                    .map(|on| change_of_item(&task.id, &document, on)),
                changes: task
                    .changes
                    .iter()
                    .map(|change| shown(law, edition, before, change))
                    .collect(),
                task,
            })
            .collect();
        if !lines.is_empty() {
            kinds.push((kind, lines));
        }
    }
    kinds
}

/// `第三条 → 第四条（修改）` and where the two stand side by side.
fn shown(law: &str, edition: Date, before: Option<Date>, change: &ArticleChange) -> (String, Link) {
    let words = match (change.old, change.new) {
        (Some(old), Some(new)) if old != new => format!("{} → {}", old.in_words(), new.in_words()),
        (Some(one), _) | (None, Some(one)) => one.in_words(),
        (None, None) => String::new(),
    };
    let anchor = match (change.new, change.old) {
        (Some(new), _) => format!("n{new}"),
        (None, Some(old)) => format!("o{old}"),
        (None, None) => String::new(),
    };
    let page = before.map_or_else(
        || edition_page(law, edition),
        |before| compare_page(law, before, edition),
    );
    (format!("{words}（{}）", change.kind.name()), page.anchor(anchor))
}

pub struct Settlement {
    kind: CitingKind,
    id: String,
    reason: String,
}

impl Input for Settlement {
    fn read(form: &mut mingjing_web::Reader<'_>) -> Option<Self> {
        let task = form.text("task", "清单中的一项", 200);
        let reason = form.text("reason", "理由", 500);
        let (task, reason) = (task?, reason?);
        let (kind, id) = task.split_once(':').unwrap_or_default();
        let Some(kind) = CitingKind::from_key(kind) else {
            return form.refuse("task", "请从清单中选择一项");
        };
        Some(Settlement {
            kind,
            id: id.to_owned(),
            reason,
        })
    }
}

pub async fn post_change(
    open_cases: Arc<dyn OpenCases>,
    desk: Desk,
    Path((law, edition)): Path<(String, String)>,
    form: Form<Settlement>,
) -> Result<Response, Problem> {
    let edition: Date = edition.parse().map_err(|_| unknown())?;
    let scope = desk.require(SETTLE)?;
    let (input, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return show(&open_cases, &desk, law, edition, fields).await,
    };
    let command = SettleAdjustment {
        kind: input.kind,
        id: input.id,
        reason: input.reason,
    };
    let place = (law.clone(), edition);
    match library::settle(&desk.house.chronicle, desk.request(&meta), place, command, scope).await {
        Ok(()) => Ok(desk.go_saying(&law_change_page(&law, edition), "已写明不需要调整。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            show(&open_cases, &desk, law, edition, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}
