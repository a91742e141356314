//! `/desk/flows/{item}/edit`: the editor. Its page alone lets the editor's own library make markup (`editor_policy`).

use askama::Template;
use axum::extract::Path;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use mingjing_bpmn::check::Inventory;
use mingjing_bpmn::compare::compare;
use mingjing_bpmn::model;
use mingjing_cases::events::Template as Paper;
use mingjing_web::{Desk, Fields, Frame, Link, Problem, assets, page, security};
use serde::Serialize;

use super::list::minute;
use super::{Chart, DRAW, compare_page, discard_page, file_page, find, flow_page, flows_page, unknown};
use crate::draft;
use crate::inventory::{inventory_of, may_be_asked};

#[derive(Template)]
#[template(path = "studio/edit.html")]
struct EditPage {
    frame: Frame,
    name: String,
    version: i32,
    /// When one's own draft was saved; empty where the chart shown is that in force.
    saved: String,
    /// The item got another flow since the draft was begun: how many elements differ, and where to see them.
    outdated: Option<(usize, Link)>,
    fields: Fields,
    xml: String,
    svg: String,
    /// For the script: words and addresses, as JSON.
    setting: String,
    script: &'static str,
    style: &'static str,
    discard: Option<Link>,
    file: Link,
    back: Link,
}

/// What the script needs to know of the place.
#[derive(Serialize)]
struct Setting {
    posts: Vec<(String, String, Option<u32>)>,
    papers: Vec<(&'static str, &'static str)>,
    /// Bodies that may be asked for their opinion.
    bodies: Vec<(String, String)>,
    check: String,
    rehearse: String,
    save: String,
    compare: String,
    name: String,
}

pub async fn get_edit(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let scope = desk.require(DRAW)?;
    let (wanted, today, author) = (item_code.clone(), desk.house.clock.today(), desk.actor.account.clone());
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some(subject) = find(reader, &wanted, &scope, today)? else {
                return Ok(None);
            };
            let inventory = inventory_of(reader, &subject.version)?;
            let bodies = may_be_asked(reader, &subject.version, &inventory)?;
            let own = draft::own(reader, &author, &wanted)?;
            Ok(Some((subject, (inventory, bodies), own)))
        })
        .await?;
    let (subject, known, own) = read.ok_or_else(unknown)?;
    let flow = subject.version.flow.clone().ok_or_else(unknown)?;
    let in_force = Chart::Version(subject.version.version);
    let drafted = own.as_ref().map(|draft| Chart::Draft(draft.line.id.clone()));
    let outdated = own
        .as_ref()
        .filter(|draft| draft.line.base_hash != flow.hash)
        .map(|draft| {
            let differ = match (model::read_all(&flow.bpmn_xml).0, model::read_all(&draft.bpmn_xml).0) {
                (Some(now), Some(draft)) => compare(&now, &draft).changes.len(),
                _ => 0,
            };
            let link = compare_page(&item_code, &in_force, &Chart::Draft(draft.line.id.clone()));
            (differ, link)
        });
    let shown = drafted.clone().unwrap_or_else(|| in_force.clone());
    let seen = own.as_ref().map_or(0, |draft| draft.line.version);
    let saved = own
        .as_ref()
        .map(|draft| minute(draft.line.updated_at))
        .unwrap_or_default();
    let xml = with_drawing(own.map_or(flow.bpmn_xml, |draft| draft.bpmn_xml));
    let compare = drafted
        .as_ref()
        .map(|draft| compare_page(&item_code, &in_force, draft).to_string());
    let mut response = page(&EditPage {
        frame: desk
            .frame(format!("修改流程图：{}", subject.version.name))
            .crumb("流程图", flows_page())
            .crumb(subject.version.name.clone(), flow_page(&item_code)),
        version: subject.version.version,
        saved,
        outdated,
        fields: desk.form().seen(seen),
        svg: model::read_all(&xml)
            .0
            .map(|model| mingjing_bpmn::draw::svg(&model, &Default::default()))
            .unwrap_or_default(),
        setting: setting(&item_code, &subject.version.name, known, compare.unwrap_or_default())?,
        xml,
        script: assets::address("src/studio.js"),
        style: assets::style_of("src/studio.js"),
        discard: drafted.map(|_| discard_page(&item_code)),
        file: file_page(&item_code, &shown),
        back: flow_page(&item_code),
        name: subject.version.name,
    });
    let policy = security::editor_policy(&desk.visit.nonce).map_err(Problem::fault)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Editors cannot show a chart without a drawing.
fn with_drawing(xml: String) -> String {
    match model::read_all(&xml).0 {
        Some(model) if model.diagram().is_none_or(|diagram| diagram.shapes.is_empty()) => model::write_placed(&model),
        _ => xml,
    }
}

fn setting(
    item_code: &str,
    name: &str,
    (inventory, bodies): (Inventory, Vec<(String, String)>),
    compare: String,
) -> Result<String, Problem> {
    let posts = inventory.posts.unwrap_or_default().into_iter();
    let address = |part: &str| flow_page(item_code).part(part).to_string();
    let setting = Setting {
        posts: posts.map(|(key, post)| (key, post.name, post.holders)).collect(),
        papers: Paper::ALL
            .into_iter()
            .map(|paper| (paper.key(), paper.name()))
            .collect(),
        bodies,
        check: address("check"),
        rehearse: address("rehearse"),
        save: address("draft"),
        compare,
        name: name.to_owned(),
    };
    serde_json::to_string(&setting).map_err(Problem::fault)
}
