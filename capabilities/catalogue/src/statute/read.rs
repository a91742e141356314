//! Reads a statute in Markdown: `# title`, dates, `## 第…章`, then lines that begin `第…条 `, `（一）`,
//! `1.`. Tolerant in layout (widths of brackets and spaces, empty lines), strict in size.
//!
//! A line that is none of these is a paragraph of the article before it: nothing is dropped or guessed.

use super::{
    Article, ArticleNumber, Division, Heading, Item, Level, Line, Oddity, OddityKind, Paragraph, Statute, Subitem,
    read_numeral,
};

/// The civil code has some 400 KiB.
pub const MAX_BYTES: usize = 2 << 20;
const MAX_LINES: usize = 40_000;
const MAX_LINE_BYTES: usize = 64 << 10;
const MAX_ARTICLES: usize = 3_000;

/// Why a text is not read as a statute; `at` is a line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("文件超过{}兆字节", MAX_BYTES >> 20)]
    TooLarge,
    #[error("文件不是UTF-8编码的文字")]
    NotUtf8,
    #[error("文件超过{MAX_LINES}行")]
    TooManyLines,
    #[error("这一行超过{}千字节", MAX_LINE_BYTES >> 10)]
    LineTooLong { at: usize },
    #[error("这一行有不可见的控制字符")]
    Control { at: usize },
    #[error("没有标题：第一行应当是“# 法律名称”")]
    NoTitle,
    #[error("没有条文：没有以“第…条”开头的行")]
    NoArticles,
    #[error("条文超过{MAX_ARTICLES}条")]
    TooManyArticles,
}

impl Unreadable {
    /// The line it is about; 1 for the file as a whole.
    pub fn at(self) -> usize {
        match self {
            Unreadable::LineTooLong { at } | Unreadable::Control { at } => at,
            _ => 1,
        }
    }
}

/// # Errors
/// [`Unreadable`] for what is no statute or too large to be one. Never panics.
pub fn read_statute(bytes: &[u8]) -> Result<Statute, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)?;
    check_lines(text)?;
    let mut reading = Reading::default();
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        reading.line(raw, index + 1);
    }
    reading.finish()
}

