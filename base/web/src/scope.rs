//! How far a permission reaches, once for a single record and once for SQL, so that a list shows exactly
//! what a single page would.
//!
//! Invariant: `covers` and `sql` select the same records (a property test compares them on SQLite).

use std::collections::BTreeSet;

use mingjing_chronicle::HeldPost;
use serde::{Deserialize, Serialize};

/// One thing that somebody may do. Each capability declares its own; people holds the table of who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Permission(pub &'static str);

/// How far, as the permission table writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breadth {
    /// Cases of which this account is the party or an agent of the party.
    OwnCases,
    /// Cases of the bodies in which the post is held.
    OwnBody,
    /// Cases of the division of that body and of all divisions below it.
    OwnArea,
    All,
    /// What was released to the public.
    Published,
}

impl Breadth {
    /// Binds the word of the table to one account and to those of its posts that carry the permission.
    pub fn bind(self, account: &str, posts: &[HeldPost]) -> Scope {
        match self {
            Breadth::OwnCases => Scope::OwnCases {
                account: account.to_owned(),
            },
            Breadth::OwnBody => Scope::OwnBody {
                bodies: posts.iter().map(|held| held.body.clone()).collect(),
            },
            Breadth::OwnArea => Scope::OwnArea {
                areas: posts.iter().map(|held| held.area.clone()).collect(),
            },
            Breadth::All => Scope::All,
            Breadth::Published => Scope::Published,
        }
    }
}

/// How far one actor's permission reaches now. Closed: a new kind must be given both readings below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    OwnCases {
        account: String,
    },
    OwnBody {
        bodies: BTreeSet<String>,
    },
    OwnArea {
        areas: BTreeSet<String>,
    },
    All,
    Published,
    /// Several posts may carry the same permission with different breadth.
    Either(Vec<Scope>),
}

/// The scope columns of a record. Every view that is listed by scope has columns of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Id of the body whose matter it is.
    pub body: &'a str,
    /// Division code of that body.
    pub area: &'a str,
    /// Account of the party; empty where the party has none.
    pub party_account: &'a str,
    pub published: bool,
}

/// A condition for a `WHERE`, with its parameters in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeSql {
    pub text: String,
    pub parameters: Vec<String>,
}

impl Scope {
    #[must_use]
    pub fn or(self, other: Scope) -> Scope {
        match (self, other) {
            (Scope::All, _) | (_, Scope::All) => Scope::All,
            (Scope::Either(mut all), other) => {
                all.push(other);
                Scope::Either(all)
            }
            (one, other) => Scope::Either(vec![one, other]),
        }
    }

    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        match self {
            // An empty account is nobody's: it must not match the records of parties without account.
            Scope::OwnCases { account } => !account.is_empty() && account == subject.party_account,
            Scope::OwnBody { bodies } => bodies.contains(subject.body),
            Scope::OwnArea { areas } => areas.iter().any(|area| subject.area.starts_with(stem(area))),
            Scope::All => true,
            Scope::Published => subject.published,
            Scope::Either(scopes) => scopes.iter().any(|scope| scope.covers(subject)),
        }
    }

    /// The condition over the columns `body`, `area`, `party_account`, `published`, with parameters from `$first` on.
    /// Put it in brackets behind `AND`; it never is empty.
    pub fn sql(&self, first: usize) -> ScopeSql {
        let mut parameters = Vec::new();
        let text = self.condition(first, &mut parameters);
        ScopeSql { text, parameters }
    }

    fn condition(&self, first: usize, parameters: &mut Vec<String>) -> String {
        let mut bind = |value: &str| {
            parameters.push(value.to_owned());
            format!("${}", first + parameters.len() - 1)
        };
        match self {
            Scope::OwnCases { account } if account.is_empty() => NOTHING.to_owned(),
            Scope::OwnCases { account } => format!("party_account = {}", bind(account)),
            Scope::OwnBody { bodies } => any_of(bodies.iter().map(|body| format!("body = {}", bind(body)))),
            Scope::OwnArea { areas } => any_of(areas.iter().map(|area| {
                let stem = stem(area);
                format!("substr(area, 1, {}) = {}", stem.chars().count(), bind(stem))
            })),
            Scope::All => "1 = 1".to_owned(),
            Scope::Published => "published = 1".to_owned(),
            Scope::Either(scopes) => any_of(scopes.iter().map(|scope| scope.condition(first, parameters))),
        }
    }
}

const NOTHING: &str = "1 = 0";

fn any_of(conditions: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = conditions.collect();
    if all.is_empty() {
        NOTHING.to_owned()
    } else {
        format!("({})", all.join(" OR "))
    }
}

/// The part of a division code (GB/T 2260: 2 digits province, 2 prefecture, 2 county; then 3 township, 3 village)
/// that all divisions below it share. A code without trailing zeros stands for itself.
fn stem(area: &str) -> &str {
    let kept = area.trim_end_matches('0').len();
    let end = [2, 4, 6, 9, 12]
        .into_iter()
        .find(|&level| level >= kept)
        .unwrap_or(area.len());
    // Not a division code (or not ASCII): no prefix but the whole.
    area.get(..end.min(area.len())).unwrap_or(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(body: &'a str, area: &'a str, party_account: &'a str) -> Subject<'a> {
        Subject {
            body,
            area,
            party_account,
            published: false,
        }
    }

    #[test]
    fn a_division_covers_those_below_it() {
        let check = |area: &str, below: &str, expect: bool| {
            let scope = Scope::OwnArea {
                areas: [area.to_owned()].into(),
            };
            assert_eq!(scope.covers(&subject("b", below, "p")), expect, "{area} over {below}");
        };
        check("510000", "510104", true);
        check("510100", "510104", true);
        check("510100", "510300", false);
        check("510104", "510100", false);
        check("510104", "510104", true);
        check("110000000000", "110101001000", true);
        check("510110", "510111", false);
    }

    #[test]
    fn nobody_owns_the_cases_of_parties_without_account() {
        let scope = Scope::OwnCases { account: String::new() };
        assert!(!scope.covers(&subject("b", "510100", "")));
        assert_eq!(scope.sql(1).text, "1 = 0");
    }

    #[test]
    fn parameters_count_on_from_the_first() {
        let scope = Scope::OwnCases { account: "a".into() }.or(Scope::OwnBody {
            bodies: ["x".to_owned(), "y".to_owned()].into(),
        });
        let sql = scope.sql(3);
        assert_eq!(sql.text, "(party_account = $3 OR (body = $4 OR body = $5))");
        assert_eq!(sql.parameters, ["a", "x", "y"]);
    }
}
