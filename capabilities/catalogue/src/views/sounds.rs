//! Words as they sound: pinyin in full and by initials, for who types letters. A character with several readings is known by
//! its usual one.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use pinyin::ToPinyin;

/// Characters of a text that are looked at.
const LONGEST: usize = 60;

/// What is indexed of a text: pairs of initials (`^sp`) and pairs of syllables (`~shi'pin`). The marks keep them apart from
/// letters that stand in a name.
pub fn sounding(text: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for run in syllables(text) {
        for pair in run.windows(2) {
            let initials: String = pair.iter().filter_map(|one| one.chars().next()).collect();
            found.insert(format!("^{initials}"));
            found.insert(format!("~{}", pair.join("'")));
        }
    }
    found.into_iter().collect()
}

/// Runs of neighbouring Chinese characters as their syllables, `ü` as `v`.
fn syllables(text: &str) -> Vec<Vec<String>> {
    let mut runs = vec![Vec::new()];
    for c in text.chars().take(LONGEST) {
        match (c.to_pinyin(), runs.last_mut()) {
            (Some(sound), Some(run)) => run.push(sound.plain().replace('ü', "v")),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run: &Vec<String>| !run.is_empty());
    runs
}

/// What a query of letters may mean, each reading as its pairs: initials (`spjy`), syllables (`shipin`, `shi pin`). Nothing for
/// what is not letters alone, and for a single syllable: too many words begin so.
pub fn heard(query: &str) -> Vec<Vec<String>> {
    let spaced: String = query.trim().to_lowercase().replace(['ü', '\''], " ");
    let letters: String = spaced.split_whitespace().collect();
    let sound = (2..=40).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
    if !sound {
        return Vec::new();
    }
    let mut readings = Vec::new();
    if letters.len() <= 12 {
        let initials: Vec<char> = letters.chars().collect();
        readings.push(
            initials
                .windows(2)
                .map(|pair| format!("^{}{}", pair[0], pair[1]))
                .collect(),
        );
    }
    if let Some(syllables) = cut(&letters).filter(|syllables| syllables.len() >= 2) {
        readings.push(
            syllables
                .windows(2)
                .map(|pair| format!("~{}", pair.join("'")))
                .collect(),
        );
    }
    readings
}

/// The fewest syllables that make up these letters.
fn cut(letters: &str) -> Option<Vec<&str>> {
    let known = known();
    // The best cut of each beginning: number of syllables and the length of the last one.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; letters.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=letters.len() {
        for length in 1..=end.min(6) {
            let start = end - length;
            let Some((before, _)) = best[start] else { continue };
            let fewer = best[end].is_none_or(|(now, _)| before + 1 < now);
            if fewer && known.contains(&letters[start..end]) {
                best[end] = Some((before + 1, length));
            }
        }
    }
    let mut syllables = Vec::new();
    let mut end = letters.len();
    while end > 0 {
        let (_, length) = best[end]?;
        syllables.push(&letters[end - length..end]);
        end -= length;
    }
    syllables.reverse();
    Some(syllables)
}

fn known() -> &'static BTreeSet<String> {
    static KNOWN: OnceLock<BTreeSet<String>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let all = ('\u{4e00}'..='\u{9fa5}').filter_map(|c| c.to_pinyin());
        all.map(|sound| sound.plain().replace('ü', "v"))
            .filter(|sound| sound.bytes().all(|byte| byte.is_ascii_lowercase()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_sound_and_are_heard() {
        assert_eq!(sounding("食品、经营"), ["^jy", "^sp", "~jing'ying", "~shi'pin"]);
        assert_eq!(sounding("XK01"), Vec::<String>::new());
        assert_eq!(
            heard("shipinjingying"),
            [["~shi'pin", "~pin'jing", "~jing'ying"].map(str::to_owned).to_vec()]
        );
        assert_eq!(heard("Shi Pin").last(), Some(&vec!["~shi'pin".to_owned()]));
        assert_eq!(heard("spjy"), [["^sp", "^pj", "^jy"].map(str::to_owned).to_vec()]);
        for nothing in ["食品", "a", "x1", "", "'"] {
            assert_eq!(heard(nothing), Vec::<Vec<String>>::new(), "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed(text in "[a-z ']{0,50}|.{0,30}") {
            let _ = heard(&text);
            let _ = sounding(&text);
        }
    }
}
