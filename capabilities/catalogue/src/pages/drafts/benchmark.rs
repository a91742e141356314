//! The benchmark studio: a discretion benchmark as tables to be filled in, its findings and tests beside it, its text form
//! as export and import. Without scripts: each table has empty lines at its end, and a save gives new ones.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_rules::benchmark::{Benchmark, Ground, Shape, read_benchmark};
use mingjing_rules::number::Number;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Problem, attachment, page};

use super::{CROSSED, Kept, Opened, benchmark_page, keep, open, overview_page};
use crate::benchmark::{self, Trial, facts, parts, span};
use crate::item_draft::Expectation;

/// Lines of a table, and tables of factors: as many as the public page can show.
const MOST_ROWS: usize = 60;
const MOST_TESTS: usize = 30;
/// Empty lines at the end of a table.
const SPARE: usize = 2;

#[derive(Template)]
#[template(path = "drafts/benchmark.html")]
struct BenchmarkPage {
    frame: Frame,
    fields: Fields,
    action: Link,
    shape: String,
    size: Size,
    /// Each benchmark of the item, and whether it is the one in hand.
    parts: Vec<(String, Link, bool)>,
    fresh: Link,
    file: Link,
    /// What keeps the text from being read.
    broken: String,
    /// Whether each is an error, and the words.
    findings: Vec<(bool, String)>,
    tests: Vec<Tested>,
    trials: Vec<Trial>,
    facts: Vec<String>,
    text: String,
}

/// How many lines each table has, empty ones included.
struct Size {
    rows: usize,
    columns: usize,
    /// Levels of each factor.
    factors: Vec<usize>,
    tests: usize,
}

/// A test with what came of it; empty words where there is nothing to test.
struct Tested {
    passed: bool,
    said: String,
}

impl BenchmarkPage {
    fn shapes(&self) -> [(&'static str, &'static str, &'static str); 4] {
        [
            ("weights", "权重累加", "起点加各因素的权重，乘以基数"),
            ("range", "幅度罚款", "按各因素的程度查表得出幅度"),
            ("fixed", "定额", "每种情形有幅度和一个指导金额"),
            ("tier", "阶次", "把法定幅度分成从轻、一般、从重三段"),
        ]
    }

    fn places(&self, count: &usize) -> std::ops::RangeInclusive<usize> {
        1..=*count
    }

    fn tested(&self, place: &usize) -> Option<&Tested> {
        self.tests.get(place - 1).filter(|tested| !tested.said.is_empty())
    }
}

fn text_of(opened: &Opened) -> String {
    opened.drafted.discretion_benchmark.clone().unwrap_or_default()
}

/// Which of the item's benchmarks is in hand; one behind the last is a new one.
fn wanted(listing: &Listing, texts: &[String]) -> usize {
    let asked = listing.one("part").parse::<usize>().ok();
    let latest = texts
        .iter()
        .enumerate()
        .filter_map(|(at, text)| Some((read_benchmark(text).ok()?.in_force.to_string(), at)))
        .max();
    asked.or(latest.map(|(_, at)| at)).unwrap_or(0).min(texts.len())
}

pub async fn get_benchmark(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let texts = parts(&text_of(&opened));
    let at = wanted(&listing, &texts);
    // A new one begins as the one before it, so that only what changes is typed.
    let text = texts.get(at).or(texts.last()).cloned().unwrap_or_default();
    let mut fields = match read_benchmark(&text) {
        Ok(read) => filled(desk.form(), &read),
        Err(_) => desk
            .form()
            .with("text", text.clone())
            .with("shape", "weights")
            .with("above", "yes"),
    };
    for (place, test) in opened.content().expectations.iter().enumerate() {
        fields = fields
            .with(&format!("test{}_facts", place + 1), test.facts.clone())
            .with(&format!("test{}_interval", place + 1), test.interval.clone());
    }
    Ok(show(&desk, &opened, at, fields, text))
}

pub async fn post_benchmark(
    desk: Desk,
    Path(item_code): Path<String>,
    listing: Listing,
    form: Form<()>,
) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let mut texts = parts(&text_of(&opened));
    let at = wanted(&listing, &texts);
    let text = match fields.value("act") {
        "import" => fields.value("text").replace("\r\n", "\n"),
        "delete" => String::new(),
        _ => text_from(&fields),
    };
    let removing = fields.value("act") == "delete";
    if !removing && let Err(error) = read_benchmark(&text) {
        fields.complain("", format!("没有保存：{error}"));
        return Ok(show(&desk, &opened, at, fields, text));
    }
    match (removing, at < texts.len()) {
        (true, true) => drop(texts.remove(at)),
        (false, true) => texts[at] = ended(&text),
        (false, false) => texts.push(ended(&text)),
        (true, false) => {}
    }
    let mut content = opened.content();
    content.benchmark = Some(texts.concat());
    content.expectations = expectations(&fields);
    match keep(&desk, &meta, &opened, content).await {
        Ok(Kept::Saved) => {
            let next = benchmark_page(&item_code);
            let next = if removing { next } else { next.query("part", at) };
            Ok(desk.go_saying(&next, "草稿已保存。"))
        }
        Ok(Kept::Crossed(version)) => {
            fields.complain("", CROSSED);
            Ok(show(&desk, &opened, at, fields.seen(version), text))
        }
        Err(Stop::Refusal(refusal)) => Ok(show(&desk, &opened, at, fields.refused(&refusal), text)),
        Err(stop) => Err(stop.into()),
    }
}

