//! `/desk/field-sets`: what the place asks of items of a type beside tables A–D. Bodies read it; the legal office keeps it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_codes::PowerType;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, page};

use super::{CHANGES, REVIEW_CHANGE};
use crate::field_set::own::MOST_FIELDS;
use crate::field_set::{FieldSet, FieldSpec, Kind, OwnField, VisibleTo, fields_of};
use crate::reference::set_fields;
use crate::register::Register;

pub fn field_sets_page() -> Link {
    Link::to("/desk/field-sets")
}

fn field_set_page(power_type: PowerType) -> Link {
    field_sets_page().part(power_type.code())
}

#[derive(Template)]
#[template(path = "drafts/field_sets.html")]
struct ListPage {
    frame: Frame,
    /// Type, number of fields of the place, version of the set.
    rows: Vec<(String, usize, u32, Link)>,
}

async fn register(desk: &Desk) -> Result<(Register, i64), Problem> {
    let jurisdiction = desk.house.chronicle.jurisdiction().to_owned();
    let read = desk.house.chronicle.read(move |reader| {
        let loaded = reader.load::<Register>(&jurisdiction)?;
        Ok(((*loaded.state).clone(), loaded.version))
    });
    Ok(read.await?)
}

pub async fn get_field_sets(desk: Desk) -> Result<Response, Problem> {
    desk.require(CHANGES)?;
    let (register, _) = register(&desk).await?;
    let row = |power_type: PowerType| {
        let set = register.field_sets.get(power_type.code());
        let (fields, version) = set.map_or((0, 0), |set| (set.fields.len(), set.version));
        (
            power_type.name().to_owned(),
            fields,
            version,
            field_set_page(power_type),
        )
    };
    Ok(page(&ListPage {
        rows: PowerType::ALL.into_iter().map(row).collect(),
        frame: desk.frame("事项栏目"),
    }))
}

#[derive(Template)]
#[template(path = "drafts/field_set.html")]
struct OnePage {
    frame: Frame,
    fields: Fields,
    set: Option<FieldSet>,
    known: Vec<FieldSpec>,
    lines: usize,
    may_set: bool,
}

impl OnePage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        Kind::OWN.iter().map(|kind| (kind.key(), kind.name())).collect()
    }

    fn places(&self) -> std::ops::RangeInclusive<usize> {
        1..=self.lines
    }
}

fn of_code(code: &str) -> Result<PowerType, Problem> {
    PowerType::from_code(code).ok_or(Problem::NotFound)
}

pub async fn get_field_set(desk: Desk, Path(code): Path<String>) -> Result<Response, Problem> {
    desk.require(CHANGES)?;
    let power_type = of_code(&code)?;
    let (register, _) = register(&desk).await?;
    let set = register.field_sets.get(power_type.code());
    let fields = (1..).zip(set.into_iter().flat_map(|set| &set.fields));
    let yes = |on: bool| if on { "yes" } else { "" };
    let fields = fields.fold(desk.form(), |form, (at, field)| {
        form.with(&format!("key{at}"), field.key.clone())
            .with(&format!("name{at}"), field.name.clone())
            .with(&format!("kind{at}"), field.kind.key())
            .with(&format!("required{at}"), yes(field.required))
            .with(&format!("office{at}"), yes(field.visible == VisibleTo::Office))
            .with(&format!("basis{at}"), field.basis.clone())
            .with(&format!("values{at}"), field.values.join("；"))
    });
    Ok(show(&desk, power_type, &register, fields))
}

fn show(desk: &Desk, power_type: PowerType, register: &Register, fields: Fields) -> Response {
    let set = register.field_sets.get(power_type.code());
    let filled = (1..=MOST_FIELDS)
        .rev()
        .find(|at| !fields.value(&format!("key{at}")).is_empty());
    page(&OnePage {
        frame: desk
            .frame(format!("{}事项的栏目", power_type.name()))
            .of_form(&fields)
            .back(field_sets_page()),
        known: fields_of(power_type, &register.field_sets),
        lines: (filled.unwrap_or(0) + 2).min(MOST_FIELDS),
        may_set: desk.may(REVIEW_CHANGE).is_some(),
        fields: fields.seen(i64::from(set.map_or(0, |set| set.version))),
        set: set.cloned(),
    })
}

fn read(fields: &Fields) -> Vec<OwnField> {
    let of = |at: usize| {
        let given = |name: &str| fields.value(&format!("{name}{at}")).trim().to_owned();
        let values = given("values");
        let values = values
            .split(['；', ';', '\n', '、'])
            .map(|value| value.trim().to_owned());
        OwnField {
            key: given("key"),
            name: given("name"),
            kind: given("kind").parse().unwrap_or(Kind::Text),
            required: given("required") == "yes",
            visible: match given("office") == "yes" {
                true => VisibleTo::Office,
                false => VisibleTo::Everybody,
            },
            basis: given("basis"),
            values: values.filter(|value| !value.is_empty()).collect(),
        }
    };
    let all = (1..=MOST_FIELDS).map(of);
    all.filter(|field| !(field.key.is_empty() && field.name.is_empty()))
        .collect()
}

pub async fn post_field_set(desk: Desk, Path(code): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    desk.require(REVIEW_CHANGE)?;
    let power_type = of_code(&code)?;
    let (meta, fields) = (form.meta, form.fields);
    let seen = meta.seen.and_then(|seen| u32::try_from(seen).ok());
    match set_fields(
        &desk.house.chronicle,
        desk.request(&meta),
        power_type,
        seen,
        read(&fields),
    )
    .await
    {
        Ok(()) => Ok(desk.go_saying(&field_set_page(power_type), "已保存，以后录入和调整的事项按它检查。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            let (register, _) = register(&desk).await?;
            Ok(show(&desk, power_type, &register, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}
