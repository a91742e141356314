//! Words as the search sees them: pairs of neighbouring characters, since Chinese has no spaces.

/// Characters of a text that are looked at.
const LONGEST: usize = 400;

/// Pairs within each run of letters, digits and Chinese characters, lower case, full-width folded;
/// a run of one character gives itself. Sorted, each once.
pub fn grams(text: &str) -> Vec<String> {
    grams_within(text, LONGEST)
}

/// As [`grams`], of a whole text however long.
pub fn all_grams(text: &str) -> Vec<String> {
    grams_within(text, usize::MAX)
}

fn grams_within(text: &str, longest: usize) -> Vec<String> {
    let mut grams = Vec::new();
    for run in runs(text, longest) {
        match run.as_slice() {
            [single] => grams.push(single.to_string()),
            run => grams.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
    }
    grams.sort();
    grams.dedup();
    grams
}

/// Every single character, for queries of one character.
pub fn singles(text: &str) -> Vec<String> {
    let mut singles: Vec<String> = runs(text, LONGEST).into_iter().flatten().map(String::from).collect();
    singles.sort();
    singles.dedup();
    singles
}

fn runs(text: &str, longest: usize) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    for c in text.chars().take(longest).flat_map(|c| folded(c).to_lowercase()) {
        match (c.is_alphanumeric(), runs.last_mut()) {
            (true, Some(run)) => run.push(c),
            (false, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Full-width letters and digits as the plain ones.
fn folded(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_pairs() {
        let check = |text: &str, expected: &[&str]| assert_eq!(grams(text), expected, "{text}");
        check("食品经营", &["品经", "经营", "食品"]);
        check("食品、经营", &["经营", "食品"]);
        check("食", &["食"]);
        check("ＸＫ-0001", &["00", "01", "xk"]);
        check("，。 ", &[]);
        assert_eq!(singles("食 品食"), ["品", "食"]);
    }
}
