//! The decision tables of an entry: names of DMN files beside it, or the tables themselves from an export. Each is read
//! and checked by the rules engine before it is kept.

use mingjing_rules::api::{self, Setting};
use mingjing_rules::dmn;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::cell::Cells;
use super::draft::{Attachments, attached};
use super::file::shortened;
use crate::version::DecisionFile;

/// A flow that asks more is not understood by anyone.
const MOST: usize = 20;
/// More than anyone corrects at once.
const MOST_FINDINGS: usize = 10;

pub(super) fn read(cells: &mut Cells<'_>, attachments: &Attachments) -> Vec<DecisionFile> {
    let files = match cells.structure("decisions") {
        None => return Vec::new(),
        Some(Json::Array(values)) if values.iter().any(Json::is_object) => {
            let kept: Vec<DecisionFile> = cells.typed("decisions", Json::Array(values)).unwrap_or_default();
            kept.into_iter().map(|file| (file.name, file.dmn_xml)).collect()
        }
        said => {
            let mut files = Vec::new();
            for name in names(said.as_ref()) {
                if let Some(text) = attached(cells, "decisions", &name, attachments) {
                    files.push((name, text));
                }
            }
            files
        }
    };
    if files.len() > MOST {
        cells.problem("decisions", "too_long", format!("最多{MOST}个决策表"));
        return Vec::new();
    }
    let read = files.into_iter();
    read.filter_map(|(name, text)| checked(cells, name, text)).collect()
}

/// Names of the files, separated by `;` or as a list.
pub(super) fn names(said: Option<&Json>) -> Vec<String> {
    let texts: Vec<&str> = match said {
        Some(Json::String(text)) => text.split([';', '；']).collect(),
        Some(Json::Array(values)) => values.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let names = texts.into_iter().map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn checked(cells: &mut Cells<'_>, name: String, dmn_xml: String) -> Option<DecisionFile> {
    let findings = match api::check_files(&[&dmn_xml], &Setting::default()) {
        Ok(findings) => findings,
        Err(error) => {
            let reason = format!("决策表“{}”不能使用：{error}", shortened(&name));
            cells.problem("decisions", "decision_invalid", reason);
            return None;
        }
    };
    let errors = findings.iter().filter(|finding| finding.kind.is_error());
    let mut sound = true;
    for finding in errors.take(MOST_FINDINGS) {
        sound = false;
        let reason = format!("决策表“{}”的“{}”：{}", shortened(&name), finding.place, finding.message);
        cells.problem("decisions", "decision_invalid", reason);
    }
    sound.then(|| DecisionFile {
        name,
        hash: hex::encode(Sha256::digest(dmn_xml.as_bytes())),
        dmn_xml,
    })
}

/// By what a chart may call the decisions of these files: their names and their ids.
pub fn known(files: &[DecisionFile]) -> impl Iterator<Item = String> {
    let read = files.iter().filter_map(|file| dmn::read(&file.dmn_xml).ok());
    read.flat_map(|file| {
        let both = |decision: dmn::model::Decision| [decision.name.to_string(), decision.id.to_string()];
        file.decisions.into_iter().flat_map(both)
    })
}
