//! Handing in what was missing: once, all together (许可法 32(1)(四)(五)).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_web::{Desk, Fields, Frame, Input, Problem, Reader, Upload, page};

use super::download::keep;
use super::links::case_page;
use super::own_case::load;
use crate::case::Case;
use crate::commands::{self, Command};
use crate::course::Course;
use crate::decide::supply_supplement::{self, SupplySupplement};
use crate::events::{SubmittedMaterial, SupplementItem, TakenStep};
use crate::reading::CaseSeen;

#[derive(Template)]
#[template(path = "my_supply.html")]
struct SupplyPage {
    frame: Frame,
    fields: Fields,
    case_no: String,
    item_name: String,
    /// Field name, what is asked.
    asked: Vec<(String, SupplementItem)>,
    hint: String,
    partial: bool,
}

pub struct Supply {
    note: String,
    partial: bool,
}

impl Input for Supply {
    fn read(form: &mut Reader<'_>) -> Option<Supply> {
        let partial = form.ticked("partial");
        let note = form.optional("note", "说明", 1000)?;
        Some(Supply {
            note: note.unwrap_or_default(),
            partial,
        })
    }
}

pub async fn get_supply(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    let seen = load(&desk, &case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    supply_supplement::may(&seen.case, &context)?;
    Ok(show(&desk, &seen, desk.form().seen(seen.version), false))
}

pub async fn post_supply(desk: Desk, Path(case_no): Path<String>, upload: Upload<Supply>) -> Result<Response, Problem> {
    let seen = load(&desk, &case_no).await?;
    let Upload {
        meta,
        value,
        mut fields,
        files,
    } = upload;
    let Some(input) = value else {
        return Ok(show(&desk, &seen, fields, false));
    };
    let asked = asked(&seen.case);
    let missing: Vec<&SupplementItem> = asked
        .iter()
        .filter(|(field, _)| !files.iter().any(|file| file.field == *field))
        .map(|(_, item)| item)
        .collect();
    let explained = input.partial && !input.note.is_empty();
    // A request is made clear in words.
    let in_words = seen.case.course() == Course::Disclosure;
    let incomplete = !explained && !missing.is_empty() && !in_words;
    if fields.is_clean() && incomplete {
        let names: Vec<&str> = missing.iter().map(|item| item.name.as_str()).collect();
        fields.complain(
            "partial",
            format!(
                "“{}”还没有选择文件。确实不能提供的，请写明情况并勾选确认",
                names.join("”“")
            ),
        );
        if input.note.is_empty() {
            fields.complain("note", "请写明不能提供的材料和原因");
        }
    }
    if !fields.is_clean() {
        return Ok(show(&desk, &seen, fields, incomplete || input.partial));
    }
    let mut materials: Vec<SubmittedMaterial> = Vec::new();
    for file in files {
        let Some((_, item)) = asked.iter().find(|(field, _)| *field == file.field) else {
            continue;
        };
        let (field, name) = (file.field.clone(), file.name.clone());
        match keep(&desk, file).await? {
            Ok(file) => add(&mut materials, item, &field, file),
            Err(error) => fields.complain(field, format!("“{name}”：{error}")),
        }
    }
    if !fields.is_clean() {
        return Ok(show(&desk, &seen, fields, input.partial));
    }
    let command = Command::SupplySupplement(SupplySupplement {
        materials,
        note: input.note,
    });
    match commands::perform(&desk.house.chronicle, desk.request(&meta), &case_no, meta.seen, command).await {
        Ok(_) => Ok(desk.go_saying(&case_page(&case_no), "补正材料已提交，窗口会尽快核对。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            Ok(show(&desk, &seen, fields.refused(&refusal), input.partial))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// What was asked, each with the name of its file field.
fn asked(case: &Case) -> Vec<(String, SupplementItem)> {
    if case.course() == Course::Disclosure {
        return case
            .took("ask_supplement")
            .map(|asked| ("item_1".to_owned(), unclear(asked)))
            .into_iter()
            .collect();
    }
    let items = case
        .facts
        .supplement_asked
        .as_ref()
        .map_or(&[][..], |asked| &asked.items);
    items
        .iter()
        .enumerate()
        .map(|(at, item)| (format!("item_{}", at + 1), item.clone()))
        .collect()
}

/// 公开条例 30: what the request has to make clear, as it was told.
fn unclear(asked: &TakenStep) -> SupplementItem {
    let until = asked
        .facts
        .told_day
        .map_or(String::new(), |day| format!("（请在{day}以前补正）"));
    SupplementItem {
        material: None,
        name: "补充申请内容".to_owned(),
        requirement: format!("{}{until}", asked.facts.record.as_deref().unwrap_or_default()),
    }
}

fn add(materials: &mut Vec<SubmittedMaterial>, item: &SupplementItem, field: &str, file: crate::events::FileRef) {
    let id = item.material.clone().unwrap_or_else(|| format!("supplement_{field}"));
    match materials.iter_mut().find(|kept| kept.id == id) {
        Some(kept) => kept.files.push(file),
        None => materials.push(SubmittedMaterial {
            id,
            name: item.name.clone(),
            files: vec![file],
            originals: 0,
            copies: 0,
        }),
    }
}

fn show(desk: &Desk, seen: &CaseSeen, fields: Fields, partial: bool) -> Response {
    let limits = desk.house.uploads;
    let mega = 1024 * 1024;
    page(&SupplyPage {
        frame: desk
            .frame("提交补正材料")
            .of_form(&fields)
            .back(case_page(&seen.case.case_no)),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        asked: asked(&seen.case),
        hint: format!(
            "PDF、JPG 或 PNG，每个不超过 {} MB，可以选多个，合计不超过 {} MB",
            limits.file / mega,
            limits.total / mega
        ),
        fields,
        partial,
    })
}
