//! What fuzzing kept, replayed with the stable compiler. What ours says of each input stands in `vectors/corpus.json`,
//! and the browser's verifier must say the same.

use std::collections::BTreeMap;
use std::path::Path;

use mingjing_tlog::{Leaf, Malformed, Note, Opening, Policy, Receipt, SignedCheckpoint, VerifierKey};

use crate::properties::what_holds;
use crate::refusals::place;
use crate::vectors;

/// `UPDATE_GOLDEN=1` writes the answers anew.
#[test]
fn what_fuzzing_kept_still_holds_and_has_the_same_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/formats");
    let mut forms = [0; what_holds::FORMS as usize];
    let mut answers = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let input = std::fs::read(file.path()).unwrap();
        what_holds::of_bytes(&input);
        let Some((form, bytes)) = input.split_first() else {
            continue;
        };
        forms[usize::from(form % what_holds::FORMS)] += 1;
        if let Some(answer) = answer(form % what_holds::FORMS, bytes) {
            let said = answer.map_or_else(
                |malformed| format!("{} {}", malformed.code(), place(&malformed)),
                |()| "ok".into(),
            );
            answers.insert(file.file_name().into_string().unwrap(), said);
        }
    }
    assert!(forms.iter().all(|inputs| *inputs > 0), "inputs by form: {forms:?}");
    let answers = serde_json::to_value(answers).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/corpus.json");
        std::fs::write(path, format!("{answers:#}\n")).unwrap();
    }
    assert_eq!(vectors("corpus.json"), answers);
}

/// Of the forms that the browser reads, too.
fn answer(form: u8, bytes: &[u8]) -> Option<Result<(), Malformed>> {
    Some(match form {
        0 => VerifierKey::parse(std::str::from_utf8(bytes).ok()?).map(drop),
        2 => Note::parse(bytes).map(drop),
        3 => SignedCheckpoint::parse(bytes).map(drop),
        4 => Receipt::parse(bytes).map(drop),
        8 => Leaf::parse(bytes).map(drop),
        9 => Opening::parse(bytes).map(drop),
        10 => Policy::parse(bytes).map(drop),
        _ => return None,
    })
}
