//! Questions and materials of an item: an outline, the one thing in hand, the findings, the preview.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Problem, Reader, page};

use super::form::{plain, read_condition, shift};
use super::lines::{options, options_text};
use super::preview::{self, Preview};
use super::{CROSSED, Kept, Opened, keep, open, overview_page, situation_page};
use crate::condition::Word;
use crate::form::FieldKind;
use crate::item_draft::Content;
use crate::material::MaterialDefinition;
use crate::situation::SituationQuestion;
use crate::version::{Material, MaterialForm, MaterialKind, MaterialSource};
use crate::views::{DefinitionRow, definitions};

const MOST_DEFINITIONS: i64 = 500;

/// What is in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Nothing,
    NewQuestion,
    Question(String),
    NewMaterial,
    Material(String),
}

impl At {
    fn read(text: &str) -> At {
        match text.split_once('.') {
            Some(("q", id)) => At::Question(id.to_owned()),
            Some(("m", id)) => At::Material(id.to_owned()),
            _ => match text {
                "q" => At::NewQuestion,
                "m" => At::NewMaterial,
                _ => At::Nothing,
            },
        }
    }

    fn link(&self, item_code: &str) -> Link {
        let at = match self {
            At::Nothing => String::new(),
            At::NewQuestion => "q".to_owned(),
            At::NewMaterial => "m".to_owned(),
            At::Question(id) => format!("q.{id}"),
            At::Material(id) => format!("m.{id}"),
        };
        situation_page(item_code).query("at", at)
    }
}

struct Entry {
    label: String,
    about: String,
    link: Link,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "drafts/situation.html")]
struct SituationPage {
    frame: Frame,
    fields: Fields,
    at: At,
    action: Link,
    questions: Vec<Entry>,
    materials: Vec<Entry>,
    add_question: Entry,
    add_material: Entry,
    findings: Vec<String>,
    words: Vec<(String, String)>,
    /// Definitions of the shared library: key, name with version.
    library: Vec<(String, String)>,
    /// The material in hand is of an older version of its definition.
    behind: String,
    preview: Preview,
}

impl SituationPage {
    fn is_question(&self) -> bool {
        matches!(self.at, At::Question(_) | At::NewQuestion)
    }

    fn is_material(&self) -> bool {
        matches!(self.at, At::Material(_) | At::NewMaterial)
    }

    fn stands(&self) -> bool {
        matches!(self.at, At::Question(_) | At::Material(_))
    }

    fn forms(&self) -> Vec<(&'static str, &'static str)> {
        MaterialForm::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        MaterialKind::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }

    fn sources(&self) -> Vec<(&'static str, &'static str)> {
        MaterialSource::ALL.iter().map(|one| (one.key(), one.name())).collect()
    }
}

pub async fn get_situation(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let at = At::read(listing.one("at"));
    let fields = filled(desk.form(), &opened, &at);
    show(&desk, &opened, at, fields, &listing).await
}

fn filled(form: Fields, opened: &Opened, at: &At) -> Fields {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let yes = |on: bool| if on { "yes" } else { "" };
    match at {
        At::Question(id) => match opened.drafted.situations.iter().find(|question| question.id == *id) {
            Some(question) => form
                .with("id", question.id.clone())
                .with("label", question.label.clone())
                .with("hint", text(&question.hint))
                .with("several", yes(question.several))
                .with("options", options_text(&question.options))
                .with("asked_when", text(&question.asked_when)),
            None => form,
        },
        At::Material(id) => match opened.drafted.materials.iter().find(|material| material.id == *id) {
            Some(material) => form
                .with("id", material.id.clone())
                .with("label", material.name.clone())
                .with("required", yes(material.required))
                .with("form", material.form.key())
                .with("kind", material.kind.map_or("", MaterialKind::key))
                .with("copies", material.copies.to_string())
                .with("source", material.source.key())
                .with("issuer", text(&material.issuer))
                .with("basis", text(&material.basis))
                .with("validity", text(&material.validity))
                .with("note", text(&material.note))
                .with("one_of", text(&material.one_of))
                .with("asked_when", text(&material.asked_when)),
            None => form,
        },
        At::NewMaterial => form
            .with("required", "yes")
            .with("form", MaterialForm::Either.key())
            .with("copies", "1")
            .with("source", MaterialSource::Applicant.key()),
        At::Nothing | At::NewQuestion => form,
    }
}

