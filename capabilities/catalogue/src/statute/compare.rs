//! Two editions side by side: which article became which, and what changed within one.

use std::collections::{BTreeMap, BTreeSet};

use super::{ArticleNumber, Statute};

/// What became of an article of the older edition, or that one is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Same,
    /// The same words under another number.
    Renumbered,
    Amended,
    Removed,
    Added,
}

/// One row of the comparison, in the order of the newer edition; removed articles stand where they stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub fate: Fate,
    pub old: Option<ArticleNumber>,
    pub new: Option<ArticleNumber>,
}

/// Share of common character pairs from which two articles are one that was amended, in percent:
/// under the same number little is enough, under another one it must be most of it.
const SAME_NUMBER: usize = 20;
const OTHER_NUMBER: usize = 55;

pub fn compare(old: &Statute, new: &Statute) -> Vec<Step> {
    let words = |statute: &Statute| {
        let articles = statute.articles();
        articles
            .map(|article| (article.number, article.plain()))
            .collect::<Vec<_>>()
    };
    compare_words(&words(old), &words(new))
}

/// As [`compare`], of articles with their plain words.
pub fn compare_words(olds: &[Words], news: &[Words]) -> Vec<Step> {
    let mut pairs = BTreeMap::new();
    pair_equal(olds, news, &mut pairs);
    pair_similar(olds, news, &mut pairs);
    in_order(olds, news, &pairs)
}

type Words = (ArticleNumber, String);

/// Index of the newer article → index of the older one.
type Pairs = BTreeMap<usize, usize>;

/// The same words: under the same number first, so that two articles of equal words do not change places.
fn pair_equal(olds: &[Words], news: &[Words], pairs: &mut Pairs) {
    let mut taken = BTreeSet::new();
    let by_number: BTreeMap<ArticleNumber, usize> = olds.iter().enumerate().map(|(at, one)| (one.0, at)).collect();
    for (at, (number, words)) in news.iter().enumerate() {
        if let Some(old) = by_number.get(number)
            && olds[*old].1 == *words
            && taken.insert(*old)
        {
            pairs.insert(at, *old);
        }
    }
    let mut by_words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, words)) in olds.iter().enumerate().rev() {
        by_words.entry(words).or_default().push(at);
    }
    for (at, (_, words)) in news.iter().enumerate() {
        if pairs.contains_key(&at) {
            continue;
        }
        let free = by_words.get_mut(words.as_str()).and_then(|all| {
            while let Some(old) = all.pop() {
                if taken.insert(old) {
                    return Some(old);
                }
            }
            None
        });
        if let Some(old) = free {
            pairs.insert(at, old);
        }
    }
}

/// What is left: the best likeness first.
fn pair_similar(olds: &[Words], news: &[Words], pairs: &mut Pairs) {
    let taken: BTreeSet<usize> = pairs.values().copied().collect();
    let grams = |words: &str| {
        let chars: Vec<char> = words.chars().collect();
        chars.windows(2).map(|two| (two[0], two[1])).collect::<BTreeSet<_>>()
    };
    let left = |all: &[Words], gone: &dyn Fn(usize) -> bool| {
        let rest = all.iter().enumerate().filter(|(at, _)| !gone(*at));
        rest.map(|(at, (number, words))| (at, *number, grams(words)))
            .collect::<Vec<_>>()
    };
    let old_left = left(olds, &|at| taken.contains(&at));
    let new_left = left(news, &|at| pairs.contains_key(&at));
    let mut likely = Vec::new();
    for (new_at, new_number, new_grams) in &new_left {
        for (old_at, old_number, old_grams) in &old_left {
            let common = new_grams.intersection(old_grams).count();
            let all = new_grams.len() + old_grams.len() - common;
            let likeness = (common * 100).checked_div(all).unwrap_or(0);
            let same = new_number == old_number;
            if likeness >= if same { SAME_NUMBER } else { OTHER_NUMBER } {
                likely.push((likeness, same, std::cmp::Reverse((*new_at, *old_at))));
            }
        }
    }
    likely.sort_unstable_by(|a, b| b.cmp(a));
    let mut used = BTreeSet::new();
    for (_, _, std::cmp::Reverse((new_at, old_at))) in likely {
        if !pairs.contains_key(&new_at) && used.insert(old_at) {
            pairs.insert(new_at, old_at);
        }
    }
}

