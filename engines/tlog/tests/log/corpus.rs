//! What fuzzing kept, replayed with the stable compiler.

use std::path::Path;

use crate::properties::what_holds;

#[test]
fn what_fuzzing_kept_still_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/formats");
    let mut forms = [0; what_holds::FORMS as usize];
    for file in std::fs::read_dir(folder).unwrap() {
        let input = std::fs::read(file.unwrap().path()).unwrap();
        if let Some(form) = input.first() {
            forms[usize::from(form % what_holds::FORMS)] += 1;
        }
        what_holds::of_bytes(&input);
    }
    assert!(forms.iter().all(|inputs| *inputs > 0), "inputs by form: {forms:?}");
}
