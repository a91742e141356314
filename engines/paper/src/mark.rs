//! The mark that opens the verifying page: `verify_url` as a QR code (ISO/IEC 18004), drawn by the house style.

use fast_qr::{ECL, QRBuilder};
use serde_json::{Map, Value};

/// Longer addresses would need modules too small for a telephone at the 15 mm that the notes leave.
const LONGEST: usize = 120;

/// Puts the rows of the code beside the address it holds; whatever the data said there is overwritten. Papers without
/// an address, as all were before there were marks, keep their bytes.
pub(crate) fn add(data: &mut Map<String, Value>) {
    let rows = data.get("verify_url").and_then(Value::as_str).and_then(rows);
    match rows {
        Some(rows) => data.insert("verify_qr".to_owned(), rows.into()),
        None => data.remove("verify_qr"),
    };
}

/// A text of `0` and `1` for each row of modules.
fn rows(address: &str) -> Option<Vec<String>> {
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    // A quarter of the code may be soiled or folded.
    let code = QRBuilder::new(address).ecl(ECL::M).build().ok()?;
    let row = |y: usize| {
        (0..code.size)
            .map(|x| if code[y][x].value() { '1' } else { '0' })
            .collect()
    };
    Some((0..code.size).map(row).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_gets_its_rows_and_nothing_else_does() {
        let given = |data: Value| {
            let mut map = data.as_object().unwrap().clone();
            add(&mut map);
            map.get("verify_qr").cloned()
        };
        let rows = given(json!({"verify_url": "https://demo.example/verify#7K3M9Q2R4T6V8W0X"})).unwrap();
        let rows: Vec<&str> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_str().unwrap())
            .collect();
        assert_eq!((rows.len(), rows[0].len()), (33, 33), "version 4");
        // The three finders that a reader looks for.
        for (y, x) in [(0, 0), (0, 26), (26, 0)] {
            assert_eq!(&rows[y][x..x + 7], "1111111");
            assert_eq!(&rows[y + 1][x..x + 7], "1000001");
        }
        for none in [
            json!({}),
            json!({"verify_qr": ["1"]}),
            json!({"verify_url": "", "verify_qr": ["1"]}),
            json!({"verify_url": "x".repeat(LONGEST + 1)}),
            json!({"verify_url": {"a": "b"}}),
        ] {
            assert_eq!(given(none), None);
        }
    }
}
