//! The same figures on the page, in CSV, in XLSX and by API, for both procedures, for the public and on the desk.

use axum::http::StatusCode;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_chronicle::Request;
use serde_json::{Value, json};

use crate::penalty_steps::{HANDLER, noticed, opened, registered};
use crate::system::{Town, Who};
use crate::world::World;

const CLERK: Who<'_> = Who::Person("林晓岚");

/// Two applications taken in, one accepted and one withdrawn; a lead, and two penalty cases of which one is decided.
async fn lived() -> Town {
    let town = Town::with_penalties(World::new().await).await;
    let (first, second) = (town.world.submitted().await, town.world.submitted().await);
    let accept = Command::Accept(Accept::default());
    town.world.act("林晓岚", &first.case_no, accept).await.unwrap();
    let owner = Request::by(town.world.actor("李琴").await);
    let withdraw = Command::Withdraw(Withdraw {
        reasons: String::new(),
        paper_request: false,
    });
    mingjing_cases::commands::perform(&town.world.chronicle, owner, &second.case_no, None, withdraw)
        .await
        .unwrap();
    registered(&town).await;
    opened(&town).await;
    let case = noticed(&town).await;
    let waived = json!({"made_on": crate::penalty_steps::today(&town), "signed": crate::penalty_steps::pdf("声明")});
    town.penalise(HANDLER, &case, "waive_defence", waived).await.ok();
    let review = json!({
        "passed": true, "opinion": "事实清楚，程序合法",
        "qualification": {"by": "legal_profession", "certificate_no": "A20203303030001"},
    });
    town.penalise(Who::Person("彭程"), &case, "legal_review", review)
        .await
        .ok();
    let decision =
        json!({"outcome": {"outcome": "penalty", "fine": crate::penalty_steps::FINE}, "opinion": "按此决定"});
    town.penalise(crate::penalty_steps::HEAD, &case, "decide", decision)
        .await
        .ok();
    // Beyond the twenty working days of the first and the ninety days of the other.
    town.world.clock.set(crate::world::china("2026-06-01 09:00"));
    town.world.chronicle.settle().await.unwrap();
    town
}

fn number(figures: &Value, name: &str) -> i64 {
    figures[name].as_i64().unwrap_or_else(|| panic!("no {name}: {figures}"))
}

fn tenths(figures: &Value, name: &str) -> String {
    let tenths = figures.get(name).and_then(Value::as_i64);
    tenths.map_or(String::new(), |tenths| match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    })
}

/// A row of the files, as the API tells it.
fn row(procedure: &str, name: &str, figures: &Value) -> Vec<String> {
    let counts: &[&str] = match procedure {
        "permit" => &[
            "received",
            "undecided",
            "decided",
            "granted",
            "denied",
            "turned_away",
            "withdrawn",
            "in_time",
            "past_promise",
            "past_law",
        ],
        _ => &[
            "received",
            "undecided",
            "decided",
            "fined",
            "no_penalty",
            "not_established",
            "transferred",
            "in_time",
            "past_law",
        ],
    };
    let mut row = vec![name.to_owned()];
    row.extend(counts.iter().map(|count| match (procedure, *count) {
        ("penalty", "in_time") => (number(figures, "in_time") + number(figures, "past_promise")).to_string(),
        (_, count) => number(figures, count).to_string(),
    }));
    row.push(tenths(figures, "lawful_per_mille"));
    row.push(number(figures, "overdue").to_string());
    row.push(tenths(figures, "median_tenths_of_days"));
    row
}

/// All rows of all sheets, as the API tells them; heads and names of sheets are words.
fn rows(told: &Value) -> Vec<Vec<String>> {
    let procedure = told["procedure"].as_str().unwrap();
    let mut rows = Vec::new();
    for groups in ["by_body", "by_item", "by_month"] {
        for group in told[groups].as_array().unwrap() {
            rows.push(row(procedure, group["name"].as_str().unwrap(), &group["figures"]));
        }
        rows.push(row(procedure, "合计", &told["total"]));
    }
    for state in told["by_state"].as_array().unwrap() {
        rows.push(vec![
            state["state_name"].as_str().unwrap().to_owned(),
            number(state, "count").to_string(),
        ]);
    }
    rows
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    lines.map(cells).filter(|cells| cells.len() > 1).collect()
}

