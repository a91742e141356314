//! Materials: one row each, with limits before picking and errors beside the file. A file is inspected in a limited
//! process before it is kept; the draft remembers where it lies.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::{Material, MaterialSource, PublicForm};
use mingjing_chronicle::Stop;
use mingjing_web::{
    Desk, Fields, Form, Frame, Input, Link, Listing, Problem, Reader, Upload, UploadError, page, size_in_words,
};

use super::super::download::keep;
use super::super::links::{draft_file, material_upload, materials_page};
use super::opened::{Opened, open};
use super::{backwards, onwards};
use crate::drafts;
use crate::events::{FileRef, SubmittedMaterial};

/// Files of one material; more belong into one document.
const MOST_FILES: usize = 10;

#[derive(Template)]
#[template(path = "apply_materials.html")]
struct MaterialsPage {
    frame: Frame,
    fields: Fields,
    rows: Vec<Row>,
    /// The application itself, which is made from the form.
    by_form: Option<String>,
    hint: String,
    next: Link,
    /// What the body gets by itself.
    shared: Vec<String>,
}

struct Row {
    material: Material,
    /// Nothing of its group of alternatives, or nothing of itself, is there.
    wanted: bool,
    /// The others of which one is enough.
    instead: Vec<String>,
    field: String,
    files: Vec<(FileRef, Link, String)>,
    upload: Link,
    remove: Link,
    /// Blank forms and samples to fetch.
    forms: Vec<PublicForm>,
}

pub struct Replace {
    replace: bool,
}

impl Input for Replace {
    fn read(form: &mut Reader<'_>) -> Option<Replace> {
        Some(Replace {
            replace: form.ticked("replace"),
        })
    }
}

pub struct Remove {
    blob: String,
}

impl Input for Remove {
    fn read(form: &mut Reader<'_>) -> Option<Remove> {
        let blob = form.text("blob", "文件", 64)?;
        Some(Remove { blob })
    }
}

pub async fn get_materials(desk: Desk, Path(draft): Path<String>, listing: Listing) -> Result<Response, Problem> {
    match open(&desk, &draft).await {
        Ok(opened) => Ok(show(&desk, &opened, desk.form(), &listing)),
        Err(answer) => answer,
    }
}

pub async fn post_material(
    desk: Desk,
    Path((draft, material)): Path<(String, String)>,
    listing: Listing,
    upload: Upload<Replace>,
) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let material = find(&opened, &material)?;
    let field = field_of(&material.id);
    let Upload {
        meta,
        value,
        mut fields,
        files,
    } = upload;
    let replace = value.is_some_and(|value| value.replace);
    let there = opened.uploaded(&material.id).map_or(0, |kept| kept.files.len());
    if files.is_empty() && fields.is_clean() {
        fields.complain(field.clone(), UploadError::Missing.to_string());
    }
    if files.len() + if replace { 0 } else { there } > MOST_FILES {
        fields.complain(
            field.clone(),
            format!("一份材料最多 {MOST_FILES} 个文件，请合并后再上传"),
        );
    }
    if !fields.is_clean() {
        return Ok(show(&desk, &opened, fields, &listing));
    }
    let mut kept = Vec::with_capacity(files.len());
    for file in files {
        let name = file.name.clone();
        match keep(&desk, file).await? {
            Ok(file) => kept.push(file),
            Err(error) => fields.complain(field.clone(), format!("“{name}”：{error}")),
        }
    }
    if !fields.is_clean() {
        return Ok(show(&desk, &opened, fields, &listing));
    }
    let (id, name) = (material.id.clone(), material.name.clone());
    let saved = drafts::alter(
        &desk.house.chronicle,
        desk.request(&meta),
        draft.clone(),
        move |content| {
            let at = content
                .materials
                .iter()
                .position(|one| one.id == id)
                .unwrap_or_else(|| {
                    content.materials.push(SubmittedMaterial {
                        id: id.clone(),
                        name: name.clone(),
                        files: Vec::new(),
                        originals: 0,
                        copies: 0,
                    });
                    content.materials.len() - 1
                });
            let files = &mut content.materials[at].files;
            if replace {
                files.clear();
            }
            files.extend(kept.iter().cloned());
            Ok(())
        },
    );
    match saved.await {
        Ok(()) => Ok(desk.go_saying(&here(&listing, &draft).anchor(field), "材料已上传。")),
        Err(Stop::Refusal(refusal)) => Ok(show(&desk, &opened, fields.refused(&refusal), &listing)),
        Err(stop) => Err(stop.into()),
    }
}

