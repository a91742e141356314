//! A plan is drafted: which place becomes which, for which cases; tried as often as one likes, then filed.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::migrate::Plan;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Listing, Problem, page};

use super::{CaseLine, migrations_page, plan_page, trial_in_words};
use crate::migration::PLAN;
use crate::migration::commands::{self, MOST_TRIED, Trial};
use crate::migration::decide::MigrationOrder;
use crate::migration::plan::Chosen;
use crate::migration::trial::Between;
use crate::pages::links::worklist_page;
use crate::views::charts;

/// A place that nobody waits at any more.
const ENDED: &str = "-";

/// One line of the mapping.
struct Line {
    /// Name of its field.
    field: String,
    label: String,
    kind: &'static str,
    options: Vec<(String, String)>,
    by_itself: bool,
}

#[derive(Template)]
#[template(path = "cases/migration_new.html")]
struct NewPage {
    frame: Frame,
    fields: Fields,
    item_name: String,
    from: i32,
    to: i32,
    open: Vec<Line>,
    mapped: Vec<Line>,
    cases: Vec<(String, String, String)>,
    running: i64,
    before: String,
    after: String,
    /// Of the trial: what it came to, and each case.
    tried: Option<(String, Vec<CaseLine>)>,
}

impl NewPage {
    /// Not every case can be chosen here.
    fn cut(&self) -> bool {
        self.running > self.cases.len() as i64
    }

    fn chosen(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [
            (
                "all",
                "全部办理中的办件",
                "以确认时还在现行流程图上的为准，分批迁移，直到没有为止",
            ),
            ("some", "只迁移选中的办件", "在下面选择"),
        ]
    }
}

pub async fn get_new(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let (item, from) = (listing.one("item").to_owned(), listing.one("from").to_owned());
    let fields = desk.form().with("item", item).with("from", from).with("chosen", "all");
    show(&desk, fields, None).await
}

/// What the page needs of item and cases.
struct Read {
    between: Between,
    cases: Vec<String>,
    running: i64,
}

async fn read(desk: &Desk, item_code: &str, from: i32, plan: Plan) -> Result<Read, Problem> {
    let scope = desk.require(PLAN)?;
    let (code, today) = (item_code.to_owned(), desk.house.clock.today());
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            if !charts::item_within(reader, &scope, &code)? {
                return Ok(None);
            }
            let item = reader.load::<Item>(&code)?.state;
            let Some(to) = item.current(today).map(|version| version.version) else {
                return Ok(None);
            };
            let between = Between::of(item, from, to, plan);
            let chart = (code.as_str(), from);
            let cases = charts::running(reader.sql(), chart, "", MOST_TRIED)?;
            Ok(Some((between, cases, charts::count(reader.sql(), chart, "")?)))
        })
        .await?;
    let (between, cases, running) = read.ok_or(Problem::NotFound)?;
    Ok(Read {
        between: between?,
        cases,
        running,
    })
}

async fn show(desk: &Desk, fields: Fields, trial: Option<Trial>) -> Result<Response, Problem> {
    let from: i32 = fields.value("from").parse().map_err(|_| Problem::NotFound)?;
    let read = read(desk, fields.value("item"), from, Plan::default()).await?;
    let between = &read.between;
    let (mapped, open): (Vec<Line>, Vec<Line>) = lines(between).into_iter().partition(|line| line.by_itself);
    let item_name = between.to.name.clone();
    let chart = |flow: &crate::flow::Flow, title: String| {
        let overlay = Overlay {
            title: Some(title),
            ..Overlay::default()
        };
        draw::svg(flow.model(), &overlay)
    };
    desk.note_read("item", &between.from.item_code, PLAN)?;
    Ok(page(&NewPage {
        frame: desk
            .frame(format!("迁移方案：{item_name}"))
            .crumb("工作台", worklist_page())
            .crumb("流程迁移", migrations_page())
            .of_form(&fields),
        before: chart(&between.charts.old, format!("第{from}版的流程图")),
        after: chart(&between.charts.new, format!("第{}版的流程图", between.to.version)),
        item_name,
        from,
        to: between.to.version,
        fields: prefilled(fields, mapped.iter().chain(&open), between),
        open,
        mapped,
        cases: read
            .cases
            .iter()
            .map(|no| (no.clone(), no.clone(), String::new()))
            .collect(),
        running: read.running,
        tried: trial.map(|trial| {
            let words = trial_in_words(trial.counted(), trial.running);
            (words, trial.cases.iter().map(CaseLine::tried).collect())
        }),
    }))
}

