//! 删除个人信息: proposed by one of the three administrators, confirmed by another one.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::context::shanghai;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, page};

use super::ask::{Ask, Asking};
use super::{Sent, links, submit};
use crate::decide::erase::ProposeErasure;
use crate::erasing::{self, Keepers};
use crate::erasure::Ground;
use crate::views::{ErasureLine, erasure_lines, queries};

#[derive(Template)]
#[template(path = "people/erasures.html")]
struct ErasuresPage {
    frame: Frame,
    fields: Fields,
    lines: Vec<Shown>,
}

struct Shown {
    line: ErasureLine,
    ground: &'static str,
    article: &'static str,
    at: String,
    proposed_by: String,
    confirmed_by: String,
    state: &'static str,
    /// Another administrator than who proposed looks at it.
    may_confirm: bool,
    confirm: Link,
    drop: Link,
}

impl ErasuresPage {
    fn propose(&self) -> Link {
        propose_link()
    }
}

fn propose_link() -> Link {
    links::erasures().part("new")
}

pub async fn get(desk: Desk) -> Result<Response, Problem> {
    let me = desk.actor.account.clone();
    let lines = desk
        .house
        .chronicle
        .read(move |reader| {
            let mut shown = Vec::new();
            for line in erasure_lines(reader.sql())? {
                let proposed_by = queries::display_name(reader.sql(), &line.proposed_by)?;
                let confirmed_by = match line.confirmed_by.as_str() {
                    "" => String::new(),
                    account => queries::display_name(reader.sql(), account)?,
                };
                shown.push(of(line, proposed_by, confirmed_by, &me));
            }
            Ok(shown)
        })
        .await?;
    Ok(page(&ErasuresPage {
        frame: desk.frame("删除个人信息"),
        fields: desk.form(),
        lines,
    }))
}

fn of(line: ErasureLine, proposed_by: String, confirmed_by: String, me: &str) -> Shown {
    let link = links::erasures().part(&line.erasure);
    Shown {
        ground: line.ground.map_or("", Ground::label),
        article: line.ground.map_or("", Ground::article),
        at: line
            .proposed_at
            .to_zoned(shanghai())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        proposed_by,
        confirmed_by,
        state: match line.state.as_str() {
            "proposed" => "等待确认",
            "dropped" => "已撤回",
            "confirmed" => "已确认，正在删除",
            _ => "已删除",
        },
        may_confirm: line.proposed_by != me,
        confirm: link.clone().part("confirm"),
        drop: link.part("drop"),
        line,
    }
}

/// Where nobody else was named, what people do not know themselves is kept.
fn asked(keepers: Option<Extension<Keepers>>) -> Keepers {
    keepers.map_or_else(erasing::own_keepers, |Extension(keepers)| keepers)
}

pub async fn get_propose(desk: Desk) -> Response {
    let fields = desk.form();
    ask_propose(&desk, fields)
}

fn ask_propose(desk: &Desk, fields: Fields) -> Response {
    let grounds = Ground::ALL.map(|ground| (ground.key().to_owned(), ground.label().to_owned()));
    let asks = vec![
        Ask::text(
            "stream",
            "哪一份记录",
            "case/办件编号、penalty/案件编号，或者 account/账号",
        ),
        Ask::Select {
            name: "ground",
            label: "依据（个人信息保护法第四十七条）",
            hint: "",
            options: grounds.to_vec(),
        },
        Ask::Area {
            name: "reason",
            label: "理由",
            hint: "会永久保存：写明文件名称和文号，不要写姓名和号码",
        },
    ];
    Asking::new(propose_link(), "提出删除", asks)
        .lead("由一名管理员提出，另一名管理员确认。确认后这份记录的内容和文件立即不可恢复地删除，恢复旧备份也不会再出现；公开日志里的条目仍然有效，但没有人能看出或者猜出内容。法律要求保存的不能删除。")
        .office(desk.frame("提出删除个人信息").crumb("删除个人信息", links::erasures()), fields)
}

pub async fn post_propose(
    desk: Desk,
    keepers: Option<Extension<Keepers>>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let value = |name: &str| form.fields.value(name).trim().to_owned();
    let Some(ground) = Ground::of_key(&value("ground")) else {
        let mut fields = form.fields;
        fields.complain("ground", "请选择依据");
        return Ok(ask_propose(&desk, fields));
    };
    let command = ProposeErasure {
        stream: value("stream"),
        ground,
        reason: value("reason"),
    };
    let keepers = asked(keepers);
    match submit(&desk, form, move |tx| erasing::propose(tx, &command, &keepers)).await? {
        Sent::Done { .. } => Ok(desk.go_saying(&links::erasures(), "已经提出，等另一名管理员确认。")),
        Sent::Again(fields) => Ok(ask_propose(&desk, fields)),
    }
}

pub async fn post_confirm(
    desk: Desk,
    Path(erasure): Path<String>,
    keepers: Option<Extension<Keepers>>,
    form: Form<()>,
) -> Result<Response, Problem> {
    let keepers = asked(keepers);
    submit(&desk, form, move |tx| erasing::confirm(tx, &erasure, &keepers)).await?;
    Ok(desk.go_saying(&links::erasures(), "已经确认，正在删除。"))
}

pub async fn post_drop(desk: Desk, Path(erasure): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    submit(&desk, form, move |tx| erasing::drop_proposal(tx, &erasure)).await?;
    Ok(desk.go_saying(&links::erasures(), "删除的提议已经撤回。"))
}
