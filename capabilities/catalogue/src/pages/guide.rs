//! `GET /items/<code>`: the guide of one item, made from the item itself (R16), in the order that people
//! expect. `?version=n` shows an earlier version. A cancelled item keeps its page.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_codes::PowerType;
use mingjing_people::public::{Body, BodyFacts};
use mingjing_web::{Column, Desk, Fields, Frame, Link, Listing, Problem, page, qr_svg};

use super::chart::{Chart, public_chart};
use super::cite::basis_page;
use super::situation::{self, Chooser};
use super::{apply_page, benchmark_page, item_page, items_page};
use crate::benchmark;
use crate::events::Cancellation;
use crate::field_set::{OwnValue, VisibleTo};
use crate::item::Item;
use crate::law::Law;
use crate::public_form::{PublicForm, public_forms};
use crate::version::{ItemStatus, ItemVersion, LegalBasis, Limit};
use crate::views;

#[derive(Template)]
#[template(path = "items/guide.html")]
struct GuidePage {
    frame: Frame,
    version: ItemVersion,
    /// All versions, newest first, with their links.
    versions: Vec<VersionLink>,
    /// The version shown is not the one that holds today.
    outdated: bool,
    /// A version that is confirmed and holds from a day to come.
    coming: Option<(i32, Date)>,
    cancelled: Option<Cancellation>,
    bases: Vec<BasisRow>,
    chart: Option<Arc<Chart>>,
    body: Option<BodyFacts>,
    may_apply: bool,
    fields: Fields,
    chooser: Chooser,
    /// The address of this page as a QR code.
    mark: String,
    /// The benchmark can be executed and has a page of its own.
    benchmark: Option<(String, Link)>,
    today: Date,
    /// The same power of bodies above and below.
    elsewhere: Vec<views::ItemRow>,
    /// Blank forms and samples, by a material's id.
    forms: BTreeMap<String, Vec<PublicForm>>,
}

struct VersionLink {
    number: i32,
    valid_from: Date,
    document_no: String,
    link: Link,
    shown: bool,
}

struct BasisRow {
    citation: String,
    link: Link,
    rank: &'static str,
    summary: Option<String>,
}

pub async fn get_item(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let wanted: Option<i32> = listing.one("version").parse().ok();
    let code = item_code.clone();
    let (item, body, shown, elsewhere, forms) = desk
        .house
        .chronicle
        .read(move |reader| {
            let item = reader.load::<Item>(&code)?;
            let body: String = code.chars().take(10).collect();
            let body = reader.load::<Body>(&body)?.facts().cloned();
            let shown = match shown_version(&item.state, wanted, today) {
                Some(version) => Some((version.clone(), bases(reader, version, today)?)),
                None => None,
            };
            let elsewhere = match &shown {
                Some((version, _)) => {
                    views::at_other_levels(reader, &version.item_code, &version.name, version.power_type)?
                }
                None => Vec::new(),
            };
            let forms = match &shown {
                Some((version, _)) => public_forms(reader, &version.materials)?,
                None => BTreeMap::new(),
            };
            Ok((item.state.clone(), body, shown, elsewhere, forms))
        })
        .await?;
    let Some((version, bases)) = shown else {
        let refusal = Refusal::not_found("catalogue.item.unknown", "没有这个事项，或者没有这个版本。")
            .advice("请核对事项编码，或者在事项列表里按名称查找。");
        return Err(Problem::Refusal(refusal));
    };
    let current = item.holding(today).map(|current| current.version);
    let coming = item
        .latest()
        .filter(|latest| latest.valid_from > today && item.cancelled().is_none());
    let answers = situation::answers(&listing, &version);
    let address = item_page(&version.item_code);
    let scheme = if desk.house.site.secure { "https" } else { "http" };
    Ok(page(&GuidePage {
        fields: situation::fields(desk.form(), &answers, &listing),
        chooser: situation::chooser(&version, &answers, &listing, today),
        mark: qr_svg(&format!("{scheme}://{}{address}", desk.house.site.domain)).unwrap_or_default(),
        frame: frame(&desk, &version),
        versions: version_links(&item, &version),
        outdated: current.is_some_and(|current| current != version.version),
        cancelled: item.cancelled().cloned(),
        coming: coming.map(|latest| (latest.version, latest.valid_from)),
        may_apply: version.online
            && item
                .current(today)
                .is_some_and(|current| current.version == version.version),
        bases,
        chart: public_chart(&version),
        benchmark: version
            .discretion_benchmark
            .as_deref()
            .and_then(benchmark::latest)
            .map(|found| (found.title.to_string(), benchmark_page(&version.item_code))),
        body,
        today,
        version,
        elsewhere,
        forms,
    }))
}