pub async fn post_situation(
    desk: Desk,
    Path(item_code): Path<String>,
    listing: Listing,
    form: Form<()>,
) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let at = At::read(listing.one("at"));
    let (meta, mut fields) = (form.meta, form.fields);
    let mut content = opened.content();
    content
        .situations
        .get_or_insert_with(|| opened.drafted.situations.clone());
    content
        .materials
        .get_or_insert_with(|| opened.drafted.materials.clone());
    let next = match fields.value("act").to_owned().as_str() {
        "up" => moved(&mut content, &at, true),
        "down" => moved(&mut content, &at, false),
        "delete" => deleted(&mut content, &at),
        "take" => taken(&desk, &mut content, &at, &mut fields).await?,
        _ => written(&mut content, &opened, &at, &mut fields),
    };
    let Some(next) = next else {
        return show(&desk, &opened, at, fields, &listing).await;
    };
    match keep(&desk, &meta, &opened, content).await {
        Ok(Kept::Saved) => Ok(desk.go_saying(&next.link(&item_code), "草稿已保存。")),
        Ok(Kept::Crossed(version)) => {
            fields.complain("", CROSSED);
            show(&desk, &opened, at, fields.seen(version), &listing).await
        }
        Err(Stop::Refusal(refusal)) => show(&desk, &opened, at, fields.refused(&refusal), &listing).await,
        Err(stop) => Err(stop.into()),
    }
}

fn moved(content: &mut Content, at: &At, up: bool) -> Option<At> {
    match at {
        At::Question(id) => shift(content.situations.as_mut()?, |one| one.id == *id, up),
        At::Material(id) => shift(content.materials.as_mut()?, |one| one.id == *id, up),
        _ => return None,
    }
    Some(at.clone())
}

fn deleted(content: &mut Content, at: &At) -> Option<At> {
    match at {
        At::Question(id) => content.situations.as_mut()?.retain(|one| one.id != *id),
        At::Material(id) => content.materials.as_mut()?.retain(|one| one.id != *id),
        _ => return None,
    }
    Some(At::Nothing)
}

/// A material of the shared library, new in the item or in the place of the one in hand.
async fn taken(desk: &Desk, content: &mut Content, at: &At, fields: &mut Fields) -> Result<Option<At>, Problem> {
    let key = fields.value("definition").to_owned();
    let wanted = key.clone();
    let read = desk
        .house
        .chronicle
        .read(move |reader| Ok(reader.load::<MaterialDefinition>(&wanted)?.latest().cloned()));
    let Some(defined) = read.await? else {
        fields.complain("definition", "请从材料库里选一份材料");
        return Ok(None);
    };
    let Some(materials) = content.materials.as_mut() else {
        return Ok(None);
    };
    if let At::Material(id) = at
        && let Some(material) = materials.iter_mut().find(|one| one.id == *id)
    {
        *material = defined.applied_to(material.clone());
        return Ok(Some(at.clone()));
    }
    let known = |id: &str| materials.iter().any(|one| one.id == id);
    let names = std::iter::once(key.clone()).chain((2..).map(|n| format!("{key}_{n}")));
    let id = names.into_iter().find(|id| !known(id)).unwrap_or_else(|| key.clone());
    materials.push(defined.applied_to(blank(id.clone())));
    Ok(Some(At::Material(id)))
}

fn blank(id: String) -> Material {
    Material {
        id,
        name: String::new(),
        required: true,
        form: MaterialForm::Either,
        copies: 1,
        source: MaterialSource::Applicant,
        basis: None,
        note: None,
        kind: None,
        issuer: None,
        validity: None,
        asked_when: None,
        one_of: None,
        definition: None,
    }
}

