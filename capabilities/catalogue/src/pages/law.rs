//! `GET /laws/<name>`, `…/<article>`, `…/<first day>`, `…/<first day>/<article>`: a law, its editions, one of
//! them whole, one article of one for good. Which items rest on which provision (R5).

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::{article_page, compare_page, edition_article_page, edition_page, law_page, laws_page};
use crate::edition::{self, Edition};
use crate::law::Law;
use crate::statute::{ArticleNumber, ShownArticle};
use crate::views::{self, Citing, OutlineEntry};

#[derive(Template)]
#[template(path = "laws/law.html")]
struct LawPage {
    frame: Frame,
    law: Option<Law>,
    name: String,
    editions: Vec<EditionLine>,
    /// Of the edition that holds today, else of the last one.
    outline: Vec<OutlineLine>,
    articles: Vec<ArticleRow>,
}

pub(super) struct EditionLine {
    pub from: Date,
    pub to: Option<Date>,
    pub adopted: Option<Date>,
    pub articles: u32,
    pub changed: usize,
    pub standing: &'static str,
    pub link: Link,
    /// With the edition before.
    pub compare: Option<Link>,
}

struct OutlineLine {
    words: String,
    /// Articles below it, in words.
    range: String,
    section: bool,
    link: Option<Link>,
}

struct ArticleRow {
    /// `None` for items that cite the whole document.
    number: Option<u32>,
    link: Link,
    summary: Option<String>,
    items: Vec<Citing>,
}

/// What the library knows of a law.
struct Known {
    law: Option<Law>,
    editions: Vec<Edition>,
    citing: Vec<Citing>,
}

impl Known {
    fn read(reader: &mut Reader<'_>, name: &str) -> Result<Known, Fault> {
        Ok(Known {
            law: views::law(reader, name)?,
            editions: views::editions(reader, name)?,
            citing: views::citing(reader, name)?,
        })
    }

    /// The edition that holds on this day, else the last one.
    fn edition(&self, today: Date) -> Option<&Edition> {
        edition::on_day(&self.editions, today).or(self.editions.last())
    }

    fn items_of(&self, number: ArticleNumber) -> Vec<Citing> {
        // Citations name whole articles; 之一 is not cited by number yet.
        let cited = (number.sub == 0).then_some(number.main);
        let citing = self.citing.iter();
        citing
            .filter(|one| cited.is_some() && one.article == cited)
            .cloned()
            .collect()
    }

    fn summary(&self, number: ArticleNumber) -> Option<String> {
        let law = self.law.as_ref().filter(|_| number.sub == 0)?;
        law.articles.get(&number.main).cloned()
    }
}

pub async fn get_law(desk: Desk, Path(name): Path<String>) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let wanted = name.clone();
    let (known, outline) = desk
        .house
        .chronicle
        .read(move |reader| {
            let known = Known::read(reader, &wanted)?;
            let outline = match known.edition(today) {
                Some(edition) => views::outline_of(reader, &wanted, edition.in_force_from)?,
                None => Vec::new(),
            };
            Ok((known, outline))
        })
        .await?;
    if known.law.is_none() && known.citing.is_empty() {
        return Err(unknown());
    }
    let shown = known.edition(today).map(|edition| edition.in_force_from);
    Ok(page(&LawPage {
        frame: frame(&desk, format!("《{name}》")),
        editions: edition_lines(&name, &known.editions, today),
        outline: outline_lines(&name, shown, &outline),
        articles: article_rows(&name, known.law.as_ref(), known.citing),
        law: known.law,
        name,
    }))
}

fn frame(desk: &Desk, title: String) -> Frame {
    let frame = desk.frame(title).crumb("首页", Link::to("/"));
    frame.crumb("法律法规", laws_page())
}

/// The newest first.
pub(super) fn edition_lines(name: &str, editions: &[Edition], today: Date) -> Vec<EditionLine> {
    let lines = editions.iter().enumerate().map(|(at, one)| {
        let from = one.in_force_from;
        let to = edition::last_day(editions, at);
        let before = at.checked_sub(1).and_then(|before| editions.get(before));
        EditionLine {
            standing: match (from > today, to.is_some_and(|last| last < today)) {
                (true, _) => "尚未施行",
                (_, true) => "已被替代或者失效",
                _ => "现行有效",
            },
            from,
            to,
            adopted: one.adopted,
            articles: one.articles,
            changed: one.changes.len(),
            link: edition_page(name, from),
            compare: before.map(|before| compare_page(name, before.in_force_from, from)),
        }
    });
    lines.rev().collect()
}