fn field_of(element: &str) -> String {
    format!("to-{element}")
}

fn lines(between: &Between) -> Vec<Line> {
    let stops = between.charts.stops().into_iter();
    stops
        .map(|(stop, becomes)| {
            let option = |id: &str, label: &str| (id.to_owned(), label.to_owned());
            let mut options: Vec<(String, String)> = stop.fits.iter().map(|(id, label)| option(id, label)).collect();
            if stop.may_end {
                options.push(option(ENDED, "（不再等待）"));
            }
            Line {
                field: field_of(stop.id),
                label: stop.label.to_owned(),
                kind: stop.kind,
                options,
                by_itself: becomes.is_some(),
            }
        })
        .collect()
}

/// What goes by itself is shown as chosen, unless the person chose otherwise.
fn prefilled<'l>(fields: Fields, lines: impl Iterator<Item = &'l Line>, between: &Between) -> Fields {
    let by_itself = between.charts.stops();
    lines.fold(fields, |fields, line| {
        let known = by_itself.iter().find(|(stop, _)| field_of(stop.id) == line.field);
        match known.and_then(|(_, becomes)| becomes.clone()) {
            Some(becomes) if fields.values(&line.field).is_empty() => fields.with(&line.field, becomes),
            _ => fields,
        }
    })
}

/// The fields as an order; what is chosen as it goes by itself need not be said.
fn order(fields: &Fields, from: i32, between: &Between) -> MigrationOrder {
    let mut plan = Plan::default();
    for (stop, becomes) in between.charts.stops() {
        let chosen = fields.value(&field_of(stop.id));
        if chosen == ENDED && stop.may_end {
            plan.ended.insert(stop.id.to_owned());
        } else if !chosen.is_empty() && becomes.as_deref() != Some(chosen) {
            plan.elements.insert(stop.id.to_owned(), chosen.to_owned());
        }
    }
    let cases: BTreeSet<&String> = fields.values("cases").iter().collect();
    MigrationOrder {
        item_code: between.from.item_code.clone(),
        from_version: from,
        to_version: between.to.version,
        plan,
        chosen: match fields.value("chosen") {
            "some" => Chosen::Some(cases.into_iter().cloned().collect()),
            _ => Chosen::All,
        },
        reasons: fields.value("reasons").to_owned(),
    }
}

pub async fn post_new(desk: Desk, form: Form<()>) -> Result<Response, Problem> {
    let (meta, fields) = (form.meta, form.fields);
    let from: i32 = fields.value("from").parse().map_err(|_| Problem::NotFound)?;
    let read = read(&desk, fields.value("item"), from, Plan::default()).await?;
    let order = order(&fields, from, &read.between);
    let chronicle = &desk.house.chronicle;
    if fields.value("do") != "file" {
        return match commands::try_plan(chronicle, &desk.actor, &order).await {
            Ok(trial) => show(&desk, fields, Some(trial)).await,
            Err(stop) => again(&desk, fields, stop).await,
        };
    }
    match commands::file_plan(chronicle, desk.request(&meta), order).await {
        Ok(done) => Ok(desk.go_saying(&plan_page(&done.value.plan_no), "已提出，等待法制机构的其他人员确认。")),
        Err(stop) => again(&desk, fields, stop).await,
    }
}

async fn again(desk: &Desk, fields: Fields, stop: Stop) -> Result<Response, Problem> {
    match stop {
        Stop::Refusal(refusal) if refusal.kind == RefusalKind::Invalid => {
            show(desk, fields.refused(&refusal), None).await
        }
        stop => Err(stop.into()),
    }
}
