//! Every row of `vectors/refusals.json`; the browser's verifier is held to the same file.

use mingjing_tlog::{
    AddCheckpoint, Hash, Leaf, Malformed, Note, Opening, Place, Policy, Receipt, Resource, SignedCheckpoint, Unproven,
    VerifierKey, parse_cosignatures, parse_held_size,
};
use serde_json::Value;

use crate::vectors;
use crate::vectors::bytes;

#[test]
fn what_is_malformed_is_refused_and_said_where() {
    let texts = good_texts();
    let rows = vectors("refusals.json");
    let rows = rows.as_array().unwrap();
    assert!(rows.len() > 300);
    for row in rows {
        let input = input(row, &texts);
        let (refused, place) = match row["form"].as_str().unwrap() {
            "verify-receipt" => (verify_receipt(row, &input, &texts), None),
            "verify-note" => (verify_note(row, &input, &texts), None),
            "verify-opening" => (verify_opening(row, &input, &texts), None),
            form => read(form, &input),
        };
        assert_eq!(refused.as_deref(), row["refused"].as_str(), "{row}");
        assert_eq!(place.as_deref(), row.get("place").and_then(Value::as_str), "{row}");
    }
}

/// The texts that rows start from, by name.
pub fn good_texts() -> Value {
    let mut texts = vectors("tlog-vectors.json");
    texts["log_vkey"] = texts["log_key"]["vkey"].clone();
    for (name, value) in vectors("opening.json").as_object().unwrap() {
        texts[name] = value.clone();
    }
    texts
}

fn input(row: &Value, texts: &Value) -> Vec<u8> {
    if let Some(hex) = row["hex"].as_str() {
        return bytes(hex);
    }
    let text = row["text"].as_str().or_else(|| texts[row["base"].as_str()?].as_str());
    let fill = row["fill"].as_u64().unwrap_or(0) as usize;
    let text = edited(text.unwrap(), &row["edit"]).replace("{fill}", &"A".repeat(fill));
    text.repeat(row["times"].as_u64().unwrap_or(1) as usize).into_bytes()
}

fn edited(text: &str, pairs: &Value) -> String {
    let mut text = text.to_owned();
    for pair in pairs.as_array().into_iter().flatten() {
        let (from, to) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn read(form: &str, input: &[u8]) -> (Option<String>, Option<String>) {
    let printed = match form {
        "key" => VerifierKey::parse(std::str::from_utf8(input).unwrap()).map(|key| key.to_string()),
        "path" => Resource::parse(std::str::from_utf8(input).unwrap()).map(Resource::path),
        "note" => Note::parse(input).map(|note| note.to_string()),
        "checkpoint" => SignedCheckpoint::parse(input).map(|checkpoint| checkpoint.to_string()),
        "receipt" => Receipt::parse(input).map(|receipt| receipt.to_string()),
        "witness-request" => AddCheckpoint::parse(input).map(|request| request.to_string()),
        "cosignatures" => parse_cosignatures(input).map(|lines| lines.iter().map(ToString::to_string).collect()),
        "held-size" => parse_held_size(input).map(|size| format!("{size}\n")),
        "leaf" => Leaf::parse(input).map(|leaf| leaf.to_string()),
        "opening" => Opening::parse(input).map(|opening| opening.to_string()),
        // Policies are read, never printed.
        "policy" => Policy::parse(input).map(|_| String::from_utf8(input.to_vec()).unwrap()),
        form => panic!("no form {form}"),
    };
    match printed {
        Ok(printed) => {
            assert_eq!(printed.as_bytes(), input);
            (None, None)
        }
        Err(malformed) => (Some(malformed.code()), Some(place(&malformed))),
    }
}

pub fn place(malformed: &Malformed) -> String {
    assert!(!malformed.to_string().is_empty());
    match malformed.place {
        Place::Whole => "whole".to_owned(),
        Place::Line(line) => format!("line {line}"),
        Place::Byte(byte) => format!("byte {byte}"),
    }
}

fn verify_receipt(row: &Value, input: &[u8], texts: &Value) -> Option<String> {
    let policy = edited(texts["policy"].as_str().unwrap(), &row["policy"]);
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let leaf = Hash::of_leaf(row["leaf"].as_str().unwrap().as_bytes());
    code(Receipt::parse(input).unwrap().verify(&leaf, &policy).map(|_| ()))
}

fn verify_note(row: &Value, input: &[u8], texts: &Value) -> Option<String> {
    let key = row["key"].as_str().unwrap();
    let key = key.replace("{log_vkey}", texts["log_vkey"].as_str().unwrap());
    let known = [VerifierKey::parse(&key).unwrap()];
    code(Note::parse(input).unwrap().verify(&known).map(|_| ()))
}

fn verify_opening(row: &Value, input: &[u8], texts: &Value) -> Option<String> {
    let leaf = Leaf::parse(texts[row["leaf"].as_str().unwrap()].as_str().unwrap().as_bytes()).unwrap();
    code(Opening::parse(input).unwrap().verify(leaf.commitment()))
}

fn code(outcome: Result<(), Unproven>) -> Option<String> {
    outcome.err().map(|unproven| unproven.code().to_owned())
}
