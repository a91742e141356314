//! The form of an item, part by part and field by field: an outline, the one thing in hand, the findings, the preview.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Problem, Reader, page};

use super::lines::{self, options, options_text, tests_text};
use super::preview::{self, Preview};
use super::{CROSSED, Kept, Opened, form_page, keep, open, overview_page};
use crate::condition::{self, Word};
use crate::form::{FieldKind, FormDef, FormField, Section};

/// What of the form is in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Form,
    NewSection,
    Section(String),
    /// In the section of this id.
    NewField(String),
    Field(String),
}

impl At {
    fn read(text: &str) -> At {
        match text.split_once('.') {
            Some(("s", id)) => At::Section(id.to_owned()),
            Some(("n", id)) => At::NewField(id.to_owned()),
            Some(("f", id)) => At::Field(id.to_owned()),
            _ if text == "s" => At::NewSection,
            _ => At::Form,
        }
    }

    fn link(&self, item_code: &str) -> Link {
        let at = match self {
            At::Form => String::new(),
            At::NewSection => "s".to_owned(),
            At::Section(id) => format!("s.{id}"),
            At::NewField(id) => format!("n.{id}"),
            At::Field(id) => format!("f.{id}"),
        };
        form_page(item_code).query("at", at)
    }
}

struct Entry {
    label: String,
    /// Type, and what makes it special, in words.
    about: String,
    link: Link,
    chosen: bool,
}

struct Part {
    entry: Entry,
    fields: Vec<Entry>,
    add: Entry,
}

#[derive(Template)]
#[template(path = "drafts/form.html")]
struct FormPage {
    frame: Frame,
    fields: Fields,
    at: At,
    action: Link,
    form_entry: Entry,
    parts: Vec<Part>,
    add_section: Entry,
    findings: Vec<String>,
    /// Conditions as they may be written here, and what they mean.
    words: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    preview: Preview,
}

impl FormPage {
    fn prefills(&self) -> [(&'static str, &'static str); 5] {
        [
            ("party.name", "姓名或者名称"),
            ("party.number", "统一社会信用代码"),
            ("party.phone", "联系电话"),
            ("party.address", "联系地址"),
            ("party.legal_representative", "法定代表人（负责人）"),
        ]
    }

    fn is_field(&self) -> bool {
        matches!(self.at, At::Field(_) | At::NewField(_))
    }

    fn is_section(&self) -> bool {
        matches!(self.at, At::Section(_) | At::NewSection)
    }

    /// There already, so that it can be moved and deleted.
    fn stands(&self) -> bool {
        matches!(self.at, At::Field(_) | At::Section(_))
    }
}

pub async fn get_form(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let at = At::read(listing.one("at"));
    let fields = filled(desk.form(), &form_of(&opened), &at);
    Ok(show(&desk, &opened, at, fields, &listing))
}

fn form_of(opened: &Opened) -> FormDef {
    opened.drafted.form.clone().unwrap_or_else(|| FormDef {
        title: format!("{}申请表", opened.drafted.name),
        sections: Vec::new(),
    })
}

fn filled(form: Fields, def: &FormDef, at: &At) -> Fields {
    match at {
        At::Form => form.with("title", def.title.clone()),
        At::NewSection | At::NewField(_) => form.with("kind", FieldKind::Text.key()),
        At::Section(id) => match def.sections.iter().find(|section| section.id == *id) {
            Some(section) => form
                .with("id", section.id.clone())
                .with("label", section.title.clone())
                .with("hint", section.hint.clone().unwrap_or_default())
                .with("visible", section.visible.clone().unwrap_or_default()),
            None => form,
        },
        At::Field(id) => match def.fields().find(|field| field.id == *id) {
            Some(field) => field_fields(form, field),
            None => form,
        },
    }
}

