//! A benchmark as the text that [`super::read_benchmark`] reads. Remarks are no part of a benchmark and do not come back.

use std::fmt::Write;

use super::{Amount, Benchmark, Interval, Shape, Situation, StatutoryRange};
use crate::number::Number;

impl Benchmark {
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut line = |words: String| {
            out.push_str(&words);
            out.push('\n');
        };
        line(format!("基准 {} {}", self.code, self.title));
        line(format!("发布 {} {}", self.issuer, self.document));
        line(match self.until {
            Some(until) => format!("施行 {} 至 {until}", self.in_force),
            None => format!("施行 {}", self.in_force),
        });
        for basis in &self.bases {
            line(format!("依据 {basis}"));
        }
        line(format!("幅度 {}", self.statutory.written()));
        let included = |included: bool| if included { "含" } else { "不含" };
        line(format!(
            "界限 以上{}本数 以下{}本数",
            included(self.bounds.above_includes),
            included(self.bounds.below_includes)
        ));
        if let Some((least, most)) = &self.apology {
            line(format!("道歉 {least}% {most}%"));
        }
        line(self.shape.written());
        out
    }
}

impl Amount {
    /// As [`Amount::parse`] reads it.
    pub fn written(&self) -> String {
        match self {
            Amount::Yuan(number) => number.to_string(),
            Amount::Times { fact, factor } => match factor.mul(100.into()) {
                Some(percent) if *factor < Number::from(1) => format!("{fact}*{percent}%"),
                _ => format!("{fact}*{factor}倍"),
            },
        }
    }
}

impl StatutoryRange {
    fn written(&self) -> String {
        let end = |amount: &Option<Amount>| amount.as_ref().map(Amount::written).unwrap_or_default();
        format!("{} 至 {}", end(&self.low), end(&self.high)).trim().to_owned()
    }
}

impl Shape {
    fn written(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = match self {
            Shape::Fixed(situations) => {
                out.push_str("定额");
                situations.iter().try_for_each(|one| write!(out, "\n{}", one.written()))
            }
            Shape::WeightSum { start, base, factors } => {
                let _ = write!(out, "权重累加 起点 {start}% 基数 {}", base.written());
                factors.iter().try_for_each(|factor| {
                    write!(out, "\n因素 {}", factor.name)?;
                    let mut levels = factor.levels.iter();
                    levels.try_for_each(|level| write!(out, "\n  {} = {}", level.text, level.weight))
                })
            }
            Shape::Range { factors, rows } => {
                let _ = write!(out, "幅度罚款 {}", factors.join(" | "));
                rows.iter().try_for_each(|row| write!(out, "\n{}", row.written()))
            }
            Shape::Tier {
                normal_from,
                heavy_from,
            } => write!(out, "阶次 {normal_from}% {heavy_from}%"),
        };
        out
    }
}

impl Situation {
    fn written(&self) -> String {
        let besides: String = self
            .besides
            .iter()
            .map(|(name, words)| format!(" | {name} {words}"))
            .collect();
        format!(
            "{} {} = {} {} {}{besides}",
            self.code, self.name, self.low, self.high, self.default
        )
    }
}

impl Interval {
    fn written(&self) -> String {
        let cells: Vec<&str> = self.cells.iter().map(|(text, _)| &**text).collect();
        let end = |end: &Option<Number>| end.map(|number| number.to_string()).unwrap_or_default();
        let span = match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => low.to_string(),
            _ => format!("{} 至 {}", end(&self.low), end(&self.high)).trim().to_owned(),
        };
        format!("{} = {span}", cells.join(" | "))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::read_benchmark;

    const HEAD: &str =
        "基准 甲-01 试验罚款裁量表\n发布 甲局 甲〔2025〕1号\n施行 2025-01-01 至 2026-12-31\n依据 甲法 第一条\n";

    #[test]
    fn what_is_written_reads_as_the_same_benchmark() {
        for body in [
            "幅度 5000 至 50000\n界限 以上含本数 以下不含本数\n道歉 30% 50%\n权重累加 起点 10% 基数 50000\n因素 次数\n  1 = 0\n  3次以上 = 20\n因素 改正\n  已经改正 = 0\n  没有改正 = 12.5\n",
            "幅度 10000 至 100000\n幅度罚款 次数 | 后果\n不足2 | - = 10000 至 50000\n2以上 | 轻微 = 50000\n2以上 | 严重 = 50000 至\n",
            "幅度 至 货值金额*20倍\n阶次 30% 70%\n",
            "幅度 投资额*1% 至 投资额*5%\n权重累加 起点 20% 基数 投资额*5%\n因素 阶段\n  基础 = 0\n  投产 = 15\n",
            "幅度 20 至 200\n定额\n1001 没有携带驾驶证 = 20 50 50 | 记分 1\n1002 违反限行 = 100 100 100\n",
        ] {
            let read = read_benchmark(&format!("{HEAD}{body}")).unwrap();
            let text = read.to_text();
            assert_eq!(read_benchmark(&text).unwrap(), read, "{text}");
        }
    }
}
