//! The example page of README.md, built and walked: get, post, form, errors, a refusal, a double click.

use askama::Template;
use axum::response::Response;
use mingjing_chronicle::{Refusal, Stop, Tx};
use mingjing_web::{Access, Desk, Fields, Form, Frame, Input, Link, Permission, Problem, Reader, Routes, page};

use crate::asking::{get, post};
use crate::house::{CLERK, REVIEW, house};

const COMPLAIN: Permission = REVIEW;

fn routes() -> Routes {
    Routes::new().get("/complaints/new", Access::SignedIn, show_form).post(
        "/complaints/new",
        Access::May(COMPLAIN),
        take,
    )
}

fn complaint_page() -> Link {
    Link::to("/complaints/new")
}

struct Complaint {
    about: String,
    reply: Option<String>,
}

impl Input for Complaint {
    fn read(form: &mut Reader<'_>) -> Option<Self> {
        let about = form.text("about", "投诉内容", 1000);
        let reply = form.optional("reply", "回复方式", 50);
        Some(Complaint {
            about: about?,
            reply: reply?,
        })
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "frame.html" %}{% import "parts.html" as parts %}{% block content %}{% call parts::errors(fields) %}{% endcall %}<h1 class="govuk-heading-l">我要投诉</h1>
<form method="post" novalidate>{% call parts::hidden(fields) %}{% endcall %}{% call parts::textarea(fields, "about", "投诉内容", hint = "写清时间、地点") %}{% endcall %}
{% call parts::text(fields, "reply", "回复方式", optional = true) %}{% endcall %}{% call parts::button("提交投诉") %}{% endcall %}</form>{% endblock %}"#
)]
struct ComplaintPage {
    frame: Frame,
    fields: Fields,
}

async fn show_form(desk: Desk) -> Response {
    show(&desk, desk.form().seen(7))
}

async fn take(desk: Desk, form: Form<Complaint>) -> Result<Response, Problem> {
    let (input, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, fields)),
    };
    let done = desk
        .house
        .chronicle
        .perform(desk.request(&meta), move |tx| complain(tx, meta.seen, &input))
        .await;
    match done {
        Ok(done) => Ok(desk.go_saying(&complaint_page().part(done.value), "投诉已收到。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => Ok(show(&desk, fields.refused(&refusal))),
        Err(stop) => Err(stop.into()),
    }
}

fn complain(tx: &mut Tx<'_>, seen: Option<i64>, input: &Complaint) -> Result<String, Stop> {
    assert_eq!(seen, Some(7));
    if input.about.contains("脏话") {
        return Err(Refusal::invalid("test.rude", "请文明表达。")
            .field("about", "请换一种说法")
            .into());
    }
    let label = format!("{}{}", input.about, input.reply.as_deref().unwrap_or(""));
    Ok(tx.context().id(&label))
}

fn show(desk: &Desk, fields: Fields) -> Response {
    let frame = desk.frame("我要投诉").of_form(&fields).back(Link::to("/"));
    page(&ComplaintPage { frame, fields })
}

#[tokio::test]
async fn the_example_of_the_readme_works() {
    let site = routes().into_router(house().await);
    let cookie = format!("mingjing={CLERK}");
    let cookie = [("cookie", cookie.as_str())];
    let form = get(&site, "/complaints/new", &cookie).await;
    assert!(form.body.contains("返回</a>") && form.body.contains("（选填）"));
    let hidden = format!(
        "_csrf={}&_key={}&_seen={}",
        form.hidden("_csrf"),
        form.hidden("_key"),
        form.hidden("_seen")
    );

    let empty = post(&site, "/complaints/new", &cookie, &format!("{hidden}&about=")).await;
    assert!(empty.body.contains("请填写投诉内容") && empty.hidden("_seen") == "7");

    let rude = post(&site, "/complaints/new", &cookie, &format!("{hidden}&about=脏话")).await;
    assert!(rude.body.contains("请换一种说法") && rude.body.contains(">脏话</textarea>"));

    let renewed = format!(
        "_csrf={}&_key={}&_seen=7&about=等得太久",
        rude.hidden("_csrf"),
        rude.hidden("_key")
    );
    let first = post(&site, "/complaints/new", &cookie, &renewed).await;
    let again = post(&site, "/complaints/new", &cookie, &renewed).await;
    assert_eq!(first.status.as_u16(), 303);
    assert_eq!(
        first.header("location"),
        again.header("location"),
        "a double click is one act"
    );

    let other = renewed.replace("等得太久", "别的事");
    assert_eq!(
        post(&site, "/complaints/new", &cookie, &other).await.status.as_u16(),
        422,
        "the same key with another body"
    );
}
