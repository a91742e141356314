//! The digest of a story: over the public parts of every event in their order, and the opened payload without what is
//! secret or drawn from the deployment's chance. Two runs with one seed have the same, on either database.

use std::collections::HashMap;

use mingjing_cases::number::Procedure;
use mingjing_chronicle::{Chronicle, Fault};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// SHA-256 in hex, and how many events it covers.
///
/// # Errors
/// [`Fault`] from the database or from an event that does not open.
pub async fn digest(chronicle: &Chronicle) -> Result<(String, i64), Fault> {
    let mut story = Story::default();
    let (mut after, mut events) = (0, 0);
    loop {
        let batch = chronicle.read(move |reader| reader.events_after(after, 2_000)).await?;
        let Some(last) = batch.last() else { break };
        after = last.position;
        events += batch.len() as i64;
        for event in &batch {
            let envelope = &event.envelope;
            story.text(&envelope.stream);
            story.text(&envelope.version.to_string());
            story.text(&envelope.kind);
            story.text(&envelope.happened_on.to_string());
            story.text(&envelope.actor);
            let payload: Json = event
                .json()
                .map(serde_json::from_slice)
                .transpose()
                .map_err(|_| Fault::Inconsistent("a payload is not JSON".into()))?
                .unwrap_or(Json::Null);
            story.value(&payload);
        }
    }
    Ok((hex::encode(story.hash.finalize()), events))
}

#[derive(Default)]
struct Story {
    hash: Sha256,
    /// Case numbers end in chance: they are told apart by the order in which they appear.
    cases: HashMap<String, usize>,
}

/// Shorter runs of hexadecimal digits are dates and amounts; longer ones are ids, salts and hashes.
const LEAST_ID: usize = 20;

impl Story {
    fn value(&mut self, value: &Json) {
        match value {
            Json::Null => self.mark(0),
            Json::Bool(flag) => self.mark(1 + u8::from(*flag)),
            Json::Number(number) => self.text(&number.to_string()),
            Json::String(text) => self.text(text),
            Json::Array(values) => {
                self.mark(3);
                for value in values {
                    self.value(value);
                }
                self.mark(4);
            }
            Json::Object(fields) => {
                self.mark(5);
                // A printed case number has its own glyphs, so the length of a paper is chance as well.
                let of_a_file = fields.contains_key("blob");
                for (name, value) in fields {
                    if of_a_file && name == "bytes" {
                        continue;
                    }
                    self.text(name);
                    self.value(value);
                }
                self.mark(6);
            }
        }
    }

    fn mark(&mut self, mark: u8) {
        self.hash.update([0, mark]);
    }

    fn text(&mut self, text: &str) {
        let plain = self.without_chance(text);
        self.hash.update((plain.len() as u64).to_be_bytes());
        self.hash.update(plain.as_bytes());
    }

    fn without_chance(&mut self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let id = rest
                .bytes()
                .take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                .count();
            if id >= LEAST_ID {
                plain.push('#');
                rest = &rest[id..];
            } else if let Some(case_no) = case_no_before(rest) {
                let count = self.cases.len();
                let number = *self.cases.entry(case_no.to_owned()).or_insert(count);
                plain.push_str(&format!("case {number}"));
                rest = &rest[case_no.len()..];
            } else {
                // Whole runs at once, so that the tail of a short run is not looked at again.
                let step = if id > 0 && rest.as_bytes().get(id) != Some(&b'-') {
                    id
                } else {
                    first.len_utf8()
                };
                plain.push_str(&rest[..step]);
                rest = &rest[step..];
            }
        }
        plain
    }
}

/// The case number, of whatever procedure, that this text begins with.
fn case_no_before(text: &str) -> Option<&str> {
    // Without letters, with the two of the power, and with the three of a penalty on the spot.
    [24, 26, 27].into_iter().find_map(|length| {
        let start = text.get(..length)?;
        Procedure::of(start).map(|_| start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_case_numbers_are_told_without_their_chance() {
        let mut story = Story::default();
        for (text, plain) in [
            ("330303-20260506-ABCDEFGH", "case 0"),
            ("case/330303-20260507-00000000", "case/case 1"),
            ("penalty/330303-CF20260507-00000000/", "penalty/case 2/"),
            ("请看330303-20260506-ABCDEFGH。", "请看case 0。"),
            ("case/330303-CFJ20260507-00000000", "case/case 3"),
            ("paper-0123456789abcdef0123456789abcdef", "paper-#"),
            ("2026-05-06 13800000001 faced", "2026-05-06 13800000001 faced"),
            ("", ""),
        ] {
            assert_eq!(story.without_chance(text), plain, "{text}");
        }
    }
}
