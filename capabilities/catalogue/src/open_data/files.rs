//! The files of the open data at addresses that stay, each with the mark of its state (ETag, RFC 9110 section 8.8.3).

use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader};
use mingjing_web::sheet::{csv, xlsx};
use mingjing_web::{Cell, Sheet};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{dictionary, figures};
use crate::exchange::sheets::{self, Exported};
use crate::export::version_cells;

/// Under which the data may be used.
pub const LICENCE: &str = "可以自由复制、传播和利用，请注明来源和数据日期";

/// A file that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFile {
    CatalogueCsv,
    CatalogueXlsx,
    CatalogueJson,
    DictionaryCsv,
    StatisticsCsv,
    ReductionsCsv,
}

impl DataFile {
    pub const ALL: [DataFile; 6] = [
        DataFile::CatalogueCsv,
        DataFile::CatalogueXlsx,
        DataFile::CatalogueJson,
        DataFile::DictionaryCsv,
        DataFile::StatisticsCsv,
        DataFile::ReductionsCsv,
    ];

    pub fn path(self) -> &'static str {
        match self {
            DataFile::CatalogueCsv => "catalogue.csv",
            DataFile::CatalogueXlsx => "catalogue.xlsx",
            DataFile::CatalogueJson => "catalogue.json",
            DataFile::DictionaryCsv => "dictionary.csv",
            DataFile::StatisticsCsv => "statistics.csv",
            DataFile::ReductionsCsv => "reductions.csv",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            DataFile::CatalogueCsv => "权力事项目录（CSV）",
            DataFile::CatalogueXlsx => "权力事项目录（XLSX，一类一张表，附数据字典）",
            DataFile::CatalogueJson => "权力事项目录（JSON，带结构）",
            DataFile::DictionaryCsv => "数据字典和类型代码（CSV）",
            DataFile::StatisticsCsv => "目录统计（CSV）",
            DataFile::ReductionsCsv => "减环节、减材料、减时限（CSV）",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            DataFile::CatalogueXlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            DataFile::CatalogueJson => "application/json",
            _ => "text/csv; charset=utf-8",
        }
    }

    pub fn ending(self) -> &'static str {
        self.path().rsplit('.').next().unwrap_or_default()
    }

    pub fn of_path(path: &str) -> Option<DataFile> {
        DataFile::ALL.into_iter().find(|file| file.path() == path)
    }
}

/// The mark of the catalogue's state: it moves with every version that takes effect, every end, and every day.
///
/// # Errors
/// [`Fault`] from the database.
pub fn mark(reader: &mut Reader<'_>, today: Date) -> Result<String, Fault> {
    let sql =
        "SELECT COUNT(*), CAST(COALESCE(SUM(version), 0) AS BIGINT), CAST(COALESCE(SUM(CASE status WHEN 'active' THEN 1
        WHEN 'suspended' THEN 1000003 ELSE 0 END), 0) AS BIGINT) FROM {item_list}";
    let row = reader.query_one(sql, &[])?;
    let state = row.map_or((0, 0, 0), |row| (row.int(0), row.int(1), row.int(2)));
    let text = format!("{today}|{}|{state:?}", env!("CARGO_PKG_VERSION"));
    Ok(hex::encode(&Sha256::digest(text)[..12]))
}

/// The content of a file.
///
/// # Errors
/// [`Fault`] from the database.
pub fn content(reader: &mut Reader<'_>, file: DataFile, place: &str, today: Date) -> Result<Vec<u8>, Fault> {
    Ok(match file {
        DataFile::DictionaryCsv => csv(&dictionary::sheets()).into_bytes(),
        DataFile::StatisticsCsv => csv(&figures::Figures::read(reader, today)?.sheets()).into_bytes(),
        DataFile::ReductionsCsv => csv(&[figures::reductions(reader, today)?.sheet()]).into_bytes(),
        DataFile::CatalogueCsv => csv(&[public(sheets::in_one(&items(reader, today)?))]).into_bytes(),
        DataFile::CatalogueXlsx => {
            let mut book: Vec<Sheet> = sheets::by_type(&items(reader, today)?)
                .into_iter()
                .map(public)
                .collect();
            book.extend(dictionary::sheets());
            book.push(about(place, today));
            xlsx(&book)
        }
        DataFile::CatalogueJson => {
            let items: Vec<Json> = items(reader, today)?.iter().map(structured).collect();
            let whole = json!({
                "name": format!("{place}权力事项目录"), "licence": LICENCE, "date": today, "items": items,
            });
            serde_json::to_vec(&whole).map_err(|cause| Fault::Internal(cause.to_string()))?
        }
    })
}

fn items(reader: &mut Reader<'_>, today: Date) -> Result<Vec<Exported>, Fault> {
    sheets::gather(reader, &|_| true, &|item| {
        Exported::holding(item, today).or_else(|| {
            // What is over is history that anybody may know; what is to come is not announced yet.
            item.cancelled()
                .filter(|over| over.on <= today)
                .and_then(|_| Exported::latest(item))
        })
    })
}

/// Without the columns that are the editors' own.
fn public(mut sheet: Sheet) -> Sheet {
    let extra = [
        "limit_unit",
        "limit_start",
        "limit_basis",
        "promised_unit",
        "promised_start",
        "promised_basis",
    ];
    let parts = ["fee_basis", "fee_standard", "cancel_reason"];
    let shown: Vec<&str> = dictionary::PUBLISHED
        .iter()
        .map(|one| one.key)
        .chain(extra)
        .chain(parts)
        .map(dictionary::heading)
        .collect();
    let keep: Vec<bool> = sheet
        .columns
        .iter()
        .map(|column| shown.contains(&column.as_str()))
        .collect();
    let kept = |index: &usize| keep.get(*index).copied().unwrap_or(false);
    sheet.columns = sheet
        .columns
        .into_iter()
        .enumerate()
        .filter(|(index, _)| kept(index))
        .map(|(_, column)| column)
        .collect();
    for row in &mut sheet.rows {
        let cells = std::mem::take(row);
        *row = cells
            .into_iter()
            .enumerate()
            .filter(|(index, _)| kept(index))
            .map(|(_, cell)| cell)
            .collect();
    }
    sheet
}

fn structured(exported: &Exported) -> Json {
    let mut cells = version_cells(&exported.version);
    cells.retain(|key, _| dictionary::is_published(key));
    cells.insert("body_name", json!(exported.version.body_name));
    if let Some((on, _)) = &exported.cancelled {
        cells.insert("status", json!("cancelled"));
        cells.insert("cancelled_on", json!(on));
    }
    json!(cells)
}

fn about(place: &str, today: Date) -> Sheet {
    let line = |name: &str, text: String| vec![Cell::Text(name.to_owned()), Cell::Text(text)];
    Sheet {
        name: "说明".to_owned(),
        columns: vec!["项目".to_owned(), "内容".to_owned()],
        rows: vec![
            line("名称", format!("{place}权力事项目录")),
            line("数据日期", today.to_string()),
            line("使用许可", LICENCE.to_owned()),
        ],
    }
}