fn ended(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

/// The item's benchmarks as the text that imports and changes take.
pub async fn get_file(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let opened = open(&desk, &item_code).await?;
    let name = format!("{}-裁量基准.txt", opened.drafted.name);
    Ok(attachment(&name, "txt", "text/plain; charset=utf-8", text_of(&opened)))
}

fn filled(form: Fields, read: &Benchmark) -> Fields {
    let yes = |on: bool| if on { "yes" } else { "" };
    let end = |amount: &Option<mingjing_rules::benchmark::Amount>| {
        amount.as_ref().map(|amount| amount.written()).unwrap_or_default()
    };
    let bases: Vec<&str> = read.bases.iter().map(|basis| &**basis).collect();
    let mut form = form
        .with("code", &*read.code)
        .with("title", &*read.title)
        .with("issuer", &*read.issuer)
        .with("document", &*read.document)
        .with("in_force", read.in_force.to_string())
        .with("until", read.until.map(|until| until.to_string()).unwrap_or_default())
        .with("bases", bases.join("\n"))
        .with("low", end(&read.statutory.low))
        .with("high", end(&read.statutory.high))
        .with("above", yes(read.bounds.above_includes))
        .with("below", yes(read.bounds.below_includes));
    if let Some((least, most)) = &read.apology {
        form = form
            .with("apology_least", least.to_string())
            .with("apology_most", most.to_string());
    }
    shape_filled(form, &read.shape)
}

fn shape_filled(mut form: Fields, shape: &Shape) -> Fields {
    let number = |number: &Option<Number>| number.map(|number| number.to_string()).unwrap_or_default();
    match shape {
        Shape::Fixed(situations) => {
            form = form.with("shape", "fixed");
            for (at, one) in (1..).zip(situations) {
                let besides: Vec<String> = one
                    .besides
                    .iter()
                    .map(|(name, words)| format!("{name} {words}"))
                    .collect();
                form = form
                    .with(&format!("row{at}_code"), &*one.code)
                    .with(&format!("row{at}_name"), &*one.name)
                    .with(&format!("row{at}_low"), one.low.to_string())
                    .with(&format!("row{at}_high"), one.high.to_string())
                    .with(&format!("row{at}_default"), one.default.to_string())
                    .with(&format!("row{at}_besides"), besides.join(" | "));
            }
            form
        }
        Shape::WeightSum { start, base, factors } => {
            form = form
                .with("shape", "weights")
                .with("start", start.to_string())
                .with("base", base.written());
            for (at, factor) in (1..).zip(factors) {
                form = form.with(&format!("factor{at}"), &*factor.name);
                for (place, level) in (1..).zip(&factor.levels) {
                    form = form
                        .with(&format!("level{at}_{place}"), &*level.text)
                        .with(&format!("weight{at}_{place}"), level.weight.to_string());
                }
            }
            form
        }
        Shape::Range { factors, rows } => {
            form = form.with("shape", "range");
            for (at, factor) in (1..).zip(factors) {
                form = form.with(&format!("column{at}"), &**factor);
            }
            for (at, row) in (1..).zip(rows) {
                for (column, (text, _)) in (1..).zip(&row.cells) {
                    form = form.with(&format!("cell{at}_{column}"), &**text);
                }
                form = form
                    .with(&format!("row{at}_low"), number(&row.low))
                    .with(&format!("row{at}_high"), number(&row.high));
            }
            form
        }
        Shape::Tier {
            normal_from,
            heavy_from,
        } => form
            .with("shape", "tier")
            .with("normal_from", normal_from.to_string())
            .with("heavy_from", heavy_from.to_string()),
    }
}

/// The tables as the text form; whatever is wrong in it the reader of the text says.
fn text_from(fields: &Fields) -> String {
    let given = |name: &str| one_line(fields.value(name));
    let mut lines = vec![
        format!("基准 {} {}", given("code"), given("title")),
        format!("发布 {} {}", given("issuer"), given("document")),
        match given("until").as_str() {
            "" => format!("施行 {}", given("in_force")),
            until => format!("施行 {} 至 {until}", given("in_force")),
        },
    ];
    let bases = fields
        .value("bases")
        .lines()
        .map(str::trim)
        .filter(|basis| !basis.is_empty());
    lines.extend(bases.map(|basis| format!("依据 {basis}")));
    lines.push(format!("幅度 {} 至 {}", given("low"), given("high")));
    let included = |name: &str| if fields.value(name) == "yes" { "含" } else { "不含" };
    lines.push(format!(
        "界限 以上{}本数 以下{}本数",
        included("above"),
        included("below")
    ));
    if !given("apology_least").is_empty() || !given("apology_most").is_empty() {
        lines.push(format!("道歉 {} {}", given("apology_least"), given("apology_most")));
    }
    match fields.value("shape") {
        "fixed" => fixed_lines(&given, &mut lines),
        "range" => range_lines(&given, &mut lines),
        "tier" => lines.push(format!("阶次 {} {}", given("normal_from"), given("heavy_from"))),
        _ => weight_lines(&given, &mut lines),
    }
    lines.join("\n") + "\n"
}

/// A field is a piece of one line: what would begin another line or a remark is taken out.
fn one_line(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_control() || c == '#' { ' ' } else { c })
        .collect();
    kept.trim().to_owned()
}

