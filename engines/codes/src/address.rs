//! Addresses of homes in running text: a road, village or estate with a number, or building and room.
//!
//! A pattern, not a gazetteer: it finds the usual ways of writing and rather hides a little too much. What it misses is
//! for the release review.

use std::ops::Range;

use crate::width::Folded;

/// What a number may follow.
const PLACES: &str = "路街巷弄道村里坊苑园组镇乡社庄";
/// `区` alone is a county; with these before it, an estate or community.
const BEFORE_ESTATE: &str = "小社园新街";
/// Longer units first.
const UNITS: [&str; 15] = [
    "号楼", "单元", "号", "幢", "栋", "座", "室", "弄", "巷", "组", "队", "层", "楼", "户", "社",
];
/// Units that say "building": with a room after them they are an address without a road.
const BUILDINGS: [&str; 5] = ["号楼", "单元", "幢", "栋", "座"];
/// `3号令`, `3号文件`: a document, not a door.
const AFTER_DOCUMENT_NUMBER: &str = "令文公通案决线";
/// Words before an address that do not belong to it.
const STOPS: &str = "住在于址到对的局厅";
const NUMERALS: &str = "一二三四五六七八九十百零〇两";
const LONGEST_NUMBER: usize = 7;
const LONGEST_LEAD: usize = 30;
/// `123号时代大厦3幢`: a building's name between two numbers.
const LONGEST_GAP: usize = 6;

pub(crate) fn find(text: &Folded, covered: &[bool]) -> Vec<Range<usize>> {
    let reader = Reader { text, covered };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let floor = found.last().map_or(0, |range| range.end);
        match reader.address_at(at, floor) {
            Some(range) => {
                at = range.end;
                found.push(range);
            }
            None => at += 1,
        }
    }
    found
}

struct Reader<'a> {
    text: &'a Folded,
    covered: &'a [bool],
}

impl Reader<'_> {
    /// An address whose first number begins at `at`; it may reach back to `floor`.
    fn address_at(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let before = at.checked_sub(1).and_then(|index| self.char(index));
        if before.is_some_and(is_numberlike) {
            return None;
        }
        let (end, unit) = self.numbered(at)?;
        let placed = at > floor && self.follows_place(at);
        let building = BUILDINGS.contains(&unit) && self.numbered(end).is_some();
        let document = unit == "号"
            && self
                .char(end)
                .is_some_and(|after| AFTER_DOCUMENT_NUMBER.contains(after));
        if document || !(placed || building) {
            return None;
        }
        Some(self.lead(at, floor)..self.tail(end))
    }

    fn char(&self, index: usize) -> Option<char> {
        let free = !self.covered.get(index).copied().unwrap_or(true);
        self.text.at(index).filter(|_| free)
    }

    fn follows_place(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).and_then(|index| self.char(index));
        match before(1) {
            Some('区') => before(2).is_some_and(|second| BEFORE_ESTATE.contains(second)),
            Some(place) => PLACES.contains(place),
            None => false,
        }
    }

    /// A number and its unit: where they end, and the unit.
    fn numbered(&self, at: usize) -> Option<(usize, &'static str)> {
        let mut end = at;
        while end < at + LONGEST_NUMBER && self.char(end).is_some_and(is_numberlike) {
            end += 1;
        }
        let joined = self.char(end).is_some_and(|joint| matches!(joint, '-' | '之'));
        if end > at && joined && self.char(end + 1).is_some_and(is_numberlike) {
            end += 1;
            let second = end;
            while end < second + LONGEST_NUMBER && self.char(end).is_some_and(is_numberlike) {
                end += 1;
            }
        }
        if end == at {
            return None;
        }
        let unit = UNITS.into_iter().find(|unit| self.reads(end, unit))?;
        let lettered = self.text.chars[at..end].iter().all(char::is_ascii_alphabetic);
        // A letter alone numbers buildings only: `A幢`.
        (!lettered || BUILDINGS.contains(&unit)).then_some((end + unit.chars().count(), unit))
    }

    fn reads(&self, at: usize, word: &str) -> bool {
        word.chars()
            .enumerate()
            .all(|(offset, character)| self.char(at + offset) == Some(character))
    }

    fn lead(&self, at: usize, floor: usize) -> usize {
        let mut start = at;
        while start > floor.max(at.saturating_sub(LONGEST_LEAD)) {
            match self.char(start - 1) {
                Some(before) if is_han(before) && !STOPS.contains(before) => start -= 1,
                _ => break,
            }
        }
        start
    }

    fn tail(&self, end: usize) -> usize {
        let mut end = end;
        'further: loop {
            for gap in 0..=LONGEST_GAP {
                if let Some((next, unit)) = self.numbered(end + gap)
                    && (gap == 0 || !matches!(unit, "组" | "队" | "户" | "社"))
                {
                    end = next;
                    continue 'further;
                }
                let inside = |character: char| is_han(character) && !STOPS.contains(character);
                if !self.char(end + gap).is_some_and(inside) {
                    break;
                }
            }
            return end;
        }
    }
}

fn is_numberlike(character: char) -> bool {
    character.is_ascii_alphanumeric() || NUMERALS.contains(character)
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3134F}' | '〇')
}

/// How many leading characters name province, city and county: they stay when an address is masked.
pub(crate) fn region_length(address: &[char]) -> usize {
    let street = |character: &char| !is_han(*character) || PLACES.contains(*character);
    let head = address.iter().position(street).unwrap_or(address.len());
    let region = |at: &usize| {
        let before = at.checked_sub(1).and_then(|index| address.get(index));
        match address[*at] {
            '省' | '县' | '旗' | '盟' | '州' => *at > 0,
            '市' => before.is_some() && !address.get(at + 1).is_some_and(|next| "场政民中".contains(*next)),
            '区' => before.is_some_and(|second| !BEFORE_ESTATE.contains(*second)),
            _ => false,
        }
    };
    (0..head).rev().find(region).map_or(0, |at| at + 1)
}
