//! Full-width characters and the many hyphens and spaces, folded to ASCII for looking (never for storing).

/// The half-width twin of a character, or the character itself.
pub(crate) fn fold(character: char) -> char {
    match character {
        '\u{3000}' | '\u{00A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' => '-',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        other => other,
    }
}

/// A text with its folded characters and where each begins in it.
pub(crate) struct Folded {
    pub(crate) chars: Vec<char>,
    /// Byte offsets into the original, one more than characters.
    starts: Vec<usize>,
}

impl Folded {
    pub(crate) fn new(text: &str) -> Folded {
        let chars = text.chars().map(fold).collect();
        let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        starts.push(text.len());
        Folded { chars, starts }
    }

    pub(crate) fn bytes(&self, chars: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.starts[chars.start]..self.starts[chars.end]
    }

    pub(crate) fn at(&self, index: usize) -> Option<char> {
        self.chars.get(index).copied()
    }
}
