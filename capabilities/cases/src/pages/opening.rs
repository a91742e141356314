//! 依职权启动: which item, then against whom and what was found. For what the body begins by itself (处罚法 51, 强制法 18, 34).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::model;
use mingjing_catalogue::public::queries::{ItemFilter, Page, Sort, items};
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Link, Problem, Reader, page};

use super::OPEN;
use super::intake::party;
use super::links::{case_page, opening_of, openings_page, worklist_page};
use crate::course::Course;
use crate::decide::LONGEST_TEXT;
use crate::decide::open::EX_OFFICIO;
use crate::opening::{OpenMatter, open};
use crate::party::DocumentKind;

#[derive(Template)]
#[template(path = "cases/opening_items.html")]
struct ItemsPage {
    frame: Frame,
    items: Vec<(Link, String, &'static str)>,
}

pub async fn get_items(desk: Desk) -> Result<Response, Problem> {
    desk.require(OPEN)?;
    let held = desk.actor.posts.iter().filter(|post| post.role == "handler");
    let bodies: Vec<String> = held.map(|post| post.body.clone()).collect();
    let today = desk.house.clock.today();
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let mut found = Vec::new();
            for (body, power) in bodies.iter().flat_map(|body| EX_OFFICIO.map(|power| (body, power))) {
                let filter = ItemFilter {
                    body: Some(body.clone()),
                    power_type: Some(power),
                    has_flow: true,
                    ..ItemFilter::default()
                };
                for row in items(reader, &filter, Sort::Code, Page { offset: 0, size: 200 })? {
                    let item = reader.load::<Item>(&row.item_code)?;
                    if let Some(course) = item.current(today).and_then(course_of) {
                        found.push((row, course));
                    }
                }
            }
            Ok(found)
        })
        .await?;
    Ok(page(&ItemsPage {
        frame: desk.frame("依职权启动").crumb("工作台", worklist_page()),
        items: found
            .into_iter()
            .map(|(row, course)| (opening_of(&row.item_code), row.name, course.name()))
            .collect(),
    }))
}

/// The course of an item that the body may begin by itself.
fn course_of(version: &ItemVersion) -> Option<Course> {
    let chart = model::read(&version.flow.as_ref()?.bpmn_xml).ok()?;
    Some(Course::of(version.power_type, &chart)).filter(|course| course.is_ex_officio())
}

#[derive(Template)]
#[template(path = "cases/opening.html")]
struct OpeningPage {
    frame: Frame,
    fields: Fields,
    item_name: String,
    found: &'static str,
    found_hint: &'static str,
    kinds: Vec<(String, String, String)>,
    documents: Vec<(String, String)>,
}

pub async fn get_opening(desk: Desk, Path(code): Path<String>) -> Result<Response, Problem> {
    let (item, course) = item(&desk, code).await?;
    let today = desk.house.clock.today().to_string();
    let fields = desk
        .form()
        .with("found_on", today)
        .with("party_kind", "individual")
        .with("document", DocumentKind::CitizenId.key());
    Ok(show(&desk, &item, course, fields))
}

async fn item(desk: &Desk, code: String) -> Result<(ItemVersion, Course), Problem> {
    desk.require(OPEN)?;
    let today = desk.house.clock.today();
    let item = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Item>(&code))
        .await?;
    let current = item.current(today).cloned().ok_or(Problem::NotFound)?;
    let course = course_of(&current).ok_or(Problem::NotFound)?;
    Ok((current, course))
}

fn show(desk: &Desk, item: &ItemVersion, course: Course, fields: Fields) -> Response {
    let option = |value: &str, label: &str| (value.to_owned(), label.to_owned(), String::new());
    let (found, found_hint) = match course {
        Course::SummaryPenalty => ("发现的违法行为", "写明时间、看到的事实；没有查清的不写结论"),
        Course::Enforcement => ("没有履行的行政决定", "写明文号、送达日期、履行期限什么时候届满"),
        _ => ("发现的情况", "写明时间、看到的场所、设施或者财物"),
    };
    page(&OpeningPage {
        frame: desk
            .frame(format!("启动：{}", item.name))
            .crumb("工作台", worklist_page())
            .crumb("依职权启动", openings_page())
            .of_form(&fields),
        item_name: item.name.clone(),
        found,
        found_hint,
        kinds: vec![
            option("individual", "自然人"),
            option("organisation", "法人或者非法人组织"),
        ],
        documents: DocumentKind::ALL
            .into_iter()
            .map(|kind| (kind.key().to_owned(), kind.name().to_owned()))
            .collect(),
        fields,
    })
}

pub async fn post_opening(desk: Desk, Path(code): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    let (item, course) = item(&desk, code).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let Some(matter) = read(&item, &mut fields) else {
        return Ok(show(&desk, &item, course, fields));
    };
    match open(&desk.house.chronicle, desk.request(&meta), matter).await {
        Ok(done) => {
            let number = &done.value.case_no;
            Ok(desk.go_saying(&case_page(number), &format!("已启动，案号{number}。")))
        }
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&desk, &item, course, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

fn read(item: &ItemVersion, fields: &mut Fields) -> Option<OpenMatter> {
    let mut form = Reader::of(fields);
    let found_on = form.date("found_on", "发现的日期");
    let facts = form.text("facts", "发现的情况", LONGEST_TEXT);
    let place = form.text("place", "地点", 300);
    let party = party(&mut form);
    Some(OpenMatter {
        item_code: item.item_code.clone(),
        party: party?,
        found_on: found_on?,
        facts: facts?,
        place: place?,
    })
}
