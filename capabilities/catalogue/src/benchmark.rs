//! Discretion benchmarks in items (行政处罚法 34: 裁量基准应当向社会公布): the texts of a version, what they ask for, and what
//! versions of an item say together. How a benchmark weighs is `engines/rules`; who decides, the cases.

mod trials;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_rules::benchmark::{Amount, Benchmark, BenchmarkError, Shape, read_benchmark};
use mingjing_rules::feel::UnaryTests;
use mingjing_rules::number::Number;
use mingjing_rules::value::{Context as Facts, Value};

use crate::item::Item;
pub use trials::{Trial, trials};

/// The name of the fact that chooses the row of a table with fixed amounts.
const SITUATION: &str = "情形";
/// Most facts that one benchmark may ask for; forms have as many fields.
pub const MOST_FACTORS: usize = 12;

/// The texts in an item's field, each beginning with a line 基准; words before the first are a remark.
pub fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("基准 ") {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts
}

/// # Errors
/// The first text that cannot be read.
pub fn read(text: &str) -> Result<Vec<Benchmark>, BenchmarkError> {
    parts(text).iter().map(|part| read_benchmark(part)).collect()
}

/// Of several, the one that began last: its facts are asked for.
pub fn latest(text: &str) -> Option<Benchmark> {
    parts(text)
        .iter()
        .filter_map(|part| read_benchmark(part).ok())
        .max_by_key(first_day)
}

/// Every benchmark that a version of the item ever carried, the latest first: the act's day chooses among them (37).
pub fn of_item(item: &Item) -> Vec<Benchmark> {
    let mut found: Vec<Benchmark> = Vec::new();
    let texts = item
        .versions()
        .rev()
        .filter_map(|version| version.discretion_benchmark.as_deref());
    for part in texts.flat_map(parts) {
        // A later version usually repeats the benchmarks of the earlier one.
        if let Ok(benchmark) = read_benchmark(&part)
            && !found.contains(&benchmark)
        {
            found.push(benchmark);
        }
    }
    found.sort_by_key(|benchmark| std::cmp::Reverse(first_day(benchmark)));
    found
}

fn first_day(benchmark: &Benchmark) -> String {
    benchmark.in_force.to_string()
}

/// A fact that a benchmark asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub name: String,
    pub levels: Vec<String>,
    /// A number is given and the levels are ranges of it; otherwise one of the levels is chosen by its name.
    pub counted: bool,
    /// Without it nothing can be said (货值金额 …); any other counts for the party when it is not given.
    pub required: bool,
}

impl Factor {
    /// What to give, in words for a form.
    pub fn hint(&self) -> String {
        match (self.required, self.counted) {
            (true, true) => "填数字，单位：元".to_owned(),
            (true, false) => "选一种情形".to_owned(),
            (false, false) => "不能证明的不选，按最低一档计算".to_owned(),
            (false, true) => format!(
                "填数字；各档：{}。不能证明的不填，按最低一档计算",
                self.levels.join("、")
            ),
        }
    }
}

pub fn factors(benchmark: &Benchmark) -> Vec<Factor> {
    let names = match &benchmark.shape {
        Shape::Fixed(_) => vec![SITUATION.to_owned()],
        Shape::WeightSum { factors, .. } => factors.iter().map(|factor| factor.name.to_string()).collect(),
        Shape::Range { factors, .. } => factors.iter().map(ToString::to_string).collect(),
        Shape::Tier { .. } => Vec::new(),
    };
    let amounts = amount_facts(benchmark).into_iter().map(|name| Factor {
        name,
        levels: Vec::new(),
        counted: true,
        required: true,
    });
    amounts
        .chain(names.into_iter().map(|name| factor(benchmark, name)))
        .collect()
}

/// The facts in yuan on which the statutory range or the base depends.
fn amount_facts(benchmark: &Benchmark) -> BTreeSet<String> {
    let base = match &benchmark.shape {
        Shape::WeightSum { base, .. } => Some(base),
        _ => None,
    };
    let amounts = [
        benchmark.statutory.low.as_ref(),
        benchmark.statutory.high.as_ref(),
        base,
    ];
    let facts = amounts.into_iter().flatten().filter_map(|amount| match amount {
        Amount::Yuan(_) => None,
        Amount::Times { fact, .. } => Some(fact.to_string()),
    });
    facts.collect()
}

fn factor(benchmark: &Benchmark, name: String) -> Factor {
    let mut levels: Vec<(String, bool)> = levels(benchmark, &name);
    let mut seen = BTreeSet::new();
    levels.retain(|(level, _)| level != "-" && seen.insert(level.clone()));
    let situation = matches!(benchmark.shape, Shape::Fixed(_));
    Factor {
        counted: !situation && levels.iter().all(|(_, named)| !named),
        required: situation,
        levels: levels.into_iter().map(|(level, _)| level).collect(),
        name,
    }
}