fn fixed_lines(given: &impl Fn(&str) -> String, lines: &mut Vec<String>) {
    lines.push("定额".to_owned());
    for at in 1..=MOST_ROWS {
        let of = |name: &str| given(&format!("row{at}_{name}"));
        if [of("code"), of("name"), of("low")].iter().all(String::is_empty) {
            continue;
        }
        let besides = match of("besides") {
            none if none.is_empty() => String::new(),
            besides => format!(" | {besides}"),
        };
        let amounts = format!("{} {} {}", of("low"), of("high"), of("default"));
        lines.push(format!("{} {} = {amounts}{besides}", of("code"), of("name")));
    }
}

fn range_lines(given: &impl Fn(&str) -> String, lines: &mut Vec<String>) {
    let names: Vec<String> = (1..=benchmark::MOST_FACTORS)
        .map(|at| given(&format!("column{at}")))
        .collect();
    let columns = names
        .iter()
        .rposition(|name| !name.is_empty())
        .map_or(0, |last| last + 1);
    lines.push(format!("幅度罚款 {}", names[..columns].join(" | ")));
    for at in 1..=MOST_ROWS {
        let cells: Vec<String> = (1..=columns)
            .map(|column| given(&format!("cell{at}_{column}")))
            .collect();
        let (low, high) = (given(&format!("row{at}_low")), given(&format!("row{at}_high")));
        if cells.iter().all(String::is_empty) && low.is_empty() && high.is_empty() {
            continue;
        }
        // An empty cell does not matter.
        let cells: Vec<&str> = cells
            .iter()
            .map(|cell| if cell.is_empty() { "-" } else { cell })
            .collect();
        let amount = if low == high { low } else { format!("{low} 至 {high}") };
        lines.push(format!("{} = {amount}", cells.join(" | ")));
    }
}

