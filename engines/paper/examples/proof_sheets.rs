//! Prints every kind of paper from the tests' data into a folder, for the eye of whoever changes a template:
//! `cargo run -p mingjing-paper --example proof_sheets -- FOLDER`, then look at each PDF.

use std::error::Error;
use std::path::{Path, PathBuf};

use mingjing_paper::{Date, Fonts, Press, TEMPLATES, Templates};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: proof_sheets FOLDER")?);
    let fonts = Fonts::default_dir(|name| std::env::var_os(name)).ok_or("HOME is not set")?;
    let press = Press::new(Fonts::load(&fonts)?, Templates::builtin());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for kind in TEMPLATES {
        let data = std::fs::read(fixtures.join(kind.name).with_extension("json"))?;
        let data = serde_json::from_slice(&data)?;
        let pdf = press.render(kind.name, &data, Date(2026, 5, 18), kind.name)?;
        std::fs::write(folder.join(kind.name).with_extension("pdf"), pdf.bytes)?;
    }
    Ok(())
}
