//! A new benchmark beside the one that it replaces, tried with made-up facts: what the reviewer of a change looks at.

use std::collections::BTreeMap;

use mingjing_rules::benchmark::{Benchmark, Discretion, Ground, GroundKind, Shape};
use mingjing_rules::number::Number;

use super::{Factor, factors, facts, span};

/// More rows than anyone compares.
const MOST: usize = 80;
/// Made-up amounts of the facts in yuan on which a range or a base depends.
const AMOUNTS: [&str; 2] = ["10000", "100000"];

const NOTHING: &str = "不能计算";

/// One set of made-up facts and what each benchmark says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub facts: String,
    /// Empty where there is no old benchmark.
    pub old: String,
    pub new: String,
}

impl Trial {
    pub fn differs(&self) -> bool {
        self.old != self.new
    }
}

/// Each factor at each of its levels with the others at their lowest, each amount, and each ground; rows that say the same
/// as the row before are left out.
pub fn trials(old: Option<&Benchmark>, new: &Benchmark) -> Vec<Trial> {
    let asked = factors(new);
    let lowest: BTreeMap<String, String> = asked.iter().filter_map(lowest_answer(new)).collect();
    let mut rows = vec![trial(old, new, "各因素都是最低一档".to_owned(), &lowest, None)];
    for factor in &asked {
        for value in samples(factor) {
            let mut answers = lowest.clone();
            answers.insert(factor.name.clone(), value.clone());
            rows.push(trial(old, new, format!("{}：{value}", factor.name), &answers, None));
        }
    }
    for kind in [GroundKind::Lighter, GroundKind::Heavier, GroundKind::Mitigated] {
        let ground = Ground {
            kind,
            article: "试算".into(),
            reason: "试算".into(),
        };
        let words = format!("{}，各因素都是最低一档", kind.name());
        rows.push(trial(old, new, words, &lowest, Some(ground)));
    }
    // A made-up number that neither knows (nought offences) tells nothing.
    rows.retain(|row| !(row.new.starts_with(NOTHING) && (row.old.is_empty() || row.old.starts_with(NOTHING))));
    rows.dedup_by(|later, earlier| later.old == earlier.old && later.new == earlier.new);
    rows.truncate(MOST);
    rows
}

/// What has to be answered so that anything can be said; other factors are lowest without an answer.
fn lowest_answer(new: &Benchmark) -> impl Fn(&Factor) -> Option<(String, String)> + '_ {
    move |factor| {
        if !factor.required {
            return None;
        }
        let value = match (&new.shape, factor.counted) {
            (Shape::Fixed(situations), false) => situations.first()?.code.to_string(),
            _ => AMOUNTS[0].to_owned(),
        };
        Some((factor.name.clone(), value))
    }
}

fn samples(factor: &Factor) -> Vec<String> {
    match (factor.counted, factor.required) {
        (false, _) => factor.levels.clone(),
        (true, true) => AMOUNTS.map(str::to_owned).to_vec(),
        (true, false) => around(&factor.levels),
    }
}

/// The numbers in the levels and their neighbours: every level and every bound is met.
fn around(levels: &[String]) -> Vec<String> {
    let mut found: Vec<Number> = Vec::new();
    for text in levels {
        let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
        for number in numbers.filter_map(|digits| digits.parse::<Number>().ok()) {
            let neighbours = [number.sub(1.into()), Some(number), number.add(1.into())];
            found.extend(neighbours.into_iter().flatten().filter(|one| *one >= Number::ZERO));
        }
    }
    found.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    found.dedup();
    found.iter().map(ToString::to_string).collect()
}

fn trial(
    old: Option<&Benchmark>,
    new: &Benchmark,
    words: String,
    answers: &BTreeMap<String, String>,
    ground: Option<Ground>,
) -> Trial {
    let grounds: Vec<Ground> = ground.into_iter().collect();
    let of = |benchmark: &Benchmark| match benchmark.weigh(&facts(answers), &grounds) {
        Ok(found) => said(&found),
        Err(missing) => format!("{NOTHING}：{missing}"),
    };
    Trial {
        facts: words,
        old: old.map(of).unwrap_or_default(),
        new: of(new),
    }
}

fn said(found: &Discretion) -> String {
    let interval = span(found.low, found.high);
    match found.default {
        _ if found.no_penalty => "不予处罚".to_owned(),
        Some(amount) if found.low != found.high => format!("{interval}，一般 {amount} 元"),
        _ => interval,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use mingjing_rules::benchmark::read_benchmark;

    use super::*;

    fn benchmark(weight: u32) -> Benchmark {
        let text = format!(
            "基准 甲-01 试验罚款裁量表\n发布 甲局 甲〔2025〕1号\n施行 2025-01-01\n依据 甲法 第一条\n幅度 5000 至 50000\n\
             权重累加 起点 10% 基数 50000\n因素 次数\n  1 = 0\n  2次以上 = {weight}\n因素 改正\n  是 = 0\n  否 = 20\n"
        );
        read_benchmark(&text).unwrap()
    }

    #[test]
    fn each_level_is_met_once_and_a_change_is_seen() {
        let (old, new) = (benchmark(10), benchmark(30));
        let rows = trials(Some(&old), &new);
        let of = |facts: &str| rows.iter().find(|row| row.facts == facts).unwrap();
        assert!(!of("各因素都是最低一档").differs());
        let twice = of("次数：2");
        assert!(twice.differs(), "{rows:?}");
        assert!(twice.old.contains("10000") && twice.new.contains("20000"), "{twice:?}");
        assert!(!of("改正：否").differs());
        assert!(rows.len() < 10, "{rows:?}");
        assert!(trials(None, &new).iter().all(|row| row.old.is_empty()));
    }

    #[test]
    fn a_number_beside_a_bound_is_met() {
        assert_eq!(
            around(&["不满50吨".into(), "50吨以上200吨以下".into()]),
            ["49", "50", "51", "199", "200", "201"]
        );
    }
}