fn field_fields(form: Fields, field: &FormField) -> Fields {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let yes = |on: bool| if on { "yes" } else { "" };
    // The older way of a condition is shown, and kept, as the same in FEEL.
    let shown = field.shown_when.iter().map(|shown| {
        let one = |value: &String| format!("form.{} = \"{value}\"", shown.field);
        shown.is.iter().map(one).collect::<Vec<_>>().join(" or ")
    });
    let visible: Vec<String> = shown.chain(field.visible.clone()).collect();
    form.with("id", field.id.clone())
        .with("label", field.label.clone())
        .with("kind", field.kind.key())
        .with("hint", text(&field.hint))
        .with("required", yes(field.required))
        .with("required_when", text(&field.required_when))
        .with("visible", visible.join(" and "))
        .with("tests", tests_text(&field.tests))
        .with("options", options_text(&field.options))
        .with("min", number(field.min))
        .with("max", number(field.max))
        .with("decimals", number(field.decimals.map(i64::from)))
        .with("unit", text(&field.unit))
        .with(
            "max_length",
            field.max_length.map(|most| most.to_string()).unwrap_or_default(),
        )
        .with("prefill", text(&field.prefill))
        .with("personal", yes(field.personal))
}

pub async fn post_form(
    desk: Desk,
    Path(item_code): Path<String>,
    listing: Listing,
    form: Form<()>,
) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let at = At::read(listing.one("at"));
    let (meta, mut fields) = (form.meta, form.fields);
    let act = fields.value("act").to_owned();
    let mut def = form_of(&opened);
    let next = match act.as_str() {
        "up" | "down" => moved(&mut def, &at, act == "up"),
        "delete" => deleted(&mut def, &at),
        _ => written(&mut def, &at, &opened, &mut fields),
    };
    let Some(next) = next else {
        return Ok(show(&desk, &opened, at, fields, &listing));
    };
    let mut content = opened.content();
    content.form = Some(def);
    match keep(&desk, &meta, &opened, content).await {
        Ok(Kept::Saved) => Ok(desk.go_saying(&next.link(&item_code), "草稿已保存。")),
        Ok(Kept::Crossed(version)) => {
            fields.complain("", CROSSED);
            Ok(show(&desk, &opened, at, fields.seen(version), &listing))
        }
        Err(Stop::Refusal(refusal)) => Ok(show(&desk, &opened, at, fields.refused(&refusal), &listing)),
        Err(stop) => Err(stop.into()),
    }
}

/// A field or a part one place up or down among its like.
fn moved(def: &mut FormDef, at: &At, up: bool) -> Option<At> {
    match at {
        At::Section(id) => shift(&mut def.sections, |section| section.id == *id, up),
        At::Field(id) => {
            let section = def
                .sections
                .iter_mut()
                .find(|section| section.fields.iter().any(|field| field.id == *id))?;
            shift(&mut section.fields, |field| field.id == *id, up);
        }
        _ => return None,
    }
    Some(at.clone())
}

pub(super) fn shift<T>(list: &mut [T], is: impl Fn(&T) -> bool, up: bool) {
    let Some(place) = list.iter().position(is) else {
        return;
    };
    let other = if up { place.checked_sub(1) } else { Some(place + 1) };
    if let Some(other) = other.filter(|other| *other < list.len()) {
        list.swap(place, other);
    }
}

fn deleted(def: &mut FormDef, at: &At) -> Option<At> {
    match at {
        At::Section(id) => def.sections.retain(|section| section.id != *id),
        At::Field(id) => {
            let fields = def.sections.iter_mut().map(|section| &mut section.fields);
            fields.for_each(|fields| fields.retain(|field| field.id != *id));
        }
        _ => return None,
    }
    Some(At::Form)
}

/// What was typed put into the form; `None` with the errors noted.
fn written(def: &mut FormDef, at: &At, opened: &Opened, fields: &mut Fields) -> Option<At> {
    match at {
        At::Form => {
            def.title = Reader::of(fields).text("title", "表名", 100)?;
            Some(At::Form)
        }
        At::NewSection | At::Section(_) => {
            let section = read_section(fields, &words(opened, def, None))?;
            put_section(def, at, section, fields)
        }
        At::NewField(_) | At::Field(_) => {
            let old = match at {
                At::Field(id) => Some(id.as_str()),
                _ => None,
            };
            let field = read_field(fields, &words(opened, def, old), &words(opened, def, None))?;
            put_field(def, at, field, fields)
        }
    }
}

