//! Lists in pieces: each answer names the place after which the next one begins. A place is a position in the order of
//! the list, not a count, so that what is added meanwhile moves nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mingjing_chronicle::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unreadable;
use crate::problem::Problem;

/// Rows of one answer at most.
pub const MOST_ROWS: u32 = 100;
const USUAL_ROWS: u32 = 50;
const LONGEST: usize = 400;

/// A piece of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub struct Paged<T> {
    pub rows: Vec<T>,
    /// 下一页的 cursor；没有就是最后一页
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Paged<T> {
    /// `rows` holds one more than asked where there is more; `place` tells where a row stands.
    pub fn of<R>(mut rows: Vec<R>, size: usize, place: impl Fn(&R) -> Cursor, show: impl FnMut(R) -> T) -> Paged<T> {
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|last| place(last).seal());
        Paged {
            rows: rows.into_iter().map(show).collect(),
            next,
        }
    }

    /// Everything there is.
    pub fn whole(rows: Vec<T>) -> Paged<T> {
        Paged { rows, next: None }
    }
}

/// A place in an order: the values of its columns. Holds no personal data, because it stands in addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub Vec<String>);

impl Cursor {
    pub fn at<const N: usize>(parts: [&str; N]) -> Cursor {
        Cursor(parts.map(str::to_owned).to_vec())
    }

    fn seal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.join("\u{1f}"))
    }

    fn open(text: &str) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let parts: Vec<String> = text.split('\u{1f}').map(str::to_owned).collect();
        let plain = parts.iter().all(|part| !part.chars().any(char::is_control));
        plain.then_some(Cursor(parts))
    }
}

/// `cursor` and `size` of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    after: Option<Cursor>,
    pub size: usize,
}

impl Paging {
    /// # Errors
    /// The cursor is none of ours.
    pub fn read(cursor: Option<&str>, size: Option<u32>) -> Result<Paging, Problem> {
        let after = match cursor.filter(|cursor| !cursor.is_empty()) {
            Some(cursor) => Some(
                Cursor::open(cursor)
                    .filter(|_| cursor.len() <= LONGEST)
                    .ok_or_else(unknown_cursor)?,
            ),
            None => None,
        };
        let size = size.unwrap_or(USUAL_ROWS).clamp(1, MOST_ROWS);
        Ok(Paging {
            after,
            size: size as usize,
        })
    }

    /// The columns after which the list goes on.
    ///
    /// # Errors
    /// The cursor belongs to another list.
    pub fn after<const N: usize>(&self) -> Result<Option<[String; N]>, Problem> {
        match &self.after {
            None => Ok(None),
            Some(cursor) => cursor.0.clone().try_into().map(Some).map_err(|_| unknown_cursor()),
        }
    }

    /// Rows to ask for: one more tells whether there are more.
    pub fn ask(&self) -> i64 {
        self.size as i64 + 1
    }
}

fn unknown_cursor() -> Problem {
    let fault = FieldError {
        field: "cursor".into(),
        message: "请使用上一页回答中的 next，或者从第一页重新开始".into(),
    };
    unreadable("api.cursor", vec![fault])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_in_pieces() {
        let all: Vec<String> = (1..=5).map(|n| format!("n{n}")).collect();
        let mut after: Option<String> = None;
        let mut seen = Vec::new();
        loop {
            let paging = Paging::read(after.as_deref(), Some(2)).unwrap();
            let place = paging.after::<1>().unwrap();
            let rows: Vec<String> = all
                .iter()
                .filter(|row| place.as_ref().is_none_or(|[last]| *row > last))
                .take(paging.ask() as usize)
                .cloned()
                .collect();
            let page = Paged::of(rows, paging.size, |row| Cursor::at([row]), |row| row);
            seen.extend(page.rows);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        let check = |cursor: &str| assert!(Paging::read(Some(cursor), None).is_err(), "{cursor:.30}");
        check("!");
        check("_w");
        check(&"QQ".repeat(300));
        let two = Paging::read(Some(&Cursor::at(["a", "b"]).seal()), None).unwrap();
        assert!(two.after::<1>().is_err());
        assert_eq!(two.after::<2>().unwrap(), Some(["a".to_owned(), "b".to_owned()]));
    }

    proptest! {
        #[test]
        fn no_cursor_breaks_it(text in ".{0,80}") {
            let _ = Paging::read(Some(&text), Some(7)).map(|paging| paging.after::<2>());
        }
    }
}