/// Of a workbook whose members are stored: each sheet's rows, one after the other.
fn xlsx_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let part = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from)?.1;
        Some(rest.split_once(to)?.0.to_owned())
    };
    text.split("<row>")
        .skip(1)
        .map(|row| {
            let row = row.split_once("</row>").unwrap().0.replace("<c/>", "<c />");
            let cells = row.split("<c ").skip(1);
            cells
                .map(|cell| {
                    part(cell, "preserve\">", "</t>")
                        .or_else(|| part(cell, "<v>", "</v>"))
                        .unwrap_or_default()
                })
                .collect()
        })
        .collect()
}

/// A row of the page: without what the page shows above, and with words for what is not there.
fn page_row(row: &[String]) -> String {
    let last = row.len() - 1;
    let mut html = format!("<th scope=\"row\" class=\"govuk-table__header\">{}</th>", row[0]);
    for (at, cell) in row.iter().enumerate().skip(1).filter(|(at, _)| last == 1 || *at != 3) {
        let words = match cell.as_str() {
            "" => "—".to_owned(),
            share if last > 1 && at == last - 2 => format!("{share}%"),
            other => other.to_owned(),
        };
        html.push_str(&format!(
            "<td class=\"govuk-table__cell govuk-table__cell--numeric\">{words}</td>"
        ));
    }
    html
}

#[tokio::test]
async fn page_files_and_api_tell_the_same() {
    let town = lived().await;
    for (who, api, page) in [
        (Who::Nobody, "/api/v1/public/statistics", "/statistics"),
        (CLERK, "/api/v1/statistics", "/desk/statistics"),
    ] {
        for (procedure, cases) in [("permit", 2), ("penalty", 2)] {
            for narrowed in ["", "&year=2026", "&body=33030300SJ", "&year=1999"] {
                let query = format!("?procedure={procedure}{narrowed}");
                let told = town.get(who, &format!("{api}{query}")).await.ok();
                let place = format!("{api}{query}: {told}");
                let expected = if narrowed == "&year=1999" { 0 } else { cases };
                assert_eq!(told["total"]["received"], expected, "{place}");
                let rows = rows(&told);
                let csv = town.get(who, &format!("{page}.csv{query}")).await;
                let csv = csv_rows(&String::from_utf8(csv.bytes).unwrap());
                let is_head = |row: &&Vec<String>| {
                    row[1..]
                        .iter()
                        .all(|cell| cell.parse::<f64>().is_ok() || cell.is_empty())
                };
                let without_heads: Vec<Vec<String>> = csv.iter().filter(is_head).cloned().collect();
                assert_eq!(without_heads, rows, "{place}");
                let book = town.get(who, &format!("{page}.xlsx{query}")).await;
                assert_eq!(xlsx_rows(&book.bytes), csv, "{place}");
                let shown = String::from_utf8(town.get(who, &format!("{page}{query}")).await.bytes).unwrap();
                for row in rows.iter().filter(|row| row[0] != "合计") {
                    assert!(shown.contains(&page_row(row)), "{place}: {row:?} is not in {shown}");
                }
                for definition in told["definitions"].as_array().unwrap() {
                    assert!(shown.contains(definition["meaning"].as_str().unwrap()), "{place}");
                }
            }
        }
    }
    let desk = town.get(CLERK, "/api/v1/statistics?procedure=penalty").await.ok();
    assert_eq!(
        (&desk["total"]["fined"], &desk["total"]["overdue"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(desk["total"]["median_tenths_of_days"], 0);
    let public = town
        .get(Who::Nobody, "/api/v1/public/statistics?procedure=penalty")
        .await
        .ok();
    assert!(
        public["total"].get("median_tenths_of_days").is_none(),
        "from one case nobody learns how long somebody waited: {public}"
    );
}

#[tokio::test]
async fn the_figures_of_the_desk_end_where_the_desk_ends() {
    let town = lived().await;
    let bodies = town.world.bodies_but("33030300SJ").await;
    let (_, other) = town.issue(&bodies[0], &["handler"], "2026-12-31").await;
    let told = town.get(Who::System(&other), "/api/v1/statistics").await.ok();
    assert_eq!((&told["total"]["received"], &told["by_body"]), (&json!(0), &json!([])));
    let narrowed = "/api/v1/statistics?body=33030300SJ&procedure=penalty";
    assert_eq!(
        town.get(Who::System(&other), narrowed).await.ok()["total"]["received"],
        0
    );
    let citizen = town.get(Who::Person("李琴"), "/api/v1/statistics").await;
    assert_eq!(citizen.status, StatusCode::FORBIDDEN);
    let stranger = town.get(Who::Nobody, "/api/v1/statistics").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let wrong = town
        .get(Who::Nobody, "/api/v1/public/statistics?procedure=nonsense")
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.json);
}
