//! `/desk/migrations`: running cases go on on the chart of a newer version: plans, the trial, the legal office's answer.

mod new;
mod one;

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_catalogue::public::Item;
use mingjing_web::{Access, Desk, Frame, Link, Problem, Routes, page};

use super::links::{case_page, worklist_page};
use crate::events::FlowMoved;
use crate::migration::commands::MOST_TRIED;
use crate::migration::plan::{PlanState, Tried};
use crate::migration::trial::CaseTried;
use crate::migration::{MIGRATIONS, PLAN};
use crate::views::charts::{self, PlanRow};

const MOST: i64 = 200;

pub(super) fn routes() -> Routes {
    let (see, plan) = (Access::May(MIGRATIONS), Access::May(PLAN));
    Routes::new()
        .get("/desk/migrations", see, get_plans)
        .get("/desk/migrations/new", plan, new::get_new)
        .post("/desk/migrations/new", plan, new::post_new)
        .get("/desk/migrations/{plan}", see, one::get_plan)
        .post("/desk/migrations/{plan}", see, one::post_plan)
}

pub(crate) fn migrations_page() -> Link {
    Link::to("/desk/migrations")
}

pub(crate) fn plan_page(plan_no: &str) -> Link {
    migrations_page().part(plan_no)
}

fn new_page(item_code: &str, from: i32) -> Link {
    migrations_page()
        .part("new")
        .query("item", item_code)
        .query("from", from)
}

/// What the case's own page says of a migration; where it stood is the office's alone.
pub(super) fn lines(moved: &FlowMoved) -> Vec<String> {
    vec![
        format!(
            "从事项第{}版的流程图迁移到第{}版的流程图，期限、材料和依据不变",
            moved.from_version, moved.to_version
        ),
        format!("理由：{}", moved.reasons),
    ]
}

/// The same for the office, with who did it and what became of where it stood.
pub(super) fn told(moves: &[std::sync::Arc<FlowMoved>]) -> Vec<(Link, Vec<String>)> {
    let told = moves.iter().map(|moved| {
        let mut words = lines(moved);
        words.extend(moved.in_words());
        words.extend(moved.remarks.iter().cloned());
        words.push(format!("{}提出，{}确认", moved.filed_by.name, moved.confirmed_by.name));
        (plan_page(&moved.plan), words)
    });
    told.collect()
}

/// Cases of one item that run on an older chart than the one in force.
struct Behind {
    item_name: String,
    from: i32,
    to: i32,
    cases: i64,
    new: Link,
}

#[derive(Template)]
#[template(path = "cases/migrations.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<PlanRow>,
    behind: Vec<Behind>,
    may_plan: bool,
}

impl ListPage {
    fn colour(&self, state: &PlanState) -> &'static str {
        state.colour()
    }

    fn link(&self, row: &PlanRow) -> Link {
        plan_page(&row.plan_no)
    }
}

async fn get_plans(desk: Desk) -> Result<Response, Problem> {
    let scope = desk.require(MIGRATIONS)?;
    let today = desk.house.clock.today();
    let (rows, behind) = desk
        .house
        .chronicle
        .read(move |reader| {
            let rows = charts::plans(reader, &scope, None, MOST)?;
            let mut items: BTreeMap<String, std::sync::Arc<Item>> = BTreeMap::new();
            let mut behind = Vec::new();
            for running in charts::by_version(reader, &scope)? {
                if !items.contains_key(&running.item_code) {
                    let item = reader.load::<Item>(&running.item_code)?.state;
                    items.insert(running.item_code.clone(), item);
                }
                let Some(item) = items.get(&running.item_code) else {
                    continue;
                };
                let hash = |version: i32| Some(item.version(version)?.flow.as_ref()?.hash.clone());
                let Some(current) = item.current(today) else { continue };
                if hash(running.version) == hash(current.version) {
                    continue;
                }
                behind.push(Behind {
                    item_name: current.name.clone(),
                    from: running.version,
                    to: current.version,
                    cases: running.cases,
                    new: new_page(&running.item_code, running.version),
                });
            }
            Ok((rows, behind))
        })
        .await?;
    Ok(page(&ListPage {
        frame: desk.frame("流程迁移").crumb("工作台", worklist_page()),
        rows,
        behind,
        may_plan: desk.may(PLAN).is_some(),
    }))
}

/// What a trial came to, and what it did not look at.
pub(super) fn tried_in_words(tried: Tried) -> String {
    let untried = match tried.untried {
        0 => String::new(),
        untried => format!("，另有{untried}件没有试行"),
    };
    format!(
        "试行{}件：可以迁移{}件，留在原流程图{}件{untried}",
        tried.moves + tried.stays,
        tried.moves,
        tried.stays
    )
}

/// The same, with how many run, and what becomes of the others.
pub(super) fn trial_in_words(tried: Tried, running: i64) -> String {
    let untried = match tried.untried {
        0 => String::new(),
        _ => format!("。全部办件按编号最多试行{MOST_TRIED}件，没有试行的在迁移时逐件判断"),
    };
    format!("走着原流程图的有{running}件，{}{untried}。", tried_in_words(tried))
}

/// A case in the result of a trial or of the migration itself.
pub(super) struct CaseLine {
    case_no: String,
    link: Link,
    /// Tag and its colour.
    tag: (&'static str, &'static str),
    places: String,
    words: Vec<String>,
}

impl CaseLine {
    fn tried(tried: &CaseTried) -> CaseLine {
        let moves = tried.moves();
        let mut words: Vec<String> = tried.why.iter().map(|why| why.text.clone()).collect();
        words.extend(tried.remarks.iter().cloned());
        let places = tried.places.iter().map(|place| match moves {
            true => format!("{}→{}", place.from, place.to),
            false => place.from.clone(),
        });
        CaseLine {
            case_no: tried.case_no.clone(),
            link: case_page(&tried.case_no),
            tag: match moves {
                true => ("可以迁移", "green"),
                false => ("留在原流程图", "yellow"),
            },
            places: places.collect::<Vec<_>>().join("、"),
            words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_trial_did_not_look_at_is_said() {
        let all = Tried {
            moves: 3,
            stays: 1,
            untried: 0,
        };
        assert_eq!(
            trial_in_words(all, 9),
            "走着原流程图的有9件，试行4件：可以迁移3件，留在原流程图1件。"
        );
        let some = Tried { untried: 612, ..all };
        let words = trial_in_words(some, 812);
        assert!(
            words.contains("走着原流程图的有812件，试行4件") && words.contains("另有612件没有试行"),
            "{words}"
        );
        assert!(words.ends_with("没有试行的在迁移时逐件判断。"), "{words}");
    }
}
