//! Personal numbers in running text: identity numbers, mobile numbers, bank accounts; solid or written in groups.

use std::ops::Range;

use crate::scan::FindingKind;
use crate::width::Folded;
use crate::{Uscc, citizen_id};

/// The longest number looked for, a bank account.
const MOST_DIGITS: usize = 19;
/// How many digits a number written in groups may have: mobile with and without 86, identity number, account.
const LENGTHS: [usize; 7] = [11, 13, 15, 16, 17, 18, 19];
/// At most this many spaces or hyphens stand between two groups of one number.
const WIDEST_GAP: usize = 3;

/// A run of digits; `x` when a final X of an identity number follows.
struct Group {
    chars: Range<usize>,
    x: bool,
}

impl Group {
    fn end_with_x(&self) -> usize {
        self.chars.end + usize::from(self.x)
    }
}

/// Finds them outside the `covered` characters.
pub(crate) fn find(text: &Folded, covered: &[bool]) -> Vec<(Range<usize>, FindingKind)> {
    let groups = groups(text, covered);
    let mut found = Vec::new();
    let mut open: Vec<&Group> = Vec::new();
    for group in &groups {
        if let Some(kind) = solid(&digits_of(text, &[group]), group.x) {
            windows(text, &open, &mut found);
            open.clear();
            found.push((group.chars.start..group.end_with_x(), kind));
            continue;
        }
        if open
            .last()
            .is_some_and(|before| separator(text, before, group).is_none())
        {
            windows(text, &open, &mut found);
            open.clear();
        }
        open.push(group);
    }
    windows(text, &open, &mut found);
    found
}

fn groups(text: &Folded, covered: &[bool]) -> Vec<Group> {
    let free = |index: usize| !covered.get(index).copied().unwrap_or(true);
    let alphanumeric = |index: usize| free(index) && text.at(index).is_some_and(|c| c.is_ascii_alphanumeric());
    let digit = |index: usize| free(index) && text.at(index).is_some_and(|c| c.is_ascii_digit());
    let mut groups = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        if !alphanumeric(at) {
            at += 1;
            continue;
        }
        let token = at;
        while alphanumeric(at) {
            at += 1;
        }
        if is_public_code(&text.chars[token..at]) {
            continue;
        }
        let mut inside = token;
        while inside < at {
            let start = inside;
            while digit(inside) {
                inside += 1;
            }
            if inside > start {
                let x = inside + 1 == at && matches!(text.at(inside), Some('X' | 'x'));
                groups.push(Group {
                    chars: start..inside,
                    x,
                });
            } else {
                inside += 1;
            }
        }
    }
    groups
}

/// A USCC, or a national code that begins with one: they name bodies. Identity numbers used as codes are not public.
fn is_public_code(token: &[char]) -> bool {
    if !matches!(token.len(), 18 | 31..=64) {
        return false;
    }
    let head: String = token[..18].iter().map(char::to_ascii_uppercase).collect();
    if citizen_id::birth_date(&head).is_ok() {
        return !citizen_id::check_agrees(&head) && Uscc::parse(&head).is_ok();
    }
    Uscc::parse(&head).is_ok()
}

fn digits_of(text: &Folded, groups: &[&Group]) -> String {
    groups
        .iter()
        .flat_map(|group| text.chars[group.chars.clone()].iter())
        .collect()
}

/// Spaces and hyphens between two groups; `None` when anything else, or too much, stands there.
fn separator<'a>(text: &'a Folded, before: &Group, after: &Group) -> Option<&'a [char]> {
    let gap = text.chars.get(before.end_with_x()..after.chars.start)?;
    let plain = !before.x && gap.len() <= WIDEST_GAP && gap.iter().all(|c| matches!(c, ' ' | '-'));
    (plain && !gap.is_empty()).then_some(gap)
}