fn put_section(def: &mut FormDef, at: &At, mut section: Section, fields: &mut Fields) -> Option<At> {
    let old = match at {
        At::Section(id) => def.sections.iter().position(|known| known.id == *id),
        _ => None,
    };
    let twice = def
        .sections
        .iter()
        .enumerate()
        .any(|(place, known)| known.id == section.id && Some(place) != old);
    if twice {
        fields.complain("id", "编号已经有了，请换一个");
        return None;
    }
    let next = At::Section(section.id.clone());
    match old {
        Some(place) => {
            section.fields = std::mem::take(&mut def.sections[place].fields);
            def.sections[place] = section;
        }
        None => def.sections.push(section),
    }
    Some(next)
}

fn put_field(def: &mut FormDef, at: &At, field: FormField, fields: &mut Fields) -> Option<At> {
    let old = match at {
        At::Field(id) => Some(id.clone()),
        _ => None,
    };
    if old.as_deref() != Some(&field.id) && def.fields().any(|known| known.id == field.id) {
        fields.complain("id", "编号已经有了，请换一个");
        return None;
    }
    let next = At::Field(field.id.clone());
    let place = def
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.fields)
        .find(|known| Some(&known.id) == old.as_ref());
    match (place, at) {
        (Some(place), _) => *place = field,
        (None, At::NewField(id)) => {
            let section = def.sections.iter_mut().find(|section| section.id == *id)?;
            section.fields.push(field);
        }
        (None, _) => return None,
    }
    Some(next)
}

/// Names that a condition may use: of situations, and of the fields before this one, or of all.
fn words(opened: &Opened, def: &FormDef, before: Option<&str>) -> Vec<Word> {
    let questions = opened.drafted.situations.iter().map(|question| question.word());
    let earlier = def
        .fields()
        .take_while(|field| Some(field.id.as_str()) != before)
        .map(FormField::word);
    questions.chain(earlier).chain([Word::party_kind()]).collect()
}

fn read_section(fields: &mut Fields, words: &[Word]) -> Option<Section> {
    let mut form = Reader::of(fields);
    let id = form.text("id", "编号", 64);
    let title = form.text("label", "名称", 100);
    let hint = form.optional("hint", "提示", 500);
    let visible = read_condition(&mut form, "visible", words);
    Some(Section {
        id: plain(&mut form, id?)?,
        title: title?,
        hint: hint?,
        visible: visible?,
        fields: Vec::new(),
    })
}

/// Conditions are checked at their field, before the draft is saved.
pub(super) fn read_condition(form: &mut Reader<'_>, name: &'static str, words: &[Word]) -> Option<Option<String>> {
    let said = form.optional(name, "条件", condition::MOST_TEXT)?;
    let problem = said.iter().flat_map(|text| condition::problems(text, words)).next();
    match problem {
        Some(problem) => form.refuse(name, problem),
        None => Some(said),
    }
}

pub(super) fn plain(form: &mut Reader<'_>, id: String) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    match id.bytes().all(plain) {
        true => Some(id),
        false => form.refuse("id", "编号只能用小写字母、数字和下划线"),
    }
}

