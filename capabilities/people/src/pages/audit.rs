//! 人员和权限审计 (audit administrator): who granted or took what, when. Nothing here can be changed.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::context::shanghai;
use mingjing_web::{Desk, Frame, Link, Listing, Pager, Problem, page};

use crate::views::{AuditFilter, AuditLine, audit_lines, audit_people};

const PAGE: u32 = 50;

const KINDS: [(&str, &str); 5] = [
    ("officer.", "工作人员和任职"),
    ("body.", "单位和岗位"),
    ("administrators.", "三员"),
    ("account.", "个人账号"),
    ("organisation.", "单位用户"),
];

#[derive(Template)]
#[template(path = "people/audit.html")]
struct AuditPage {
    frame: Frame,
    who: String,
    kind: String,
    from: String,
    to: String,
    kinds: [(&'static str, &'static str); 5],
    lines: Vec<Line>,
    pager: Pager,
    clear: Link,
}

struct Line {
    at: String,
    actor: String,
    subject: String,
    detail: String,
}

pub async fn get(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let (who, kind) = (listing.one("who").to_owned(), listing.one("kind").to_owned());
    let (from, to) = (listing.one("from").to_owned(), listing.one("to").to_owned());
    let known_kind = KINDS.iter().any(|(key, _)| *key == kind);
    let mut filter = AuditFilter {
        kind: if known_kind { kind.clone() } else { String::new() },
        from: midnight(&from, 0),
        to: midnight(&to, 1),
        ..AuditFilter::default()
    };
    let (words, offset) = (who.clone(), listing.offset(PAGE));
    let (lines, total) = desk
        .house
        .chronicle
        .read(move |reader| {
            if !words.is_empty() {
                filter.who = Some(audit_people(reader.sql(), &words)?);
            }
            audit_lines(reader.sql(), &filter, offset, PAGE)
        })
        .await?;
    Ok(page(&AuditPage {
        frame: desk.frame("人员和权限审计"),
        who,
        kind,
        from,
        to,
        kinds: KINDS,
        lines: lines.into_iter().map(line).collect(),
        pager: listing.pager(total, PAGE),
        clear: listing.cleared(),
    }))
}

/// The beginning of a day in China, in microseconds; unreadable dates do not filter.
fn midnight(text: &str, days_later: i64) -> Option<i64> {
    let date: Date = text.parse().ok()?;
    let date = if days_later == 0 { date } else { date.tomorrow().ok()? };
    Some(date.to_zoned(shanghai()).ok()?.timestamp().as_microsecond())
}

fn line(line: AuditLine) -> Line {
    let named = |name: String, id: String| {
        if name.is_empty() {
            id
        } else {
            format!("{name}（{id}）")
        }
    };
    Line {
        at: line
            .recorded_at
            .to_zoned(shanghai())
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string(),
        actor: match line.actor.as_str() {
            "system" => "系统".to_owned(),
            "public" => "本人（未登录）".to_owned(),
            _ => named(line.actor_name, line.actor),
        },
        subject: named(line.subject_name, line.subject),
        detail: line.detail,
    }
}
