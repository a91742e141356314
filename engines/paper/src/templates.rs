//! Template texts by name: the house's own, or a body's.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::PaperError;

/// The largest template text that is accepted, in bytes.
const LARGEST: usize = 256 * 1024;

/// The name under which the shared style stands in a set; templates import it as `/house.typ`.
const HOUSE: &str = "house";

macro_rules! papers {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../demo/papers/", $name, ".typ")))),*]
    };
}

/// A set of templates with the house style they share.
#[derive(Debug, Clone)]
pub struct Templates {
    texts: BTreeMap<String, String>,
}

impl Templates {
    /// The templates compiled into the program.
    pub fn builtin() -> Templates {
        let texts = papers![
            "house",
            "acceptance_notice",
            "supplement_notice",
            "refusal_of_acceptance",
            "not_required",
            "permit_grant",
            "permit_denial",
            "proof_of_service",
            "certificate",
            "extension_notice",
            "excluded_time_notice",
            "receipt",
            "withdrawal_notice",
            "matter_decision",
            "case_opening_form",
            "advance_notice",
            "penalty_decision",
            "no_penalty_decision",
            "payment_notice",
            "case_closing_form",
            "summary_penalty_decision",
            "coercion_paper",
            "disclosure_answer",
        ];
        let texts = texts
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        Templates { texts }
    }

    /// Names and texts.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The built-in set with a body's own texts laid over it; `house` replaces the shared style.
    /// The mandatory contents of a name stay the same, whoever wrote its template.
    ///
    /// # Errors
    /// A name that is not `[a-z][a-z0-9_]*` of at most 64 characters, or a text over 256 KiB.
    pub fn from_map(own: BTreeMap<String, String>) -> Result<Templates, PaperError> {
        let mut all = Templates::builtin();
        for (name, text) in own {
            check(&name, &text)?;
            all.texts.insert(name, text);
        }
        Ok(all)
    }

    /// SHA-256 over the template and the house style: which texts a paper was made from, to be recorded beside it.
    pub fn fingerprint(&self, name: &str) -> Option<String> {
        let (paper, house) = self.texts_of(name)?;
        let mut sum = Sha256::new();
        sum.update((house.len() as u64).to_be_bytes());
        sum.update(house.as_bytes());
        sum.update(paper.as_bytes());
        Some(hex::encode(sum.finalize()))
    }

    /// The text of a template and of the house style.
    pub(crate) fn texts_of(&self, name: &str) -> Option<(&str, &str)> {
        if name == HOUSE {
            return None;
        }
        Some((self.texts.get(name)?, self.texts.get(HOUSE)?))
    }
}

fn check(name: &str, text: &str) -> Result<(), PaperError> {
    let wrong = |message: &str| PaperError::Template {
        template: name.chars().take(64).collect(),
        message: message.to_owned(),
    };
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain || name.len() > 64 {
        return Err(wrong(
            "模板名称只能用小写字母、数字和下划线，以字母开头，不超过 64 个字符",
        ));
    }
    if text.len() > LARGEST {
        return Err(wrong("模板超过 256 KiB"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_kind_has_a_builtin_text_and_the_house_is_no_paper() {
        let all = Templates::builtin();
        for kind in crate::TEMPLATES {
            assert!(all.fingerprint(kind.name).is_some(), "{}", kind.name);
        }
        assert_eq!(all.texts.len(), crate::TEMPLATES.len() + 1);
        assert!(all.fingerprint(HOUSE).is_none());
    }

    #[test]
    fn own_texts_are_checked() {
        fn check(name: &str, text: &str, expect: bool) {
            let own = BTreeMap::from([(name.to_owned(), text.to_owned())]);
            assert_eq!(Templates::from_map(own).is_ok(), expect, "{name}");
        }
        check("receipt", "自己的收件凭证", true);
        check("site_check_2", "现场核查笔录", true);
        check("../etc/passwd", "x", false);
        check("", "x", false);
        check("Receipt", "x", false);
        check(&"a".repeat(65), "x", false);
        check("receipt", &"x".repeat(LARGEST + 1), false);
    }

    #[test]
    fn an_own_text_changes_the_fingerprint_of_its_name_only() {
        let own = BTreeMap::from([("receipt".to_owned(), "x".to_owned())]);
        let (ours, theirs) = (Templates::builtin(), Templates::from_map(own).unwrap());
        assert_ne!(ours.fingerprint("receipt"), theirs.fingerprint("receipt"));
        assert_eq!(ours.fingerprint("certificate"), theirs.fingerprint("certificate"));
    }
}