fn read_field(fields: &mut Fields, earlier: &[Word], all: &[Word]) -> Option<FormField> {
    let mut form = Reader::of(fields);
    let form = &mut form;
    let id = form.text("id", "编号", 64);
    let label = form.text("label", "名称", 100);
    let kind = form.choice::<FieldKind>("kind", "类型");
    let hint = form.optional("hint", "提示", 500);
    let unit = form.optional("unit", "单位", 20);
    let (least, most) = (whole(form, "min"), whole(form, "max"));
    let (decimals, length) = (whole(form, "decimals"), whole(form, "max_length"));
    let choices = form.optional("options", "选项", 20_000);
    let visible = read_condition(form, "visible", earlier);
    let required_when = read_condition(form, "required_when", earlier);
    let (required, personal) = (form.ticked("required"), form.ticked("personal"));
    let prefill = form.optional("prefill", "预填", 40);
    let id = plain(form, id?)?;
    let kind = kind?;
    let tests = read_tests(form, &id, label.as_deref().unwrap_or_default(), kind, all);
    let choices = options(&choices?.unwrap_or_default());
    if kind.has_options() && choices.is_empty() {
        return form.refuse("options", "这种类型要有选项，一行一个");
    }
    Some(FormField {
        hint: hint?,
        required,
        max_length: length?.and_then(|length| usize::try_from(length).ok()),
        min: least?,
        max: most?,
        decimals: decimals?.and_then(|digits| u8::try_from(digits).ok()),
        unit: unit?,
        options: if kind.has_options() { choices } else { Vec::new() },
        visible: visible?,
        required_when: required_when?,
        tests: tests?,
        prefill: prefill?,
        personal,
        ..FormField::new(id, kind, label?)
    })
}

fn read_tests(
    form: &mut Reader<'_>,
    id: &str,
    label: &str,
    kind: FieldKind,
    all: &[Word],
) -> Option<Vec<crate::form::Test>> {
    let text = form.optional("tests", "校验", 5_000)?.unwrap_or_default();
    let tests = match lines::tests(&text) {
        Ok(tests) => tests,
        Err(why) => return form.refuse("tests", why),
    };
    // The field itself may be a new one.
    let own = Word::answer("form", id, label, kind, &[]);
    let words: Vec<Word> = all.iter().cloned().chain([own]).collect();
    let problem = tests
        .iter()
        .flat_map(|test| condition::problems(&test.when, &words))
        .next();
    match problem {
        Some(problem) => form.refuse("tests", problem),
        None => Some(tests),
    }
}

/// A whole number, or nothing.
fn whole(form: &mut Reader<'_>, name: &'static str) -> Option<Option<i64>> {
    match form.optional(name, "数字", 12)? {
        None => Some(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if number >= 0 => Some(Some(number)),
            _ => form.refuse(name, "应为不小于0的整数"),
        },
    }
}

fn show(desk: &Desk, opened: &Opened, at: At, fields: Fields, listing: &Listing) -> Response {
    let def = form_of(opened);
    let code = opened.code();
    let entry = |label: String, about: String, of: At| Entry {
        label,
        about,
        link: of.link(code),
        chosen: of == at,
    };
    let field_entry = |field: &FormField| {
        let must = if field.required { "，必填" } else { "" };
        let special = field.visible.is_some() || field.shown_when.is_some();
        let special = if special { "，看情形" } else { "" };
        entry(
            field.label.clone(),
            format!("{}{must}{special}", field.kind.name()),
            At::Field(field.id.clone()),
        )
    };
    let part = |section: &Section| Part {
        entry: entry(section.title.clone(), String::new(), At::Section(section.id.clone())),
        fields: section.fields.iter().map(field_entry).collect(),
        add: entry("添加栏目".to_owned(), String::new(), At::NewField(section.id.clone())),
    };
    let before = match &at {
        At::Field(id) => Some(id.as_str()),
        _ => None,
    };
    let seen = fields.seen_text();
    page(&FormPage {
        frame: desk
            .frame(format!("起草申请表：{}", opened.drafted.name))
            .of_form(&fields)
            .back(overview_page(code)),
        form_entry: entry(format!("表名：{}", def.title), String::new(), At::Form),
        parts: def.sections.iter().map(part).collect(),
        add_section: entry("添加部分".to_owned(), String::new(), At::NewSection),
        findings: opened.findings(&["form", "situations"]),
        words: words(opened, &def, before).iter().map(Word::example).collect(),
        kinds: FieldKind::ALL
            .iter()
            .map(|kind| (kind.key().to_owned(), kind.name().to_owned()))
            .collect(),
        preview: preview::of(desk, opened, listing, at.link(code)),
        action: at.link(code),
        fields: if seen.is_empty() {
            fields.seen(opened.seen())
        } else {
            fields
        },
        at,
    })
}
