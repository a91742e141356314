//! The writer gives back what the reader took.

use mingjing_bpmn::casework::hash;
use mingjing_bpmn::model::{read, write};

use crate::charts::*;

#[test]
fn reading_what_was_written_gives_the_same_model() {
    let model = read(FOOD_PERMIT).unwrap();
    let written = write(&model);
    assert_eq!(read(&written).unwrap(), model);
    assert_eq!(write(&read(&written).unwrap()), written);
}

#[test]
fn other_vendors_extensions_and_odd_characters_survive() {
    let foreign = "<other:thing xmlns:other=\"https://example.org/x\" other:w=\"a&lt;&quot;&#10;b\">t&amp;x &#13;<other:inner/><!-- 注 --></other:thing>";
    let parts = [
        START.into(),
        task_with("a", &[], foreign),
        END.into(),
        flow("s", "a"),
        flow("a", "e"),
    ];
    let model = read(&file(&parts.concat())).unwrap();
    let written = write(&model);
    assert!(written.contains(foreign), "{written}");
    assert_eq!(read(&written).unwrap(), model);
}

#[test]
fn default_namespaces_survive() {
    let xml = FOOD_PERMIT.replace("bpmn:", "").replace("xmlns:bpmn=", "xmlns=");
    let model = read(&xml).unwrap();
    assert_eq!(hash(&model), hash(&read(FOOD_PERMIT).unwrap()));
    assert_eq!(read(&write(&model)).unwrap(), model);
}

#[test]
fn cdata_instructions_and_comments_between_text() {
    let odd = "<o:x xmlns:o=\"https://example.org/o\">a<![CDATA[<b>&]]>c<?pi data?>d<!-- e -->f</o:x>";
    let parts = [
        START.into(),
        task_with("a", &[], odd),
        END.into(),
        flow("s", "a"),
        flow("a", "e"),
    ];
    let model = read(&file(&parts.concat())).unwrap();
    let written = write(&model);
    assert!(written.contains("a&lt;b&gt;&amp;cd<!-- e -->f"), "{written}");
    assert_eq!(read(&written).unwrap(), model);
}
