//! Who applies: facts of the register as they are, contact details to go through (R65, R66).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_people::public::PartyKind;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Listing, Problem, Reader, page};

use super::opened::{Opened, open};
use super::{backwards, onwards};
use crate::drafts;

#[derive(Template)]
#[template(path = "apply_party.html")]
struct PartyPage {
    frame: Frame,
    fields: Fields,
    opened: Opened,
    /// Label and value of what the register says.
    known: Vec<(&'static str, String)>,
}

pub struct Contact {
    contact: String,
    phone: String,
    address: String,
}

impl Input for Contact {
    fn read(form: &mut Reader<'_>) -> Option<Contact> {
        let contact = form.optional("contact", "联系人", 50);
        let phone = form.text("phone", "联系电话", 20);
        let address = form.text("address", "联系地址", 200);
        let (contact, phone, address) = (contact?, phone?, address?);
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let plain = phone
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '+'));
        if !plain || !(7..=15).contains(&digits) {
            return form.refuse("phone", "联系电话应为手机号码或者带区号的固定电话");
        }
        Some(Contact {
            contact: contact.unwrap_or_default(),
            phone,
            address,
        })
    }
}

pub async fn get_party(desk: Desk, Path(draft): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let content = &opened.draft.content;
    let fields = desk
        .form()
        .with("contact", content.contact.clone())
        .with("phone", content.phone.clone())
        .with("address", content.address.clone());
    Ok(show(&desk, opened, fields, &listing))
}

pub async fn post_party(
    desk: Desk,
    Path(draft): Path<String>,
    listing: Listing,
    form: Form<Contact>,
) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let (input, meta, mut fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, opened, fields, &listing)),
    };
    if opened.for_organisation() && input.contact.is_empty() {
        fields.complain("contact", "请填写联系人");
        return Ok(show(&desk, opened, fields, &listing));
    }
    drafts::alter(
        &desk.house.chronicle,
        desk.request(&meta),
        draft.clone(),
        move |content| {
            content.contact.clone_from(&input.contact);
            content.phone.clone_from(&input.phone);
            content.address.clone_from(&input.address);
            content.party_done = true;
            Ok(())
        },
    )
    .await?;
    let next = opened
        .situation_task()
        .into_iter()
        .chain(opened.section_tasks())
        .next()
        .unwrap_or_else(|| opened.materials_task());
    Ok(desk.go(&onwards(&listing, &draft, next.link)))
}

fn show(desk: &Desk, opened: Opened, fields: Fields, listing: &Listing) -> Response {
    page(&PartyPage {
        frame: desk
            .frame("申请人信息")
            .of_form(&fields)
            .back(backwards(listing, opened.id())),
        known: known(&opened),
        fields,
        opened,
    })
}

/// What papers and the record will name, from the register.
pub(super) fn known(opened: &Opened) -> Vec<(&'static str, String)> {
    let Some((facts, _)) = &opened.principal else {
        return Vec::new();
    };
    let mut known = Vec::new();
    match facts.kind {
        PartyKind::Individual => {
            known.push(("姓名", facts.name.clone()));
            known.push(("证件号码", part_of(&facts.id_no)));
        }
        PartyKind::Organisation => {
            known.push(("单位名称", facts.name.clone()));
            known.push(("统一社会信用代码", facts.id_no.clone()));
            if let Some(representative) = &facts.legal_representative {
                known.push(("法定代表人（负责人）", representative.name.clone()));
            }
        }
    }
    known.push(("以谁的名义", opened.on_behalf()));
    known
}

/// Enough of a personal number to recognise it; a passer-by at the screen learns no more.
pub(super) fn part_of(number: &str) -> String {
    let all: Vec<char> = number.chars().collect();
    if all.len() < 8 {
        return "*".repeat(all.len());
    }
    let (head, tail): (String, String) = (all[..3].iter().collect(), all[all.len() - 2..].iter().collect());
    format!("{head}{}{tail}", "*".repeat(all.len() - 5))
}
