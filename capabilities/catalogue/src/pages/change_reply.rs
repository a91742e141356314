//! `/desk/changes/<no>/reply`: the legal office's written reply, for print (R28); and `/announcements`, where everyone
//! reads what changed, on the day from which it holds (R34).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_web::{Column, Desk, Frame, Link, Problem, page};

use super::CHANGES;
use super::changes::{change_page, unknown};
use crate::adjustment::AdjustmentClock;
use crate::change::{ChangeEvent, ChangeState, Filed, ItemChange, Opinion};
use crate::version::Confirmation;
use crate::views::{self, ChangeRow};

const MOST: i64 = 200;

pub fn announcements_page() -> Link {
    Link::to("/announcements")
}

#[derive(Template)]
#[template(path = "changes/reply.html")]
struct ReplyPage {
    frame: Frame,
    change_no: String,
    filed: Filed,
    opinion: Opinion,
    confirmation: Option<Confirmation>,
    /// T3 where the body makes the change itself.
    to_enter: Option<AdjustmentClock>,
    /// In words: confirmed, returned, refused.
    outcome: &'static str,
    on: Date,
}

pub async fn get_reply(desk: Desk, Path(change_no): Path<String>) -> Result<Response, Problem> {
    let scope = desk.require(CHANGES)?;
    let wanted = change_no.clone();
    let read = desk.house.chronicle.read(move |reader| {
        if !views::change_within(reader, &scope, &wanted)? {
            return Ok(None);
        }
        Ok(Some(reader.load::<ItemChange>(&wanted)?.state))
    });
    let change = read.await?.ok_or_else(unknown)?;
    let filed = change.filed.clone().ok_or_else(unknown)?;
    let last = change.steps.iter().rev().find_map(|step| match &step.event {
        ChangeEvent::Confirmed(confirmed) => {
            let confirmation = Some(confirmed.confirmation.clone());
            Some((step.on, confirmed.opinion.clone(), confirmation, ChangeState::Confirmed))
        }
        ChangeEvent::Refused(opinion) => Some((step.on, opinion.clone(), None, ChangeState::Refused)),
        ChangeEvent::Returned(opinion) => Some((step.on, opinion.clone(), None, ChangeState::Returned)),
        _ => None,
    });
    let (on, opinion, confirmation, outcome) = last.ok_or_else(unknown)?;
    Ok(page(&ReplyPage {
        frame: desk.frame("权力事项调整审核意见书").back(change_page(&change_no)),
        outcome: match outcome {
            ChangeState::Confirmed => "予以确认",
            ChangeState::Refused => "不予确认",
            _ => "退回修改",
        },
        change_no,
        filed,
        opinion,
        to_enter: confirmation.is_some().then(|| to_enter(&change)).flatten(),
        confirmation,
        on,
    }))
}

fn to_enter(change: &ItemChange) -> Option<AdjustmentClock> {
    let confirmed = change.confirmed().filter(|confirmed| confirmed.waits)?;
    confirmed.to_update.clone()
}

#[derive(Template)]
#[template(path = "changes/announcements.html")]
struct AnnouncementsPage {
    frame: Frame,
    rows: Vec<ChangeRow>,
}

pub async fn get_announcements(desk: Desk) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| views::announcements(reader, today, MOST));
    let rows = rows.await?;
    let newest = rows.first().map(|row| row.effective_on.to_string()).unwrap_or_default();
    Ok(page(&AnnouncementsPage {
        frame: desk
            .frame("权力事项调整公告")
            .crumb("首页", Link::to("/"))
            .crumb("办事事项", super::items_page())
            .column(Column {
                name: "权力事项调整公告".to_owned(),
                kind: "政务公开".to_owned(),
                published: newest,
                source: desk.house.site.name.clone(),
            }),
        rows,
    }))
}
