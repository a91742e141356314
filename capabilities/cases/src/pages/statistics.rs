//! 办件统计: the same figures as charts, tables, CSV and XLSX; for the public over all bodies, on the desk within what
//! one may see. Each figure says how it is counted.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use mingjing_people::public::queries;
use mingjing_web::sheet::tenths_in_words;
use mingjing_web::{Cell, Desk, Frame, Link, Listing, Problem, Sheet, SheetKind, page, send_sheets};

use super::{BOARD, condition};
use crate::views::list::ScopeCondition;
use crate::views::statistics::{Asked, Figures, Statistics, statistics};

/// Below this the public is not told a median: from one or two cases it would tell how long somebody waited.
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
enum Side {
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
    years: Vec<i16>,
    bodies: Vec<(String, String)>,
    items: Vec<(String, String)>,
    total: Line,
    bars: Bars,
    tables: Vec<Table>,
    states: Vec<(&'static str, i64)>,
    fewest: i64,
    public: bool,
    short: [&'static str; 12],
    definitions: [(&'static str, &'static str); 9],
}

impl Told {
    fn is_year(&self, year: &i16) -> bool {
        self.asked.year == Some(*year)
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
    /// Those of the page's columns that are plain counts.
    numbers: [i64; 9],
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

const COLUMNS: [&str; 13] = [
    "收到申请",
    "尚未决定",
    "已决定",
    "准予",
    "不予",
    "未受理或者不需要许可",
    "撤回",
    "承诺期限内决定",
    "超过承诺期限",
    "超过法定期限",
    "法定期限内的比例（%）",
    "现已超过法定期限未决定",
    "受理到决定的日数（中位数）",
];

/// Heads of the page's tables, as short as a table needs them.
const SHORT: [&str; 12] = [
    "收到",
    "尚未决定",
    "准予",
    "不予",
    "未受理等",
    "撤回",
    "承诺期限内",
    "超过承诺",
    "超过法定",
    "法定期限内",
    "现已超期",
    "中位日数",
];

/// How each figure is counted.
const DEFINITIONS: [(&str, &str); 9] = [
    ("收到", "收到申请的办件数，按收到申请的月份归入，不论后来怎样。"),
    (
        "尚未决定",
        "没有作出决定、没有不予受理或者告知不需要许可、也没有撤回的办件数，包括等待补正的。",
    ),
    (
        "准予、不予",
        "作出准予许可、不予许可决定的办件数（行政许可法第三十八条）。",
    ),
    (
        "未受理等",
        "不予受理和告知不需要取得许可的办件数（行政许可法第三十二条）。",
    ),
    ("撤回", "申请人在决定前撤回的办件数。"),
    (
        "承诺期限内、超过承诺、超过法定",
        "已作决定的办件，按作决定的那一天分：在本机关公开承诺的期限内；超过承诺但在法定期限内；超过法定期限。依法不计入期限的时间（行政许可法第四十五条）已经扣除，经批准的延长已经计入。",
    ),
    ("法定期限内", "已作决定的办件中没有超过法定期限的比例。"),
    (
        "现已超期",
        "到今天法定期限已过而仍未作决定的办件数；依法暂停计时的不算。",
    ),
    (
        "中位日数",
        "已作决定的办件从受理到决定的自然日数，从短到长排在中间的那一个；包括依法不计入期限的日子，是申请人实际等待的日数。",
    ),
];

async fn told(desk: &Desk, listing: &Listing, side: Side) -> Result<Told, Problem> {
    let (asked, found, names) = read(desk, listing, side).await?;
    let query = |link: Link| {
        let mut link = link;
        for name in ["year", "body", "item"] {
            let value = listing.one(name);
            if !value.is_empty() {
                link = link.query(name, value);
            }
        }
        link
    };
    let [action, csv, xlsx] = side.links();
    let of_body = |key: &String| names.get(key).cloned().unwrap_or_else(|| key.clone());
    let of_item = |key: &String| found.items.get(key).cloned().unwrap_or_else(|| key.clone());
    Ok(Told {
        today: desk.house.clock.today().to_string(),
        action,
        csv: query(csv),
        xlsx: query(xlsx),
        years: found.years.clone(),
        bodies: found.by_body.keys().map(|key| (key.clone(), of_body(key))).collect(),
        items: found.by_item.keys().map(|key| (key.clone(), of_item(key))).collect(),
        total: line("合计".to_owned(), &found.total, side),
        bars: bars(&found),
        tables: vec![
            table("按机关", "机关", &found.by_body, side, of_body),
            table("按事项", "事项", &found.by_item, side, of_item),
            table("按收到的月份", "月份", &found.by_month, side, Clone::clone),
        ],
        states: found
            .by_state
            .iter()
            .map(|(state, count)| (state.name(), *count))
            .collect(),
        fewest: FEWEST_FOR_MEDIAN,
        short: SHORT,
        definitions: DEFINITIONS,
        public: side == Side::Public,
        asked,
    })
}

async fn send(desk: &Desk, listing: &Listing, side: Side, kind: SheetKind) -> Result<Response, Problem> {
    let told = told(desk, listing, side).await?;
    let mut sheets: Vec<Sheet> = told.tables.iter().map(|table| sheet(table, &told.total)).collect();
    sheets.push(Sheet {
        name: "按状态".to_owned(),
        columns: vec!["状态".to_owned(), "件数".to_owned()],
        rows: told
            .states
            .iter()
            .map(|(name, count)| vec![Cell::from(*name), Cell::Number(*count)])
            .collect(),
    });
    Ok(send_sheets(&format!("办件统计{}", told.today), kind, &sheets))
}

fn sheet(table: &Table, total: &Line) -> Sheet {
    let row = |line: &Line| {
        let figures = &line.figures;
        let mut cells = vec![Cell::from(line.name.as_str())];
        cells.extend(
            [
                figures.received,
                figures.undecided,
                figures.decided(),
                figures.granted,
                figures.denied,
                figures.turned_away,
                figures.withdrawn,
                figures.in_time,
                figures.past_promise,
                figures.past_law,
            ]
            .map(Cell::Number),
        );
        cells.push(figures.lawful_tenths().map_or(Cell::Empty, Cell::Tenths));
        cells.push(Cell::Number(figures.overdue));
        cells.push(figures.median_tenths.map_or(Cell::Empty, Cell::Tenths));
        cells
    };
    Sheet {
        name: table.title.to_owned(),
        columns: std::iter::once(table.first).chain(COLUMNS).map(str::to_owned).collect(),
        rows: table.lines.iter().chain([total]).map(row).collect(),
    }
}

async fn read(
    desk: &Desk,
    listing: &Listing,
    side: Side,
) -> Result<(Asked, Statistics, BTreeMap<String, String>), Problem> {
    let scope = side.scope(desk)?;
    let today = desk.house.clock.today();
    let asked = Asked {
        year: listing
            .one("year")
            .parse()
            .ok()
            .filter(|year| (1900..=2200).contains(year)),
        body: listing.one("body").to_owned(),
        item: listing.one("item").to_owned(),
    };
    let wanted = asked.clone();
    let (found, bodies) = desk
        .house
        .chronicle
        .read(move |reader| {
            let found = statistics(reader, &scope, &wanted, today)?;
            Ok((found, queries::bodies(reader.sql())?))
        })
        .await?;
    let names = bodies.into_iter().map(|body| (body.body, body.name)).collect();
    Ok((asked, found, names))
}

fn table(
    title: &'static str,
    first: &'static str,
    groups: &BTreeMap<String, Figures>,
    side: Side,
    name: impl Fn(&String) -> String,
) -> Table {
    Table {
        title,
        first,
        lines: groups
            .iter()
            .map(|(key, figures)| line(name(key), figures, side))
            .collect(),
    }
}

fn line(name: String, figures: &Figures, side: Side) -> Line {
    let mut figures = figures.clone();
    if side == Side::Public && figures.decided() < FEWEST_FOR_MEDIAN {
        figures.median_tenths = None;
    }
    Line {
        name,
        median: figures.median_tenths.map_or_else(|| "—".to_owned(), tenths_in_words),
        lawful: figures
            .lawful_tenths()
            .map_or_else(|| "—".to_owned(), |tenths| format!("{}%", tenths_in_words(tenths))),
        numbers: [
            figures.received,
            figures.undecided,
            figures.granted,
            figures.denied,
            figures.turned_away,
            figures.withdrawn,
            figures.in_time,
            figures.past_promise,
            figures.past_law,
        ],
        figures,
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
