//! Papers from data to PDF, through the public door only.
//!
//! The fonts must be there: `app/setup/fonts.sh` fetches them (`make test` runs it first).

#![allow(clippy::unwrap_used, reason = "tests")]

mod contents;
mod hostile;
mod repeat;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use mingjing_paper::{Date, Fonts, PaperError, Pdf, Press, Templates};
use serde_json::Value;

static PRESS: LazyLock<Press> = LazyLock::new(|| Press::new(fonts(), Templates::builtin()));

const DAY: Date = Date(2026, 5, 18);

fn fonts() -> Fonts {
    let dir = Fonts::default_dir(|name| std::env::var_os(name)).expect("HOME is set");
    Fonts::load(&dir).unwrap_or_else(|error| panic!("{error} ({})", dir.display()))
}

/// A complete set of data for a kind of paper.
fn fixture(template: &str) -> Value {
    let path = format!("{}/tests/fixtures/{template}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

fn with(template: &str, name: &str, value: impl Into<Value>) -> Value {
    let mut data = fixture(template);
    data[name] = value.into();
    data
}

fn print(template: &str, data: &Value) -> Result<Pdf, PaperError> {
    PRESS.render(template, data, DAY, "test/paper")
}

/// What a reader of the PDF gets as text, without spaces and line ends; `None` where pdftotext is not installed.
fn text_of(pdf: &Pdf) -> Option<String> {
    let text = pdftotext(pdf, &["-enc", "UTF-8"])?;
    Some(text.chars().filter(|c| !c.is_whitespace()).collect())
}

fn pdftotext(pdf: &Pdf, options: &[&str]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(options)
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let bytes = pdf.bytes.clone();
    let feeder = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[track_caller]
fn assert_says(pdf: &Pdf, lines: &[&str]) {
    let Some(text) = text_of(pdf) else { return };
    for line in lines {
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&line), "{line:?} is not in {text}");
    }
}
