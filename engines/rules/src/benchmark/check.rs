//! What can be known about a benchmark before anybody is fined by it: amounts beyond what the law allows, levels that
//! leave something out or meet, rows that can never apply.

use super::{Amount, Benchmark, Shape};
use crate::check::{Finding, FindingKind, check};
use crate::extension::Extensions;
use crate::number::Number;

impl Benchmark {
    /// Findings of the tables (by the same check as decision tables have) and of the amounts. A text that only names
    /// levels leaves every other name out on purpose: that is no gap.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = check(vec![self.to_dmn()], &Extensions::default());
        findings.retain(|finding| finding.kind != FindingKind::Unused && finding.kind != FindingKind::Undecided);
        findings.retain(|finding| !(finding.kind == FindingKind::Gap && self.is_named(&finding.place)));
        self.beyond(&mut findings);
        findings
    }

    /// Whether the levels of a table are names, of which people choose one.
    fn is_named(&self, place: &str) -> bool {
        let named = |tests: &crate::feel::UnaryTests| tests.to_string().starts_with('"');
        match &self.shape {
            Shape::Fixed(_) => true,
            Shape::WeightSum { factors, .. } => factors
                .iter()
                .filter(|factor| place.starts_with(&*factor.name))
                .any(|factor| factor.levels.iter().any(|level| named(&level.tests))),
            Shape::Range { rows, .. } => rows.iter().any(|row| row.cells.iter().any(|(_, tests)| named(tests))),
            Shape::Tier { .. } => false,
        }
    }

    fn beyond(&self, findings: &mut Vec<Finding>) {
        let fixed = |amount: &Option<Amount>| match amount {
            Some(Amount::Yuan(number)) => Some(*number),
            _ => None,
        };
        let (least, most) = (fixed(&self.statutory.low), fixed(&self.statutory.high));
        let mut tell = |rules: Vec<usize>, message: String| {
            findings.push(Finding {
                kind: FindingKind::Structure,
                place: self.title.clone(),
                rules,
                message,
                example: None,
            });
        };
        if least.zip(most).is_some_and(|(least, most)| least > most) {
            tell(Vec::new(), "法定幅度的下限高于上限".to_owned());
        }
        let mut outside = |row: usize, low: Option<Number>, high: Option<Number>| {
            if low.zip(high).is_some_and(|(low, high)| low > high) {
                tell(vec![row], format!("第{row}行的下限高于上限"));
            }
            for amount in [low, high].into_iter().flatten() {
                if most.is_some_and(|most| amount > most) {
                    tell(vec![row], format!("第{row}行的 {amount} 元高于法定上限"));
                }
                if least.is_some_and(|least| amount < least) {
                    tell(vec![row], format!("第{row}行的 {amount} 元低于法定下限"));
                }
            }
        };
        match &self.shape {
            Shape::Fixed(situations) => {
                for (at, one) in situations.iter().enumerate() {
                    outside(at + 1, Some(one.low), Some(one.high));
                }
                for (at, one) in situations.iter().enumerate() {
                    if !(one.low <= one.default && one.default <= one.high) {
                        let row = at + 1;
                        tell(
                            vec![row],
                            format!("第{row}行的定额 {} 元不在下限和上限之间", one.default),
                        );
                    }
                }
            }
            Shape::Range { rows, .. } => {
                for (at, row) in rows.iter().enumerate() {
                    outside(at + 1, row.low, row.high);
                }
            }
            Shape::WeightSum { start, base, factors } => {
                let heaviest = factors
                    .iter()
                    .map(|factor| factor.levels.iter().map(|level| level.weight).max());
                let sum = heaviest.flatten().try_fold(*start, Number::add);
                if let (Some(Amount::Yuan(base)), Some(most)) = (Some(base), most)
                    && *base > most
                {
                    tell(Vec::new(), format!("基数 {base} 元高于法定上限，累加到一百就超出"));
                }
                if sum.is_some_and(|sum| sum < Number::from(100)) {
                    let sum = sum.unwrap_or(*start);
                    tell(
                        Vec::new(),
                        format!("各因素都取最重一档，只累加到 {sum}%，到不了法定上限"),
                    );
                }
            }
            Shape::Tier {
                normal_from,
                heavy_from,
            } => {
                let (zero, all) = (Number::from(0), Number::from(100));
                if !(zero <= *normal_from && normal_from <= heavy_from && *heavy_from <= all) {
                    tell(
                        Vec::new(),
                        "阶次的两个百分数应在0到100之间，前一个不大于后一个".to_owned(),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::read_benchmark;

    const HEAD: &str = "基准 甲-01 试验罚款裁量表\n发布 甲局 甲〔2025〕1号\n施行 2025-01-01\n依据 甲法 第一条\n";

    fn check(body: &str, expect: &[&str]) {
        let found = read_benchmark(&format!("{HEAD}{body}")).unwrap().findings();
        let messages: Vec<String> = found
            .iter()
            .map(|one| format!("{}:{}", one.kind.code(), one.message))
            .collect();
        if expect.is_empty() {
            assert_eq!(messages, [""; 0], "{body}");
        }
        for word in expect {
            assert!(messages.iter().any(|one| one.contains(word)), "{word}: {messages:?}");
        }
    }

    #[test]
    fn a_sound_benchmark_has_no_findings() {
        check(
            "幅度 10000 至 100000\n幅度罚款 次数\n不足2 = 10000 至 50000\n2以上 = 50000 至 100000\n",
            &[],
        );
        check("幅度 3000 至 10000\n阶次 30% 70%\n", &[]);
        check("幅度 20 至 200\n定额\n1001 甲 = 20 50 50\n", &[]);
    }

    #[test]
    fn gaps_overlaps_and_rows_that_never_apply_are_found() {
        check(
            "幅度 10000 至 100000\n幅度罚款 次数\n不足2 = 10000 至 50000\n3以上 = 50000 至 100000\n",
            &["gap:"],
        );
        check(
            "幅度 0 至 50000\n权重累加 起点 10% 基数 50000\n因素 次数\n  3以下 = 0\n  3以上 = 90\n",
            &["overlap:"],
        );
        check(
            "幅度 10000 至 100000\n幅度罚款 次数\n2以上 = 10000 至 50000\n3以上 = 50000 至 100000\n不足2 = 10000\n",
            &["unreachable:"],
        );
    }

    #[test]
    fn amounts_beyond_the_law_are_found() {
        check(
            "幅度 10000 至 100000\n幅度罚款 次数\n不足2 = 5000 至 50000\n2以上 = 50000 至 200000\n",
            &["低于法定下限", "高于法定上限"],
        );
        check(
            "幅度 10000 至 100000\n幅度罚款 次数\n不足2 = 60000 至 50000\n2以上 = 50000 至 100000\n",
            &["下限高于上限"],
        );
        check(
            "幅度 5000 至 50000\n权重累加 起点 10% 基数 50000\n因素 改正\n  是 = 0\n  否 = 20\n",
            &["到不了法定上限"],
        );
        check(
            "幅度 5000 至 50000\n权重累加 起点 10% 基数 60000\n因素 改正\n  是 = 0\n  否 = 90\n",
            &["基数"],
        );
        check("幅度 20 至 200\n定额\n1001 甲 = 20 50 60\n", &["不在下限和上限之间"]);
        check("幅度 5000 至 50000\n阶次 70% 30%\n", &["阶次"]);
        check("幅度 50000 至 5000\n阶次 30% 70%\n", &["法定幅度的下限"]);
    }
}
