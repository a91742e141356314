//! Lists whose page, order and filters live in the address, so that they can be kept, sent and printed.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::link::Link;

/// What the query of a list page asks. Unknown or broken parts are ignored, never an error.
#[derive(Debug, Clone)]
pub struct Listing {
    path: Link,
    pairs: Vec<(String, String)>,
    /// From 1.
    pub page: u32,
}

const MOST_PAIRS: usize = 40;
const LONGEST_VALUE: usize = 200;
const DEEPEST_PAGE: u32 = 10_000;

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Listing, Infallible> {
        Ok(Listing::read(parts.uri.path(), parts.uri.query().unwrap_or("")))
    }
}

impl Listing {
    pub fn read(path: &str, query: &str) -> Listing {
        let mut page = 1;
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(MOST_PAIRS) {
            let value: String = value.chars().filter(|c| !c.is_control()).take(LONGEST_VALUE).collect();
            match name.as_ref() {
                "page" => page = value.parse().unwrap_or(1).clamp(1, DEEPEST_PAGE),
                name if !value.trim().is_empty() => pairs.push((name.to_owned(), value.trim().to_owned())),
                _ => {}
            }
        }
        Listing {
            path: Link::local(path).unwrap_or_else(|| Link::to("/")),
            pairs,
            page,
        }
    }

    /// The search words (`q`).
    pub fn words(&self) -> &str {
        self.one("q")
    }

    /// The value of a parameter that may stand once; empty when absent.
    pub fn one(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(at, _)| at == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a filter that may stand several times.
    pub fn many<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(at, _)| at == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        self.many(name).any(|chosen| chosen == value)
    }

    /// The chosen order among those this list knows; the first is the default. `-due` is descending.
    pub fn order<'a>(&self, known: &[&'a str]) -> &'a str {
        let asked = self.one("sort");
        known
            .iter()
            .copied()
            .find(|known| *known == asked)
            .or_else(|| known.first().copied())
            .unwrap_or("")
    }

    /// Rows to skip for this page.
    pub fn offset(&self, size: u32) -> u32 {
        (self.page - 1) * size
    }

    pub fn at_page(&self, page: u32) -> Link {
        let link = self.link_of(|_, _| true);
        if page > 1 { link.query("page", page) } else { link }
    }

    /// This list with one more filter, from page 1.
    pub fn with(&self, name: &str, value: &str) -> Link {
        self.link_of(|at, v| !(at == name && v == value)).query(name, value)
    }

    /// This list without that filter, from page 1.
    pub fn without(&self, name: &str, value: &str) -> Link {
        self.link_of(|at, v| !(at == name && v == value))
    }

    /// This list in another order: the same column again turns it round.
    pub fn sorted(&self, column: &str) -> Link {
        let turned = if self.one("sort") == column {
            format!("-{column}")
        } else {
            column.to_owned()
        };
        self.link_of(|at, _| at != "sort").query("sort", turned)
    }

    /// `ascending`, `descending` or `none`, for `aria-sort`.
    pub fn sort_of(&self, column: &str) -> &'static str {
        match self.one("sort") {
            sort if sort == column => "ascending",
            sort if sort.strip_prefix('-') == Some(column) => "descending",
            _ => "none",
        }
    }

    pub fn cleared(&self) -> Link {
        self.link_of(|_, _| false)
    }

    /// Chosen values of the named filters as tags that can be removed.
    pub fn chosen(&self, names: &[&str]) -> Vec<Chosen> {
        let shown = self.pairs.iter().filter(|(name, _)| names.contains(&name.as_str()));
        shown
            .map(|(name, value)| Chosen {
                name: name.clone(),
                value: value.clone(),
                label: value.clone(),
                remove: self.without(name, value),
            })
            .collect()
    }

    pub fn pager(&self, total: u64, size: u32) -> Pager {
        Pager::new(self, total, size)
    }

    fn link_of(&self, keep: impl Fn(&str, &str) -> bool) -> Link {
        let kept = self.pairs.iter().filter(|(name, value)| keep(name, value));
        kept.fold(self.path.clone(), |link, (name, value)| link.query(name, value))
    }
}

/// A filter in force.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub name: String,
    pub value: String,
    /// What the tag says; the value itself until the page names it better.
    pub label: String,
    pub remove: Link,
}

/// The links under a list; for `parts::pagination`.
#[derive(Debug, Clone)]
pub struct Pager {
    pub total: u64,
    pub page: u32,
    pub pages: u32,
    /// First and last row shown, from 1; both 0 when there are none.
    pub first: u64,
    pub last: u64,
    pub previous: Option<Link>,
    pub next: Option<Link>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub number: u32,
    pub link: Link,
    pub current: bool,
    /// Pages are left out before this one.
    pub gap: bool,
}

impl Pager {
    fn new(listing: &Listing, total: u64, size: u32) -> Pager {
        let size = u64::from(size.max(1));
        let pages = u32::try_from(total.div_ceil(size))
            .unwrap_or(DEEPEST_PAGE)
            .clamp(1, DEEPEST_PAGE);
        let page = listing.page;
        let first = u64::from(page - 1) * size + 1;
        let beyond = first > total;
        Pager {
            total,
            page,
            pages,
            first: if beyond { 0 } else { first },
            last: if beyond { 0 } else { (first + size - 1).min(total) },
            previous: (page > 1).then(|| listing.at_page((page - 1).min(pages))),
            next: (page < pages).then(|| listing.at_page(page + 1)),
            steps: steps(listing, page, pages),
        }
    }
}

/// The first, the last and the neighbours of the current page.
fn steps(listing: &Listing, page: u32, pages: u32) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let near = page.saturating_sub(1)..=page + 1;
    for number in (1..=pages).filter(|number| *number == 1 || *number == pages || near.contains(number)) {
        let before = steps.last().map_or(number, |step| step.number + 1);
        steps.push(Step {
            number,
            link: listing.at_page(number),
            current: number == page,
            gap: number > before,
        });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_live_in_the_address() {
        let list = Listing::read(
            "/items",
            "q=%E9%A3%9F%E5%93%81&kind=permit&kind=fee&page=3&sort=-due&empty=",
        );
        assert_eq!((list.words(), list.page), ("食品", 3));
        assert!(list.has("kind", "fee"));
        assert_eq!(
            list.without("kind", "fee").to_string(),
            "/items?q=%E9%A3%9F%E5%93%81&kind=permit&sort=-due"
        );
        assert_eq!(list.sort_of("due"), "descending");
        assert_eq!(list.order(&["code", "-due"]), "-due");
        assert_eq!(list.order(&["code", "name"]), "code");
        assert_eq!(list.cleared().to_string(), "/items");
    }

    #[test]
    fn odd_pages_are_brought_back() {
        let check = |query: &str, expect: u32| assert_eq!(Listing::read("/x", query).page, expect, "{query}");
        check("", 1);
        check("page=0", 1);
        check("page=-5", 1);
        check("page=x", 1);
        check("page=99999999999999", 1);
        check("page=20000", DEEPEST_PAGE);
    }

    #[test]
    fn a_pager_shows_ends_and_neighbours() {
        let pager = Listing::read("/x", "page=7").pager(1000, 20);
        let shown: Vec<(u32, bool)> = pager.steps.iter().map(|step| (step.number, step.gap)).collect();
        assert_eq!(shown, [(1, false), (6, true), (7, false), (8, false), (50, true)]);
        assert_eq!((pager.first, pager.last), (121, 140));
        let none = Listing::read("/x", "page=7").pager(0, 20);
        assert_eq!((none.first, none.last, none.pages), (0, 0, 1));
    }
}
