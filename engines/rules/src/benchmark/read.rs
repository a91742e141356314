//! The text form of a benchmark, which a legal officer can read and write:
//!
//! ```text
//! 基准 D2a 超标排放水污染物
//! 发布 广东省生态环境厅 粤环发〔2021〕7号
//! 施行 2022-01-01 至 2026-12-31
//! 依据 水污染防治法 第八十三条第二项
//! 幅度 100000 至 1000000
//! 界限 以上含本数 以下不含本数
//! 权重累加 起点 7 基数 1000000
//! 因素 废水日排放量
//!   不满50 = 0
//! ```

use super::amount::{Amount, StatutoryRange};
use super::phrase::{Bounds, phrase_tests};
use super::{Benchmark, Factor, Interval, Level, Shape, Situation};
use crate::feel::{Names, UnaryTests, normal, parse_unary_tests, quoted};
use crate::number::Number;
use crate::time::Date;
use std::sync::Arc;

/// Most lines of one benchmark.
const MAX_LINES: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第 {line} 行：{message}")]
pub struct BenchmarkError {
    pub line: usize,
    pub message: String,
}

pub fn read_benchmark(text: &str) -> Result<Benchmark, BenchmarkError> {
    let mut draft = Draft::default();
    for (at, line) in text.lines().enumerate() {
        if at >= MAX_LINES {
            return Err(BenchmarkError {
                line: at + 1,
                message: "基准过长".to_owned(),
            });
        }
        let line = line.split('#').next().unwrap_or("").trim();
        if !line.is_empty() {
            draft
                .line(line)
                .map_err(|message| BenchmarkError { line: at + 1, message })?;
        }
    }
    let last = text.lines().count();
    draft.finish().map_err(|message| BenchmarkError { line: last, message })
}

#[derive(Default)]
struct Draft {
    head: Option<(Arc<str>, Arc<str>)>,
    issued: Option<(Arc<str>, Arc<str>)>,
    force: Option<(Date, Option<Date>)>,
    bases: Vec<Arc<str>>,
    statutory: Option<StatutoryRange>,
    bounds: Bounds,
    apology: Option<(Number, Number)>,
    shape: Option<Shape>,
}

type Line<T = ()> = Result<T, String>;

impl Draft {
    fn line(&mut self, line: &str) -> Line {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "基准" => self.head = Some(two(rest, "编号 名称")?),
            "发布" => self.issued = Some(two(rest, "机关 文号")?),
            "施行" => self.force = Some(force(rest)?),
            "依据" => self.bases.push(rest.into()),
            "幅度" => self.statutory = Some(statutory(rest)?),
            "界限" => self.bounds = bounds(rest)?,
            "道歉" => self.apology = Some(percents(rest)?),
            "定额" => self.shape = Some(Shape::Fixed(Vec::new())),
            "权重累加" => self.shape = Some(weight_sum(rest)?),
            "幅度罚款" => {
                self.shape = Some(Shape::Range {
                    factors: names(rest),
                    rows: Vec::new(),
                })
            }
            "阶次" => {
                let (normal_from, heavy_from) = percents(rest)?;
                self.shape = Some(Shape::Tier {
                    normal_from,
                    heavy_from,
                });
            }
            "因素" => self.factor(rest)?,
            _ => self.row(line)?,
        }
        Ok(())
    }

    fn factor(&mut self, name: &str) -> Line {
        match &mut self.shape {
            Some(Shape::WeightSum { factors, .. }) => {
                factors.push(Factor {
                    name: normal(name).into(),
                    levels: Vec::new(),
                });
                Ok(())
            }
            _ => Err("只有权重累加的基准有因素".to_owned()),
        }
    }

    fn row(&mut self, line: &str) -> Line {
        let (left, right) = line.rsplit_once('=').ok_or("这一行不认识，应含有等号")?;
        // `>= 3 = 8`: the last equals sign parts the row.
        let (left, right) = (left.trim(), right.trim());
        let bounds = self.bounds;
        match &mut self.shape {
            Some(Shape::Fixed(situations)) => situations.push(situation(left, right)?),
            Some(Shape::WeightSum { factors, .. }) => {
                let factor = factors.last_mut().ok_or("程度之前应有因素")?;
                let weight = right.parse().map_err(|_| format!("“{right}”不是权重"))?;
                factor.levels.push(Level {
                    text: left.into(),
                    tests: cell(left, bounds)?,
                    weight,
                });
            }
            Some(Shape::Range { factors, rows }) => {
                let cells: Vec<&str> = left.split('|').map(str::trim).collect();
                if cells.len() != factors.len() {
                    return Err(format!("应有 {} 个条件", factors.len()));
                }
                let cells = cells
                    .into_iter()
                    .map(|text| Ok((Arc::from(text), cell(text, bounds)?)))
                    .collect::<Line<_>>()?;
                let (low, high) = interval(right)?;
                rows.push(Interval { cells, low, high });
            }
            _ => return Err("这一行不认识".to_owned()),
        }
        Ok(())
    }

    fn finish(self) -> Line<Benchmark> {
        let (code, title) = self.head.ok_or("缺少“基准”一行")?;
        let (issuer, document) = self.issued.ok_or("缺少“发布”一行")?;
        let (in_force, until) = self.force.ok_or("缺少“施行”一行")?;
        let shape = self.shape.ok_or("缺少裁量方式")?;
        let empty = match &shape {
            Shape::Fixed(situations) => situations.is_empty(),
            Shape::WeightSum { factors, .. } => {
                factors.is_empty() || factors.iter().any(|factor| factor.levels.is_empty())
            }
            Shape::Range { rows, .. } => rows.is_empty(),
            Shape::Tier { .. } => false,
        };
        if empty {
            return Err("裁量方式之下没有内容".to_owned());
        }
        Ok(Benchmark {
            code,
            title,
            issuer,
            document,
            in_force,
            until,
            bases: self.bases,
            statutory: self.statutory.ok_or("缺少“幅度”一行")?,
            bounds: self.bounds,
            apology: self.apology,
            shape,
        })
    }
}

