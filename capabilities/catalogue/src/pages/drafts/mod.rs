//! `/desk/drafting/<item>`: a body's legal clerk drafts what an item asks for and how it is weighed: form, situations and
//! materials, benchmark, each with its findings and with the preview as citizen and as official beside it. All of it is a
//! draft; it is filed as a change, which the legal office confirms.

mod benchmark;
mod form;
mod lines;
mod preview;
mod situation;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Refusal, Stop, shanghai_date};
use mingjing_people::public::Body;
use mingjing_web::{Access, Desk, Fields, Form, FormMeta, Frame, Link, Listing, Problem, Routes, Subject, page};

use super::{FILE_CHANGE, change_new, item_page};
use crate::difference::{Difference, Line, differences};
use crate::item::Item;
use crate::item_draft::{self, Content, ItemDraft, Saved};

use crate::version::ItemVersion;

pub(super) fn routes() -> Routes {
    let may = Access::May(FILE_CHANGE);
    Routes::new()
        .get("/desk/drafting", may, get_list)
        .get("/desk/drafting/{item_code}", may, get_overview)
        .get("/desk/drafting/{item_code}/discard", may, get_discard)
        .post("/desk/drafting/{item_code}/discard", may, post_discard)
        .get("/desk/drafting/{item_code}/form", may, form::get_form)
        .post("/desk/drafting/{item_code}/form", may, form::post_form)
        .get("/desk/drafting/{item_code}/situation", may, situation::get_situation)
        .post("/desk/drafting/{item_code}/situation", may, situation::post_situation)
        .get("/desk/drafting/{item_code}/benchmark", may, benchmark::get_benchmark)
        .post("/desk/drafting/{item_code}/benchmark", may, benchmark::post_benchmark)
        .get("/desk/drafting/{item_code}/benchmark/file", may, benchmark::get_file)
}

pub(super) fn drafting_page() -> Link {
    Link::to("/desk/drafting")
}

pub(super) fn overview_page(item_code: &str) -> Link {
    drafting_page().part(item_code)
}

pub(super) fn form_page(item_code: &str) -> Link {
    overview_page(item_code).part("form")
}

pub(super) fn situation_page(item_code: &str) -> Link {
    overview_page(item_code).part("situation")
}

pub(super) fn benchmark_page(item_code: &str) -> Link {
    overview_page(item_code).part("benchmark")
}

fn discard_page(item_code: &str) -> Link {
    overview_page(item_code).part("discard")
}

/// An item in the hands of its body's clerk.
pub(super) struct Opened {
    /// The last version that was entered.
    pub(super) base: ItemVersion,
    pub(super) draft: Option<ItemDraft>,
    /// The base with the draft over it.
    pub(super) drafted: ItemVersion,
    pub(super) today: Date,
}

impl Opened {
    pub(super) fn code(&self) -> &str {
        &self.base.item_code
    }

    pub(super) fn content(&self) -> Content {
        self.draft
            .as_ref()
            .map(|draft| draft.content.clone())
            .unwrap_or_default()
    }

    pub(super) fn seen(&self) -> i64 {
        self.draft.as_ref().map_or(0, |draft| draft.version)
    }

    /// What stands against the draft, of these columns; of all where none is named.
    pub(super) fn findings(&self, columns: &[&str]) -> Vec<String> {
        let mut found: Vec<(&str, String)> = crate::situation::problems(&self.drafted);
        let form = self.drafted.form.iter().flat_map(|form| form.problems());
        found.extend(form.map(|problem| ("form", problem)));
        let benchmark = self.drafted.discretion_benchmark.iter();
        found.extend(
            benchmark
                .flat_map(|text| crate::benchmark::problems(text))
                .map(|one| ("benchmark", one)),
        );
        found.extend(
            crate::material::findings(&self.drafted)
                .into_iter()
                .map(|one| ("materials", one)),
        );
        let wanted = found
            .into_iter()
            .filter(|(column, _)| columns.is_empty() || columns.contains(column));
        wanted.map(|(_, reason)| reason).collect()
    }

    pub(super) fn saved(&self) -> String {
        let draft = self.draft.as_ref();
        draft
            .map(|draft| shanghai_date(draft.updated_at).to_string())
            .unwrap_or_default()
    }
}

/// The item where the clerk may file changes of it; another body's is not there.
pub(super) async fn open(desk: &Desk, item_code: &str) -> Result<Opened, Problem> {
    let scope = desk.require(FILE_CHANGE)?;
    let (code, author, today) = (
        item_code.to_owned(),
        desk.actor.account.clone(),
        desk.house.clock.today(),
    );
    let read = desk.house.chronicle.read(move |reader| {
        let item = reader.load::<Item>(&code)?;
        let Some(base) = item.latest().filter(|_| item.cancelled().is_none()).cloned() else {
            return Ok(None);
        };
        let area = reader
            .load::<Body>(&base.body)?
            .facts()
            .map(|facts| facts.division.clone());
        let subject = Subject {
            body: &base.body,
            area: area.as_deref().unwrap_or_default(),
            party_account: "",
            published: false,
        };
        if !scope.covers(&subject) {
            return Ok(None);
        }
        let draft = item_draft::own(reader, &author, &code)?;
        let drafted = draft
            .as_ref()
            .map_or_else(|| base.clone(), |draft| draft.content.over(&base));
        Ok(Some(Opened {
            base,
            draft,
            drafted,
            today,
        }))
    });
    read.await?.ok_or_else(|| {
        let refusal = Refusal::not_found("catalogue.draft.unknown", "没有这个事项，或者它不是您单位的。");
        Problem::Refusal(refusal.advice("请核对事项编码。"))
    })
}

