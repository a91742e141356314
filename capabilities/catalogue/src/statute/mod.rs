//! A statute as a tree: chapters and sections → articles (条) → paragraphs (款) → items (项) →
//! sub-items (目). Pure.
//!
//! Invariants: every character of the text is in exactly one place of the tree, so that
//! [`Statute::to_markdown`] gives the text back byte for byte; the depth is that of the types, so no
//! text can nest deeper.

mod compare;
mod number;
mod promulgation;
mod read;
mod shown;

pub use compare::{Fate, Piece, Step, compare, compare_words, pieces};
pub use number::{ArticleNumber, read_numeral, write_numeral};
pub use promulgation::{InForce, Promulgation};
pub use read::{MAX_BYTES, Unreadable, read_statute};
pub use shown::{ShownArticle, ShownItem, ShownParagraph, ShownSubitem};

/// One line and all that stands around its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Indentation, `## ` of headings.
    pub before: String,
    /// `第一条 `, `（一）`, `1.`, as written.
    pub marker: String,
    pub text: String,
    /// Spaces, the line's end, the empty lines after it.
    pub after: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statute {
    pub title: String,
    /// Title, dates, remarks, a table of contents: all before the first chapter or article.
    pub opening: Vec<Line>,
    pub divisions: Vec<Division>,
    /// Lines where the numbering is not what it should be.
    pub oddities: Vec<Oddity>,
}

/// A part, chapter or section up to the next heading; a statute without chapters has one division
/// without heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Division {
    pub heading: Option<Heading>,
    /// Lines between the heading and its first article.
    pub notes: Vec<Line>,
    pub articles: Vec<Article>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub level: Level,
    pub line: Line,
}

/// 编, 分编, 章, 节, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Part,
    Subpart,
    Chapter,
    Section,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    pub number: ArticleNumber,
    /// Line of the file, from 1.
    pub at: usize,
    pub paragraphs: Vec<Paragraph>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    pub line: Line,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub number: u32,
    pub line: Line,
    pub subitems: Vec<Subitem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subitem {
    pub number: u32,
    pub line: Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oddity {
    pub at: usize,
    pub article: ArticleNumber,
    pub kind: OddityKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddityKind {
    /// The number stands a second time or comes after a higher one.
    OutOfOrder,
    /// Numbers are left out before this article.
    Gap,
}

impl Heading {
    /// `第一章 总则`, with one plain space and none inside the words (`总　则`).
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.line.text.split_whitespace().collect();
        match words.split_first() {
            Some((first, rest)) if first.starts_with('第') && !rest.is_empty() => format!("{first} {}", rest.concat()),
            _ => words.concat(),
        }
    }
}

impl Article {
    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.paragraphs.iter().flat_map(|paragraph| {
            let items = paragraph.items.iter();
            std::iter::once(&paragraph.line).chain(
                items.flat_map(|item| {
                    std::iter::once(&item.line).chain(item.subitems.iter().map(|subitem| &subitem.line))
                }),
            )
        })
    }
}

impl Statute {
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        self.divisions.iter().flat_map(|division| &division.articles)
    }

    /// The text as it was read.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let mut put = |line: &Line| {
            for part in [&line.before, &line.marker, &line.text, &line.after] {
                text.push_str(part);
            }
        };
        self.opening.iter().for_each(&mut put);
        for division in &self.divisions {
            division.heading.iter().map(|heading| &heading.line).for_each(&mut put);
            division.notes.iter().for_each(&mut put);
            division.articles.iter().flat_map(Article::lines).for_each(&mut put);
        }
        text
    }
}
