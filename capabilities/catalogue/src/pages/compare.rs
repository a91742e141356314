//! `GET /laws/<name>/compare?from=&to=`: two editions side by side, article by article.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::law::{EditionLine, edition_lines, unknown};
use super::{compare_page, edition_article_page, law_page, laws_page};
use crate::edition::ChangeKind;
use crate::statute::{ArticleNumber, Fate, Piece, ShownArticle, Step, compare_words, pieces};
use crate::views;

#[derive(Template)]
#[template(path = "laws/compare.html")]
struct ComparePage {
    frame: Frame,
    old: EditionLine,
    new: EditionLine,
    counts: Vec<(&'static str, usize)>,
    same: usize,
    changed: Vec<ChangedArticle>,
    others: Vec<(String, Link)>,
}

struct ChangedArticle {
    anchor: String,
    title: String,
    kind: ChangeKind,
    old: Option<SideShown>,
    new: Option<SideShown>,
}

struct SideShown {
    number: String,
    link: Link,
    /// Words, and whether they stand on this side only; a break ends a provision.
    runs: Vec<(String, bool)>,
}

pub async fn get_compare(desk: Desk, Path(name): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let day = |side: &str| listing.one(side).parse::<Date>().ok();
    let (stated_from, stated_to) = (day("from"), day("to"));
    let wanted = name.clone();
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let editions = views::editions(reader, &wanted)?;
            let days: Vec<Date> = editions.iter().map(|edition| edition.in_force_from).collect();
            // Without days: the last two.
            let to = stated_to.or(days.last().copied());
            let from = stated_from.or_else(|| to.and_then(|to| days.iter().rev().find(|day| **day < to).copied()));
            let Some((from, to)) = from
                .zip(to)
                .filter(|(from, to)| days.contains(from) && days.contains(to))
            else {
                return Ok(None);
            };
            let old = views::articles(reader, &wanted, from)?;
            let new = views::articles(reader, &wanted, to)?;
            Ok(Some((editions, (from, old), (to, new))))
        })
        .await?;
    let Some((editions, (from, old), (to, new))) = read else {
        return Err(unknown());
    };
    let line = |day: Date| {
        let lines = edition_lines(&name, &editions, desk.house.clock.today());
        lines.into_iter().find(|line| line.from == day).ok_or_else(unknown)
    };
    let steps = steps(&old, &new);
    let frame = desk.frame(format!("《{name}》两个版本对照"));
    let frame = frame.crumb("首页", Link::to("/")).crumb("法律法规", laws_page());
    Ok(page(&ComparePage {
        frame: frame.crumb(format!("《{name}》"), law_page(&name)),
        old: line(from)?,
        new: line(to)?,
        counts: counts(&steps),
        same: steps.iter().filter(|step| step.fate == Fate::Same).count(),
        changed: changed(&name, from, to, &old, &new, &steps),
        others: editions
            .windows(2)
            .map(|two| (two[0].in_force_from, two[1].in_force_from))
            .filter(|pair| *pair != (from, to))
            .map(|(old, new)| (format!("{old}与{new}"), compare_page(&name, old, new)))
            .collect(),
    }))
}

fn steps(old: &[ShownArticle], new: &[ShownArticle]) -> Vec<Step> {
    let words = |articles: &[ShownArticle]| {
        let words = articles.iter().map(|article| (article.number, article.plain()));
        words.collect::<Vec<_>>()
    };
    compare_words(&words(old), &words(new))
}

fn kind_of(step: &Step) -> Option<ChangeKind> {
    match step.fate {
        Fate::Same => None,
        Fate::Renumbered => Some(ChangeKind::Renumbered),
        Fate::Amended => Some(ChangeKind::Amended),
        Fate::Removed => Some(ChangeKind::Removed),
        Fate::Added => Some(ChangeKind::Added),
    }
}

fn counts(steps: &[Step]) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    for kind in steps.iter().filter_map(kind_of) {
        *counts.entry(kind).or_default() += 1;
    }
    counts.into_iter().map(|(kind, number)| (kind.name(), number)).collect()
}

fn changed(
    name: &str,
    from: Date,
    to: Date,
    old: &[ShownArticle],
    new: &[ShownArticle],
    steps: &[Step],
) -> Vec<ChangedArticle> {
    let find = |all: &[ShownArticle], number: Option<ArticleNumber>| {
        let article = number.and_then(|number| all.iter().find(|article| article.number == number));
        article.map(ShownArticle::plain).unwrap_or_default()
    };
    let rows = steps.iter().filter_map(|step| {
        let kind = kind_of(step)?;
        let runs = pieces(&find(old, step.old), &find(new, step.new));
        let side = |number: Option<ArticleNumber>, day: Date, old: bool| {
            number.map(|number| SideShown {
                number: number.in_words(),
                link: edition_article_page(name, day, number),
                runs: runs_of(&runs, old),
            })
        };
        let (before, after) = (step.old.map(|one| one.in_words()), step.new.map(|one| one.in_words()));
        Some(ChangedArticle {
            anchor: step.new.map_or_else(
                || format!("o{}", step.old.map(|one| one.to_string()).unwrap_or_default()),
                |new| format!("n{new}"),
            ),
            title: match (before, after) {
                (Some(before), Some(after)) if before == after => after,
                (Some(before), Some(after)) => format!("{before} → {after}"),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => String::new(),
            },
            kind,
            old: side(step.old, from, true),
            new: side(step.new, to, false),
        })
    });
    rows.collect()
}

fn runs_of(pieces: &[Piece], old: bool) -> Vec<(String, bool)> {
    let runs = pieces.iter().filter_map(|piece| match piece {
        Piece::Both(words) => Some((words.clone(), false)),
        Piece::Old(words) => old.then(|| (words.clone(), true)),
        Piece::New(words) => (!old).then(|| (words.clone(), true)),
    });
    runs.collect()
}
