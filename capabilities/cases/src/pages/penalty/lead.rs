//! 登记线索: which item it is about, then where it comes from and what it says.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::model;
use mingjing_catalogue::public::queries::{ItemFilter, Page, Sort, items};
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_codes::PowerType;
use mingjing_web::{Desk, Fields, Frame, Link, Problem, Reader, Upload, page};

use crate::course::Course;
use crate::decide::LONGEST_TEXT;
use crate::pages::BOARD;
use crate::pages::citizen::download::keep_all;
use crate::pages::links::{case_page, lead_of, leads_page, worklist_page};
use crate::penalty::decide::register_lead::RegisterLead;
use crate::penalty::events::{Informant, LeadSource};
use crate::penalty::leads;

#[derive(Template)]
#[template(path = "cases/lead_items.html")]
struct ItemsPage {
    frame: Frame,
    items: Vec<(Link, String, String)>,
}

pub(in crate::pages) async fn get_items(desk: Desk) -> Result<Response, Problem> {
    desk.require(BOARD)?;
    let bodies: Vec<String> = desk
        .actor
        .posts
        .iter()
        .filter(|post| post.role == "handler")
        .map(|post| post.body.clone())
        .collect();
    let today = desk.house.clock.today();
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let mut found = Vec::new();
            for body in bodies {
                let filter = ItemFilter {
                    body: Some(body),
                    power_type: Some(PowerType::Penalty),
                    ..ItemFilter::default()
                };
                for row in items(reader, &filter, Sort::Code, Page { offset: 0, size: 500 })? {
                    let item = reader.load::<Item>(&row.item_code)?;
                    if item.current(today).is_some_and(by_ordinary_procedure) {
                        found.push(row);
                    }
                }
            }
            Ok(found)
        })
        .await?;
    Ok(page(&ItemsPage {
        frame: desk.frame("登记线索").crumb("工作台", worklist_page()),
        items: found
            .into_iter()
            .map(|row| (lead_of(&row.item_code), row.name, row.item_code))
            .collect(),
    }))
}

/// A penalty on the spot begins without a lead.
fn by_ordinary_procedure(version: &ItemVersion) -> bool {
    let flow = version.flow.as_ref();
    let chart = flow.and_then(|flow| model::read(&flow.bpmn_xml).ok());
    chart.is_some_and(|chart| Course::of(version.power_type, &chart) != Course::SummaryPenalty)
}

#[derive(Template)]
#[template(path = "cases/lead.html")]
struct LeadPage {
    frame: Frame,
    fields: Fields,
    item_name: String,
    sources: Vec<(String, String, String)>,
}

pub(in crate::pages) async fn get_lead(desk: Desk, Path(code): Path<String>) -> Result<Response, Problem> {
    let item = item(&desk, code).await?;
    let today = desk.house.clock.today().to_string();
    let fields = desk.form().with("received_on", today).with("source", "inspection");
    Ok(show(&desk, &item, fields))
}

async fn item(desk: &Desk, code: String) -> Result<ItemVersion, Problem> {
    desk.require(BOARD)?;
    let today = desk.house.clock.today();
    let item = desk
        .house
        .chronicle
        .read(move |reader| reader.load::<Item>(&code))
        .await?;
    let current = item.current(today).cloned();
    current
        .filter(|version| version.power_type == PowerType::Penalty)
        .ok_or(Problem::NotFound)
}

fn show(desk: &Desk, item: &ItemVersion, fields: Fields) -> Response {
    page(&LeadPage {
        frame: desk
            .frame(format!("登记线索：{}", item.name))
            .crumb("工作台", worklist_page())
            .crumb("登记线索", leads_page())
            .of_form(&fields),
        item_name: item.name.clone(),
        sources: LeadSource::ALL
            .iter()
            .map(|source| (source.key().to_owned(), source.name().to_owned(), String::new()))
            .collect(),
        fields,
    })
}

pub(in crate::pages) async fn post_lead(
    desk: Desk,
    Path(code): Path<String>,
    upload: Upload<()>,
) -> Result<Response, Problem> {
    let item = item(&desk, code).await?;
    let Upload {
        meta,
        mut fields,
        files,
        ..
    } = upload;
    let Some(mut lead) = read(&item, &mut fields) else {
        return Ok(show(&desk, &item, fields));
    };
    lead.files = keep_all(&desk, files, &mut fields).await?;
    if !fields.is_clean() {
        return Ok(show(&desk, &item, fields));
    }
    match leads::register(&desk.house.chronicle, desk.request(&meta), lead).await {
        Ok(done) => Ok(desk.go_saying(
            &case_page(&done.value.case_no),
            &format!("线索已登记，编号{}。", done.value.case_no),
        )),
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&desk, &item, fields.refused(&refusal)))
        }
        Err(stop) => Err(stop.into()),
    }
}

fn read(item: &ItemVersion, fields: &mut Fields) -> Option<RegisterLead> {
    let mut form = Reader::of(fields);
    let source = form.choice::<String>("source", "线索来源");
    let received_on = form.date("received_on", "收到日期");
    let content = form.text("content", "线索内容", LONGEST_TEXT);
    let place = form.text("place", "发生的地点", 300);
    let suspect = form.optional("suspect", "涉嫌的单位或者个人", 200);
    let name = form.optional("informant_name", "举报（投诉）人", 100);
    let contact = form.optional("informant_contact", "联系方式", 200);
    let (name, contact) = (name?, contact?);
    Some(RegisterLead {
        item_code: item.item_code.clone(),
        source: LeadSource::from_key(&source?)?,
        received_on: received_on?,
        content: content?,
        place: place?,
        suspect: suspect?.unwrap_or_default(),
        informant: name.map(|name| Informant {
            name,
            contact: contact.unwrap_or_default(),
        }),
        files: Vec::new(),
    })
}
