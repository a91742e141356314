//! 办件统计: the same figures as charts, tables, CSV and XLSX, for one procedure at a time; for the public over all bodies,
//! on the desk within what one may see. Each figure says how it is counted.

mod columns;

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_people::public::queries;
use mingjing_web::{Cell, Desk, Frame, Link, Listing, Problem, Sheet, SheetKind, page, send_sheets};

use super::{BOARD, condition};
use crate::number::Procedure;
use crate::views::list::ScopeCondition;
use crate::views::statistics::{Asked, Figures, Statistics, statistics};
use columns::{Words, days_in_words, share_in_words, words};

/// Below this the public is not told a median.
const FEWEST_FOR_MEDIAN: i64 = 5;

pub async fn get_statistics(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let told = told(&desk, &listing, Side::Public).await?;
    Ok(page(&PublicPage {
        frame: desk.frame("办件统计"),
        told,
    }))
}

pub async fn get_csv(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    send(&desk, &listing, Side::Public, SheetKind::Csv).await
}

pub async fn get_xlsx(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    send(&desk, &listing, Side::Public, SheetKind::Xlsx).await
}

pub async fn get_desk(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let told = told(&desk, &listing, Side::Desk).await?;
    Ok(page(&DeskPage {
        frame: desk.frame("办件统计"),
        told,
    }))
}

pub async fn get_desk_csv(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    send(&desk, &listing, Side::Desk, SheetKind::Csv).await
}

pub async fn get_desk_xlsx(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    send(&desk, &listing, Side::Desk, SheetKind::Xlsx).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Public,
    Desk,
}

impl Side {
    /// Whose cases: the public's figures are of all bodies and name nobody.
    fn scope(self, desk: &Desk) -> Result<ScopeCondition, Problem> {
        Ok(match self {
            Side::Public => ScopeCondition {
                text: "1 = 1".to_owned(),
                parameters: Vec::new(),
            },
            Side::Desk => condition(&desk.require(BOARD)?),
        })
    }

    /// Page, CSV, XLSX.
    fn links(self) -> [Link; 3] {
        match self {
            Side::Public => ["/statistics", "/statistics.csv", "/statistics.xlsx"],
            Side::Desk => ["/desk/statistics", "/desk/statistics.csv", "/desk/statistics.xlsx"],
        }
        .map(Link::to)
    }
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct PublicPage {
    frame: Frame,
    told: Told,
}

#[derive(Template)]
#[template(path = "cases/statistics.html")]
struct DeskPage {
    frame: Frame,
    told: Told,
}

/// What the page shows, whoever looks.
struct Told {
    today: String,
    action: Link,
    csv: Link,
    xlsx: Link,
    asked: Asked,
    procedures: [Procedure; 4],
    words: &'static Words,
    heads: Vec<&'static str>,
    years: Vec<i16>,
    bodies: Vec<(String, String)>,
    items: Vec<(String, String)>,
    total: Line,
    bars: Bars,
    tables: Vec<Table>,
    states: Vec<(&'static str, i64)>,
    fewest: i64,
    public: bool,
}

impl Told {
    fn is_year(&self, year: &i16) -> bool {
        self.asked.year == Some(*year)
    }

