//! A call that another body answers: its process runs as a case of that body, and comes back with an opinion.

use super::work::{Findings, Limit, Visibility, extensions, limit, required, visibility};
use crate::read::{Element, MINGJING};

/// `<mingjing:assistance body="…"/>` on a call activity, beside `mingjing:limit` and `mingjing:visibility`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assistance {
    /// Id of the body that is asked.
    pub body: String,
    /// How long that body has, from the day it is asked.
    pub limit: Option<Limit>,
    pub visibility: Visibility,
}

pub(super) fn read(call: &Element, found: &mut Findings) -> Option<Assistance> {
    let id = call.id().unwrap_or_default();
    let own = |name: &str| extensions(call).find(|e| e.is(MINGJING, name));
    let body = required(own("assistance")?, "body", id, found)?;
    Some(Assistance {
        body,
        limit: own("limit").and_then(|e| limit(e, id, found)),
        visibility: own("visibility").map_or(Visibility::Internal, |e| visibility(e, id, found)),
    })
}
