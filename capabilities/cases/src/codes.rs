//! The seam to the code rules: only the questions a case asks.

use jiff::civil::Date;
use mingjing_codes::{CitizenId, Field, NameMask, Uscc, mask_field, mask_text_with_names};

/// Form and check digit of a citizen's number. No register is asked.
pub fn id_no(text: &str) -> bool {
    CitizenId::parse(text, Date::MAX).is_ok()
}

/// The birth date in a citizen's number; `None` where it is none.
pub fn born_on(text: &str) -> Option<Date> {
    CitizenId::parse(text, Date::MAX).ok().map(|id| id.birth_date())
}

pub fn uscc(text: &str) -> bool {
    Uscc::parse(text).is_ok()
}

/// A natural person's name as the place publishes it: `surname_mou` (default), `surname_stars`.
pub fn mask_name(name: &str, rule: Option<&str>) -> String {
    let mask = match rule {
        Some("surname_stars") => NameMask::SurnameStars,
        _ => NameMask::SurnameMou,
    };
    mingjing_codes::mask_name(name, mask)
}

/// Free text without personal numbers, addresses and the given names.
pub fn mask_text(text: &str, names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    mask_text_with_names(text, &names, NameMask::SurnameMou)
}

/// A code as it may be published: one that is a person's number is hidden.
pub fn public_uscc(uscc: &str) -> String {
    mask_field(Field::Uscc, uscc, NameMask::SurnameMou)
}
