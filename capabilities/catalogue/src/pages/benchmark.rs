//! `GET /benchmarks` and `GET /items/<code>/benchmark`: published discretion benchmarks as tables, with a calculator
//! that records nothing and says that it is no decision (行政处罚法 34, 37). Answers stand in the address: facts of no case.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_rules::benchmark::{Amount, Benchmark, Discretion, Ground, GroundKind, Shape, choose};
use mingjing_web::{Desk, Fields, Frame, Link, Listing, Problem, page};

use super::{benchmark_page, cite_page, item_page, items_page};
use crate::benchmark::{self, Factor, span};
use crate::item::Item;
use crate::views::{BenchmarkRow, benchmarks};

/// More than any city publishes; a longer list is a search by item.
const MOST: i64 = 2_000;

#[derive(Template)]
#[template(path = "benchmarks/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<BenchmarkRow>,
}

pub async fn get_benchmarks(desk: Desk) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| benchmarks(reader, today, MOST))
        .await?;
    Ok(page(&ListPage {
        frame: desk.frame("行政处罚裁量基准").crumb("首页", Link::to("/")),
        rows,
    }))
}

#[derive(Template)]
#[template(path = "benchmarks/one.html")]
struct BenchmarkPage {
    frame: Frame,
    fields: Fields,
    item_code: String,
    item_name: String,
    sheet: Sheet,
    /// Other benchmarks of the item, by their first days.
    others: Vec<(String, Link)>,
    asks: Vec<Asked>,
    grounds: Vec<(String, String)>,
    result: Option<ResultShown>,
    /// Why nothing can be said.
    missing: String,
}

/// A benchmark as tables.
struct Sheet {
    title: String,
    issued: String,
    force: String,
    bases: Vec<(String, Link)>,
    statutory: String,
    bounds: String,
    method: String,
    tables: Vec<Table>,
    apology: String,
}

