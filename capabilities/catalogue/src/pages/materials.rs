//! `/desk/materials`: the shared library of material definitions. Bodies read it; the legal office keeps it. A new version
//! changes no item: the page lists the items that use an older one, each with the way to draft its change.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_web::{Desk, Fields, Frame, Input, Link, Problem, Reader, Upload, UploadedFile, download, page};

use super::{CHANGES, FILE_CHANGE, REVIEW_CHANGE, drafts, item_page};
use crate::material::{Definition, DefinitionVersion, MaterialDefinition, define_material};
use crate::public_form::{PublicForm, Which, forms_of};
use crate::version::{MaterialForm, MaterialKind, MaterialSource};
use crate::views::{DefinitionRow, UseRow, definitions, uses};

const MOST: i64 = 500;

pub fn materials_page() -> Link {
    Link::to("/desk/materials")
}

fn material_page(key: &str) -> Link {
    materials_page().part(key)
}

/// The address of a definition that is not there yet; no key has a hyphen.
const NEW: &str = "new-definition";

#[derive(Template)]
#[template(path = "drafts/materials.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<DefinitionRow>,
    may_define: bool,
    fresh: Link,
}

impl ListPage {
    fn link(&self, row: &DefinitionRow) -> Link {
        material_page(&row.key)
    }

    fn source(&self, row: &DefinitionRow) -> &'static str {
        row.source.parse::<MaterialSource>().map_or("", MaterialSource::name)
    }
}

pub async fn get_materials(desk: Desk) -> Result<Response, Problem> {
    desk.require(CHANGES)?;
    let rows = desk.house.chronicle.read(|reader| definitions(reader, MOST)).await?;
    Ok(page(&ListPage {
        frame: desk.frame("材料库"),
        rows,
        may_define: desk.may(REVIEW_CHANGE).is_some(),
        fresh: material_page(NEW),
    }))
}

#[derive(Template)]
#[template(path = "drafts/material.html")]
struct OnePage {
    frame: Frame,
    fields: Fields,
    fresh: bool,
    versions: Vec<DefinitionVersion>,
    uses: Vec<UseRow>,
    may_define: bool,
    may_file: bool,
}

impl OnePage {
    fn forms(&self) -> Vec<(&'static str, &'static str)> {
        MaterialForm::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        MaterialKind::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }

    fn sources(&self) -> Vec<(&'static str, &'static str)> {
        MaterialSource::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }

    fn forms_of(&self, one: &DefinitionVersion) -> Vec<PublicForm> {
        forms_of(&one.definition.key, one.version, &one.definition)
    }

    /// Each form with the name of the file that is offered now.
    fn offered(&self) -> Vec<(Which, Option<String>)> {
        let latest = self.versions.last().map(|latest| &latest.definition);
        let name = |which| {
            latest
                .and_then(|latest| latest.file(which))
                .map(|file| file.name.clone())
        };
        Which::ALL.into_iter().map(|which| (which, name(which))).collect()
    }

    fn is_behind(&self, one: &UseRow) -> bool {
        let latest = self.versions.last();
        latest.is_some_and(|latest| one.version < i64::from(latest.version))
    }

    fn guide(&self, one: &UseRow) -> Link {
        item_page(&one.item_code)
    }

    fn draft(&self, one: &UseRow) -> Link {
        drafts::situation_page(&one.item_code).query("at", format!("m.{}", one.material))
    }
}

pub async fn get_material(desk: Desk, Path(key): Path<String>) -> Result<Response, Problem> {
    desk.require(CHANGES)?;
    let (state, used, version) = read(&desk, &key).await?;
    let fields = match state.latest() {
        Some(latest) => filled(desk.form(), &latest.definition),
        None if key == NEW => desk
            .form()
            .with("copies", "1")
            .with("form", MaterialForm::Either.key())
            .with("source", MaterialSource::Applicant.key()),
        None => return Err(Problem::NotFound),
    };
    Ok(show(&desk, &key, state, used, fields.seen(version)))
}

async fn read(desk: &Desk, key: &str) -> Result<(MaterialDefinition, Vec<UseRow>, i64), Problem> {
    let wanted = key.to_owned();
    let read = desk.house.chronicle.read(move |reader| {
        let loaded = reader.load::<MaterialDefinition>(&wanted)?;
        Ok(((*loaded.state).clone(), uses(reader, &wanted, MOST)?, loaded.version))
    });
    Ok(read.await?)
}

fn filled(form: Fields, definition: &Definition) -> Fields {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    form.with("key", definition.key.clone())
        .with("name", definition.name.clone())
        .with("kind", definition.kind.map_or("", MaterialKind::key))
        .with("form", definition.form.key())
        .with("copies", definition.copies.to_string())
        .with("source", definition.source.key())
        .with("issuer", text(&definition.issuer))
        .with("basis", definition.basis.clone())
        .with("validity", text(&definition.validity))
        .with("note", text(&definition.note))
        .with("sample", text(&definition.sample))
        .with("blank", text(&definition.blank))
}