/// Saves a changed draft. The page that crossed another window's save is shown again with what was typed.
pub(super) enum Kept {
    Saved,
    /// Nothing was written; the version to send with the next save, which then replaces the other one knowingly.
    Crossed(i64),
}

pub(super) const CROSSED: &str = "这份草稿在别的窗口保存过，这次没有保存。核对后再按一次，就以这里的为准";

pub(super) async fn keep(desk: &Desk, meta: &FormMeta, opened: &Opened, content: Content) -> Result<Kept, Stop> {
    let seen = meta.seen.unwrap_or(0);
    let base = opened
        .draft
        .as_ref()
        .map_or(opened.base.version, |draft| draft.base_version);
    let (chronicle, request) = (&desk.house.chronicle, desk.request(meta));
    let saved = item_draft::save(chronicle, request, opened.code().to_owned(), base, content, seen).await?;
    Ok(match saved {
        Saved::As(_) => Kept::Saved,
        Saved::Crossed(version) => Kept::Crossed(version),
    })
}

#[derive(Template)]
#[template(path = "drafts/list.html")]
struct ListPage {
    frame: Frame,
    fields: Fields,
    rows: Vec<(String, String, String, Link)>,
}

pub async fn get_list(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    desk.require(FILE_CHANGE)?;
    let wanted = listing.one("item").to_owned();
    let mut fields = desk.form().with("item", wanted.clone());
    if !wanted.is_empty() {
        match open(&desk, &wanted).await {
            Ok(_) => return Ok(desk.go(&overview_page(&wanted))),
            Err(Problem::Refusal(refusal)) => fields.complain("item", refusal.message),
            Err(problem) => return Err(problem),
        }
    }
    let author = desk.actor.account.clone();
    let rows = desk.house.chronicle.read(move |reader| {
        let mut rows = Vec::new();
        for draft in item_draft::all_own(reader, &author)? {
            let item = reader.load::<Item>(&draft.item_code)?;
            let name = item.latest().map(|version| version.name.clone()).unwrap_or_default();
            let saved = shanghai_date(draft.updated_at).to_string();
            let link = overview_page(&draft.item_code);
            rows.push((draft.item_code, name, saved, link));
        }
        Ok(rows)
    });
    Ok(page(&ListPage {
        rows: rows.await?,
        frame: desk.frame("起草事项").of_form(&fields).back(super::changes_page()),
        fields,
    }))
}

#[derive(Template)]
#[template(path = "drafts/overview.html")]
struct OverviewPage {
    frame: Frame,
    item_code: String,
    version: i32,
    saved: String,
    /// The item has got another version since the draft was begun.
    outdated: bool,
    findings: Vec<String>,
    differences: Vec<Difference>,
    parts: Vec<(&'static str, String, Link)>,
    file: Link,
    discard: Link,
    guide: Link,
}

pub async fn get_overview(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let version = &opened.drafted;
    let fields = version.form.as_ref().map_or(0, |form| form.fields().count());
    let benchmark = version
        .discretion_benchmark
        .as_deref()
        .and_then(crate::benchmark::latest);
    let mut parts = vec![
        (
            "情形和材料",
            format!("{}个问题，{}份材料", version.situations.len(), version.materials.len()),
            situation_page(&item_code),
        ),
        ("申请表", format!("{fields}个栏目"), form_page(&item_code)),
    ];
    if version.power_type == mingjing_codes::PowerType::Penalty {
        let title = benchmark.map_or_else(|| "还没有可以计算的".to_owned(), |one| one.title.to_string());
        parts = vec![("裁量基准", title, benchmark_page(&item_code))];
    }
    Ok(page(&OverviewPage {
        frame: desk.frame(format!("起草：{}", version.name)).back(drafting_page()),
        version: opened.base.version,
        saved: opened.saved(),
        outdated: opened
            .draft
            .as_ref()
            .is_some_and(|draft| draft.base_version != opened.base.version),
        findings: opened.findings(&[]),
        differences: differences(Some(&opened.base), version),
        parts,
        file: change_new::of_draft(&item_code),
        discard: discard_page(&item_code),
        guide: item_page(&item_code),
        item_code,
    }))
}

#[derive(Template)]
#[template(path = "drafts/discard.html")]
struct DiscardPage {
    frame: Frame,
    fields: Fields,
    name: String,
    back: Link,
}

pub async fn get_discard(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let back = overview_page(&item_code);
    Ok(page(&DiscardPage {
        frame: desk.frame("删除事项草稿").back(back.clone()),
        fields: desk.form(),
        name: opened.base.name,
        back,
    }))
}

pub async fn post_discard(desk: Desk, Path(item_code): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    open(&desk, &item_code).await?;
    item_draft::discard(&desk.house.chronicle, desk.request(&form.meta), item_code).await?;
    Ok(desk.go_saying(&drafting_page(), "草稿已经删除。"))
}