/// Longest first at each group, so that a number is not taken for the beginning of it.
fn windows(text: &Folded, groups: &[&Group], found: &mut Vec<(Range<usize>, FindingKind)>) {
    let gaps: Vec<Option<&[char]>> = groups
        .windows(2)
        .map(|pair| separator(text, pair[0], pair[1]))
        .collect();
    let mut first = 0;
    while first < groups.len() {
        let mut taken = None;
        let mut digits = digits_of(text, &groups[first..=first]);
        for last in first + 1..groups.len() {
            digits.extend(&text.chars[groups[last].chars.clone()]);
            // One number is written with one kind of gap; a date beside a number has another.
            if digits.len() > MOST_DIGITS || gaps[last - 1] != gaps[first] {
                break;
            }
            if LENGTHS.contains(&digits.len())
                && let Some(kind) = grouped(&digits, &groups[first..=last])
            {
                taken = Some((last, kind));
            }
        }
        match taken {
            Some((last, kind)) => {
                found.push((groups[first].chars.start..groups[last].end_with_x(), kind));
                first = last + 1;
            }
            None => first += 1,
        }
    }
}

fn solid(digits: &str, x: bool) -> Option<FindingKind> {
    if is_id(digits, x) {
        return Some(FindingKind::IdNumber);
    }
    let prefixed = matches!(digits.len(), 13 | 15) && is_mobile(strip_country(digits));
    if (digits.len() == 11 && digits.starts_with('1')) || prefixed {
        return Some(FindingKind::Phone);
    }
    match digits.len() {
        15 if is_old_id(digits) => Some(FindingKind::IdNumber),
        16..=MOST_DIGITS => Some(FindingKind::BankAccount),
        _ if digits.len() > MOST_DIGITS => holds_id(digits).then_some(FindingKind::IdNumber),
        _ => None,
    }
}

fn grouped(digits: &str, groups: &[&Group]) -> Option<FindingKind> {
    let length = |group: &&Group| group.chars.len();
    let x = groups.last().is_some_and(|group| group.x);
    let after_six = groups.first().map(length) == Some(6);
    if is_id(digits, x) || (after_six && is_old_id(digits)) {
        return Some(FindingKind::IdNumber);
    }
    if is_mobile(strip_country(digits)) {
        return Some(FindingKind::Phone);
    }
    // Dates side by side also reach sixteen digits; accounts are written in fours, or after the bank's first six.
    let fours = groups
        .split_last()
        .is_some_and(|(last, rest)| length(last) <= 4 && rest.iter().all(|group| length(group) == 4));
    let bank = fours || (groups.len() == 2 && after_six);
    (bank && (16..=MOST_DIGITS).contains(&digits.len())).then_some(FindingKind::BankAccount)
}

/// Form and birth date; the check digit may be mistyped, the person is the same.
fn is_id(digits: &str, x: bool) -> bool {
    if digits.len() + usize::from(x) != 18 {
        return false;
    }
    let whole = if x { format!("{digits}X") } else { digits.to_owned() };
    citizen_id::birth_date(&whole).is_ok()
}

/// The fifteen digits of before 1999: division, birth date with two digits of the year, sequence.
fn is_old_id(digits: &str) -> bool {
    let date = || citizen_id::date_of(format!("19{}", digits.get(6..12)?).as_bytes());
    digits.len() == 15 && !digits.starts_with('0') && date().is_some()
}

/// An identity number glued to other digits; here only the check digit tells.
fn holds_id(digits: &str) -> bool {
    (0..=digits.len().saturating_sub(18)).any(|start| {
        let window = digits.get(start..start + 18).unwrap_or_default();
        citizen_id::birth_date(window).is_ok() && citizen_id::check_agrees(window)
    })
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.as_bytes().get(1).is_some_and(|second| *second >= b'3')
}

fn strip_country(digits: &str) -> &str {
    match digits.len() {
        13 => digits.strip_prefix("86").unwrap_or(digits),
        15 => digits.strip_prefix("0086").unwrap_or(digits),
        _ => digits,
    }
}