fn written(content: &mut Content, opened: &Opened, at: &At, fields: &mut Fields) -> Option<At> {
    match at {
        At::Nothing => None,
        At::NewQuestion | At::Question(_) => {
            let question = read_question(fields, &words(opened, at))?;
            let old = match at {
                At::Question(id) => id.as_str(),
                _ => "",
            };
            let next = At::Question(question.id.clone());
            put(
                content.situations.as_mut()?,
                old,
                question,
                |one| one.id.as_str(),
                fields,
            )?;
            Some(next)
        }
        At::NewMaterial | At::Material(_) => {
            let old = match at {
                At::Material(id) => id.as_str(),
                _ => "",
            };
            let materials = content.materials.as_mut()?;
            let known = materials.iter().find(|one| one.id == old).cloned();
            let material = read_material(fields, &words(opened, at), known)?;
            let next = At::Material(material.id.clone());
            put(materials, old, material, |one| one.id.as_str(), fields)?;
            Some(next)
        }
    }
}

/// In the place of the old one, or at the end.
fn put<T>(list: &mut Vec<T>, old: &str, new: T, id: impl Fn(&T) -> &str, fields: &mut Fields) -> Option<()> {
    let place = list.iter().position(|one| id(one) == old);
    let twice = list
        .iter()
        .enumerate()
        .any(|(at, one)| id(one) == id(&new) && Some(at) != place);
    if twice {
        fields.complain("id", "编号已经有了，请换一个");
        return None;
    }
    match place {
        Some(place) => list[place] = new,
        None => list.push(new),
    }
    Some(())
}

/// Names that a condition may use here: a question those of earlier questions, a material all.
fn words(opened: &Opened, at: &At) -> Vec<Word> {
    match at {
        At::Question(id) => {
            let earlier = opened
                .drafted
                .situations
                .iter()
                .take_while(|question| question.id != *id);
            earlier
                .map(SituationQuestion::word)
                .chain([Word::party_kind()])
                .collect()
        }
        At::NewQuestion => {
            let all = opened.drafted.situations.iter();
            all.map(SituationQuestion::word).chain([Word::party_kind()]).collect()
        }
        _ => opened.drafted.words(),
    }
}

fn read_question(fields: &mut Fields, words: &[Word]) -> Option<SituationQuestion> {
    let mut form = Reader::of(fields);
    let form = &mut form;
    let id = form.text("id", "编号", 64);
    let label = form.text("label", "问什么", 100);
    let hint = form.optional("hint", "提示", 500);
    let choices = form.text("options", "选项", 5_000);
    let asked_when = read_condition(form, "asked_when", words);
    let several = form.ticked("several");
    Some(SituationQuestion {
        id: plain(form, id?)?,
        label: label?,
        hint: hint?,
        several,
        options: options(&choices?),
        asked_when: asked_when?,
    })
}

fn read_material(fields: &mut Fields, words: &[Word], known: Option<Material>) -> Option<Material> {
    let mut form = Reader::of(fields);
    let form = &mut form;
    let id = form.text("id", "编号", 64);
    let name = form.text("label", "名称", 200);
    let shape = form.choice::<MaterialForm>("form", "形式");
    let kind = form.optional("kind", "原件或者复印件", 20);
    let copies = form.number("copies", "份数", 1, 99);
    let source = form.choice::<MaterialSource>("source", "来源");
    let issuer = form.optional("issuer", "出具单位", 100);
    let basis = form.text("basis", "依据", 300);
    let validity = form.optional("validity", "有效期", 100);
    let note = form.optional("note", "说明", 500);
    let one_of = form.optional("one_of", "择一的组", 60);
    let asked_when = read_condition(form, "asked_when", words);
    let required = form.ticked("required");
    let material = Material {
        id: plain(form, id?)?,
        name: name?,
        required,
        form: shape?,
        kind: kind?.and_then(|kind| kind.parse().ok()),
        copies: u32::try_from(copies?).unwrap_or(1),
        source: source?,
        issuer: issuer?,
        basis: basis.filter(|basis| !basis.trim().is_empty()),
        validity: validity?,
        note: note?,
        one_of: one_of?,
        asked_when: asked_when?,
        definition: known.as_ref().and_then(|known| known.definition.clone()),
    };
    material.basis.is_some().then(|| as_defined(material, known))
}