fn two(rest: &str, wanted: &str) -> Line<(Arc<str>, Arc<str>)> {
    let (first, second) = rest
        .split_once(char::is_whitespace)
        .ok_or_else(|| format!("应写明 {wanted}"))?;
    Ok((first.into(), second.trim().into()))
}

fn force(rest: &str) -> Line<(Date, Option<Date>)> {
    let date = |text: &str| Date::parse(text.trim()).ok_or_else(|| format!("“{text}”不是日期"));
    match rest.split_once('至') {
        Some((from, until)) => Ok((date(from)?, Some(date(until)?))),
        None => Ok((date(rest)?, None)),
    }
}

fn statutory(rest: &str) -> Line<StatutoryRange> {
    let (low, high) = rest.split_once('至').ok_or("幅度应写作“下限 至 上限”")?;
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => Amount::parse(text).map(Some).ok_or_else(|| format!("“{text}”不是金额")),
    };
    Ok(StatutoryRange {
        low: end(low)?,
        high: end(high)?,
    })
}

fn bounds(rest: &str) -> Line<Bounds> {
    let mut bounds = Bounds::default();
    for word in rest.split_whitespace() {
        match word {
            "以上含本数" => bounds.above_includes = true,
            "以上不含本数" => bounds.above_includes = false,
            "以下含本数" => bounds.below_includes = true,
            "以下不含本数" => bounds.below_includes = false,
            _ => return Err(format!("“{word}”不是界限")),
        }
    }
    Ok(bounds)
}

fn percents(rest: &str) -> Line<(Number, Number)> {
    let mut numbers = rest.split_whitespace().map(|text| text.trim_end_matches('%').parse());
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(a)), Some(Ok(b)), None) => Ok((a, b)),
        _ => Err("应为两个百分数".to_owned()),
    }
}

fn weight_sum(rest: &str) -> Line<Shape> {
    let (start, base) = rest
        .strip_prefix("起点")
        .and_then(|rest| rest.split_once("基数"))
        .ok_or("应写作“权重累加 起点 百分数 基数 金额”")?;
    let start = start
        .trim()
        .trim_end_matches('%')
        .parse()
        .map_err(|_| "起点应为百分数")?;
    let base = Amount::parse(base).ok_or("基数应为金额")?;
    Ok(Shape::WeightSum {
        start,
        base,
        factors: Vec::new(),
    })
}

fn names(rest: &str) -> Vec<Arc<str>> {
    rest.split('|')
        .map(|name| normal(name).into())
        .filter(|name: &Arc<str>| !name.is_empty())
        .collect()
}

/// `编号 名称 = 下限 上限 定额 | 拘留 10 | …`
fn situation(left: &str, right: &str) -> Line<Situation> {
    let (code, name) = two(left, "编号 情形")?;
    let mut parts = right.split('|').map(str::trim);
    let numbers: Vec<Number> = parts
        .next()
        .unwrap_or("")
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| "应为“下限 上限 定额”三个数")?;
    let [low, high, default] = numbers[..] else {
        return Err("应为“下限 上限 定额”三个数".to_owned());
    };
    let besides = parts.map(|part| two(part, "名称 内容")).collect::<Line<_>>()?;
    Ok(Situation {
        code,
        name,
        low,
        high,
        default,
        besides,
    })
}

fn interval(text: &str) -> Line<(Option<Number>, Option<Number>)> {
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("“{text}”不是金额")),
    };
    match text.split_once('至') {
        Some((low, high)) => Ok((end(low)?, end(high)?)),
        None => {
            let only = end(text)?;
            Ok((only, only))
        }
    }
}

/// A condition: a phrase with 以上 or 以下, a FEEL test, or a name that the fact must be.
fn cell(text: &str, bounds: Bounds) -> Line<UnaryTests> {
    let names = Names::new();
    let source = match phrase_tests(text, bounds) {
        Some(tests) => tests,
        None if is_test(text) => text.to_owned(),
        None => quoted(text),
    };
    parse_unary_tests(&source, &names, &names).map_err(|error| format!("“{text}”：{error}"))
}

/// A number, or something that begins as a FEEL test does; other texts are names, as
/// `3倍至8倍或30%至50%`.
fn is_test(text: &str) -> bool {
    text == "-" || text.parse::<Number>().is_ok() || text.starts_with(['<', '>', '=', '!', '[', '(', '"', '?'])
}
