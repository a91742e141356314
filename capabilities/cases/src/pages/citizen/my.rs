//! `/my`: what waits for me, what is being handled, what is done, what I began.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_calendar::Calendar;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Fault, Reader};
use mingjing_web::parts::DaysLeft;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::links::{case_page, draft_page, inbox_page, my_page, supply_page};
use super::progress_view::days_left;
use super::{citizen_queries, words};
use crate::drafts;
use crate::events::CaseState;
use crate::views::list::{self, CaseRow, Standing};

#[derive(Template)]
#[template(path = "my.html")]
struct MyPage {
    frame: Frame,
    tabs: Vec<(String, Link, bool)>,
    inbox: Link,
    messages: u64,
    rows: Vec<Row>,
    drafts: Vec<DraftRow>,
    nothing: &'static str,
}

struct Row {
    case: CaseRow,
    link: Link,
    state: &'static str,
    colour: &'static str,
    due: Option<(String, DaysLeft)>,
    act: Option<(&'static str, Link)>,
    received: String,
}

struct DraftRow {
    item: String,
    saved: String,
    link: Link,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Waiting,
    Open,
    Done,
    Drafts,
}

impl Tab {
    const ALL: [Tab; 4] = [Tab::Waiting, Tab::Open, Tab::Done, Tab::Drafts];

    fn key(self) -> &'static str {
        match self {
            Tab::Waiting => "waiting",
            Tab::Open => "open",
            Tab::Done => "done",
            Tab::Drafts => "drafts",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Tab::Waiting => "待我处理",
            Tab::Open => "办理中",
            Tab::Done => "已办结",
            Tab::Drafts => "草稿",
        }
    }

    fn nothing(self) -> &'static str {
        match self {
            Tab::Waiting => "现在没有需要您处理的办件。",
            Tab::Open => "现在没有正在办理的办件。",
            Tab::Done => "还没有已经办结的办件。",
            Tab::Drafts => "没有未提交的申请。草稿在最后一次修改后保留 90 天。",
        }
    }

    fn of(case: &CaseRow) -> Tab {
        match case.state {
            Standing::Permit(CaseState::Supplementing) | Standing::Matter(CaseState::Supplementing) => Tab::Waiting,
            Standing::Matter(CaseState::Completed | CaseState::Withdrawn) => Tab::Done,
            Standing::Permit(CaseState::Served | CaseState::Completed | CaseState::Withdrawn) => Tab::Done,
            _ => Tab::Open,
        }
    }
}

pub async fn get_my(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let account = desk.actor.account.clone();
    let (cases, drafts, messages) = desk
        .house
        .chronicle
        .read(move |reader| {
            let mut cases = list::penalties_of(reader, &account)?;
            cases.extend(list::of_party(reader, &account)?);
            let drafts = draft_rows(reader, &account)?;
            Ok((cases, drafts, citizen_queries::messages(reader, &account)?))
        })
        .await?;
    let number = |tab: Tab| match tab {
        Tab::Drafts => drafts.len(),
        tab => cases.iter().filter(|case| Tab::of(case) == tab).count(),
    };
    let asked = Tab::ALL.into_iter().find(|tab| tab.key() == listing.one("tab"));
    // What waits for the person comes first, if there is any.
    let tab = asked.unwrap_or(if number(Tab::Waiting) > 0 {
        Tab::Waiting
    } else {
        Tab::Open
    });
    let tabs = Tab::ALL.map(|one| {
        (
            format!("{}（{}）", one.label(), number(one)),
            my_page().query("tab", one.key()),
            one == tab,
        )
    });
    let (today, calendar) = (desk.house.clock.today(), desk.house.chronicle.calendar());
    let shown = cases.into_iter().filter(|case| Tab::of(case) == tab);
    Ok(page(&MyPage {
        frame: desk.frame("我的办件").crumb("首页", Link::to("/")),
        tabs: tabs.into(),
        inbox: inbox_page(),
        messages,
        rows: shown.map(|case| row(case, today, &calendar)).collect(),
        drafts: if tab == Tab::Drafts { drafts } else { Vec::new() },
        nothing: tab.nothing(),
    }))
}

fn draft_rows(reader: &mut Reader<'_>, account: &str) -> Result<Vec<DraftRow>, Fault> {
    let mut rows = Vec::new();
    for draft in drafts::of_owner(reader, account)? {
        let item = reader.load::<Item>(&draft.item_code)?;
        rows.push(DraftRow {
            item: item
                .latest()
                .map_or_else(|| draft.item_code.clone(), |version| version.name.clone()),
            saved: words::minute(draft.updated_at),
            link: draft_page(&draft.id),
        });
    }
    Ok(rows)
}

fn row(case: CaseRow, today: Date, calendar: &Calendar) -> Row {
    let due = case.next_due().filter(|_| !case.suspended);
    let waits = matches!(
        case.state,
        Standing::Permit(CaseState::Supplementing) | Standing::Matter(CaseState::Supplementing)
    );
    let act = waits.then(|| ("提交补正材料", supply_page(&case.case_no)));
    Row {
        link: case_page(&case.case_no),
        state: if case.suspended {
            "依法暂停计时"
        } else {
            case.state.name()
        },
        colour: match case.state {
            Standing::Permit(CaseState::Supplementing) | Standing::Matter(CaseState::Supplementing) => "yellow",
            Standing::Matter(CaseState::Refused) => "red",
            Standing::Matter(CaseState::Withdrawn) => "grey",
            Standing::Matter(CaseState::Completed) => "green",
            Standing::Permit(CaseState::Denied | CaseState::Refused) => "red",
            Standing::Permit(CaseState::Withdrawn | CaseState::NotRequired) => "grey",
            Standing::Permit(CaseState::Granted | CaseState::Served | CaseState::Completed) => "green",
            _ => "blue",
        },
        due: due.map(|due| (words::day(due), days_left(calendar, today, due))),
        act,
        received: citizen_queries::date_words(&case.received_on),
        case,
    }
}