/// What is another than the shared definition has it is the item's own from then on.
fn as_defined(mut material: Material, known: Option<Material>) -> Material {
    let common = |one: &Material| {
        let one = one.clone();
        (
            one.name,
            one.kind,
            one.form,
            one.copies,
            one.source,
            one.issuer,
            one.basis,
            one.validity,
        )
    };
    if known.is_some_and(|known| common(&known) != common(&material)) {
        material.definition = None;
    }
    material
}

async fn show(desk: &Desk, opened: &Opened, at: At, fields: Fields, listing: &Listing) -> Result<Response, Problem> {
    let code = opened.code();
    let library: Vec<DefinitionRow> = desk
        .house
        .chronicle
        .read(|reader| definitions(reader, MOST_DEFINITIONS))
        .await?;
    let entry = |label: String, about: String, of: At| Entry {
        label,
        about,
        link: of.link(code),
        chosen: of == at,
    };
    let condition = |condition: bool| if condition { "，看情形" } else { "" };
    let question_entry = |question: &SituationQuestion| {
        let several = if question.several { "多选" } else { "单选" };
        let about = format!("{several}{}", condition(question.asked_when.is_some()));
        entry(question.label.clone(), about, At::Question(question.id.clone()))
    };
    let material_entry = |material: &Material| {
        let need = match (material.source, material.required) {
            (MaterialSource::Shared, _) => "不用提交",
            (_, true) => "必要",
            (_, false) => "非必要",
        };
        let group = material
            .one_of
            .as_ref()
            .map(|group| format!("，择一：{group}"))
            .unwrap_or_default();
        let about = format!("{need}{}{group}", condition(material.asked_when.is_some()));
        entry(material.name.clone(), about, At::Material(material.id.clone()))
    };
    let seen = fields.seen_text();
    Ok(page(&SituationPage {
        frame: desk
            .frame(format!("起草情形和材料：{}", opened.drafted.name))
            .of_form(&fields)
            .back(overview_page(code)),
        questions: opened.drafted.situations.iter().map(question_entry).collect(),
        materials: opened.drafted.materials.iter().map(material_entry).collect(),
        add_question: entry("添加问题".to_owned(), String::new(), At::NewQuestion),
        add_material: entry("添加材料".to_owned(), String::new(), At::NewMaterial),
        findings: opened.findings(&["situations", "materials"]),
        words: words(opened, &at).iter().map(Word::example).collect(),
        behind: behind(opened, &at, &library),
        library: library
            .iter()
            .map(|row| (row.key.clone(), format!("{}（第{}版）", row.name, row.version)))
            .collect(),
        preview: preview::of(desk, opened, listing, at.link(code)),
        action: at.link(code),
        fields: if seen.is_empty() {
            fields.seen(opened.seen())
        } else {
            fields
        },
        at,
    }))
}

fn behind(opened: &Opened, at: &At, library: &[DefinitionRow]) -> String {
    let At::Material(id) = at else {
        return String::new();
    };
    let material = opened.drafted.materials.iter().find(|one| one.id == *id);
    let Some(of) = material.and_then(|material| material.definition.as_ref()) else {
        return String::new();
    };
    match library.iter().find(|row| row.key == of.key) {
        Some(row) if row.version > i64::from(of.version) => {
            format!(
                "材料库里“{}”已经是第{}版，这里用的是第{}版。",
                row.name, row.version, of.version
            )
        }
        Some(row) => format!("取自材料库：{}（第{}版）。", row.name, of.version),
        None => String::new(),
    }
}
