//! Every list asks in a way that an index serves: SQLite says how it would read.

use std::collections::BTreeSet;

use mingjing_cases::clock::ClockKind;
use mingjing_cases::events::CaseState;
use mingjing_cases::number::Procedure;
use mingjing_cases::views::list::{self, CaseFilter, ScopeCondition};
use mingjing_cases::views::{after, board, charts, inbox, penalty_progress, public_record};
use mingjing_chronicle::{Fault, Reader, Value};
use mingjing_testkit::TestOffice;

use crate::world::blueprint;

/// One reading, and the indexes of which each of its statements must name one. A statement that sorts by itself must be
/// among those that may: what it sorts is small.
struct Asked {
    name: &'static str,
    ask: fn(&mut Reader<'_>) -> Result<(), Fault>,
    served_by: &'static [&'static str],
}

fn body() -> ScopeCondition {
    ScopeCondition {
        text: "body = $1".into(),
        parameters: vec![Value::from("33030300SJ")],
    }
}

fn everything() -> ScopeCondition {
    ScopeCondition {
        text: "1 = 1".into(),
        parameters: Vec::new(),
    }
}

fn posts() -> Vec<(String, String)> {
    ["handler", "reviewer"]
        .map(|role| ("33030300SJ".to_owned(), role.to_owned()))
        .into()
}

fn filter(change: impl Fn(&mut CaseFilter)) -> CaseFilter {
    let mut filter = CaseFilter::default();
    change(&mut filter);
    filter
}

fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 3, 2)
}

const ASKED: &[Asked] = &[
    Asked {
        name: "the cases of a body",
        ask: |reader| list::cases(reader, &body(), &CaseFilter::default(), 0).map(drop),
        served_by: &["by_body"],
    },
    Asked {
        name: "all cases",
        ask: |reader| list::cases(reader, &everything(), &CaseFilter::default(), 0).map(drop),
        served_by: &["by_day"],
    },
    Asked {
        name: "a piece of the cases of a body",
        ask: |reader| {
            let place = Some(["2026-03-02".to_owned(), "330303".to_owned()]);
            after::cases(reader, &body(), &CaseFilter::default(), place, 50).map(drop)
        },
        served_by: &["by_body"],
    },
    Asked {
        name: "open cases of a body, counted",
        ask: |reader| list::count(reader, &body(), &filter(|filter| filter.open_only = true)).map(drop),
        served_by: &["_running"],
    },
    Asked {
        name: "overdue cases of a body, counted",
        ask: |reader| list::count(reader, &body(), &filter(|filter| filter.overdue_on = Some(day()))).map(drop),
        served_by: &["_running"],
    },
    Asked {
        name: "overdue cases of one limit, everywhere, counted",
        ask: |reader| {
            let late = filter(|filter| {
                filter.overdue_on = Some(day());
                filter.overdue_limit = Some(ClockKind::Payment);
            });
            list::count(reader, &everything(), &late).map(drop)
        },
        served_by: &["_running"],
    },
    Asked {
        name: "cases of a body in a state, counted",
        ask: |reader| {
            let state = filter(|filter| filter.state = Some(CaseState::Completed.into()));
            list::count(reader, &body(), &state).map(drop)
        },
        served_by: &["by_state"],
    },
    Asked {
        name: "the board of a body",
        ask: |reader| board::board(reader, &body(), day(), day()).map(drop),
        served_by: &["_running"],
    },
    Asked {
        name: "the board of everything",
        ask: |reader| board::board(reader, &everything(), day(), day()).map(drop),
        served_by: &["_running"],
    },
    Asked {
        name: "tasks",
        ask: |reader| list::tasks_of(reader, &posts(), "acc", 0).map(drop),
        served_by: &["by_post"],
    },
    Asked {
        name: "a piece of the tasks",
        ask: |reader| {
            let place = Some(["2026-03-02", "330303", "t"].map(str::to_owned));
            after::tasks(reader, &posts(), "acc", place, 50).map(drop)
        },
        served_by: &["by_post"],
    },
    Asked {
        name: "applications of a citizen",
        ask: |reader| list::of_party(reader, "acc").map(drop),
        served_by: &["by_party"],
    },
    Asked {
        name: "a piece of the applications of a citizen",
        ask: |reader| after::of_party(reader, "acc", Procedure::Permit, Some((1, String::new())), 50).map(drop),
        served_by: &["by_party"],
    },
    Asked {
        name: "messages of an account",
        ask: |reader| inbox::of_account(reader, "acc", 0).map(drop),
        served_by: &["INDEX"],
    },
    Asked {
        name: "a piece of the messages of an account",
        ask: |reader| after::messages(reader, "acc", None, 50).map(drop),
        served_by: &["INDEX"],
    },
    Asked {
        name: "penalties in public",
        ask: |reader| penalty_progress::rows(reader, None, 0).map(drop),
        served_by: &["INDEX"],
    },
    Asked {
        name: "penalties of a body in public",
        ask: |reader| penalty_progress::rows(reader, Some("33030300SJ"), 0).map(drop),
        served_by: &["INDEX"],
    },
    Asked {
        name: "a piece of the penalties in public",
        ask: |reader| penalty_progress::after(reader, "", None, 50).map(drop),
        served_by: &["INDEX"],
    },
    Asked {
        name: "the next cases on a chart",
        ask: |reader| charts::running(reader.sql(), ("33030300SJ-XK-0001", 1), "330303", 100).map(drop),
        served_by: &["by_item"],
    },
    Asked {
        name: "cases on a chart, counted",
        ask: |reader| charts::count(reader.sql(), ("33030300SJ-XK-0001", 1), "330303").map(drop),
        served_by: &["by_item"],
    },
    Asked {
        name: "public records",
        ask: |reader| after::records(reader, &public_record::PublicFilter::default(), None, 50).map(drop),
        served_by: &["INDEX"],
    },
];

