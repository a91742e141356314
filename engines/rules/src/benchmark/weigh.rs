//! From facts and grounds to an interval and an amount.

use super::{Benchmark, Factor, Ground, GroundKind, Interval, Level, Shape, Situation};
use crate::evaluate::{Evaluator, Scope};
use crate::feel::UnaryTests;
use crate::number::Number;
use crate::value::{Context, Value};
use std::sync::Arc;

/// What the benchmark says about one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Discretion {
    pub benchmark: Arc<str>,
    pub document: Arc<str>,
    /// No penalty at all.
    pub no_penalty: bool,
    /// Where the amount lies; an open end where the law sets none. Nothing without a penalty.
    pub low: Option<Number>,
    pub high: Option<Number>,
    /// The ends belong to the interval (below the statutory minimum its own end does not).
    pub high_included: bool,
    /// The amount that follows where nothing else is reasoned.
    pub default: Option<Number>,
    pub statutory_low: Option<Number>,
    pub statutory_high: Option<Number>,
    /// A mitigating ground allows less than the statutory minimum.
    pub may_go_below: bool,
    pub factors: Vec<FactorFinding>,
    /// Detention, points … beside the fine.
    pub besides: Vec<(Arc<str>, Arc<str>)>,
    /// The reasons, line by line.
    pub lines: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FactorFinding {
    pub factor: Arc<str>,
    pub level: Arc<str>,
    pub weight: Number,
    /// The fact was not given; the lowest level was taken.
    pub unproven: bool,
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("没有“{0}”，或者它不是数")]
    Fact(Arc<str>),
    #[error("“{factor}”的值 {value} 不属于任何一档")]
    Level { factor: Arc<str>, value: String },
    #[error("没有一档符合这些事实")]
    Row,
    #[error("金额超出可表示的范围")]
    OutOfRange,
}

/// The fact that names the situation of a benchmark with fixed amounts.
const SITUATION: &str = "情形";

type Weighed<T> = Result<T, Missing>;

impl Benchmark {
    /// Weighs a case. A factor without a fact takes its lowest level, as what cannot be proven
    /// counts for the party.
    pub fn weigh(&self, facts: &Context, grounds: &[Ground]) -> Weighed<Discretion> {
        let (low, high) = self.statutory.yuan(facts).map_err(Missing::Fact)?;
        let mut result = Discretion {
            benchmark: self.code.clone(),
            document: self.document.clone(),
            no_penalty: false,
            low,
            high,
            high_included: true,
            default: None,
            statutory_low: low,
            statutory_high: high,
            may_go_below: false,
            factors: Vec::new(),
            besides: Vec::new(),
            lines: vec![format!(
                "适用《{}》（{}，{}）。",
                self.title, self.issuer, self.document
            )],
        };
        if !self.bases.is_empty() {
            result.lines.push(format!("处罚依据：{}。", self.bases.join("；")));
        }
        if low.is_some() || high.is_some() {
            result.lines.push(format!("法定幅度：{}。", span(low, high)));
        }
        if let Some(ground) = find(grounds, &[GroundKind::NoPenalty, GroundKind::FirstOffence]) {
            result.no_penalty = true;
            (result.low, result.high, result.may_go_below) = (None, None, true);
            result.lines.push(because(ground, "不予处罚"));
            return Ok(result);
        }
        match &self.shape {
            Shape::Fixed(situations) => fixed(&mut result, situations, facts, grounds)?,
            Shape::WeightSum { start, base, factors } => {
                let base = base.yuan(facts).map_err(Missing::Fact)?;
                weight_sum(&mut result, *start, base, factors, facts)?;
            }
            Shape::Range { factors, rows } => {
                range(&mut result, factors, rows, facts, grounds)?;
            }
            Shape::Tier {
                normal_from,
                heavy_from,
            } => {
                tier(&mut result, *normal_from, *heavy_from, grounds)?;
            }
        }
        self.apologise(&mut result, grounds)?;
        result.keep_within_law(find(grounds, &[GroundKind::Mitigated]));
        Ok(result)
    }

    fn apologise(&self, result: &mut Discretion, grounds: &[Ground]) -> Weighed<()> {
        let ground = find(grounds, &[GroundKind::Apology]);
        let (Some(ground), Some((least, most))) = (ground, self.apology) else {
            return Ok(());
        };
        let kept = |amount: Option<Number>, percent: Number| match amount {
            None => Ok(None),
            Some(amount) => Number::from(100)
                .sub(percent)
                .and_then(|rest| amount.mul(rest)?.div(100.into()))
                .map(Some)
                .ok_or(Missing::OutOfRange),
        };
        result.low = kept(result.default.or(result.low), most)?;
        result.high = kept(result.default.or(result.high), least)?;
        result.default = result.high;
        result.lines.push(because(ground, &format!("减少 {least}%–{most}%")));
        Ok(())
    }
}

