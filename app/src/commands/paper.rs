//! `mingjing paper render|verify`, and the press that the cases print with.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use jiff::civil::Date;
use mingjing_cases::PaperPress;

use crate::outcome::{Outcome, say};

#[derive(Subcommand)]
pub enum PaperCommand {
    /// 以模板和数据（JSON）生成文书 PDF
    Render {
        /// 模板名，如 acceptance_notice
        template: String,
        data: PathBuf,
        #[arg(long)]
        made_on: Date,
        /// 文书的唯一标识
        #[arg(long)]
        ident: String,
        #[arg(long)]
        out: PathBuf,
    },
    /// 重新生成并核对 SHA-256
    Verify {
        template: String,
        data: PathBuf,
        #[arg(long)]
        made_on: Date,
        #[arg(long)]
        ident: String,
        #[arg(long)]
        sha256: String,
    },
}

pub fn run(command: PaperCommand) -> Outcome {
    let outcome = match command {
        PaperCommand::Render {
            template,
            data,
            made_on,
            ident,
            out,
        } => print(&template, &data, made_on, &ident).and_then(|bytes| {
            std::fs::write(&out, bytes).map_err(|error| format!("写不了 {}：{error}", out.display()))?;
            Ok(Outcome::Done)
        }),
        PaperCommand::Verify {
            template,
            data,
            made_on,
            ident,
            sha256,
        } => print(&template, &data, made_on, &ident).map(|bytes| {
            use sha2::Digest;
            if hex::encode(sha2::Sha256::digest(&bytes)) == sha256.to_ascii_lowercase() {
                say("一致：由这些数据生成的就是这份文书。");
                Outcome::Done
            } else {
                Outcome::refused("不一致：由这些数据生成的不是这份文书。")
            }
        }),
    };
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

fn print(template: &str, data: &PathBuf, made_on: Date, ident: &str) -> Result<Vec<u8>, String> {
    let text = std::fs::read_to_string(data).map_err(|error| format!("读不到 {}：{error}", data.display()))?;
    let data = serde_json::from_str(&text).map_err(|error| format!("数据不是 JSON：{error}"))?;
    press().render(template, &data, made_on, ident)
}

#[cfg(feature = "papers")]
pub use with_typst::{missing_fonts, press};

#[cfg(feature = "papers")]
mod with_typst {
    use std::sync::OnceLock;

    use mingjing_paper::{Fonts, Press, Templates};
    use serde_json::Value;

    use super::{Arc, Date, PaperPress};

    /// Fonts are loaded with the first paper: a start without papers need not wait for 60 MB of fonts.
    #[derive(Default)]
    struct TypstPress(OnceLock<Result<Press, String>>);

    pub fn press() -> Arc<dyn PaperPress> {
        Arc::new(TypstPress::default())
    }

    /// Names of font files that are missing, for `doctor`.
    pub fn missing_fonts() -> Vec<String> {
        match Fonts::default_dir(|name| std::env::var_os(name)) {
            Some(folder) => Fonts::missing(&folder),
            None => vec!["MINGJING_FONTS".to_owned()],
        }
    }

    fn load() -> Result<Press, String> {
        let folder = Fonts::default_dir(|name| std::env::var_os(name))
            .ok_or("不知道字体在哪里：请设置 MINGJING_FONTS，或运行 app/setup/fonts.sh。")?;
        let fonts = Fonts::load(&folder).map_err(|error| error.to_string())?;
        Ok(Press::new(fonts, Templates::builtin()))
    }

    impl PaperPress for TypstPress {
        fn render(&self, template: &str, data: &Value, made_on: Date, ident: &str) -> Result<Vec<u8>, String> {
            let press = self.0.get_or_init(load).as_ref().map_err(Clone::clone)?;
            let date = mingjing_paper::Date(
                i32::from(made_on.year()),
                made_on.month().unsigned_abs(),
                made_on.day().unsigned_abs(),
            );
            let pdf = press
                .render(template, data, date, ident)
                .map_err(|error| error.to_string())?;
            Ok(pdf.bytes)
        }
    }
}

#[cfg(not(feature = "papers"))]
pub use without_typst::{missing_fonts, press};

#[cfg(not(feature = "papers"))]
mod without_typst {
    use serde_json::Value;

    use super::{Arc, Date, PaperPress};

    struct NoPress;

    pub fn press() -> Arc<dyn PaperPress> {
        Arc::new(NoPress)
    }

    pub fn missing_fonts() -> Vec<String> {
        Vec::new()
    }

    impl PaperPress for NoPress {
        fn render(&self, _: &str, _: &Value, _: Date, _: &str) -> Result<Vec<u8>, String> {
            Err("这个程序在编译时没有包含文书排版。".to_owned())
        }
    }
}
