//! From an event of the record to its leaf. The same event gives the same leaf, for ever: what is sealed today is
//! computed anew when somebody asks whether it was changed.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingjing_chronicle::{Envelope, Fault, RecordedEvent};
use mingjing_tlog::{Commitment, Fields, Hash, Leaf, LeafKind, Opening};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

type Key = Zeroizing<[u8; 32]>;

/// Class of acts whose leaf says that something was erased, and never what.
const ERASURE: &str = "erase";

/// What an act's leaf commits to, and the key of the salts.
///
/// Fields, in the order of their names: the envelope's members as text, and `payload.<name>` for each member of the
/// payload with its canonical JSON (keys sorted, no spaces). A payload that is no object, or too large to be shown field
/// by field, is the one field `payload_sha256`.
pub struct Act {
    fields: Vec<(String, String)>,
    key: Key,
    leaf: Leaf,
}

impl Act {
    /// `None` for an event that is no act. An event that was erased before gives its envelope alone.
    ///
    /// # Errors
    /// [`Fault::Inconsistent`] where the event cannot be told in a leaf.
    pub fn of(event: &RecordedEvent) -> Result<Option<Act>, Fault> {
        let envelope = &event.envelope;
        if envelope.class.is_empty() {
            return Ok(None);
        }
        let key = event
            .commitment_key()
            .unwrap_or_else(|| public_key("erased", &envelope.event_id));
        let mut fields = envelope_fields(envelope)?;
        let named = event.json().and_then(members);
        let whole = event.json().map(|json| hex::encode(Sha256::digest(json)));
        let without_payload = fields.len();
        fields.extend(named.into_iter().flatten());
        fields.sort();
        if without_payload == fields.len() || Fields::new(borrowed(&fields)).is_err() {
            fields.retain(|(name, _)| !name.starts_with("payload."));
            fields.extend(whole.map(|sha256| ("payload_sha256".to_owned(), sha256)));
            fields.sort();
        }
        Ok(Some(Act::sealed(envelope, fields, key)?))
    }

    fn sealed(envelope: &Envelope, fields: Vec<(String, String)>, key: Key) -> Result<Act, Fault> {
        let broken = |what| move |_| Fault::Inconsistent(format!("event {} has {what}", envelope.event_id));
        let commitment = Fields::new(borrowed(&fields))
            .map_err(broken("fields that cannot be sealed"))?
            .commit(&key);
        let day = utc_day(envelope.recorded_at);
        let organ = organ(&envelope.body, &envelope.jurisdiction);
        let kind = match envelope.class.as_str() {
            ERASURE => LeafKind::Erase,
            _ => LeafKind::Act,
        };
        let leaf = Leaf::new(&envelope.class, &day, organ, kind, commitment)
            .map_err(broken("a class that cannot stand in the log"))?;
        Ok(Act { fields, key, leaf })
    }

    pub fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// Shows the fields for which `shown` holds.
    pub fn open(&self, shown: impl Fn(&str) -> bool) -> Opening {
        Fields::new(borrowed(&self.fields))
            .expect("they were committed to")
            .open(&self.key, shown)
    }
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The body that acts, or the cell where none does.
fn organ<'a>(body: &'a str, jurisdiction: &'a str) -> &'a str {
    let word = !body.is_empty()
        && body.len() <= 64
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if word { body } else { jurisdiction }
}

/// `2026-03-02`, of the UTC day.
pub(crate) fn utc_day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

fn envelope_fields(envelope: &Envelope) -> Result<Vec<(String, String)>, Fault> {
    let made_with = serde_json::to_value(&envelope.made_with)
        .map_err(|_| Fault::Inconsistent(format!("event {} has a broken envelope", envelope.event_id)))?;
    let recorded_at = envelope.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    let fields = [
        ("actor", envelope.actor.clone()),
        ("body", envelope.body.clone()),
        ("cause", envelope.cause.clone().unwrap_or_default()),
        ("class", envelope.class.clone()),
        ("command_id", envelope.command_id.clone()),
        ("event_id", envelope.event_id.clone()),
        ("happened_on", envelope.happened_on.to_string()),
        ("jurisdiction", envelope.jurisdiction.clone()),
        ("kind", envelope.kind.clone()),
        ("made_with", canonical(&made_with)),
        ("post", envelope.post.clone()),
        ("recorded_at", recorded_at),
        ("schema", envelope.schema.to_string()),
        ("stream", envelope.stream.clone()),
        ("version", envelope.version.to_string()),
    ];
    Ok(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

fn members(json: &[u8]) -> Option<Vec<(String, String)>> {
    let Ok(Json::Object(object)) = serde_json::from_slice::<Json>(json) else {
        return None;
    };
    let members = object.iter();
    Some(
        members
            .map(|(name, value)| (format!("payload.{name}"), canonical(value)))
            .collect(),
    )
}

/// Sorted here and not by the map, whose order is a build's choice (`serde_json/preserve_order`).
fn canonical(value: &Json) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Json, out: &mut String) {
    match value {
        Json::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_canonical(value, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// A leaf that holds nothing private: anybody can compute its commitment from the fields and these names.
pub(crate) fn open_leaf(
    kind: LeafKind,
    day: &str,
    organ: &str,
    name: &str,
    fields: Vec<(&str, &str)>,
) -> Result<Leaf, Fault> {
    let broken = |_| Fault::Internal(format!("a leaf of kind {} cannot be made", kind.code()));
    let commitment: Commitment = Fields::new(fields)
        .map_err(broken)?
        .commit(&public_key(kind.code(), name));
    Leaf::new(kind.code(), day, organ, kind, commitment).map_err(broken)
}

/// SHA-256("mingjing/public-leaf/v1" 0 kind 0 name): salts that hide nothing, where nothing is to be hidden.
fn public_key(kind: &str, name: &str) -> Key {
    let bytes = ["mingjing/public-leaf/v1", kind, name].join("\0");
    Zeroizing::new(Hash::of_bytes(bytes.as_bytes()).0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn check(json: &str, expect: &str) {
        let value: Json = serde_json::from_str(json).unwrap();
        assert_eq!(canonical(&value), expect);
    }

    #[test]
    fn json_has_one_spelling() {
        check(
            r#"{ "b": 1, "a": [true, null, "石\n"] }"#,
            r#"{"a":[true,null,"石\n"],"b":1}"#,
        );
        check(r#"{"z":{"y":-1,"x":{}},"\"":[]}"#, r#"{"\"":[],"z":{"x":{},"y":-1}}"#);
        check("12", "12");
    }

    #[test]
    fn a_body_that_is_no_word_is_its_cell() {
        for (body, expect) in [
            ("market-office", "market-office"),
            ("", "330303"),
            ("市监局", "330303"),
            ("a b", "330303"),
        ] {
            assert_eq!(organ(body, "330303"), expect);
        }
    }
}
