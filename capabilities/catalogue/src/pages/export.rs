//! `GET /desk/catalogue/export?format=`: the items within one's scope as a workbook, CSV, JSON or clean-up package; what comes
//! back unchanged changes nothing.

use axum::response::Response;
use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_people::public::Body;
use mingjing_web::{Desk, Listing, Problem, Scope, SheetKind, Subject, attachment, send_sheets};

use super::HAND_IN;
use crate::clean_up::package;
use crate::exchange::sheets::{self, Exported};

pub async fn get_export(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(HAND_IN)?;
    let format = listing.one("format").to_owned();
    if !["xlsx", "csv", "json", "zip"].contains(&format.as_str()) {
        let refusal = Refusal::invalid("catalogue.export.format", "导出的格式应为 xlsx、csv、json 或 zip。");
        return Err(refusal.into());
    }
    let today = desk.house.clock.today().to_string();
    let area = desk.house.chronicle.jurisdiction().to_owned();
    let (wanted, day) = (format.clone(), today.clone());
    let read = desk.house.chronicle.read(move |reader| {
        let items = within(reader, &scope)?;
        let bytes = match wanted.as_str() {
            "zip" => package::make(reader, &items, &area, &day)?,
            "json" => crate::export::json_file(&items)?,
            _ => Vec::new(),
        };
        Ok((items, bytes))
    });
    let (items, bytes) = read.await?;
    let name = |ending: &str| format!("权力事项目录-{today}.{ending}");
    Ok(match format.as_str() {
        "xlsx" => send_sheets(&name("xlsx"), SheetKind::Xlsx, &sheets::by_type(&items)),
        "csv" => send_sheets(&name("csv"), SheetKind::Csv, &[sheets::in_one(&items)]),
        "json" => attachment(&name("json"), "json", "application/json", bytes),
        _ => attachment(&name("zip"), "zip", "application/zip", bytes),
    })
}

/// The items of the bodies that a scope covers.
pub(crate) fn within(reader: &mut Reader<'_>, scope: &Scope) -> Result<Vec<Exported>, Fault> {
    let bodies = reader.query("SELECT DISTINCT body FROM {item_list}", &[])?;
    let mut covered = std::collections::BTreeSet::new();
    for row in &bodies {
        let body = row.text(0);
        let division = reader.load::<Body>(body)?.facts().map(|facts| facts.division.clone());
        let subject = Subject {
            body,
            area: division.as_deref().unwrap_or_default(),
            party_account: "",
            published: false,
        };
        if scope.covers(&subject) {
            covered.insert(body.to_owned());
        }
    }
    sheets::gather(reader, &|body| covered.contains(body), &Exported::latest)
}