fn outline_lines(name: &str, edition: Option<Date>, outline: &[OutlineEntry]) -> Vec<OutlineLine> {
    let headed = outline.iter().filter(|entry| entry.level.is_some());
    headed
        .map(|entry| OutlineLine {
            words: entry.words.clone(),
            range: match (entry.first, entry.last) {
                (Some(first), Some(last)) if first != last => format!("{}至{}", first.in_words(), last.in_words()),
                (Some(first), _) => first.in_words(),
                _ => String::new(),
            },
            section: entry.level == Some(3),
            link: edition.zip(entry.first).map(|(edition, first)| {
                let whole = edition_page(name, edition);
                whole.anchor(format!("a{first}"))
            }),
        })
        .collect()
}

/// Articles that are summarised or cited, by number; the whole document first.
fn article_rows(name: &str, law: Option<&Law>, citing: Vec<Citing>) -> Vec<ArticleRow> {
    let summarised = law
        .into_iter()
        .flat_map(|law| law.articles.keys().map(|number| Some(*number)));
    let numbers: BTreeSet<Option<u32>> = summarised.chain(citing.iter().map(|one| one.article)).collect();
    numbers
        .into_iter()
        .map(|number| ArticleRow {
            link: number.map_or_else(|| law_page(name), |number| article_page(name, number)),
            summary: number.and_then(|number| law?.articles.get(&number).cloned()),
            items: citing.iter().filter(|one| one.article == number).cloned().collect(),
            number,
        })
        .collect()
}

pub(crate) fn unknown() -> Problem {
    let refusal = Refusal::not_found(
        "catalogue.law.unknown",
        "法规库里没有这部法律法规、这个版本或者这一条。",
    )
    .advice("请在法律法规列表中查找，或者核对条号。");
    Problem::Refusal(refusal)
}

#[derive(Template)]
#[template(path = "laws/edition.html")]
struct EditionPage {
    frame: Frame,
    line: EditionLine,
    rank: &'static str,
    title: String,
    parts: Vec<PartShown>,
}

/// A heading with its articles.
struct PartShown {
    heading: String,
    section: bool,
    articles: Vec<(ShownArticle, Link)>,
}

/// `<first day>` shows an edition, a number the article as it reads today.
pub async fn get_place(desk: Desk, Path((name, place)): Path<(String, String)>) -> Result<Response, Problem> {
    if let Ok(day) = place.parse::<Date>() {
        return show_edition(&desk, name, day).await;
    }
    let number = place.parse::<ArticleNumber>().map_err(|_| unknown())?;
    show_article(&desk, name, None, number).await
}

async fn show_edition(desk: &Desk, name: String, day: Date) -> Result<Response, Problem> {
    let wanted = name.clone();
    let (editions, outline, articles) = desk
        .house
        .chronicle
        .read(move |reader| {
            let editions = views::editions(reader, &wanted)?;
            let outline = views::outline_of(reader, &wanted, day)?;
            Ok((editions, outline, views::articles(reader, &wanted, day)?))
        })
        .await?;
    let edition = editions.iter().find(|edition| edition.in_force_from == day);
    let (title, rank) = edition
        .map(|one| (one.title.clone(), one.rank.name()))
        .ok_or_else(unknown)?;
    let lines = edition_lines(&name, &editions, desk.house.clock.today());
    let line = lines.into_iter().find(|line| line.from == day).ok_or_else(unknown)?;
    Ok(page(&EditionPage {
        frame: frame(desk, title.clone()).crumb(format!("《{name}》"), law_page(&name)),
        parts: parts(&name, day, &outline, articles),
        line,
        rank,
        title,
    }))
}

