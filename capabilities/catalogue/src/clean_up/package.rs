//! The package of the clean-up in four parts (R15): the catalogue table, the charts, the documents of the bases, a backup
//! copy; with a manifest of hashes. One archive out, and in again: everything is checked before anything is taken.

use std::collections::{BTreeMap, BTreeSet};

use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_sheets::archive::{Archive, PACKAGE, Writer};
use mingjing_web::sheet::xlsx;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entry::{self, Attachments, RawRow};
use crate::exchange::sheets::{self, Exported};
use crate::law::Law;
use crate::pages::chart::public_chart;
use crate::version::LegalBasis;

const FORMAT: &str = "mingjing-clean-up-package";
const MANIFEST: &str = "manifest.json";
const TABLE: &str = "1-目录/权力事项目录.xlsx";
const CHARTS: &str = "2-流程图";
const BASES: &str = "3-依据";
const BACKUP: &str = "4-备份/catalogue.json";
const MOST_MANIFEST: u64 = 8 << 20;
const MOST_MEMBER: u64 = 64 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// Division code.
    pub area: String,
    /// Bodies whose items are in it.
    pub bodies: Vec<String>,
    pub made_on: String,
    pub items: usize,
    pub files: Vec<Listed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

/// A package that was found in order.
#[derive(Debug)]
pub struct Package {
    pub manifest: Manifest,
    pub rows: Vec<RawRow>,
    pub attachments: Attachments,
}

/// The package of these items.
///
/// # Errors
/// [`Fault`] from the database.
pub fn make(reader: &mut Reader<'_>, items: &[Exported], area: &str, made_on: &str) -> Result<Vec<u8>, Fault> {
    let laws = crate::views::laws(reader)?;
    let mut files: Vec<(String, Vec<u8>)> = vec![(TABLE.to_owned(), xlsx(&sheets::by_type(items)))];
    for exported in items {
        let version = &exported.version;
        let Some(flow) = &version.flow else { continue };
        let path = |ending: &str| format!("{CHARTS}/{}.{ending}", version.item_code);
        files.push((path("bpmn"), flow.bpmn_xml.clone().into_bytes()));
        files.extend(public_chart(version).map(|chart| (path("svg"), chart.svg.clone().into_bytes())));
    }
    files.extend(documents(items, &laws));
    files.push((BACKUP.to_owned(), crate::export::json_file(items)?));
    let bodies: BTreeSet<&String> = items.iter().map(|item| &item.version.body).collect();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: 1,
        area: area.to_owned(),
        bodies: bodies.into_iter().cloned().collect(),
        made_on: made_on.to_owned(),
        items: items.len(),
        files: files.iter().map(|(path, content)| listed(path, content)).collect(),
    };
    let mut writer = Writer::default();
    writer.add(MANIFEST, &json(&manifest)?);
    for (path, content) in &files {
        writer.add(path, content);
    }
    Ok(writer.finish())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec_pretty(value).map_err(|cause| Fault::Internal(cause.to_string()))
}

fn listed(path: &str, content: &[u8]) -> Listed {
    Listed {
        path: path.to_owned(),
        bytes: content.len() as u64,
        sha256: hex::encode(Sha256::digest(content)),
    }
}

/// A text for each law that is cited: the articles with their summaries, and who cites them.
fn documents(items: &[Exported], laws: &BTreeMap<String, Law>) -> Vec<(String, Vec<u8>)> {
    let mut cited: BTreeMap<&str, BTreeMap<String, (&LegalBasis, Vec<&str>)>> = BTreeMap::new();
    for exported in items {
        for basis in &exported.version.legal_bases {
            let of_law = cited.entry(basis.law.as_str()).or_default();
            let entry = of_law.entry(basis.citation()).or_insert((basis, Vec::new()));
            entry.1.push(exported.version.item_code.as_str());
        }
    }
    let mut files = Vec::new();
    for (number, (law, citations)) in cited.into_iter().enumerate() {
        let known = laws.get(law);
        let mut text = format!("# {}\n\n", known.map_or(law, |known| known.full_name.as_str()));
        for (citation, (basis, codes)) in citations {
            text.push_str(&format!("## {citation}（{}）\n\n", basis.rank.name()));
            let summary = basis.article.and_then(|article| known?.articles.get(&article));
            if let Some(summary) = summary.or(basis.summary.as_ref()) {
                text.push_str(&format!("摘要：{summary}\n\n"));
            }
            text.push_str(&format!("引用的事项：{}\n\n", codes.join("、")));
        }
        files.push((
            format!("{BASES}/{:03}-{}.md", number + 1, file_name(law)),
            text.into_bytes(),
        ));
    }
    files
}

fn file_name(law: &str) -> String {
    let kept = law.chars().filter(|c| c.is_alphanumeric()).take(40);
    kept.collect()
}

