//! Papers: typed data in, the same PDF bytes out, every time.
//!
//! A paper is a template (Typst, `demo/papers/*.typ`) filled with JSON data. The same template, data, date, identifier
//! and fonts give the same bytes in any process, so a paper can be made again and compared with the one
//! that was served ([`Press::same_bytes`]).
//!
//! What holds:
//! - A paper with a gap in its mandatory contents is refused, naming field and article ([`required_fields`], DOMAIN 5.1).
//! - Data reach the template as data (`sys.inputs`, JSON); nothing a person wrote is ever read as Typst code.
//! - A template reads no file, no clock and no package.
//! - Every paper is PDF/A-2a and PDF/UA-1 (archive, screen readers); a character that no font has is an error that names it.
//! - Fonts are exactly those of `fonts.sha256`: other bytes of a font would give other bytes of a paper.
//!
//! Reading font files ([`Fonts::load`], [`Fonts::missing`]) is the only I/O of the crate.
//!
//! ```no_run
//! # fn main() -> Result<(), mingjing_paper::PaperError> {
//! use mingjing_paper::{Date, Fonts, Press, Templates};
//! let press = Press::new(Fonts::load("fonts".as_ref())?, Templates::builtin());
//! let data = serde_json::json!({"body_name": "演示区市场监督管理局"});
//! let pdf = press.render("receipt", &data, Date(2026, 5, 6), "case-1/receipt/1")?;
//! # let _ = pdf; Ok(()) }
//! ```

mod error;
mod fields;
mod fonts;
mod input;
mod kinds;
mod mark;
mod press;
mod templates;
mod world;

pub use error::{Gap, PaperError};
pub use fields::{Field, When, required_fields};
pub use fonts::Fonts;
pub use kinds::{PaperKind, TEMPLATES};
pub use press::{Date, Pdf, Press};
pub use templates::Templates;