    fn is_procedure(&self, procedure: &Procedure) -> bool {
        self.asked.procedure == *procedure
    }
}

struct Table {
    title: &'static str,
    first: &'static str,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    figures: Figures,
    /// Under the page's heads.
    cells: Vec<String>,
    median: String,
    lawful: String,
}

/// Horizontal bars by month: received, and of these decided.
struct Bars {
    height: usize,
    bars: Vec<Bar>,
}

struct Bar {
    name: String,
    top: usize,
    text: usize,
    received: i64,
    decided: i64,
    received_width: i64,
    decided_width: i64,
}

async fn told(desk: &Desk, listing: &Listing, side: Side) -> Result<Told, Problem> {
    let asked = asked(listing);
    let found = read(desk, &asked, side).await?;
    let query = |link: Link| {
        let mut link = link;
        for name in ["procedure", "year", "body", "item"] {
            let value = listing.one(name);
            if !value.is_empty() {
                link = link.query(name, value);
            }
        }
        link
    };
    let [action, csv, xlsx] = side.links();
    let (counts, words) = (&found.counts, found.words);
    let of_body = |key: &String| found.body_name(key);
    let of_item = |key: &String| found.item_name(key);
    Ok(Told {
        procedures: Procedure::ALL,
        heads: words.columns.iter().filter_map(|column| column.short).collect(),
        words,
        today: desk.house.clock.today().to_string(),
        action,
        csv: query(csv),
        xlsx: query(xlsx),
        years: counts.known.years.clone(),
        bodies: counts
            .known
            .bodies
            .iter()
            .map(|key| (key.clone(), of_body(key)))
            .collect(),
        items: counts
            .known
            .items
            .iter()
            .map(|key| (key.clone(), of_item(key)))
            .collect(),
        total: line("合计".to_owned(), &counts.total, words),
        bars: bars(counts),
        tables: vec![
            table(("按机关", "机关"), &counts.by_body, words, of_body),
            table(("按事项", "事项"), &counts.by_item, words, of_item),
            table((words.by_month, "月份"), &counts.by_month, words, Clone::clone),
        ],
        states: counts
            .by_state
            .iter()
            .map(|(state, count)| (state.name(), *count))
            .collect(),
        fewest: FEWEST_FOR_MEDIAN,
        public: side == Side::Public,
        asked,
    })
}

async fn send(desk: &Desk, listing: &Listing, side: Side, kind: SheetKind) -> Result<Response, Problem> {
    let told = told(desk, listing, side).await?;
    let mut sheets: Vec<Sheet> = told.tables.iter().map(|table| sheet(table, &told)).collect();
    sheets.push(Sheet {
        name: "按状态".to_owned(),
        columns: vec!["状态".to_owned(), "件数".to_owned()],
        rows: told
            .states
            .iter()
            .map(|(name, count)| vec![Cell::from(*name), Cell::Number(*count)])
            .collect(),
    });
    Ok(send_sheets(
        &format!("{}统计{}", told.words.cases, told.today),
        kind,
        &sheets,
    ))
}

fn sheet(table: &Table, told: &Told) -> Sheet {
    let columns = told.words.columns;
    let row = |line: &Line| {
        let name = [Cell::from(line.name.as_str())];
        let figures = columns.iter().map(|column| column.cell(&line.figures));
        name.into_iter().chain(figures).collect()
    };
    Sheet {
        name: table.title.to_owned(),
        columns: std::iter::once(table.first)
            .chain(columns.iter().map(|column| column.long))
            .map(str::to_owned)
            .collect(),
        rows: table.lines.iter().chain([&told.total]).map(row).collect(),
    }
}

fn asked(listing: &Listing) -> Asked {
    Asked {
        procedure: Procedure::from_key(listing.one("procedure")).unwrap_or(Procedure::Permit),
        year: listing
            .one("year")
            .parse()
            .ok()
            .filter(|year| (1900..=2200).contains(year)),
        body: listing.one("body").to_owned(),
        item: listing.one("item").to_owned(),
    }
}

/// What every door tells: nothing is counted or left out after this.
pub(crate) struct Read {
    pub(crate) counts: Statistics,
    pub(crate) words: &'static Words,
    bodies: BTreeMap<String, String>,
}

impl Read {
    pub(crate) fn body_name(&self, body: &str) -> String {
        self.bodies.get(body).map_or(body, String::as_str).to_owned()
    }

    pub(crate) fn item_name(&self, item: &str) -> String {
        self.counts.items.get(item).map_or(item, String::as_str).to_owned()
    }
}

pub(crate) async fn read(desk: &Desk, asked: &Asked, side: Side) -> Result<Read, Problem> {
    let (scope, wanted) = (side.scope(desk)?, asked.clone());
    let today = desk.house.clock.today();
    let (mut counts, bodies) = desk
        .house
        .chronicle
        .read(move |reader| {
            let found = statistics(reader, &scope, &wanted, today)?;
            Ok((found, queries::bodies(reader.sql())?))
        })
        .await?;
    if side == Side::Public {
        counts.reserve(FEWEST_FOR_MEDIAN);
    }
    Ok(Read {
        counts,
        words: words(asked.procedure),
        bodies: bodies.into_iter().map(|body| (body.body, body.name)).collect(),
    })
}

fn table(
    (title, first): (&'static str, &'static str),
    groups: &BTreeMap<String, Figures>,
    words: &Words,
    name: impl Fn(&String) -> String,
) -> Table {
    Table {
        title,
        first,
        lines: groups
            .iter()
            .map(|(key, figures)| line(name(key), figures, words))
            .collect(),
    }
}

fn line(name: String, figures: &Figures, words: &Words) -> Line {
    let shown = words.columns.iter().filter(|column| column.short.is_some());
    Line {
        name,
        cells: shown.map(|column| column.words(figures)).collect(),
        median: days_in_words(figures.median_tenths),
        lawful: share_in_words(figures.lawful_tenths()),
        figures: figures.clone(),
    }
}

/// The last twelve months, newest below.
fn bars(found: &Statistics) -> Bars {
    const WIDTH: i64 = 560;
    const STEP: usize = 30;
    let most = found.by_month.values().map(|figures| figures.received).max();
    let most = most.unwrap_or(0).max(1);
    let width = |count: i64| count * WIDTH / most;
    let skipped = found.by_month.len().saturating_sub(12);
    let bars: Vec<Bar> = found
        .by_month
        .iter()
        .skip(skipped)
        .enumerate()
        .map(|(index, (month, figures))| Bar {
            name: month.clone(),
            top: index * STEP + 4,
            text: index * STEP + 19,
            received: figures.received,
            decided: figures.decided(),
            received_width: width(figures.received),
            decided_width: width(figures.decided()),
        })
        .collect();
    Bars {
        height: bars.len() * STEP + 4,
        bars,
    }
}
