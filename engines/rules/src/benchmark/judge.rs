//! Whether an amount that somebody means to impose is one the law and the benchmark allow.

use super::Discretion;
use super::weigh::span;
use crate::number::Number;

#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    Within,
    /// Lawful, but not what the benchmark says: the reasons must be written down.
    Departs(String),
    /// Not lawful; the act must be refused.
    Unlawful(String),
}

impl Discretion {
    pub fn judge(&self, amount: Number) -> Judgement {
        if amount.is_negative() {
            return Judgement::Unlawful("罚款不能为负数".to_owned());
        }
        if self.no_penalty {
            return match amount.is_zero() {
                true => Judgement::Within,
                false => Judgement::Unlawful("应当不予处罚，不能罚款".to_owned()),
            };
        }
        if self.statutory_high.is_some_and(|most| amount > most) {
            let range = span(self.statutory_low, self.statutory_high);
            return Judgement::Unlawful(format!("{amount} 元超出法定幅度（{range}）"));
        }
        let below = self.statutory_low.is_some_and(|least| amount < least);
        if below && !self.may_go_below {
            let range = span(self.statutory_low, self.statutory_high);
            return Judgement::Unlawful(format!(
                "{amount} 元低于法定幅度（{range}），没有减轻处罚的情节（行政处罚法第三十二条）"
            ));
        }
        let too_low = self.low.is_some_and(|low| amount < low);
        let too_high = self.high.is_some_and(|high| match self.high_included {
            true => amount > high,
            false => amount >= high,
        });
        if too_low || too_high {
            let range = span(self.low, self.high);
            return Judgement::Departs(format!("{amount} 元不在裁量区间（{range}）内，应当说明理由"));
        }
        Judgement::Within
    }
}
