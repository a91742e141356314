//! Open cases of items that cite a law which changed, for the catalogue's page of a new edition.

use mingjing_catalogue::{OpenCase, OpenCases};
use mingjing_chronicle::{Fault, Reader, Value};
use mingjing_web::{Permission, Scope};

use crate::pages::links::case_page;
use crate::pages::{BOARD, condition};

pub struct OpenCasesOfItems;

/// Items asked for in one statement.
const CHUNK: usize = 200;

impl OpenCases for OpenCasesOfItems {
    fn permission(&self) -> Permission {
        BOARD
    }

    fn of_items(
        &self,
        reader: &mut Reader<'_>,
        scope: &Scope,
        items: &[String],
        most: i64,
    ) -> Result<Vec<OpenCase>, Fault> {
        let scope = condition(scope);
        let mut found = Vec::new();
        for items in items.chunks(CHUNK) {
            let first = scope.parameters.len() + 1;
            let places: Vec<String> = (first..first + items.len()).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT case_no, item_code, item_name, received_on, step FROM {{case_list}}
                 WHERE open = 1 AND ({}) AND item_code IN ({}) ORDER BY received_on, case_no LIMIT ${}",
                scope.text,
                places.join(", "),
                first + items.len()
            );
            let mut params = scope.parameters.clone();
            params.extend(items.iter().map(Value::from));
            params.push(Value::Int(most));
            found.extend(reader.query(&sql, &params)?.iter().map(|row| OpenCase {
                case_no: row.text(0).to_owned(),
                item_code: row.text(1).to_owned(),
                item_name: row.text(2).to_owned(),
                received_on: row.text(3).to_owned(),
                step: row.text(4).to_owned(),
                link: case_page(row.text(0)),
            }));
        }
        found.sort_by(|a, b| (&a.received_on, &a.case_no).cmp(&(&b.received_on, &b.case_no)));
        found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(found)
    }
}