/// The bases with a summary of each article (the item's own, else the law library's) and its edition.
fn bases(reader: &mut Reader<'_>, version: &ItemVersion, today: Date) -> Result<Vec<BasisRow>, Fault> {
    let mut laws: BTreeMap<&str, Option<Law>> = BTreeMap::new();
    // A version that is over is read with the law of its last day.
    let day = version.valid_to.map_or(today, |last| last.min(today));
    let mut rows = Vec::with_capacity(version.legal_bases.len());
    for basis in &version.legal_bases {
        let summary = match (&basis.summary, basis.article) {
            (Some(own), _) => Some(own.clone()),
            (None, None) => None,
            (None, Some(article)) => {
                if !laws.contains_key(basis.law.as_str()) {
                    laws.insert(&basis.law, views::law(reader, &basis.law)?);
                }
                let law = laws.get(basis.law.as_str()).and_then(Option::as_ref);
                law.and_then(|law| law.articles.get(&article).cloned())
            }
        };
        let link = basis_page(reader, basis, day)?;
        rows.push(BasisRow::of(basis, link, summary));
    }
    Ok(rows)
}

fn shown_version(item: &Item, wanted: Option<i32>, today: Date) -> Option<&ItemVersion> {
    match wanted {
        Some(number) => item.version(number),
        None => item.holding(today).or_else(|| item.latest()),
    }
}

fn frame(desk: &Desk, version: &ItemVersion) -> Frame {
    desk.frame(version.name.clone())
        .crumb("首页", Link::to("/"))
        .crumb("办事事项", items_page())
        .column(Column {
            name: "办事指南".to_owned(),
            kind: "办事服务".to_owned(),
            published: version.valid_from.to_string(),
            source: version.body_name.clone(),
        })
}

fn version_links(item: &Item, shown: &ItemVersion) -> Vec<VersionLink> {
    let link = |version: &ItemVersion| item_page(&version.item_code).query("version", version.version);
    item.versions()
        .rev()
        .map(|version| VersionLink {
            number: version.version,
            valid_from: version.valid_from,
            document_no: format!("{}，{}", version.confirmation.body, version.confirmation.document_no),
            link: link(version),
            shown: version.version == shown.version,
        })
        .collect()
}

impl BasisRow {
    fn of(basis: &LegalBasis, link: Link, summary: Option<String>) -> BasisRow {
        BasisRow {
            citation: basis.citation(),
            link,
            rank: basis.rank.name(),
            summary,
        }
    }
}

impl GuidePage {
    fn kinds(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [("individual", "个人", ""), ("organisation", "单位", "")]
    }

    /// What the place has added to this type of item, for everybody to read.
    fn own_fields(&self) -> impl Iterator<Item = &OwnValue> {
        let fields = self.version.own_fields.iter();
        fields.filter(|own| own.visible == VisibleTo::Everybody)
    }

    fn forms_of(&self, material: &str) -> &[PublicForm] {
        self.forms.get(material).map_or(&[], Vec::as_slice)
    }

    fn demo(&self, field: &str) -> bool {
        self.version.is_demo(field)
    }

    fn is_active(&self) -> bool {
        let over = self
            .cancelled
            .as_ref()
            .is_some_and(|cancelled| cancelled.on <= self.today);
        self.version.status == ItemStatus::Active && !over
    }

    /// Nobody applies for a penalty: fee, visits and ways of applying say nothing there.
    fn on_application(&self) -> bool {
        !matches!(self.version.power_type, PowerType::Penalty | PowerType::Coercion)
    }

    fn is_suspended(&self) -> bool {
        self.version.status == ItemStatus::Suspended && self.cancelled.is_none()
    }

    fn coming_link(&self, number: &i32) -> Link {
        item_page(&self.version.item_code).query("version", number)
    }

    fn ended(&self, cancelled: &Cancellation) -> String {
        if cancelled.on > self.today {
            return format!(
                "本事项自{}起取消，届时不再办理。理由：{}",
                cancelled.on, cancelled.reason
            );
        }
        format!("本事项自{}起已取消，不再办理。理由：{}", cancelled.on, cancelled.reason)
    }

    fn body_words(&self) -> String {
        format!("{}（{}）", self.version.body_name, self.version.body_nature)
    }

    fn ways(&self) -> &'static str {
        match self.version.online {
            true => "网上、窗口",
            false => "窗口",
        }
    }

    fn publicity(&self, public: &bool) -> &'static str {
        match public {
            true => "公开",
            false => "不公开",
        }
    }

    fn audiences(&self) -> String {
        let names: Vec<&str> = self.version.audiences.iter().map(|audience| audience.name()).collect();
        names.join("、")
    }

    /// `20个工作日（自受理之日起）`, or a plain word where the law sets none.
    fn limit(&self, limit: &Option<Limit>) -> String {
        match limit {
            None => "法律没有规定".to_owned(),
            Some(limit) if limit.amount == 0 => limit.words(),
            Some(limit) => format!("{}（{}）", limit.words(), limit.start.name()),
        }
    }

    fn apply_link(&self) -> Link {
        apply_page(&self.version.item_code)
    }
}