fn find<'g>(grounds: &'g [Ground], kinds: &[GroundKind]) -> Option<&'g Ground> {
    grounds.iter().find(|ground| kinds.contains(&ground.kind))
}

fn because(ground: &Ground, effect: &str) -> String {
    format!(
        "{}（{}）：{}，{effect}。",
        ground.kind.name(),
        ground.article,
        ground.reason
    )
}

pub(super) fn span(low: Option<Number>, high: Option<Number>) -> String {
    match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{low} 元"),
        (Some(low), Some(high)) => format!("{low} 元至 {high} 元"),
        (Some(low), None) => format!("{low} 元起"),
        (None, Some(high)) => format!("至多 {high} 元"),
        (None, None) => "不限".to_owned(),
    }
}

impl Discretion {
    /// Raises and lowers what was found into the statutory range, or below it with a ground.
    fn keep_within_law(&mut self, mitigated: Option<&Ground>) {
        if let Some(ground) = mitigated {
            self.may_go_below = true;
            self.low = None;
            self.high = self.statutory_low;
            self.high_included = false;
            self.default = None;
            self.lines.push(because(ground, "可以低于法定下限，金额须另行说明理由"));
            return;
        }
        let raised = |amount: &mut Option<Number>, least: Number| {
            let below = amount.is_some_and(|amount| amount < least);
            if below {
                *amount = Some(least);
            }
            below
        };
        if let Some(least) = self.statutory_low {
            let mut changed = raised(&mut self.low, least);
            changed |= raised(&mut self.high, least);
            changed |= raised(&mut self.default, least);
            if changed {
                self.lines
                    .push(format!("低于法定下限且没有减轻情节，按下限 {least} 元。"));
            }
        }
        if let Some(most) = self.statutory_high {
            let mut changed = false;
            for amount in [&mut self.low, &mut self.high, &mut self.default] {
                if amount.is_some_and(|amount| amount > most) {
                    *amount = Some(most);
                    changed = true;
                }
            }
            if changed {
                self.lines.push(format!("高于法定上限，按上限 {most} 元。"));
            }
        }
        let (low, high) = (self.low, self.high);
        match self.default {
            Some(default) => {
                self.lines
                    .push(format!("裁量区间：{}；建议 {default} 元。", span(low, high)));
            }
            None => self.lines.push(format!("裁量区间：{}。", span(low, high))),
        }
    }
}

fn fixed(result: &mut Discretion, situations: &[Situation], facts: &Context, grounds: &[Ground]) -> Weighed<()> {
    let given = facts.get(SITUATION).ok_or_else(|| Missing::Fact(SITUATION.into()))?;
    let code = given.to_string();
    let situation = situations
        .iter()
        .find(|situation| *situation.code == code || *situation.name == code)
        .ok_or_else(|| Missing::Level {
            factor: SITUATION.into(),
            value: code,
        })?;
    result.low = Some(situation.low);
    result.high = Some(situation.high);
    result.default = Some(situation.default);
    // Situations of one table may rest on different articles, each with its own range.
    if result.statutory_low.is_none() && result.statutory_high.is_none() {
        result.statutory_low = Some(situation.low);
        result.statutory_high = Some(situation.high);
    }
    result.besides.clone_from(&situation.besides);
    let (code, name, default) = (&situation.code, &situation.name, situation.default);
    result.lines.push(format!(
        "情形 {code}“{name}”：法定幅度 {}，定额 {default} 元。",
        span(result.low, result.high)
    ));
    if let Some(ground) = find(grounds, &[GroundKind::Lighter]) {
        result.high = Some(default);
        result.lines.push(because(ground, "在定额以下处罚"));
    } else if let Some(ground) = find(grounds, &[GroundKind::Heavier]) {
        result.low = Some(default);
        result.lines.push(because(ground, "在定额以上处罚"));
    }
    Ok(())
}

fn weight_sum(
    result: &mut Discretion,
    start: Number,
    base: Number,
    factors: &[Factor],
    facts: &Context,
) -> Weighed<()> {
    let mut sum = start;
    result.lines.push(format!("裁量起点 {start}%。"));
    for factor in factors {
        let found = level(factor, facts)?;
        sum = sum.add(found.weight).ok_or(Missing::OutOfRange)?;
        let unproven = if found.unproven {
            "（未能证明，取最低一档）"
        } else {
            ""
        };
        let (name, level, weight) = (&found.factor, &found.level, found.weight);
        result.lines.push(format!("{name}：{level} → {weight}%{unproven}"));
        result.factors.push(found);
    }
    let hundred = Number::from(100);
    let capped = sum.min(hundred);
    let cap = if sum > hundred { "，以 100% 计" } else { "" };
    let amount = base.mul(capped).and_then(|product| product.div(hundred));
    let amount = amount.ok_or(Missing::OutOfRange)?;
    result
        .lines
        .push(format!("合计 {sum}%{cap}，乘以 {base} 元，得 {amount} 元。"));
    result.low = Some(amount);
    result.high = Some(amount);
    result.default = Some(amount);
    Ok(())
}