pub async fn post_remove(
    desk: Desk,
    Path((draft, material)): Path<(String, String)>,
    listing: Listing,
    form: Form<Remove>,
) -> Result<Response, Problem> {
    let (input, meta, _) = form.check().map_err(|_| Problem::NotFound)?;
    let field = field_of(&material);
    drafts::alter(
        &desk.house.chronicle,
        desk.request(&meta),
        draft.clone(),
        move |content| {
            for one in content.materials.iter_mut().filter(|one| one.id == material) {
                one.files.retain(|file| file.blob != input.blob);
            }
            content.materials.retain(SubmittedMaterial::present);
            Ok(())
        },
    )
    .await?;
    Ok(desk.go_saying(
        &here(&listing, &draft).anchor(field),
        "文件已删除，需要时可以重新上传。",
    ))
}

fn here(listing: &Listing, draft: &str) -> Link {
    let page = materials_page(draft);
    if listing.one("from") == "check" {
        page.query("from", "check")
    } else {
        page
    }
}

fn find(opened: &Opened, id: &str) -> Result<Material, Problem> {
    opened
        .file_materials()
        .find(|material| material.id == id)
        .cloned()
        .ok_or(Problem::NotFound)
}

/// Name of the file field; ids of the catalogue are plain.
fn field_of(material: &str) -> String {
    format!("file_{material}")
}

fn show(desk: &Desk, opened: &Opened, fields: Fields, listing: &Listing) -> Response {
    let from_check = |link: Link| {
        if listing.one("from") == "check" {
            link.query("from", "check")
        } else {
            link
        }
    };
    let lacking = opened.lacking();
    let instead = |material: &Material| {
        let others = opened.file_materials().filter(|other| other.id != material.id);
        let others = others.filter(|other| material.one_of.is_some() && other.one_of == material.one_of);
        others.map(|other| other.name.clone()).collect()
    };
    let row = |material: &Material| Row {
        wanted: lacking.iter().any(|one| one.ids.contains(&material.id)),
        instead: instead(material),
        field: field_of(&material.id),
        files: opened
            .uploaded(&material.id)
            .into_iter()
            .flat_map(|kept| &kept.files)
            .map(|file| {
                (
                    file.clone(),
                    draft_file(opened.id(), &file.blob),
                    size_in_words(file.bytes),
                )
            })
            .collect(),
        upload: from_check(material_upload(opened.id(), &material.id)),
        forms: opened.forms.get(&material.id).cloned().unwrap_or_default(),
        remove: from_check(material_upload(opened.id(), &material.id).part("remove")),
        material: material.clone(),
    };
    let limits = desk.house.uploads;
    let mega = 1024 * 1024;
    page(&MaterialsPage {
        frame: desk
            .frame("申请材料")
            .of_form(&fields)
            .back(backwards(listing, opened.id())),
        rows: opened.file_materials().map(row).collect(),
        by_form: opened
            .item
            .form
            .is_some()
            .then(|| {
                opened
                    .item
                    .materials
                    .iter()
                    .find(|one| one.id == crate::decide::submit::APPLICATION)
            })
            .flatten()
            .map(|material| material.name.clone()),
        hint: format!(
            "PDF、JPG 或 PNG，每个文件不超过 {} MB，一次不超过 {} MB",
            limits.file / mega,
            limits.total / mega
        ),
        next: onwards(listing, opened.id(), opened.delivery_task().link),
        shared: shared(opened),
        fields,
    })
}

fn shared(opened: &Opened) -> Vec<String> {
    let asked = opened.asked();
    let shared = asked
        .materials()
        .iter()
        .filter(|material| material.source == MaterialSource::Shared);
    shared.map(|material| material.name.clone()).collect()
}

impl Row {
    fn status(&self) -> (&'static str, &'static str) {
        match (self.files.is_empty(), self.wanted, self.material.required) {
            (false, _, _) => ("已上传", "green"),
            (true, true, _) => ("未提交", "blue"),
            (true, false, true) => ("已有替代的材料", "grey"),
            (true, false, false) => ("选填，未提交", "grey"),
        }
    }

    fn about(&self) -> String {
        let mut parts: Vec<String> = self.material.note.iter().cloned().collect();
        parts.push(self.material.source.name().to_owned());
        if !self.instead.is_empty() {
            parts.push(format!("也可以交{}，交一份就可以", self.instead.join("、")));
        }
        parts.join("；")
    }
}