fn weight_lines(given: &impl Fn(&str) -> String, lines: &mut Vec<String>) {
    lines.push(format!("权重累加 起点 {} 基数 {}", given("start"), given("base")));
    for at in 1..=benchmark::MOST_FACTORS {
        let name = given(&format!("factor{at}"));
        if name.is_empty() {
            continue;
        }
        lines.push(format!("因素 {name}"));
        for place in 1..=MOST_ROWS {
            let level = given(&format!("level{at}_{place}"));
            if !level.is_empty() {
                lines.push(format!("  {level} = {}", given(&format!("weight{at}_{place}"))));
            }
        }
    }
}

fn expectations(fields: &Fields) -> Vec<Expectation> {
    let of = |at: usize| Expectation {
        facts: fields
            .value(&format!("test{at}_facts"))
            .trim()
            .chars()
            .take(500)
            .collect(),
        interval: fields
            .value(&format!("test{at}_interval"))
            .trim()
            .chars()
            .take(100)
            .collect(),
    };
    let all = (1..=MOST_TESTS).map(of);
    all.filter(|one| !one.facts.is_empty() || !one.interval.is_empty())
        .collect()
}

/// What a test comes to.
fn tested(benchmark: Option<&Benchmark>, test: &Expectation) -> Tested {
    let fail = |said: String| Tested { passed: false, said };
    let Some(benchmark) = benchmark else {
        return fail("基准读不出来，没有试".to_owned());
    };
    let mut answers = BTreeMap::new();
    let mut grounds: Vec<Ground> = Vec::new();
    for piece in test
        .facts
        .split(['\n', ';', '；', '，'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
    {
        let Some((name, value)) = piece.split_once(['=', '＝']) else {
            return fail(format!("“{piece}”应写成“因素=值”"));
        };
        match (name.trim(), ground_of(value.trim())) {
            ("情节", Some(ground)) => grounds.push(ground),
            (name, _) => drop(answers.insert(name.to_owned(), value.trim().to_owned())),
        }
    }
    let found = match benchmark.weigh(&facts(&answers), &grounds) {
        Ok(found) => found,
        Err(missing) => return fail(format!("不能计算：{missing}")),
    };
    let came = match found.no_penalty {
        true => "不予处罚".to_owned(),
        false => span(found.low, found.high),
    };
    let wanted = test.interval.replace("元", "");
    let expected = match wanted.split_once('至') {
        _ if wanted.trim() == "不予处罚" => return told(found.no_penalty, came),
        Some((low, high)) => (low.trim().parse::<Number>().ok(), high.trim().parse::<Number>().ok()),
        None => {
            let one = wanted.trim().parse::<Number>().ok();
            (one, one)
        }
    };
    if expected == (None, None) {
        return fail(format!("应得的写成“下限 至 上限”；算得{came}"));
    }
    told(!found.no_penalty && expected == (found.low, found.high), came)
}

fn told(passed: bool, came: String) -> Tested {
    let said = if passed {
        format!("符合：{came}")
    } else {
        format!("不符：算得{came}")
    };
    Tested { passed, said }
}

fn ground_of(words: &str) -> Option<Ground> {
    let key = match words {
        "从轻" => "lighter",
        "减轻" => "mitigated",
        "从重" => "heavier",
        "道歉" => "apology",
        _ => return None,
    };
    super::super::benchmark::ground(key)
}

/// As many lines as are filled in, and some to go on.
fn size(fields: &Fields) -> Size {
    let last = |most: usize, filled: &dyn Fn(usize) -> bool| (1..=most).rev().find(|at| filled(*at)).unwrap_or(0);
    let is_given = |name: String| !fields.value(&name).trim().is_empty();
    let columns = last(benchmark::MOST_FACTORS, &|at| is_given(format!("column{at}")));
    let columns = (columns + 1).min(benchmark::MOST_FACTORS);
    let rows = last(MOST_ROWS, &|at| {
        let named = ["code", "low", "high"]
            .iter()
            .any(|name| is_given(format!("row{at}_{name}")));
        named || (1..=columns).any(|column| is_given(format!("cell{at}_{column}")))
    });
    let factors = last(benchmark::MOST_FACTORS, &|at| is_given(format!("factor{at}")));
    let levels = |at: usize| last(MOST_ROWS, &|place| is_given(format!("level{at}_{place}"))) + SPARE;
    Size {
        rows: (rows + SPARE).min(MOST_ROWS),
        columns,
        factors: (1..=(factors + 1).min(benchmark::MOST_FACTORS)).map(levels).collect(),
        tests: (last(MOST_TESTS, &|at| is_given(format!("test{at}_facts"))) + SPARE).min(MOST_TESTS),
    }
}

fn show(desk: &Desk, opened: &Opened, at: usize, fields: Fields, text: String) -> Response {
    let code = opened.code();
    let texts = parts(&text_of(opened));
    let read = read_benchmark(&text);
    let old = opened.base.discretion_benchmark.as_deref().and_then(benchmark::latest);
    let link = |at: usize| benchmark_page(code).query("part", at);
    let label = |text: &String| match read_benchmark(text) {
        Ok(one) => format!("{}（{}起施行）", one.title, one.in_force),
        Err(_) => "读不出来的一段".to_owned(),
    };
    let kept = (1..=MOST_TESTS).map(|place| Expectation {
        facts: fields.value(&format!("test{place}_facts")).to_owned(),
        interval: fields.value(&format!("test{place}_interval")).to_owned(),
    });
    let tests = kept.map(|test| match test.facts.trim().is_empty() {
        true => Tested {
            passed: true,
            said: String::new(),
        },
        false => tested(read.as_ref().ok(), &test),
    });
    let seen = fields.seen_text();
    page(&BenchmarkPage {
        frame: desk
            .frame(format!("裁量基准：{}", opened.drafted.name))
            .of_form(&fields)
            .back(overview_page(code)),
        shape: match fields.value("shape") {
            "" => "weights".to_owned(),
            shape => shape.to_owned(),
        },
        size: size(&fields),
        parts: texts
            .iter()
            .enumerate()
            .map(|(place, text)| (label(text), link(place), place == at))
            .collect(),
        fresh: link(texts.len()),
        file: benchmark_page(code).part("file"),
        broken: match &read {
            Err(error) if !text.trim().is_empty() => error.to_string(),
            _ => String::new(),
        },
        findings: read
            .iter()
            .flat_map(Benchmark::findings)
            .map(|one| (one.kind.is_error(), one.message))
            .collect(),
        tests: tests.collect(),
        trials: read
            .iter()
            .flat_map(|new| benchmark::trials(old.as_ref(), new))
            .collect(),
        facts: read
            .iter()
            .flat_map(benchmark::factors)
            .map(|factor| factor.name)
            .collect(),
        action: link(at),
        text,
        fields: if seen.is_empty() {
            fields.seen(opened.seen())
        } else {
            fields
        },
    })
}