fn in_order(olds: &[Words], news: &[Words], pairs: &Pairs) -> Vec<Step> {
    let paired: BTreeSet<usize> = pairs.values().copied().collect();
    let mut removed = (0..olds.len()).filter(|at| !paired.contains(at)).peekable();
    let mut steps = Vec::with_capacity(news.len());
    let gone = |at: usize| Step {
        fate: Fate::Removed,
        old: Some(olds[at].0),
        new: None,
    };
    for (at, (number, words)) in news.iter().enumerate() {
        let old = pairs.get(&at).copied();
        while let Some(first) = removed.next_if(|gone| old.is_some_and(|old| *gone < old)) {
            steps.push(gone(first));
        }
        let fate = match old.map(|old| &olds[old]) {
            None => Fate::Added,
            Some((before, same)) if same == words && before == number => Fate::Same,
            Some((_, same)) if same == words => Fate::Renumbered,
            Some(_) => Fate::Amended,
        };
        steps.push(Step {
            fate,
            old: old.map(|old| olds[old].0),
            new: Some(*number),
        });
    }
    steps.extend(removed.map(gone));
    steps
}

/// A run of words that both have, or that only one has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Both(String),
    Old(String),
    New(String),
}

/// Cells of the table of common subsequences; beyond it the middle counts as replaced as a whole.
const MAX_CELLS: usize = 4_000_000;

/// What changed between two texts, character by character, from beginning to end.
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut writer = Writer::default();
    old[..head].iter().for_each(|c| writer.put(Side::Both, *c));
    if old_middle.len().saturating_mul(new_middle.len()) > MAX_CELLS {
        old_middle.iter().for_each(|c| writer.put(Side::Old, *c));
        new_middle.iter().for_each(|c| writer.put(Side::New, *c));
    } else {
        middle(old_middle, new_middle, &mut writer);
    }
    old[old.len() - tail..].iter().for_each(|c| writer.put(Side::Both, *c));
    writer.finish()
}

