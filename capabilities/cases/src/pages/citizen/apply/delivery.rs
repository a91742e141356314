//! How papers reach the party. Electronic service needs the party's consent (民诉法 90); without it papers are
//! handed over at the counter or sent by post.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Listing, Problem, Reader, page};

use super::opened::{Opened, open};
use super::{backwards, onwards};
use crate::drafts;

#[derive(Template)]
#[template(path = "apply_delivery.html")]
struct DeliveryPage {
    frame: Frame,
    fields: Fields,
    opened: Opened,
    ways: [(&'static str, &'static str, &'static str); 2],
}

const WAYS: [(&str, &str, &str); 2] = [
    (
        "electronic",
        "同意电子送达",
        "文书送到“我的收件箱”，进入收件箱的时间就是送达时间；复议和起诉的期限从这时起算，请经常查看",
    ),
    ("paper", "不同意，要纸质送达", "办结后到窗口领取，或者按联系地址邮寄"),
];

pub struct Delivery {
    electronic: bool,
}

impl Input for Delivery {
    fn read(form: &mut Reader<'_>) -> Option<Delivery> {
        let way: String = form.choice("delivery", "送达方式")?;
        match way.as_str() {
            "electronic" => Some(Delivery { electronic: true }),
            "paper" => Some(Delivery { electronic: false }),
            _ => form.refuse("delivery", "送达方式不是列出的选项，请重新选择"),
        }
    }
}

pub async fn get_delivery(desk: Desk, Path(draft): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let content = &opened.draft.content;
    let form = desk.form();
    let fields = match (content.delivery_done, content.electronic_service) {
        (false, _) => form,
        (true, true) => form.with("delivery", "electronic"),
        (true, false) => form.with("delivery", "paper"),
    };
    Ok(show(&desk, opened, fields, &listing))
}

pub async fn post_delivery(
    desk: Desk,
    Path(draft): Path<String>,
    listing: Listing,
    form: Form<Delivery>,
) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let (input, meta, _) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, opened, fields, &listing)),
    };
    drafts::alter(
        &desk.house.chronicle,
        desk.request(&meta),
        draft.clone(),
        move |content| {
            content.electronic_service = input.electronic;
            content.delivery_done = true;
            Ok(())
        },
    )
    .await?;
    Ok(desk.go(&backwards(&listing, &draft)))
}

fn show(desk: &Desk, opened: Opened, fields: Fields, listing: &Listing) -> Response {
    let back = onwards(listing, opened.id(), super::draft_page(opened.id()));
    page(&DeliveryPage {
        frame: desk.frame("送达与领取方式").of_form(&fields).back(back),
        fields,
        opened,
        ways: WAYS,
    })
}
