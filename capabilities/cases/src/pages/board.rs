//! 办件看板: open cases by state, overdue ones by limit; every number leads to its list.

use askama::Template;
use axum::response::Response;
use mingjing_calendar::Period;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::links::cases_page;
use super::{BOARD, condition};
use crate::views::board::board;

struct Count {
    label: String,
    number: i64,
    link: Link,
}

#[derive(Template)]
#[template(path = "cases/board.html")]
struct BoardPage {
    frame: Frame,
    today: String,
    open_total: i64,
    open_link: Link,
    states: Vec<Count>,
    overdue: Vec<Count>,
    due_soon: i64,
    suspended: i64,
    soon_until: String,
}

pub(crate) const SOON_WORKING_DAYS: u32 = 3;

pub async fn get_board(desk: Desk) -> Result<Response, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let today = desk.house.clock.today();
    let soon = desk
        .house
        .chronicle
        .calendar()
        .due(today, Period::working_days(SOON_WORKING_DAYS))
        .map_or(today, |due| due.due);
    let counts = desk
        .house
        .chronicle
        .read(move |reader| board(reader, &scope, today, soon))
        .await?;
    let open_list = || cases_page().query("open", "yes");
    Ok(page(&BoardPage {
        frame: desk.frame("办件看板"),
        today: today.to_string(),
        open_total: counts.open.iter().map(|(_, number)| number).sum(),
        open_link: open_list(),
        states: counts
            .open
            .iter()
            .map(|(state, number)| Count {
                label: format!("{}：{}", state.procedure().name(), state.name()),
                number: *number,
                link: cases_page().query("state", state.full_key()),
            })
            .collect(),
        overdue: counts
            .overdue
            .iter()
            .map(|(limit, number)| Count {
                label: format!("超过{}", limit.name()),
                number: *number,
                link: cases_page().query("overdue", limit.key()),
            })
            .collect(),
        due_soon: counts.due_soon,
        suspended: counts.suspended,
        soon_until: soon.to_string(),
    }))
}