fn parts(name: &str, day: Date, outline: &[OutlineEntry], articles: Vec<ShownArticle>) -> Vec<PartShown> {
    let mut articles = articles.into_iter();
    outline
        .iter()
        .map(|entry| PartShown {
            heading: entry.words.clone(),
            section: entry.level == Some(3),
            articles: articles
                .by_ref()
                .take(entry.articles)
                .map(|article| {
                    let link = edition_article_page(name, day, article.number);
                    (article, link)
                })
                .collect(),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "laws/article.html")]
struct ArticlePage {
    frame: Frame,
    summary: Option<String>,
    items: Vec<Citing>,
    text: Option<TextShown>,
    others: Vec<(String, Link)>,
}

/// The article in one edition.
struct TextShown {
    article: ShownArticle,
    line: EditionLine,
    /// Its own address for good.
    link: Link,
    chapter: String,
    before: Option<(String, Link)>,
    after: Option<(String, Link)>,
}

pub async fn get_edition_article(
    desk: Desk,
    Path((name, day, article)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let day = day.parse::<Date>().map_err(|_| unknown())?;
    let number = article.parse::<ArticleNumber>().map_err(|_| unknown())?;
    show_article(&desk, name, Some(day), number).await
}

async fn show_article(
    desk: &Desk,
    name: String,
    day: Option<Date>,
    number: ArticleNumber,
) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let wanted = name.clone();
    let (known, text) = desk
        .house
        .chronicle
        .read(move |reader| {
            let known = Known::read(reader, &wanted)?;
            let edition = match day {
                Some(day) => known.editions.iter().find(|one| one.in_force_from == day),
                None => known.edition(today),
            };
            let text = match edition {
                Some(edition) => text_shown(reader, &wanted, &known.editions, edition, number, today)?,
                None => None,
            };
            Ok((known, text))
        })
        .await?;
    let (summary, items) = (known.summary(number), known.items_of(number));
    let nothing = text.is_none() && summary.is_none() && items.is_empty();
    if nothing || (day.is_some() && text.is_none()) {
        return Err(unknown());
    }
    let words = number.in_words();
    let shown = text.as_ref().map(|text| text.line.from);
    let others = known
        .editions
        .iter()
        .rev()
        .filter(|one| Some(one.in_force_from) != shown);
    Ok(page(&ArticlePage {
        frame: frame(desk, format!("《{name}》{words}")).crumb(format!("《{name}》"), law_page(&name)),
        others: others
            .map(|one| {
                let from = one.in_force_from;
                (
                    format!("自{from}起施行的版本"),
                    edition_article_page(&name, from, number),
                )
            })
            .collect(),
        summary,
        items,
        text,
    }))
}

fn text_shown(
    reader: &mut Reader<'_>,
    name: &str,
    editions: &[Edition],
    edition: &Edition,
    number: ArticleNumber,
    today: Date,
) -> Result<Option<TextShown>, Fault> {
    let day = edition.in_force_from;
    let Some(article) = views::article(reader, name, day, number)? else {
        return Ok(None);
    };
    let numbers = views::article_numbers(reader, name, day)?;
    let at = numbers.iter().position(|one| *one == number).unwrap_or(0);
    let neighbour = |at: Option<usize>| {
        let number = at.and_then(|at| numbers.get(at)).copied()?;
        Some((number.in_words(), edition_article_page(name, day, number)))
    };
    let line = edition_lines(name, editions, today)
        .into_iter()
        .find(|line| line.from == day);
    Ok(line.map(|line| TextShown {
        link: edition_article_page(name, day, number),
        chapter: chapter_of(&views::outline_of(reader, name, day).unwrap_or_default(), at),
        before: neighbour(at.checked_sub(1)),
        after: neighbour(Some(at + 1)),
        article,
        line,
    }))
}

/// `第四章 行政许可的实施程序 / 第一节 申请与受理` of the article at this place.
fn chapter_of(outline: &[OutlineEntry], at: usize) -> String {
    let mut path: Vec<(u8, &str)> = Vec::new();
    let mut seen = 0;
    for entry in outline {
        if let Some(level) = entry.level {
            path.retain(|(other, _)| *other < level);
            path.push((level, &entry.words));
        }
        seen += entry.articles;
        if at < seen {
            break;
        }
    }
    path.iter().map(|(_, words)| *words).collect::<Vec<_>>().join(" / ")
}

/// Words around the first place where a query stands in a text.
pub(super) struct Passage {
    pub before: String,
    pub found: String,
    pub after: String,
}

impl Passage {
    const BEFORE: usize = 30;
    const AFTER: usize = 70;

    pub fn around(text: &str, query: &str) -> Passage {
        let word = query.split_whitespace().next().unwrap_or_default();
        let chars: Vec<char> = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
        let wanted: Vec<char> = word.chars().collect();
        let same = |a: &char, b: &char| a == b || a.to_lowercase().eq(b.to_lowercase());
        let at = match wanted.is_empty() {
            true => None,
            false => chars
                .windows(wanted.len())
                .position(|window| window.iter().zip(&wanted).all(|(a, b)| same(a, b))),
        };
        let (start, end) = at.map_or((0, 0), |at| (at, at + wanted.len()));
        let from = start.saturating_sub(Self::BEFORE);
        let to = (end + Self::AFTER).min(chars.len());
        let ellipsis = |there: bool| if there { "……" } else { "" };
        let run = |run: &[char]| run.iter().collect::<String>();
        Passage {
            before: format!("{}{}", ellipsis(from > 0), run(&chars[from..start])),
            found: run(&chars[start..end]),
            after: format!("{}{}", run(&chars[end..to]), ellipsis(to < chars.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_shows_what_was_found() {
        let check = |text: &str, query: &str, expected: (&str, &str, &str)| {
            let found = Passage::around(text, query);
            assert_eq!(
                (found.before.as_str(), found.found.as_str(), found.after.as_str()),
                expected
            );
        };
        check("甲乙丙\n丁", "丙", ("甲乙", "丙", " 丁"));
        check("甲乙丙", "没有", ("", "", "甲乙丙"));
        check("甲乙丙", "", ("", "", "甲乙丙"));
        let long = format!("{}中{}", "前".repeat(50), "后".repeat(90));
        let found = Passage::around(&long, "中");
        assert_eq!((found.before.chars().count(), found.after.chars().count()), (32, 72));
    }
}
