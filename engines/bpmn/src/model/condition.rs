//! Conditions of flows that leave an exclusive gateway: which outcomes of the task before take this way.
//!
//! A closed form of FEEL: `=outcome = "accept"` or `=outcome in ("agree", "disagree")`.

use serde::Serialize;

/// True if the outcome recorded by the task before the gateway is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// At least one, without repetition, in the order written.
    pub outcomes: Vec<String>,
}

/// The text is not of the closed form.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnOutcomeCondition;

impl Condition {
    pub fn holds(&self, outcome: Option<&str>) -> bool {
        outcome.is_some_and(|outcome| self.outcomes.iter().any(|o| o == outcome))
    }

    pub(crate) fn parse(text: &str) -> Result<Condition, NotAnOutcomeCondition> {
        let rest = text.trim().strip_prefix('=').ok_or(NotAnOutcomeCondition)?;
        let rest = word(rest, "outcome")?;
        let (outcomes, rest) = match rest.trim_start().strip_prefix('=') {
            Some(value) => {
                let (outcome, rest) = quoted(value)?;
                (vec![outcome], rest)
            }
            None => list(word(rest, "in")?)?,
        };
        let repeated = (1..outcomes.len()).any(|i| outcomes[..i].contains(&outcomes[i]));
        if !rest.trim().is_empty() || repeated {
            return Err(NotAnOutcomeCondition);
        }
        Ok(Condition { outcomes })
    }
}

/// Strips a keyword that ends where it should.
fn word<'a>(text: &'a str, keyword: &str) -> Result<&'a str, NotAnOutcomeCondition> {
    let rest = text.trim_start().strip_prefix(keyword);
    let rest = rest.ok_or(NotAnOutcomeCondition)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.') {
        return Err(NotAnOutcomeCondition);
    }
    Ok(rest)
}

fn list(text: &str) -> Result<(Vec<String>, &str), NotAnOutcomeCondition> {
    let text = text.trim_start().strip_prefix('(');
    let (first, mut rest) = quoted(text.ok_or(NotAnOutcomeCondition)?)?;
    let mut outcomes = vec![first];
    while let Some(more) = rest.trim_start().strip_prefix(',') {
        let (outcome, after) = quoted(more)?;
        outcomes.push(outcome);
        rest = after;
    }
    let rest = rest.trim_start().strip_prefix(')');
    Ok((outcomes, rest.ok_or(NotAnOutcomeCondition)?))
}

/// A string without escapes: an outcome id needs none.
fn quoted(text: &str) -> Result<(String, &str), NotAnOutcomeCondition> {
    let text = text.trim_start().strip_prefix('"');
    let (value, rest) = text.and_then(|t| t.split_once('"')).ok_or(NotAnOutcomeCondition)?;
    if value.is_empty() || value.contains('\\') {
        return Err(NotAnOutcomeCondition);
    }
    Ok((value.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&[&str]>) {
        let got = Condition::parse(text).ok().map(|c| c.outcomes);
        let expect = expect.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn only_the_closed_form_is_read() {
        check("=outcome = \"accept\"", Some(&["accept"]));
        check("  = outcome=\"a\" ", Some(&["a"]));
        check("=outcome in (\"a\",\"b\")", Some(&["a", "b"]));
        check("=outcome in(\"a\" , \"b\" )", Some(&["a", "b"]));
        check("=outcome = \"建议不予\"", Some(&["建议不予"]));
        check("outcome = \"accept\"", None);
        check("=outcomes = \"accept\"", None);
        check("=outcome = accept", None);
        check("=outcome != \"accept\"", None);
        check("=outcome = \"a\" or true", None);
        check("=outcome in ()", None);
        check("=outcome in (\"a\",)", None);
        check("=outcome in (\"a\",\"a\")", None);
        check("=outcome = \"a\\\"\"", None);
        check("=outcome = \"", None);
        check("=amount > 100", None);
        check("${outcome}", None);
        check("", None);
    }
}
