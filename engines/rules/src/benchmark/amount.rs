//! Amounts of money that may depend on a fact: a number of yuan, a share or a multiple of it.

use crate::number::Number;
use crate::value::Context;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    Yuan(Number),
    /// The fact (a number of yuan) times a factor: 5 % is 0.05, ten times is 10.
    Times {
        fact: Arc<str>,
        factor: Number,
    },
}

/// What the law allows; either end may be open.
#[derive(Clone, Debug, PartialEq)]
pub struct StatutoryRange {
    pub low: Option<Amount>,
    pub high: Option<Amount>,
}

impl Amount {
    /// The amount in yuan; the error is the name of the fact that is missing or no number.
    pub fn yuan(&self, facts: &Context) -> Result<Number, Arc<str>> {
        match self {
            Amount::Yuan(number) => Ok(*number),
            Amount::Times { fact, factor } => facts
                .get(fact)
                .and_then(|value| value.as_number())
                .and_then(|number| number.mul(*factor))
                .ok_or_else(|| fact.clone()),
        }
    }

    /// `50000`, `总投资额*5%`, `货值金额*10倍`
    pub fn parse(text: &str) -> Option<Amount> {
        let text = text.trim();
        let Some((fact, factor)) = text.split_once('*') else {
            return text.parse().ok().map(Amount::Yuan);
        };
        let factor = factor.trim();
        let factor: Number = match (factor.strip_suffix('%'), factor.strip_suffix('倍')) {
            (Some(percent), _) => percent.trim().parse::<Number>().ok()?.div(100.into())?,
            (_, Some(times)) => times.trim().parse().ok()?,
            _ => return None,
        };
        let fact = crate::feel::normal(fact);
        (!fact.is_empty()).then(|| Amount::Times {
            fact: fact.into(),
            factor,
        })
    }

    /// As an expression over the facts.
    pub(super) fn expression(&self) -> String {
        match self {
            Amount::Yuan(number) => number.to_string(),
            Amount::Times { fact, factor } => format!("{fact} * {factor}"),
        }
    }
}

impl StatutoryRange {
    pub fn yuan(&self, facts: &Context) -> Result<(Option<Number>, Option<Number>), Arc<str>> {
        let end = |amount: &Option<Amount>| amount.as_ref().map(|a| a.yuan(facts)).transpose();
        Ok((end(&self.low)?, end(&self.high)?))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Yuan(number) => write!(f, "{number} 元"),
            Amount::Times { fact, factor } => write!(f, "{fact} × {factor}"),
        }
    }
}