struct Table {
    caption: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

struct Asked {
    name: String,
    label: String,
    hint: String,
    optional: bool,
    options: Vec<(String, String)>,
}

struct ResultShown {
    none: bool,
    lawful: String,
    interval: String,
    default: String,
    version: String,
    besides: Vec<String>,
    lines: Vec<String>,
}

pub async fn get_benchmark(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let known = of_item(&desk, item_code).await?;
    let wanted = listing.one("from");
    let shown = known
        .benchmarks
        .iter()
        .find(|one| one.in_force.to_string() == wanted)
        .unwrap_or(&known.benchmarks[0]);
    let factors = benchmark::factors(shown);
    let mut fields = desk.form();
    let names = (1..=factors.len()).map(field_name);
    for name in names.chain(["ground", "acted", "asked", "from"].map(str::to_owned)) {
        fields = fields.with(&name, listing.one(&name).to_owned());
    }
    let (result, missing) = match listing.has("asked", "yes") {
        false => (None, String::new()),
        true => match weighed(&known.benchmarks, &factors, &fields, today) {
            Ok(result) => (Some(result), String::new()),
            Err(why) => (None, why),
        },
    };
    let page_of = |one: &Benchmark| benchmark_page(&known.item_code).query("from", one.in_force);
    Ok(page(&BenchmarkPage {
        frame: desk
            .frame(shown.title.to_string())
            .crumb("首页", Link::to("/"))
            .crumb("办事事项", items_page())
            .crumb(known.item_name.clone(), item_page(&known.item_code)),
        others: known
            .benchmarks
            .iter()
            .filter(|one| *one != shown)
            .map(|one| (format!("{}，{}起施行", one.document, one.in_force), page_of(one)))
            .collect(),
        sheet: Sheet::of(shown),
        asks: asks(shown, &factors),
        grounds: grounds(shown),
        item_code: known.item_code.clone(),
        item_name: known.item_name.clone(),
        fields,
        result,
        missing,
    }))
}

/// The benchmarks of an item, never empty, the latest first.
pub(crate) struct Known {
    pub item_code: String,
    pub item_name: String,
    pub benchmarks: Vec<Benchmark>,
}

pub(crate) async fn of_item(desk: &Desk, item_code: String) -> Result<Known, Problem> {
    let today = desk.house.clock.today();
    let known = desk
        .house
        .chronicle
        .read(move |reader| read(reader, item_code, today))
        .await?;
    known.filter(|known| !known.benchmarks.is_empty()).ok_or_else(|| {
        let refusal = Refusal::not_found(
            "catalogue.benchmark.unknown",
            "没有这个事项，或者它没有登记可以计算的裁量基准。",
        )
        .article("行政处罚法第三十四条")
        .advice("请在裁量基准列表里查找，或者向实施部门询问。");
        Problem::Refusal(refusal)
    })
}

fn read(reader: &mut Reader<'_>, item_code: String, today: Date) -> Result<Option<Known>, Fault> {
    let item = reader.load::<Item>(&item_code)?;
    let version = item.state.holding(today).or_else(|| item.state.latest());
    Ok(version.map(|version| Known {
        item_name: version.name.clone(),
        benchmarks: benchmark::of_item(&item.state),
        item_code,
    }))
}

fn field_name(place: usize) -> String {
    format!("factor_{place}")
}

/// Kinds of grounds that the calculator knows, with the article that each rests on.
pub(crate) fn ground(key: &str) -> Option<Ground> {
    let (kind, article) = match key {
        "lighter" => (GroundKind::Lighter, "行政处罚法第三十二条"),
        "mitigated" => (GroundKind::Mitigated, "行政处罚法第三十二条"),
        "heavier" => (GroundKind::Heavier, "法律、法规规定的从重情节"),
        "apology" => (GroundKind::Apology, "裁量基准的规定"),
        _ => return None,
    };
    Some(Ground {
        kind,
        article: article.into(),
        reason: "试算".into(),
    })
}

fn grounds(benchmark: &Benchmark) -> Vec<(String, String)> {
    let mut known = vec![
        ("lighter", "有从轻处罚的情节"),
        ("mitigated", "有减轻处罚的情节"),
        ("heavier", "有从重处罚的情节"),
    ];
    if benchmark.apology.is_some() {
        known.push(("apology", "决定前公开道歉"));
    }
    known
        .into_iter()
        .map(|(key, words)| (key.to_owned(), words.to_owned()))
        .collect()
}

fn asks(shown: &Benchmark, factors: &[Factor]) -> Vec<Asked> {
    let asked = |(place, factor): (usize, &Factor)| Asked {
        name: field_name(place + 1),
        label: factor.name.clone(),
        hint: factor.hint(),
        optional: !factor.required,
        options: match factor.counted {
            true => Vec::new(),
            false => factor
                .levels
                .iter()
                .map(|level| (level.clone(), level_words(shown, level)))
                .collect(),
        },
    };
    factors.iter().enumerate().map(asked).collect()
}

/// A situation is chosen by its code and read by its name.
fn level_words(shown: &Benchmark, level: &str) -> String {
    match &shown.shape {
        Shape::Fixed(situations) => situations
            .iter()
            .find(|one| &*one.code == level)
            .map_or_else(|| level.to_owned(), |one| format!("{} {}", one.code, one.name)),
        _ => level.to_owned(),
    }
}

fn weighed(known: &[Benchmark], factors: &[Factor], fields: &Fields, today: Date) -> Result<ResultShown, String> {
    let answers: BTreeMap<String, String> = factors
        .iter()
        .enumerate()
        .map(|(place, factor)| (factor.name.clone(), fields.value(&field_name(place + 1)).to_owned()))
        .collect();
    let grounds: Vec<Ground> = ground(fields.value("ground")).into_iter().collect();
    let acted = match fields.value("acted").trim() {
        "" => today,
        text => text
            .parse()
            .map_err(|_| "行为终了的日期不对，请写成 2026-03-02 这样。".to_owned())?,
    };
    let (version, found) = weigh(known, &answers, &grounds, acted, today)?;
    Ok(ResultShown {
        none: found.no_penalty,
        lawful: span(found.statutory_low, found.statutory_high),
        interval: span(found.low, found.high),
        // Of an interval that is one amount it would say the same again.
        default: match found.default {
            Some(amount) if found.low != found.high => format!("{amount} 元"),
            _ => String::new(),
        },
        besides: found
            .besides
            .iter()
            .map(|(name, words)| format!("{name}：{words}"))
            .collect(),
        version,
        lines: found.lines,
    })
}

/// What the benchmarks of an item say about answers, and why which of them applies.
///
/// # Errors
/// Words that tell what is missing.
pub(crate) fn weigh(
    known: &[Benchmark],
    answers: &BTreeMap<String, String>,
    grounds: &[Ground],
    acted: Date,
    today: Date,
) -> Result<(String, Discretion), String> {
    if acted > today {
        return Err("行为终了的日期在今天以后。".to_owned());
    }
    let (Some(on), Some(decided)) = (benchmark::engine_date(acted), benchmark::engine_date(today)) else {
        return Err("日期超出可以计算的范围。".to_owned());
    };
    let chosen = choose(known, on, decided, &benchmark::facts(answers), grounds)
        .map_err(|missing| format!("还不能计算：{missing}。"))?;
    let chosen = chosen.ok_or_else(|| format!("行为终了的那一天（{acted}）没有可以适用的裁量基准。"))?;
    Ok((chosen.reason, chosen.discretion))
}

impl Sheet {
    fn of(benchmark: &Benchmark) -> Sheet {
        let end = |amount: &Option<Amount>| amount.as_ref().map(ToString::to_string);
        let statutory = match (end(&benchmark.statutory.low), end(&benchmark.statutory.high)) {
            (Some(low), Some(high)) => format!("{low} 至 {high}"),
            (Some(low), None) => format!("{low} 以上"),
            (None, Some(high)) => format!("{high} 以下"),
            (None, None) => "没有规定".to_owned(),
        };
        let included = |included: bool| if included { "含" } else { "不含" };
        let (method, tables) = shape(benchmark);
        Sheet {
            title: benchmark.title.to_string(),
            issued: format!("{}，{}", benchmark.issuer, benchmark.document),
            force: match &benchmark.until {
                None => format!("{} 起", benchmark.in_force),
                Some(last) => format!("{} 至 {last}", benchmark.in_force),
            },
            bases: benchmark
                .bases
                .iter()
                .map(|basis| (basis.to_string(), cite_page().query("text", basis)))
                .collect(),
            statutory,
            bounds: format!(
                "“以上”{}本数，“以下”{}本数",
                included(benchmark.bounds.above_includes),
                included(benchmark.bounds.below_includes)
            ),
            method,
            tables,
            apology: benchmark.apology.map_or_else(String::new, |(least, most)| {
                format!("决定前公开道歉的，减少 {least}% 至 {most}%。")
            }),
        }
    }
}

/// How the amount is found, in words and tables.
fn shape(benchmark: &Benchmark) -> (String, Vec<Table>) {
    match &benchmark.shape {
        Shape::Fixed(situations) => {
            let mut besides: Vec<&str> = Vec::new();
            for (name, _) in situations.iter().flat_map(|one| &one.besides) {
                if !besides.contains(&&**name) {
                    besides.push(name);
                }
            }
            let heads = ["编号", "情形", "下限（元）", "上限（元）", "定额（元）"];
            let rows = situations.iter().map(|one| {
                let of = |name: &&str| {
                    let found = one.besides.iter().find(|(known, _)| &**known == *name);
                    found.map_or_else(|| "—".to_owned(), |(_, words)| words.to_string())
                };
                let amounts = [one.low, one.high, one.default].map(|amount| amount.to_string());
                let words = [one.code.to_string(), one.name.to_string()].into_iter().chain(amounts);
                words.chain(besides.iter().map(of)).collect()
            });
            let table = Table {
                caption: "情形和定额".to_owned(),
                rows: rows.collect(),
                head: heads.iter().chain(&besides).map(|head| (*head).to_owned()).collect(),
            };
            ("定额：每种情形有幅度和一个指导金额。".to_owned(), vec![table])
        }
        Shape::WeightSum { start, base, factors } => {
            let method = format!(
                "权重累加：从 {start}% 起，加上各因素的权重，最多 100%；罚款为 {base} 乘以累加的百分比，并不低于法定下限。"
            );
            let tables = factors.iter().map(|factor| Table {
                caption: factor.name.to_string(),
                head: vec!["程度".to_owned(), "权重".to_owned()],
                rows: factor
                    .levels
                    .iter()
                    .map(|level| vec![level.text.to_string(), format!("{}%", level.weight)])
                    .collect(),
            });
            (method, tables.collect())
        }
        Shape::Range { factors, rows } => {
            let head = factors.iter().map(ToString::to_string).chain(["罚款".to_owned()]);
            let rows = rows.iter().map(|row| {
                let cells = row.cells.iter().map(|(text, _)| match &**text {
                    "-" => "不论".to_owned(),
                    text => text.to_owned(),
                });
                cells.chain([span(row.low, row.high)]).collect()
            });
            let table = Table {
                caption: "幅度".to_owned(),
                head: head.collect(),
                rows: rows.collect(),
            };
            ("幅度罚款：按各因素的程度查表得出幅度。".to_owned(), vec![table])
        }
        Shape::Tier {
            normal_from,
            heavy_from,
        } => {
            let row = |name: &str, words: String| vec![name.to_owned(), words];
            let table = Table {
                caption: "阶次".to_owned(),
                head: vec!["阶次".to_owned(), "法定幅度中的位置".to_owned()],
                rows: vec![
                    row("从轻", format!("下限起 {normal_from}% 以内")),
                    row("一般", format!("{normal_from}% 至 {heavy_from}%")),
                    row("从重", format!("{heavy_from}% 至上限")),
                ],
            };
            ("阶次：把法定幅度分成从轻、一般、从重三段。".to_owned(), vec![table])
        }
    }
}