fn show(desk: &Desk, key: &str, state: MaterialDefinition, used: Vec<UseRow>, fields: Fields) -> Response {
    let title = state
        .latest()
        .map_or_else(|| "新的材料".to_owned(), |latest| latest.definition.name.clone());
    page(&OnePage {
        frame: desk.frame(title).of_form(&fields).back(materials_page()),
        fresh: key == NEW,
        versions: state.versions,
        uses: used,
        may_define: desk.may(REVIEW_CHANGE).is_some(),
        may_file: desk.may(FILE_CHANGE).is_some(),
        fields,
    })
}

pub struct Defined {
    /// Without files: those come beside it.
    definition: Definition,
    /// Forms that are no longer offered.
    dropped: Vec<Which>,
}

impl Input for Defined {
    fn read(form: &mut Reader<'_>) -> Option<Defined> {
        let key = form.text("key", "代码", 40);
        let name = form.text("name", "名称", 200);
        let kind = form.optional("kind", "原件或者复印件", 20);
        let shape = form.choice::<MaterialForm>("form", "形式");
        let copies = form.number("copies", "份数", 1, 99);
        let source = form.choice::<MaterialSource>("source", "来源");
        let issuer = form.optional("issuer", "出具单位", 100);
        let basis = form.optional("basis", "依据", 300);
        let validity = form.optional("validity", "有效期", 100);
        let note = form.optional("note", "说明", 500);
        let sample = form.optional("sample", "样表", 300);
        let blank = form.optional("blank", "空白表", 300);
        let dropped = Which::ALL.into_iter().filter(|which| form.ticked(which.drop_field()));
        let dropped = dropped.collect();
        let definition = Definition {
            key: key?,
            name: name?,
            kind: kind?.and_then(|kind| kind.parse().ok()),
            form: shape?,
            copies: u32::try_from(copies?).unwrap_or(1),
            source: source?,
            issuer: issuer?,
            basis: basis?.unwrap_or_default(),
            validity: validity?,
            note: note?,
            sample: sample?,
            blank: blank?,
            sample_file: None,
            blank_file: None,
        };
        Some(Defined { definition, dropped })
    }
}

pub async fn post_material(desk: Desk, Path(key): Path<String>, upload: Upload<Defined>) -> Result<Response, Problem> {
    desk.require(REVIEW_CHANGE)?;
    let (state, used, _) = read(&desk, &key).await?;
    let Upload {
        meta,
        value,
        mut fields,
        files,
    } = upload;
    let Some(Defined {
        mut definition,
        dropped,
    }) = value.filter(|_| fields.is_clean())
    else {
        return Ok(show(&desk, &key, state, used, fields));
    };
    // The key of what is there is its address, whatever the form says.
    if key != NEW {
        definition.key.clone_from(&key);
    } else if !read(&desk, &definition.key).await?.0.versions.is_empty() {
        fields.complain("key", "代码已经有了，请换一个");
        return Ok(show(&desk, &key, state, used, fields));
    }
    for which in Which::ALL {
        let before = state.latest().and_then(|latest| latest.definition.file(which));
        definition.set_file(which, before.filter(|_| !dropped.contains(&which)).cloned());
    }
    keep_forms(&desk, files, &mut definition, &mut fields).await?;
    if !fields.is_clean() {
        return Ok(show(&desk, &key, state, used, fields));
    }
    let to = material_page(&definition.key);
    let seen = if key == NEW { None } else { meta.seen };
    match define_material(&desk.house.chronicle, desk.request(&meta), seen, definition).await {
        Ok(()) => Ok(desk.go_saying(&to, "材料的定义已保存，用它的事项要另行调整。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            Ok(show(&desk, &key, state, used, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// A new file takes the place of the one before; beside the field of one that is not taken stands why.
async fn keep_forms(
    desk: &Desk,
    files: Vec<UploadedFile>,
    definition: &mut Definition,
    fields: &mut Fields,
) -> Result<(), Problem> {
    for file in files {
        let which = Which::ALL.into_iter().find(|which| which.field() == file.field);
        let Some(which) = which else { continue };
        match desk.keep(file).await? {
            Ok(kept) => definition.set_file(which, Some(kept.into())),
            Err(error) => fields.complain(which.field(), error.to_string()),
        }
    }
    Ok(())
}

/// For everybody: what the legal office offers is no secret.
pub async fn get_form_file(
    desk: Desk,
    Path((key, version, which)): Path<(String, u32, String)>,
) -> Result<Response, Problem> {
    let which = Which::of_key(&which).ok_or(Problem::NotFound)?;
    let state = read(&desk, &key).await?.0;
    let kept = state.version(version).ok_or(Problem::NotFound)?;
    let file = kept.definition.file(which).ok_or(Problem::NotFound)?;
    let kind = file.kind().ok_or(Problem::NotFound)?;
    match desk.house.chronicle.get_blob(&file.blob()).await? {
        Some(bytes) => Ok(download(&file.name, kind, bytes)),
        None => Err(Problem::NotFound),
    }
}