fn check_lines(text: &str) -> Result<(), Unreadable> {
    for (index, line) in text.split('\n').enumerate() {
        let at = index + 1;
        if at > MAX_LINES {
            return Err(Unreadable::TooManyLines);
        }
        if line.len() > MAX_LINE_BYTES {
            return Err(Unreadable::LineTooLong { at });
        }
        if line.chars().any(|c| c.is_control() && c != '\t' && c != '\r') {
            return Err(Unreadable::Control { at });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Reading {
    title: Option<String>,
    opening: Vec<Line>,
    divisions: Vec<Division>,
    oddities: Vec<Oddity>,
    last: Option<ArticleNumber>,
    articles: usize,
}

impl Reading {
    fn line(&mut self, raw: &str, at: usize) {
        let body = raw.trim_matches(invisible);
        if body.is_empty() || (body.starts_with("<!--") && body.ends_with("-->")) {
            self.nothing(raw);
            return;
        }
        let start = raw.len() - raw.trim_start_matches(invisible).len();
        let line = Line {
            before: raw[..start].to_owned(),
            marker: String::new(),
            text: body.to_owned(),
            after: raw[start + body.len()..].to_owned(),
        };
        if body.starts_with('#') {
            self.heading(line);
        } else if let Some((number, rest)) = article_start(body) {
            self.article(number, with_marker(line, body.len() - rest.len()), at);
        } else {
            self.provision(line);
        }
    }

    /// An empty line or a remark belongs to the line before it.
    fn nothing(&mut self, raw: &str) {
        match self.last_line() {
            Some(line) => line.after.push_str(raw),
            None => self.opening.push(Line {
                after: raw.to_owned(),
                ..Line::default()
            }),
        }
    }

    fn heading(&mut self, line: Line) {
        let hashes = line.text.len() - line.text.trim_start_matches('#').len();
        let words = line.text.trim_start_matches('#').trim_start();
        let words_at = line.text.len() - words.len();
        let line = Line {
            before: format!("{}{}", line.before, &line.text[..words_at]),
            text: words.to_owned(),
            ..line
        };
        if self.title.is_none() {
            self.title = Some(line.text.clone());
            self.opening.push(line);
            return;
        }
        let level = level_of(&line.text, hashes);
        self.divisions.push(Division {
            heading: Some(Heading { level, line }),
            ..Division::default()
        });
    }

    fn article(&mut self, number: ArticleNumber, line: Line, at: usize) {
        self.articles += 1;
        self.check_order(number, at);
        if self.divisions.is_empty() {
            self.divisions.push(Division::default());
        }
        if let Some(division) = self.divisions.last_mut() {
            division.articles.push(Article {
                number,
                at,
                paragraphs: vec![Paragraph {
                    line,
                    items: Vec::new(),
                }],
            });
        }
    }

    fn check_order(&mut self, number: ArticleNumber, at: usize) {
        let kind = match self.last {
            // A part of a code may begin anywhere.
            None => None,
            Some(last) if number <= last => Some(OddityKind::OutOfOrder),
            Some(last) => {
                let next = number.sub == 0 && number.main == last.main + 1;
                let within = number.main == last.main && number.sub == last.sub + 1;
                (!next && !within).then_some(OddityKind::Gap)
            }
        };
        self.oddities.extend(kind.map(|kind| Oddity {
            at,
            article: number,
            kind,
        }));
        self.last = Some(self.last.map_or(number, |last| last.max(number)));
    }

    /// An item, a sub-item or a further paragraph of the article; before the first article a line of
    /// the opening or of its chapter.
    fn provision(&mut self, line: Line) {
        let Some(division) = self.divisions.last_mut() else {
            self.opening.push(line);
            return;
        };
        let Some(article) = division.articles.last_mut() else {
            division.notes.push(line);
            return;
        };
        let Some(paragraph) = article.paragraphs.last_mut() else {
            return; // An article begins with a paragraph.
        };
        if let Some((number, length)) = item_start(&line.text) {
            paragraph.items.push(Item {
                number,
                line: with_marker(line, length),
                subitems: Vec::new(),
            });
            return;
        }
        match (subitem_start(&line.text), paragraph.items.last_mut()) {
            (Some((number, length)), Some(item)) => item.subitems.push(Subitem {
                number,
                line: with_marker(line, length),
            }),
            _ => article.paragraphs.push(Paragraph {
                line,
                items: Vec::new(),
            }),
        }
    }

    fn last_line(&mut self) -> Option<&mut Line> {
        let Some(division) = self.divisions.last_mut() else {
            return self.opening.last_mut();
        };
        let Some(article) = division.articles.last_mut() else {
            let heading = division.heading.as_mut().map(|heading| &mut heading.line);
            return division.notes.last_mut().or(heading);
        };
        let paragraph = article.paragraphs.last_mut()?;
        match paragraph.items.last_mut() {
            None => Some(&mut paragraph.line),
            Some(item) => Some(item.subitems.last_mut().map_or(&mut item.line, |one| &mut one.line)),
        }
    }

    fn finish(self) -> Result<Statute, Unreadable> {
        let title = self
            .title
            .filter(|title| !title.is_empty())
            .ok_or(Unreadable::NoTitle)?;
        if self.articles == 0 {
            return Err(Unreadable::NoArticles);
        }
        if self.articles > MAX_ARTICLES {
            return Err(Unreadable::TooManyArticles);
        }
        Ok(Statute {
            title,
            opening: self.opening,
            divisions: self.divisions,
            oddities: self.oddities,
        })
    }
}

/// Spaces of every width, and the zero-width ones that editors leave behind.
fn invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

fn with_marker(line: Line, length: usize) -> Line {
    Line {
        marker: line.text[..length].to_owned(),
        text: line.text[length..].to_owned(),
        ..line
    }
}

/// An article begins with its number and a space; `第三条规定的…` at the start of a line is a sentence.
fn article_start(body: &str) -> Option<(ArticleNumber, &str)> {
    let (number, rest) = ArticleNumber::at_start(body)?;
    let words = rest.trim_start_matches(invisible);
    (rest.is_empty() || words.len() < rest.len()).then_some((number, words))
}

fn level_of(words: &str, hashes: usize) -> Level {
    let mark = words
        .strip_prefix('第')
        .and_then(|rest| {
            rest.char_indices()
                .take(10)
                .find(|(_, c)| matches!(c, '编' | '分' | '章' | '节'))
                .filter(|(end, _)| read_numeral(&rest[..*end]).is_some())
        })
        .map(|(_, c)| c);
    match (mark, hashes) {
        (Some('编'), _) => Level::Part,
        (Some('分'), _) => Level::Subpart,
        (Some('章'), _) => Level::Chapter,
        (Some('节'), _) => Level::Section,
        (_, 1) => Level::Part,
        (_, 2) => Level::Chapter,
        _ => Level::Section,
    }
}

/// `（十二）` in either width: the number and the bytes it takes.
fn item_start(body: &str) -> Option<(u32, usize)> {
    let inside = body.strip_prefix(['（', '('])?;
    let (end, close) = inside.char_indices().take(6).find(|(_, c)| matches!(c, '）' | ')'))?;
    let number = read_numeral(&inside[..end])?;
    Some((number, body.len() - inside.len() + end + close.len_utf8()))
}

/// `1.`, `１．`, `(1)`.
fn subitem_start(body: &str) -> Option<(u32, usize)> {
    let bracket = body.starts_with(['（', '(']);
    let inside = body.trim_start_matches(['（', '(']);
    let mut number = 0;
    for (at, c) in inside.char_indices().take(4) {
        let digit = match c {
            '0'..='9' => u32::from(c) - u32::from('0'),
            '０'..='９' => u32::from(c) - u32::from('０'),
            '.' | '．' | '、' if !bracket && number > 0 => {
                return Some((number, body.len() - inside.len() + at + c.len_utf8()));
            }
            ')' | '）' if bracket && number > 0 => {
                return Some((number, body.len() - inside.len() + at + c.len_utf8()));
            }
            _ => return None,
        };
        number = number * 10 + digit;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: &str = "# 演示管理条例\n\n2020年1月2日 演示机关公布\n\n<!-- INFO END -->\n\n## 第一章　总 则\n\n\
        第一条 为了演示。\n\n第二条　下列情形适用本条例：\n\n（一）甲；\n\n1.甲一；\n2．甲二；\n(二)乙。\n\n\
        前款第一项所称甲，是演示。\r\n\n### 第一节 细则\n\n第二条之一 另有规定的除外。\n\n第四条规定的不算一条。\n第四条 完。";

    fn outline(statute: &Statute) -> Vec<String> {
        let mut lines = Vec::new();
        for division in &statute.divisions {
            lines.extend(
                division
                    .heading
                    .as_ref()
                    .map(|heading| format!("{:?} {}", heading.level, heading.words())),
            );
            for article in &division.articles {
                let shape: Vec<String> = article
                    .paragraphs
                    .iter()
                    .map(|paragraph| {
                        let items: Vec<usize> = paragraph.items.iter().map(|item| item.subitems.len()).collect();
                        format!("{items:?}")
                    })
                    .collect();
                lines.push(format!("{} {}", article.number, shape.join(" ")));
            }
        }
        lines
    }

    #[test]
    fn a_statute_is_read_into_its_parts() {
        let statute = read_statute(SMALL.as_bytes()).unwrap();
        assert_eq!(statute.title, "演示管理条例");
        assert_eq!(
            outline(&statute),
            [
                "Chapter 第一章 总则",
                "1 []",
                "2 [2, 0] []",
                "Section 第一节 细则",
                "2-1 [] []",
                "4 []",
            ]
        );
        let gaps: Vec<_> = statute
            .oddities
            .iter()
            .map(|odd| (odd.article.to_string(), odd.kind))
            .collect();
        assert_eq!(gaps, [("4".to_owned(), OddityKind::Gap)]);
        let second = statute.articles().nth(1).unwrap();
        assert_eq!(second.paragraphs[0].line.marker, "第二条　");
        assert_eq!(second.paragraphs[0].line.text, "下列情形适用本条例：");
        assert_eq!(
            second.plain(),
            "下列情形适用本条例：\n（一）甲；\n1. 甲一；\n2. 甲二；\n（二）乙。\n前款第一项所称甲，是演示。"
        );
        assert_eq!(statute.to_markdown(), SMALL);
    }

    #[test]
    fn what_is_no_statute_is_told_why() {
        let check = |text: &[u8], expected: Unreadable| assert_eq!(read_statute(text).unwrap_err(), expected);
        check(b"", Unreadable::NoTitle);
        check("第一条 没有标题。".as_bytes(), Unreadable::NoTitle);
        check("# 只有标题\n\n没有条文".as_bytes(), Unreadable::NoArticles);
        check(&[0xff, 0xfe, 0x00], Unreadable::NotUtf8);
        check("# 甲\n第一条 \u{0}".as_bytes(), Unreadable::Control { at: 2 });
        check(&vec![b'a'; MAX_BYTES + 1], Unreadable::TooLarge);
        check("\n".repeat(MAX_LINES + 1).as_bytes(), Unreadable::TooManyLines);
        let long = format!("# 甲\n{}", "长".repeat(MAX_LINE_BYTES));
        check(long.as_bytes(), Unreadable::LineTooLong { at: 2 });
        let many = format!("# 甲\n{}", "第一条 乙\n".repeat(MAX_ARTICLES + 1));
        check(many.as_bytes(), Unreadable::TooManyArticles);
    }

    #[test]
    fn a_number_that_stands_twice_is_noted_with_its_line() {
        let statute = read_statute("# 甲\n第一条 甲\n第三条 丙\n第二条 乙\n第二条 乙".as_bytes()).unwrap();
        let found: Vec<_> = statute.oddities.iter().map(|odd| (odd.at, odd.kind)).collect();
        assert_eq!(
            found,
            [
                (3, OddityKind::Gap),
                (4, OddityKind::OutOfOrder),
                (5, OddityKind::OutOfOrder)
            ]
        );
    }

    proptest! {
        #[test]
        fn no_character_is_lost(
            lines in proptest::collection::vec("([#]{0,3} ?)[第一二三条章节之（）()1-3.． \u{3000}\u{200b}甲乙。\r]{0,14}", 0..40)
        ) {
            let text = format!("# 题\n{}\n第一条 甲", lines.join("\n"));
            let statute = read_statute(text.as_bytes()).unwrap();
            prop_assert_eq!(statute.to_markdown(), text);
        }

        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_statute(&bytes);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            if let Ok(statute) = read_statute(text.as_bytes()) {
                prop_assert_eq!(statute.to_markdown(), text);
            }
        }
    }
}
