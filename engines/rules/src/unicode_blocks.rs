//! Unicode blocks by the names that XPath regular expressions use (`\p{IsCJKUnifiedIdeographs}`).

const BLOCKS: [(&str, u32, u32); 40] = [
    ("BasicLatin", 0x0, 0x7F),
    ("Latin-1Supplement", 0x80, 0xFF),
    ("LatinExtended-A", 0x100, 0x17F),
    ("LatinExtended-B", 0x180, 0x24F),
    ("IPAExtensions", 0x250, 0x2AF),
    ("SpacingModifierLetters", 0x2B0, 0x2FF),
    ("CombiningDiacriticalMarks", 0x300, 0x36F),
    ("Greek", 0x370, 0x3FF),
    ("GreekandCoptic", 0x370, 0x3FF),
    ("Cyrillic", 0x400, 0x4FF),
    ("Armenian", 0x530, 0x58F),
    ("Hebrew", 0x590, 0x5FF),
    ("Arabic", 0x600, 0x6FF),
    ("Devanagari", 0x900, 0x97F),
    ("Thai", 0xE00, 0xE7F),
    ("Tibetan", 0xF00, 0xFFF),
    ("HangulJamo", 0x1100, 0x11FF),
    ("Mongolian", 0x1800, 0x18AF),
    ("LatinExtendedAdditional", 0x1E00, 0x1EFF),
    ("GreekExtended", 0x1F00, 0x1FFF),
    ("GeneralPunctuation", 0x2000, 0x206F),
    ("SuperscriptsandSubscripts", 0x2070, 0x209F),
    ("CurrencySymbols", 0x20A0, 0x20CF),
    ("LetterlikeSymbols", 0x2100, 0x214F),
    ("NumberForms", 0x2150, 0x218F),
    ("Arrows", 0x2190, 0x21FF),
    ("MathematicalOperators", 0x2200, 0x22FF),
    ("EnclosedAlphanumerics", 0x2460, 0x24FF),
    ("BoxDrawing", 0x2500, 0x257F),
    ("CJKRadicalsSupplement", 0x2E80, 0x2EFF),
    ("CJKSymbolsandPunctuation", 0x3000, 0x303F),
    ("Hiragana", 0x3040, 0x309F),
    ("Katakana", 0x30A0, 0x30FF),
    ("Bopomofo", 0x3100, 0x312F),
    ("CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF),
    ("CJKUnifiedIdeographs", 0x4E00, 0x9FFF),
    ("YiSyllables", 0xA000, 0xA48F),
    ("HangulSyllables", 0xAC00, 0xD7AF),
    ("CJKCompatibilityIdeographs", 0xF900, 0xFAFF),
    ("HalfwidthandFullwidthForms", 0xFF00, 0xFFEF),
];

pub(crate) fn find(name: &str) -> Option<(u32, u32)> {
    BLOCKS
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, first, last)| (*first, *last))
}
