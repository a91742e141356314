//! The press: data and template in, PDF out.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::world::Desk;
use crate::{Fonts, PaperError, Templates, fields, input, mark};

/// Cached layout results unused for this many documents are dropped; without it memory grows with every paper.
const KEEP: usize = 10;

/// China Standard Time, the zone of every paper's date, in minutes.
const ZONE: i32 = 8 * 60;

/// Year, month, day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub i32, pub u8, pub u8);

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Date {
        // jiff keeps months in 1..=12 and days in 1..=31, so neither is ever negative.
        Date(
            i32::from(date.year()),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    }
}

/// A finished paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf {
    /// PDF 1.7, PDF/A-2a and PDF/UA-1.
    pub bytes: Vec<u8>,
    /// Of `bytes`, lower-case hex.
    pub sha256: String,
    pub pages: usize,
}

/// Without the bytes: they are long, and papers are full of personal data.
impl fmt::Debug for Pdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pdf")
            .field("sha256", &self.sha256)
            .field("pages", &self.pages)
            .field("length", &self.bytes.len())
            .finish()
    }
}

/// Fonts and templates, shared by all threads of a process.
pub struct Press {
    fonts: Fonts,
    templates: Templates,
}

impl Press {
    pub fn new(fonts: Fonts, templates: Templates) -> Press {
        Press { fonts, templates }
    }

    /// Makes a paper. `made_on` becomes its creation date and `ident` (unique for the paper, stable for ever,
    /// no personal data; only its hash gets into the file) its document identifier.
    ///
    /// Takes about 10 ms optimised and 0.1 s in the development profile: run it off the async threads.
    ///
    /// # Errors
    /// Unknown template, mandatory contents that are missing, data that can't be printed, a faulty template.
    pub fn render(
        &self,
        template: &str,
        data: &Value,
        made_on: impl Into<Date>,
        ident: &str,
    ) -> Result<Pdf, PaperError> {
        self.print(template, data, made_on.into(), ident)
    }

    /// Makes the paper again and tells whether it has the recorded SHA-256 (lower-case hex).
    ///
    /// # Errors
    /// As [`Press::render`].
    pub fn same_bytes(
        &self,
        template: &str,
        data: &Value,
        made_on: impl Into<Date>,
        ident: &str,
        sha256: &str,
    ) -> Result<bool, PaperError> {
        Ok(self.render(template, data, made_on, ident)?.sha256 == sha256)
    }

    /// The templates in use.
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    fn print(&self, template: &str, data: &Value, made_on: Date, ident: &str) -> Result<Pdf, PaperError> {
        let (paper, house) = self
            .templates
            .texts_of(template)
            .ok_or_else(|| PaperError::UnknownTemplate(template.chars().take(64).collect()))?;
        let options = options(made_on, ident)?;
        let mut data = input::clean(data)?;
        fields::check(template, &data)?;
        input::check_printable(&data, &self.fonts)?;
        mark::add(&mut data);
        let job = Job {
            template,
            paper,
            house,
            data: Value::Object(data).to_string(),
        };
        let printed = self.shortest(&job).and_then(|document| {
            let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| job.blame(errors.first()))?;
            Ok(Pdf {
                sha256: hex::encode(Sha256::digest(&bytes)),
                pages: document.pages().len(),
                bytes,
            })
        });
        comemo::evict(KEEP);
        printed
    }

    /// Sets the paper on the usual grid, and with closer lines only if that saves a page.
    fn shortest(&self, job: &Job<'_>) -> Result<PagedDocument, PaperError> {
        let usual = self.set(job, false)?;
        if usual.pages().len() < 2 {
            return Ok(usual);
        }
        let tight = self.set(job, true)?;
        Ok(if tight.pages().len() < usual.pages().len() {
            tight
        } else {
            usual
        })
    }

    fn set(&self, job: &Job<'_>, tight: bool) -> Result<PagedDocument, PaperError> {
        let desk = Desk::new(&self.fonts, job.paper, job.house, &job.data, tight);
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
        let document = output.map_err(|errors| job.blame(errors.first()))?;
        // A warning means the paper may not look as meant (an unknown font, a layout that doesn't settle).
        match warnings.first() {
            Some(warning) => Err(job.blame(Some(warning))),
            None => Ok(document),
        }
    }
}

struct Job<'a> {
    template: &'a str,
    paper: &'a str,
    house: &'a str,
    data: String,
}

impl Job<'_> {
    fn blame(&self, diagnostic: Option<&SourceDiagnostic>) -> PaperError {
        PaperError::Template {
            template: self.template.to_owned(),
            message: diagnostic.map_or_else(String::new, |found| found.message.to_string()),
        }
    }
}

fn options(made_on: Date, ident: &str) -> Result<PdfOptions, PaperError> {
    let Date(year, month, day) = made_on;
    let timestamp = Datetime::from_ymd_hms(year, month, day, 0, 0, 0)
        .and_then(|midnight| Timestamp::new_local(midnight, ZONE))
        .ok_or(PaperError::NoSuchDate(year, month, day))?;
    let standards =
        PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).expect("PDF/A-2a and PDF/UA-1 go together");
    Ok(PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("明镜 Mingjing".to_owned())),
        timestamp: Some(timestamp),
        standards,
        ..PdfOptions::default()
    })
}