/// The levels of a factor as written, and whether each is a name; the others test a number.
fn levels(benchmark: &Benchmark, factor: &str) -> Vec<(String, bool)> {
    let level = |text: &str, tests: &UnaryTests| (text.to_owned(), tests.to_string().starts_with('"'));
    match &benchmark.shape {
        Shape::Fixed(situations) => situations.iter().map(|one| (one.code.to_string(), true)).collect(),
        Shape::WeightSum { factors, .. } => factors
            .iter()
            .filter(|known| &*known.name == factor)
            .flat_map(|known| known.levels.iter().map(|one| level(&one.text, &one.tests)))
            .collect(),
        Shape::Range { factors, rows } => {
            let at = factors.iter().position(|known| &**known == factor);
            let cells = rows.iter().filter_map(|row| row.cells.get(at?));
            cells.map(|(text, tests)| level(text, tests)).collect()
        }
        Shape::Tier { .. } => Vec::new(),
    }
}

/// Answers as facts: what was typed as a number is one; anything else is a name; nothing is no fact.
pub fn facts(answers: &BTreeMap<String, String>) -> Facts {
    let mut facts = Facts::new();
    for (name, value) in answers {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        let value = value
            .parse::<Number>()
            .map_or_else(|_| Value::from(value), Value::Number);
        facts.set(name.trim(), value);
    }
    facts
}

/// An interval in words.
pub fn span(low: Option<Number>, high: Option<Number>) -> String {
    match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{low} 元"),
        (Some(low), Some(high)) => format!("{low} 元至 {high} 元"),
        (Some(low), None) => format!("{low} 元以上"),
        (None, Some(high)) => format!("{high} 元以下"),
        (None, None) => "没有规定".to_owned(),
    }
}

/// The day as the engine knows it.
pub fn engine_date(date: Date) -> Option<mingjing_rules::time::Date> {
    mingjing_rules::time::Date::new(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
}

/// What stands against a benchmark in an item, in the words of the one who enters it.
pub fn problems(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for part in parts(text) {
        match read_benchmark(&part) {
            Err(error) => problems.push(format!("裁量基准不能执行：{error}")),
            Ok(benchmark) if factors(&benchmark).len() > MOST_FACTORS => problems.push(format!(
                "裁量基准“{}”的因素超过{MOST_FACTORS}项，请合并。",
                benchmark.title
            )),
            Ok(_) => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const HEAD: &str = "基准 甲-01 试验罚款裁量表\n发布 甲局 甲〔2025〕1号\n施行 2025-01-01\n依据 甲法 第一条\n";

    fn asked(body: &str) -> String {
        let benchmark = latest(&format!("{HEAD}{body}")).unwrap();
        let shown = factors(&benchmark).into_iter().map(|factor| {
            let kind = match (factor.counted, factor.required) {
                (true, true) => "元",
                (true, false) => "数",
                (false, true) => "必选",
                (false, false) => "选",
            };
            format!("{} {kind} {}", factor.name, factor.levels.join("/"))
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_a_benchmark_asks_for() {
        let weights = "幅度 5000 至 50000\n权重累加 起点 10% 基数 50000\n因素 次数\n  1 = 0\n  2 = 10\n因素 改正\n  是 = 0\n  否 = 20\n";
        assert_eq!(asked(weights), "次数 数 1/2; 改正 选 是/否");
        let named = "幅度 5000 至 50000\n权重累加 起点 10% 基数 50000\n因素 排放量\n  不满50吨 = 0\n  50吨以上 = 10\n因素 超标\n  不足3倍或不足30% = 0\n  3倍至8倍或30%至50% = 8\n";
        assert_eq!(
            asked(named),
            "排放量 数 不满50吨/50吨以上; 超标 选 不足3倍或不足30%/3倍至8倍或30%至50%"
        );
        assert_eq!(asked("幅度 3000 至 10000\n阶次 30% 70%\n"), "");
        let times = "幅度 货值金额*10倍 至 货值金额*20倍\n阶次 30% 70%\n";
        assert_eq!(asked(times), "货值金额 元 ");
        let base =
            "幅度 投资额*1% 至 投资额*5%\n权重累加 起点 20% 基数 投资额*5%\n因素 阶段\n  基础 = 0\n  投产 = 15\n";
        assert_eq!(asked(base), "投资额 元 ; 阶段 选 基础/投产");
    }

    #[test]
    fn remarks_are_no_benchmarks_and_broken_ones_are_named() {
        assert!(parts("按省厅的规定执行").is_empty());
        assert!(problems("按省厅的规定执行").is_empty());
        let broken = format!("{HEAD}幅度 甲 至 乙\n");
        let found = problems(&broken);
        assert!(
            found.len() == 1 && found[0].starts_with("裁量基准不能执行："),
            "{found:?}"
        );
        let many: String = (0..13).map(|n| format!("因素 第{n}\n  是 = 0\n  否 = 1\n")).collect();
        let found = problems(&format!("{HEAD}幅度 0 至 100\n权重累加 起点 1% 基数 100\n{many}"));
        assert!(found.len() == 1 && found[0].contains("超过12项"), "{found:?}");
    }

    #[test]
    fn numbers_are_numbers_and_nothing_is_no_fact() {
        let answers = BTreeMap::from([
            ("次数".to_owned(), " 2 ".to_owned()),
            ("改正".to_owned(), "是".to_owned()),
            ("空".to_owned(), " ".to_owned()),
        ]);
        let facts = facts(&answers);
        assert_eq!(
            facts.get("次数").and_then(|value| value.as_number()),
            Some(Number::from(2))
        );
        assert!(facts.get("改正").is_some() && facts.get("空").is_none());
    }
}