fn level(factor: &Factor, facts: &Context) -> Weighed<FactorFinding> {
    let finding = |level: &Level, unproven| FactorFinding {
        factor: factor.name.clone(),
        level: level.text.clone(),
        weight: level.weight,
        unproven,
    };
    let fact = facts.get(&factor.name).filter(|value| !value.is_null());
    let Some(fact) = fact else {
        let lowest = factor.levels.iter().min_by_key(|level| level.weight);
        return lowest
            .map(|level| finding(level, true))
            .ok_or_else(|| Missing::Fact(factor.name.clone()));
    };
    let fits = factor.levels.iter().find(|level| passes(&level.tests, fact));
    fits.map(|level| finding(level, false)).ok_or_else(|| Missing::Level {
        factor: factor.name.clone(),
        value: fact.to_string(),
    })
}

fn passes(tests: &UnaryTests, fact: &Value) -> bool {
    let scope = Scope::new().with("?", fact.clone());
    Evaluator::default().passes_all(tests, fact, &scope) == Some(true)
}

fn range(
    result: &mut Discretion,
    factors: &[Arc<str>],
    rows: &[Interval],
    facts: &Context,
    grounds: &[Ground],
) -> Weighed<()> {
    let mut values = Vec::with_capacity(factors.len());
    for factor in factors {
        let value = facts.get(factor).filter(|value| !value.is_null());
        values.push(value.ok_or_else(|| Missing::Fact(factor.clone()))?);
    }
    let row = rows
        .iter()
        .find(|row| {
            row.cells
                .iter()
                .zip(&values)
                .all(|((_, tests), value)| passes(tests, value))
        })
        .ok_or(Missing::Row)?;
    for ((text, _), (factor, value)) in row.cells.iter().zip(factors.iter().zip(&values)) {
        result.lines.push(format!("{factor}为 {value}，属于“{text}”。"));
    }
    (result.low, result.high) = (row.low, row.high);
    result.lines.push(format!("对应幅度：{}。", span(row.low, row.high)));
    choose_within(result, grounds)
}

/// The amount inside an interval (粤环发〔2021〕7号 第十二条): heavy at or above the mean, light
/// below it, normal the mean; of a maximum alone light a fifth and normal a half; of a minimum
/// alone heavy five times and normal twice.
fn choose_within(result: &mut Discretion, grounds: &[Ground]) -> Weighed<()> {
    let ground = find(grounds, &[GroundKind::Lighter, GroundKind::Heavier]);
    let kind = ground.map(|ground| ground.kind);
    let times = |amount: Number, numerator: i64, denominator: i64| {
        amount
            .mul(numerator.into())
            .and_then(|product| product.div(denominator.into()))
            .ok_or(Missing::OutOfRange)
    };
    match (result.low, result.high) {
        (Some(low), Some(high)) => {
            let mean = times(low.add(high).ok_or(Missing::OutOfRange)?, 1, 2)?;
            match kind {
                Some(GroundKind::Lighter) => result.high = Some(mean),
                Some(GroundKind::Heavier) => result.low = Some(mean),
                _ => result.default = Some(mean),
            }
        }
        (None, Some(high)) => match kind {
            Some(GroundKind::Heavier) => result.low = Some(times(high, 1, 2)?),
            Some(_) => result.default = Some(times(high, 1, 5)?),
            None => result.default = Some(times(high, 1, 2)?),
        },
        (Some(low), None) => match kind {
            Some(GroundKind::Heavier) => result.default = Some(times(low, 5, 1)?),
            Some(_) => result.default = Some(low),
            None => result.default = Some(times(low, 2, 1)?),
        },
        (None, None) => {}
    }
    if let Some(ground) = ground {
        result
            .lines
            .push(because(ground, &format!("取 {}", span(result.low, result.high))));
    }
    Ok(())
}

fn tier(result: &mut Discretion, normal_from: Number, heavy_from: Number, grounds: &[Ground]) -> Weighed<()> {
    let (Some(low), Some(high)) = (result.low, result.high) else {
        return Ok(());
    };
    let at = |percent: Number| {
        high.sub(low)
            .and_then(|width| width.mul(percent)?.div(100.into()))
            .and_then(|part| low.add(part))
            .ok_or(Missing::OutOfRange)
    };
    let (normal, heavy) = (at(normal_from)?, at(heavy_from)?);
    let ground = find(grounds, &[GroundKind::Lighter, GroundKind::Heavier]);
    let (name, from, to) = match ground.map(|ground| ground.kind) {
        Some(GroundKind::Lighter) => ("从轻", low, normal),
        Some(_) => ("从重", heavy, high),
        None => ("一般", normal, heavy),
    };
    (result.low, result.high) = (Some(from), Some(to));
    if let Some(ground) = ground {
        result.lines.push(because(ground, "按相应阶次处罚"));
    }
    result
        .lines
        .push(format!("阶次“{name}”：{}。", span(Some(from), Some(to))));
    Ok(())
}
