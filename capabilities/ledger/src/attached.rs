//! Files that acts name: each must still be the one whose digest the act committed to.

use std::collections::BTreeMap;

use mingjing_chronicle::{BlobRef, Chronicle, Fault, RecordedEvent};
use serde_json::Value as Json;

use crate::finding::{Finding, Named};

/// Files that the content of events names: by `blob` (or `id`) beside `sha256` and `bytes` in one object, however deep, which is how
/// all capabilities name theirs.
pub(crate) fn files_of(event: &RecordedEvent) -> Vec<BlobRef> {
    let mut found = BTreeMap::new();
    if let Some(json) = event.json().and_then(|json| serde_json::from_slice::<Json>(json).ok()) {
        collect(&json, &mut found);
    }
    found
        .into_iter()
        .map(|(id, sha256)| BlobRef { id, sha256, bytes: 0 })
        .collect()
}

fn collect(json: &Json, found: &mut BTreeMap<String, String>) {
    match json {
        Json::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Json::Object(object) => {
            let text = |name: &str| object.get(name).and_then(Json::as_str);
            let id = text("blob").or_else(|| text("id"));
            if let (Some(id), Some(sha256)) = (id, text("sha256"))
                && object.get("bytes").is_some_and(Json::is_u64)
                && is_hex(id, 32)
                && is_hex(sha256, 64)
            {
                found.insert(id.to_owned(), sha256.to_owned());
            }
            object.values().for_each(|value| collect(value, found));
        }
        _ => {}
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `None`: the file is there as it was committed to, or was erased by an act that the journal knows.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn check(
    chronicle: &Chronicle,
    event: &Named,
    file: &BlobRef,
    rightly_erased: bool,
) -> Result<Option<Finding>, Fault> {
    let why = match chronicle.get_blob(file).await {
        Ok(Some(_)) => return Ok(None),
        Ok(None) if rightly_erased => return Ok(None),
        Ok(None) => "密钥不见了，没有经过擦除程序".to_owned(),
        Err(Fault::Inconsistent(_) | Fault::Seal(_)) => "内容不是封存的那一份".to_owned(),
        Err(Fault::File(_)) => "文件不见了，或者读不出来".to_owned(),
        Err(fault) => return Err(fault),
    };
    Ok(Some(Finding::FileDiffers {
        event: event.clone(),
        file: file.id.clone(),
        why,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn files_are_found_however_deep_and_nothing_else_is() {
        let (id, sha256) = ("ab".repeat(16), "cd".repeat(32));
        let check = |json: &str, expect: usize| {
            let text = json.replace("ID", &id).replace("SHA", &sha256);
            let mut found = BTreeMap::new();
            collect(&serde_json::from_str(&text).unwrap(), &mut found);
            assert_eq!(found.len(), expect, "{json}");
        };
        check(r#"{"blob": "ID", "sha256": "SHA", "bytes": 3}"#, 1);
        check(
            r#"{"materials": [{"file": {"id": "ID", "sha256": "SHA", "bytes": 3}}]}"#,
            1,
        );
        check(r#"{"blob": "ID"}"#, 0);
        check(r#"{"id": "ID", "sha256": "SHA"}"#, 0);
        check(r#"{"blob": "../etc", "sha256": "SHA", "bytes": 3}"#, 0);
        check(r#"[{"id": "ID", "sha256": "short", "bytes": 3}, 1, null]"#, 0);
    }
}
