//! `/open-data`: the catalogue as files, its dictionary, and figures about it. Public; the addresses stay.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use mingjing_codes::PowerType;
use mingjing_web::{Access, Desk, Frame, Link, Problem, Routes, attachment, page};

use super::READ;
use crate::open_data::dictionary::{self, Meaning, PUBLISHED};
use crate::open_data::figures::{Figures, Reductions, reductions};
use crate::open_data::files::{DataFile, LICENCE, content, mark};

pub fn open_data_page() -> Link {
    Link::to("/open-data")
}

/// The files as they were made last: anybody may ask for them, and making one reads every item.
type Made = Arc<Mutex<Vec<(DataFile, String, Arc<Vec<u8>>)>>>;

pub fn routes() -> Routes {
    let made = Made::default();
    Routes::new()
        .get("/open-data", Access::May(READ), get_page)
        .get("/open-data/statistics", Access::May(READ), get_statistics)
        .get(
            "/open-data/{file}",
            Access::May(READ),
            move |desk: Desk, headers: HeaderMap, path: Path<String>| get_file(Arc::clone(&made), desk, headers, path),
        )
}

#[derive(Template)]
#[template(path = "open_data/page.html")]
struct OpenDataPage {
    frame: Frame,
    today: Date,
    licence: &'static str,
    items: i64,
}

impl OpenDataPage {
    fn files(&self) -> [DataFile; 6] {
        DataFile::ALL
    }

    fn link(&self, file: &DataFile) -> Link {
        open_data_page().part(file.path())
    }

    fn fields(&self) -> &'static [Meaning] {
        PUBLISHED
    }

    fn heading(&self, one: &Meaning) -> &'static str {
        dictionary::heading(one.key)
    }

    fn types(&self) -> [PowerType; 14] {
        PowerType::ALL
    }

    fn statistics(&self) -> Link {
        open_data_page().part("statistics")
    }
}

pub async fn get_page(desk: Desk) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let figures = desk
        .house
        .chronicle
        .read(move |reader| Figures::read(reader, today))
        .await?;
    Ok(page(&OpenDataPage {
        frame: desk.frame("开放数据").crumb("首页", Link::to("/")),
        today,
        licence: LICENCE,
        items: figures.total(),
    }))
}

#[derive(Template)]
#[template(path = "open_data/statistics.html")]
struct StatisticsPage {
    frame: Frame,
    figures: Figures,
    reduced: Reductions,
    today: Date,
}

impl StatisticsPage {
    fn count(&self, counts: &std::collections::BTreeMap<PowerType, i64>, kind: &PowerType) -> i64 {
        counts.get(kind).copied().unwrap_or(0)
    }

    fn of_type(&self, kind: &PowerType) -> i64 {
        self.figures.of_type(*kind)
    }

    fn sum(&self, counts: &std::collections::BTreeMap<PowerType, i64>) -> i64 {
        counts.values().sum()
    }

    fn file(&self, name: &str) -> Link {
        open_data_page().part(name)
    }
}

pub async fn get_statistics(desk: Desk) -> Result<Response, Problem> {
    let today = desk.house.clock.today();
    let read = desk
        .house
        .chronicle
        .read(move |reader| Ok((Figures::read(reader, today)?, reductions(reader, today)?)));
    let (figures, reduced) = read.await?;
    Ok(page(&StatisticsPage {
        frame: desk
            .frame("权力目录统计")
            .crumb("首页", Link::to("/"))
            .crumb("开放数据", open_data_page()),
        figures,
        reduced,
        today,
    }))
}

async fn get_file(made: Made, desk: Desk, headers: HeaderMap, Path(path): Path<String>) -> Result<Response, Problem> {
    let file = DataFile::of_path(&path).ok_or(Problem::NotFound)?;
    let today = desk.house.clock.today();
    let mark = desk.house.chronicle.read(move |reader| mark(reader, today)).await?;
    let tag = format!("\"{mark}-{}\"", file.ending());
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(','));
    // Weak comparison, as a conditional reading asks for (RFC 9110 section 13.1.2).
    if known.any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*") {
        return Ok(marked(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    let bytes = match kept(&made, file, &mark) {
        Some(bytes) => bytes,
        None => {
            let place = desk.house.site.division.clone();
            let read = desk
                .house
                .chronicle
                .read(move |reader| content(reader, file, &place, today));
            keep(&made, file, mark, Arc::new(read.await?))
        }
    };
    let name = format!(
        "{}-{today}.{}",
        file.path().trim_end_matches(&format!(".{}", file.ending())),
        file.ending()
    );
    Ok(marked(
        attachment(&name, file.ending(), file.media_type(), bytes.to_vec()),
        &tag,
    ))
}

fn kept(made: &Made, file: DataFile, mark: &str) -> Option<Arc<Vec<u8>>> {
    let made = made.lock().unwrap_or_else(PoisonError::into_inner);
    let found = made.iter().find(|(known, state, _)| *known == file && state == mark);
    found.map(|(.., bytes)| Arc::clone(bytes))
}

fn keep(made: &Made, file: DataFile, mark: String, bytes: Arc<Vec<u8>>) -> Arc<Vec<u8>> {
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    made.retain(|(known, ..)| *known != file);
    made.push((file, mark, Arc::clone(&bytes)));
    bytes
}

/// Anybody may keep it, and asks again whether it still stands.
fn marked(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    response
}