/// Longest common subsequence; a lone common character between changes is not worth showing apart.
fn middle(old: &[char], new: &[char], writer: &mut Writer) {
    let width = new.len() + 1;
    let mut table = vec![0u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i * width + j] = match old[i] == new[j] {
                true => table[(i + 1) * width + j + 1].saturating_add(1),
                false => table[(i + 1) * width + j].max(table[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            writer.put(Side::Both, old[i]);
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || table[(i + 1) * width + j] >= table[i * width + j + 1]) {
            writer.put(Side::Old, old[i]);
            i += 1;
        } else {
            writer.put(Side::New, new[j]);
            j += 1;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Old,
    New,
}

#[derive(Default)]
struct Writer {
    runs: Vec<(Option<Side>, String)>,
}

impl Writer {
    fn put(&mut self, side: Side, c: char) {
        match self.runs.last_mut() {
            Some((last, run)) if *last == Some(side) => run.push(c),
            _ => self.runs.push((Some(side), c.to_string())),
        }
    }

    fn finish(self) -> Vec<Piece> {
        let runs = self.runs.into_iter();
        runs.filter_map(|(side, run)| {
            side.map(|side| match side {
                Side::Both => Piece::Both(run),
                Side::Old => Piece::Old(run),
                Side::New => Piece::New(run),
            })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statute::read_statute;
    use proptest::prelude::*;

    fn of(articles: &[(&str, &str)]) -> Statute {
        let lines: Vec<String> = articles
            .iter()
            .map(|(number, words)| format!("第{number}条 {words}"))
            .collect();
        read_statute(format!("# 甲\n\n{}", lines.join("\n\n")).as_bytes()).unwrap()
    }

    fn check(old: &[(&str, &str)], new: &[(&str, &str)], expected: &[&str]) {
        let shown: Vec<String> = compare(&of(old), &of(new))
            .into_iter()
            .map(|step| {
                let number = |one: Option<ArticleNumber>| one.map_or("-".to_owned(), |one| one.to_string());
                format!("{:?} {} {}", step.fate, number(step.old), number(step.new))
            })
            .collect();
        assert_eq!(shown, expected);
    }

    const FINE: &str = "违反本条例的，由主管部门责令改正，处一万元以上五万元以下罚款。";
    const HIGHER: &str = "违反本条例的，由主管部门责令改正，处二万元以上十万元以下罚款。";
    const DATE: &str = "本条例自公布之日起施行。";

    #[test]
    fn an_article_is_followed_through_its_numbers() {
        check(&[("一", FINE)], &[("一", FINE)], &["Same 1 1"]);
        check(&[("一", FINE)], &[("一", HIGHER)], &["Amended 1 1"]);
        check(
            &[("一", DATE)],
            &[("一", FINE), ("二", DATE)],
            &["Added - 1", "Renumbered 1 2"],
        );
        check(
            &[("一", FINE), ("二", DATE)],
            &[("一", "国家鼓励演示。"), ("二", HIGHER), ("三", DATE)],
            &["Added - 1", "Amended 1 2", "Renumbered 2 3"],
        );
        check(
            &[("一", FINE), ("二", DATE)],
            &[("一", DATE)],
            &["Removed 1 -", "Renumbered 2 1"],
        );
        // Equal words do not change places.
        check(
            &[("一", DATE), ("二", DATE)],
            &[("一", DATE), ("二", DATE)],
            &["Same 1 1", "Same 2 2"],
        );
    }

    #[test]
    fn changed_words_are_shown() {
        let both = |text: &str| Piece::Both(text.to_owned());
        let (old, new) = (
            |text: &str| Piece::Old(text.to_owned()),
            |text: &str| Piece::New(text.to_owned()),
        );
        assert_eq!(
            pieces("处一万元罚款", "处二万元罚款"),
            [both("处"), old("一"), new("二"), both("万元罚款")]
        );
        assert_eq!(pieces("", "甲"), [new("甲")]);
        assert_eq!(pieces("甲", "甲"), [both("甲")]);
        assert_eq!(pieces("", ""), []);
        let long = |c: &str| c.repeat(3000);
        assert_eq!(pieces(&long("甲"), &long("乙")), [old(&long("甲")), new(&long("乙"))]);
    }

    proptest! {
        #[test]
        fn the_pieces_make_both_texts(a in "[甲乙丙\n]{0,40}", b in "[甲乙丙\n]{0,40}") {
            let found = pieces(&a, &b);
            let side = |skip: fn(&Piece) -> bool| -> String {
                found.iter().filter(|piece| !skip(piece)).map(|piece| match piece {
                    Piece::Both(text) | Piece::Old(text) | Piece::New(text) => text.as_str(),
                }).collect()
            };
            prop_assert_eq!(side(|piece| matches!(piece, Piece::New(_))), a);
            prop_assert_eq!(side(|piece| matches!(piece, Piece::Old(_))), b);
        }

        #[test]
        fn every_article_has_one_place(
            old in proptest::collection::vec("[甲乙]{0,6}", 1..8), new in proptest::collection::vec("[甲乙]{0,6}", 1..8)
        ) {
            let law = |words: &[String]| {
                let lines: Vec<String> = words.iter().enumerate()
                    .map(|(at, words)| format!("第{}条 {words}", crate::statute::write_numeral(at as u32 + 1)))
                    .collect();
                read_statute(format!("# 甲\n{}", lines.join("\n")).as_bytes()).unwrap()
            };
            let steps = compare(&law(&old), &law(&new));
            let seen = |side: fn(&Step) -> Option<ArticleNumber>| {
                let mut seen: Vec<u32> = steps.iter().filter_map(side).map(|number| number.main).collect();
                seen.sort_unstable();
                seen
            };
            prop_assert_eq!(seen(|step| step.old), (1..=old.len() as u32).collect::<Vec<_>>());
            prop_assert_eq!(seen(|step| step.new), (1..=new.len() as u32).collect::<Vec<_>>());
        }
    }
}
