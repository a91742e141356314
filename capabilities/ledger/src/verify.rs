//! What a person brings is verified together: a receipt whose extra data is the leaf, or an opening that holds one, or
//! both. No record and no network is asked. The browser's own verifier (`web/src/verify`) says the same.

use mingjing_tlog::{Hash, Leaf, Malformed, Opening, Policy, Receipt, Unproven};
use serde::Serialize;

/// What is proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Origin of the log.
    pub log: String,
    pub place: u64,
    /// Leaves of the tree that the receipt's checkpoint covers.
    pub size: u64,
    pub class: String,
    pub day: String,
    pub organ: String,
    pub kind: &'static str,
    /// Who else saw the tree, and when (seconds since 1970).
    pub witnesses: Vec<(String, u64)>,
    /// Names and values that the opening shows; empty where only a receipt was brought.
    pub fields: Vec<(String, String)>,
}

#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Unproven(#[from] Unproven),
    #[error("the opening holds no receipt, and none was given beside it")]
    NoReceipt,
    #[error("the receipt does not carry the leaf")]
    NoLeaf,
}

impl NotVerified {
    pub fn code(&self) -> String {
        match self {
            NotVerified::Malformed(malformed) => malformed.code(),
            NotVerified::Unproven(unproven) => unproven.code().to_owned(),
            NotVerified::NoReceipt => "receipt.missing".to_owned(),
            NotVerified::NoLeaf => "leaf.json".to_owned(),
        }
    }
}

/// `file`: a receipt or an opening; `beside`: the receipt, where the opening holds none.
///
/// # Errors
/// What is not well formed, or does not prove what it should.
pub fn verify(file: &[u8], beside: Option<&[u8]>, policy: &Policy) -> Result<Verified, NotVerified> {
    let opening = match file.starts_with(b"{") {
        true => Some(Opening::parse(file)?),
        false => None,
    };
    let carried = opening.as_ref().and_then(|opening| opening.receipt());
    let receipt = match (&opening, beside) {
        (_, Some(beside)) => Receipt::parse(beside)?,
        (None, None) => Receipt::parse(file)?,
        (Some(_), None) => Receipt::parse(carried.ok_or(NotVerified::NoReceipt)?.as_bytes())?,
    };
    let bytes = receipt.extra().ok_or(NotVerified::NoLeaf)?;
    let leaf = Leaf::parse(bytes)?;
    let accepted = receipt.verify(&Hash::of_leaf(bytes), policy)?;
    if let Some(opening) = &opening {
        opening.verify(leaf.commitment())?;
    }
    let shown = opening.iter().flat_map(|opening| opening.fields());
    Ok(Verified {
        log: accepted.log.to_string(),
        place: receipt.index(),
        size: receipt.checkpoint().checkpoint().size,
        class: leaf.class().to_owned(),
        day: leaf.day().to_owned(),
        organ: leaf.organ().to_owned(),
        kind: leaf.kind().code(),
        witnesses: accepted
            .witnesses
            .iter()
            .map(|(name, time)| ((*name).to_owned(), *time))
            .collect(),
        fields: shown.map(|field| (field.name.clone(), field.value.clone())).collect(),
    })
}