/// What a statement would read, line by line. No parameter has a value: the plan must not depend on one.
fn plan(reader: &mut Reader<'_>, text: &str) -> Result<Vec<String>, Fault> {
    let most = (1..=60).rev().find(|number| text.contains(&format!("${number}")));
    let parameters = vec![Value::from(None::<&str>); most.unwrap_or(0)];
    let rows = reader.query(&format!("EXPLAIN QUERY PLAN {text}"), &parameters)?;
    Ok(rows.iter().map(|row| row.text(3).to_owned()).collect())
}

#[tokio::test]
async fn an_index_serves_every_list() {
    let office = TestOffice::sqlite(blueprint).await;
    let mut known: BTreeSet<String> = office.switch.statements();
    let mut wrong: Vec<String> = Vec::new();
    for Asked { name, ask, served_by } in ASKED {
        office.chronicle.read(ask).await.unwrap();
        let statements = office.switch.statements();
        let new: Vec<String> = statements.difference(&known).cloned().collect();
        assert!(!new.is_empty(), "{name}: asked nothing that was not asked before");
        for text in &new {
            let asked = text.clone();
            let lines = office.chronicle.read(move |reader| plan(reader, &asked)).await.unwrap();
            let served = lines
                .iter()
                .any(|line| served_by.iter().any(|index| line.contains(index)));
            let whole = lines.iter().any(|line| is_whole(line));
            if whole || !served {
                wrong.push(format!("{name}: {}\nfor {text}", lines.join("\n  ")));
            }
        }
        known = office.switch.statements();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reads a whole table, and not only a result of a part of the statement, which is small already.
fn is_whole(line: &str) -> bool {
    let part = ["SCAN t", "SCAN a", "SCAN b", "SCAN c", "SCAN d"].contains(&line) || line.starts_with("SCAN (subquery");
    line.starts_with("SCAN") && !line.contains("USING") && !part
}
