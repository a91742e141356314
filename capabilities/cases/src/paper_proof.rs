//! A paper against what seals it, without record or network: the same rules as the browser's (`web/src/verify/paper.js`).

use mingjing_ledger::{NotVerified, Verified, verify};
use mingjing_tlog::Policy;
use serde::{Deserialize, Serialize};

/// Texts of openings, each with its receipt in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPaper {
    /// Shows digest, length and id of the paper, the body and the day.
    pub rendered: String,
    /// Shows number and id; absent for papers of no series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered: Option<String>,
}

/// What is proved of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvenPaper {
    pub paper_no: Option<String>,
    /// The act that made its bytes.
    pub sealed: Verified,
}

#[derive(Debug, thiserror::Error)]
pub enum NotThisPaper {
    #[error(transparent)]
    NotVerified(#[from] NotVerified),
    #[error("what was brought beside the paper seals no paper")]
    NoSeal,
    #[error("the paper is not the sealed one: other bytes")]
    OtherBytes,
    #[error("the number is another paper's")]
    OtherNumber,
}

impl NotThisPaper {
    pub fn code(&self) -> String {
        match self {
            NotThisPaper::NotVerified(why) => why.code(),
            NotThisPaper::NoSeal => "paper.no_seal".to_owned(),
            NotThisPaper::OtherBytes => "paper.other_bytes".to_owned(),
            NotThisPaper::OtherNumber => "paper.other_number".to_owned(),
        }
    }
}

/// What a person brings beside a paper: the seal as the site hands it out, or the opening of the act that made its bytes.
///
/// # Errors
/// [`NotThisPaper::NoSeal`] for anything else.
pub fn read_seal(bytes: &[u8]) -> Result<SealedPaper, NotThisPaper> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotThisPaper::NoSeal)?;
    if text.starts_with("{\"rendered\":") {
        return serde_json::from_str(text).map_err(|_| NotThisPaper::NoSeal);
    }
    Ok(SealedPaper {
        rendered: text.to_owned(),
        numbered: None,
    })
}

/// `sha256`: of the paper's bytes, lower-case hex.
///
/// # Errors
/// What is not proved, or is about another paper.
pub fn prove_paper(seal: &SealedPaper, sha256: &str, policy: &Policy) -> Result<ProvenPaper, NotThisPaper> {
    let made = sealed(&seal.rendered, "paper_rendered", policy)?;
    let digest = member(&made, "payload.sha256").ok_or(NotThisPaper::NoSeal)?;
    if digest != sha256 {
        return Err(NotThisPaper::OtherBytes);
    }
    let Some(numbered) = &seal.numbered else {
        return Ok(ProvenPaper {
            paper_no: None,
            sealed: made,
        });
    };
    let numbered = sealed(numbered, "paper_numbered", policy)?;
    let id = |of: &Verified| member(of, "payload.paper_id");
    if id(&made).is_none() || id(&made) != id(&numbered) {
        return Err(NotThisPaper::OtherNumber);
    }
    Ok(ProvenPaper {
        paper_no: member(&numbered, "payload.paper_no"),
        sealed: made,
    })
}

fn sealed(opening: &str, act: &str, policy: &Policy) -> Result<Verified, NotThisPaper> {
    let verified = verify(opening.as_bytes(), None, policy)?;
    let kind = verified.fields.iter().find(|(name, _)| name == "kind");
    match kind.and_then(|(_, kind)| kind.split_once('.')) {
        Some((_, shown)) if shown == act => Ok(verified),
        _ => Err(NotThisPaper::NoSeal),
    }
}

fn member(of: &Verified, name: &str) -> Option<String> {
    let (_, json) = of.fields.iter().find(|(shown, _)| shown == name)?;
    serde_json::from_str(json).ok()
}