fn refused(code: &str, message: impl Into<String>) -> Refusal {
    Refusal::invalid(format!("catalogue.package.{code}"), message)
        .article("需求R15（武侯区清理备案）")
        .advice("请重新导出材料包，不要改动其中的文件。")
}

/// Checks a package whole and gives its rows.
///
/// # Errors
/// An archive that is broken or beyond the limits; a manifest that does not list exactly what is there; a hash that does
/// not fit; a backup copy that cannot be read.
pub fn open(bytes: &[u8]) -> Result<Package, Refusal> {
    let broken = |cause: mingjing_sheets::Broken| refused(cause.code(), format!("{cause}。"));
    let archive = Archive::open(bytes, PACKAGE).map_err(broken)?;
    if !archive.has(MANIFEST) {
        return Err(refused(
            "no_manifest",
            "压缩包里没有清单（manifest.json），不是清理材料包。",
        ));
    }
    let manifest = archive.read(MANIFEST, MOST_MANIFEST).map_err(broken)?;
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .map_err(|cause| refused("manifest", format!("清单第{}行不符合规定的结构。", cause.line())))?;
    if manifest.format != FORMAT || manifest.version != 1 {
        return Err(refused("manifest", "清单的格式或者版本不认识。"));
    }
    let expected: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let there: BTreeSet<&str> = archive
        .names()
        .filter(|name| *name != MANIFEST && !name.ends_with('/'))
        .collect();
    if let Some(path) = expected.symmetric_difference(&there).next() {
        let message = match there.contains(path) {
            true => format!("“{path}”不在清单里。"),
            false => format!("清单里的“{path}”不在压缩包里。"),
        };
        return Err(refused("files_differ", message));
    }
    let mut backup = None;
    for file in &manifest.files {
        let content = archive.read(&file.path, MOST_MEMBER).map_err(broken)?;
        if listed(&file.path, &content) != *file {
            return Err(refused("hash", format!("“{}”与清单中的校验值不符。", file.path)));
        }
        if file.path == BACKUP {
            backup = Some(content);
        }
    }
    for part in [TABLE, BACKUP] {
        if !expected.contains(part) {
            return Err(refused("part_missing", format!("四个部分不全：缺少“{part}”。")));
        }
    }
    let rows = entry::read_file(&backup.unwrap_or_default())?;
    if rows.len() != manifest.items {
        return Err(refused("items", "备份中的事项数与清单不符。"));
    }
    Ok(Package {
        manifest,
        rows,
        attachments: Attachments::new(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn packed(files: &[(&str, &[u8])], tell: impl FnOnce(&mut Manifest)) -> Vec<u8> {
        let mut manifest = Manifest {
            format: FORMAT.to_owned(),
            version: 1,
            area: "330303".to_owned(),
            bodies: Vec::new(),
            made_on: "2026-03-02".to_owned(),
            items: 1,
            files: files.iter().map(|(path, content)| listed(path, content)).collect(),
        };
        tell(&mut manifest);
        let mut writer = Writer::default();
        writer.add(MANIFEST, &serde_json::to_vec(&manifest).unwrap());
        for (path, content) in files {
            writer.add(path, content);
        }
        writer.finish()
    }

    const ROWS: &[u8] = br#"[{"item_code": "33030300SJ-XK-0001"}]"#;

    #[test]
    fn a_package_is_whole_or_it_is_refused() {
        let check = |bytes: &[u8], expect: Option<&str>| {
            let refused = open(bytes).err().map(|refusal| refusal.code.to_string());
            let expect = expect.map(|code| format!("catalogue.package.{code}"));
            assert_eq!(refused, expect);
        };
        let whole: &[(&str, &[u8])] = &[(TABLE, b"x"), (BACKUP, ROWS)];
        check(&packed(whole, |_| {}), None);
        check(b"PK\x03\x04", Some("not_an_archive"));
        check(&packed(&whole[1..], |_| {}), Some("part_missing"));
        check(&packed(whole, |manifest| manifest.items = 2), Some("items"));
        check(&packed(whole, |manifest| manifest.version = 2), Some("manifest"));
        check(
            &packed(whole, |manifest| drop(manifest.files.pop())),
            Some("files_differ"),
        );
        check(
            &packed(whole, |manifest| manifest.files[0].sha256.clear()),
            Some("hash"),
        );
        check(
            &packed(whole, |manifest| manifest.files.push(listed("more", b""))),
            Some("files_differ"),
        );
        let mut bare = Writer::default();
        bare.add("a", b"");
        check(&bare.finish(), Some("no_manifest"));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(at in 0_usize..2_000, with in any::<u8>()) {
            let mut bytes = packed(&[(TABLE, b"x"), (BACKUP, ROWS)], |_| {});
            let length = bytes.len();
            bytes[at % length] = with;
            let _ = open(&bytes);
        }
    }
}
