//! Forms that people fetch before they come: the blank one and one filled in as a sample (R189). They belong to a version
//! of a shared definition and are public as it is.
//!
//! Only the legal office puts a file there, by uploading it. An item never names a file itself: a body that could would
//! publish whatever file it knows the number of.

use std::collections::BTreeMap;

use mingjing_chronicle::{BlobRef, Fault, Reader};
use mingjing_web::{FileKind, KeptFile, Link, size_in_words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::material::{Definition, MaterialDefinition};
use crate::version::Material;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MaterialFormFile")]
pub struct FormFile {
    pub blob: String,
    pub sha256: String,
    pub bytes: u64,
    /// As it is saved by who fetches it, with its ending.
    pub name: String,
    pub media_type: String,
}

impl From<KeptFile> for FormFile {
    fn from(kept: KeptFile) -> FormFile {
        FormFile {
            blob: kept.blob.id,
            sha256: kept.blob.sha256,
            bytes: kept.blob.bytes,
            name: kept.name,
            media_type: kept.kind.media_type().to_owned(),
        }
    }
}

impl FormFile {
    pub fn blob(&self) -> BlobRef {
        BlobRef {
            id: self.blob.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
        }
    }

    pub fn kind(&self) -> Option<FileKind> {
        FileKind::of_media_type(&self.media_type)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Blank,
    Sample,
}

impl Which {
    pub const ALL: [Which; 2] = [Which::Blank, Which::Sample];

    pub fn key(self) -> &'static str {
        match self {
            Which::Blank => "blank",
            Which::Sample => "sample",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Which::Blank => "空白表格",
            Which::Sample => "填写样例",
        }
    }

    /// The field of a form in which the file is chosen.
    pub fn field(self) -> &'static str {
        match self {
            Which::Blank => "blank_file",
            Which::Sample => "sample_file",
        }
    }

    /// The box that takes it away again.
    pub fn drop_field(self) -> &'static str {
        match self {
            Which::Blank => "drop_blank_file",
            Which::Sample => "drop_sample_file",
        }
    }

    pub fn of_key(key: &str) -> Option<Which> {
        Which::ALL.into_iter().find(|which| which.key() == key)
    }
}

impl Definition {
    pub fn file(&self, which: Which) -> Option<&FormFile> {
        match which {
            Which::Blank => self.blank_file.as_ref(),
            Which::Sample => self.sample_file.as_ref(),
        }
    }

    pub fn set_file(&mut self, which: Which, file: Option<FormFile>) {
        match which {
            Which::Blank => self.blank_file = file,
            Which::Sample => self.sample_file = file,
        }
    }

    /// Where it is to be found, as an address or in words.
    pub fn said(&self, which: Which) -> Option<&str> {
        match which {
            Which::Blank => self.blank.as_deref(),
            Which::Sample => self.sample.as_deref(),
        }
    }
}

/// A form beside a material, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicForm {
    pub name: &'static str,
    /// To fetch it here; with its size in words.
    pub file: Option<(Link, String)>,
    /// Where it is to be found otherwise.
    pub said: String,
}

pub fn form_file(key: &str, version: u32, which: Which) -> Link {
    Link::to("/material-forms").part(key).part(version).part(which.key())
}

/// Forms of these materials, by a material's id, as the definition says to which the item keeps.
///
/// # Errors
/// A fault of the database.
pub fn public_forms(
    reader: &mut Reader<'_>,
    materials: &[Material],
) -> Result<BTreeMap<String, Vec<PublicForm>>, Fault> {
    let mut found = BTreeMap::new();
    for material in materials {
        let Some(taken) = &material.definition else {
            continue;
        };
        let state = reader.load::<MaterialDefinition>(&taken.key)?.state;
        let Some(kept) = state.version(taken.version) else {
            continue;
        };
        let forms = forms_of(&taken.key, taken.version, &kept.definition);
        if !forms.is_empty() {
            found.insert(material.id.clone(), forms);
        }
    }
    Ok(found)
}

pub fn forms_of(key: &str, version: u32, definition: &Definition) -> Vec<PublicForm> {
    let shown = |which: Which| {
        let file = definition.file(which);
        let file = file.map(|file| (form_file(key, version, which), size_in_words(file.bytes)));
        let said = definition.said(which).unwrap_or_default().trim().to_owned();
        (file.is_some() || !said.is_empty()).then_some(PublicForm {
            name: which.name(),
            file,
            said,
        })
    };
    Which::ALL.into_iter().filter_map(shown).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_form_is_shown_with_its_file_or_with_where_it_is_to_be_found() {
        let mut definition: Definition = serde_json::from_value(serde_json::json!({
            "key": "lease", "name": "租赁合同", "copies": 1, "basis": "演示法3", "sample": "窗口领取", "blank": " "
        }))
        .unwrap();
        let forms = forms_of("lease", 2, &definition);
        assert_eq!(forms.len(), 1, "an empty word is no form: {forms:?}");
        assert_eq!((forms[0].name, forms[0].said.as_str()), ("填写样例", "窗口领取"));
        let file = FormFile {
            blob: "0".repeat(32),
            sha256: "0".repeat(64),
            bytes: 12_300,
            name: "租赁合同.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
        };
        definition.set_file(Which::Blank, Some(file));
        let forms = forms_of("lease", 2, &definition);
        let (link, size) = forms[0].file.clone().unwrap();
        assert_eq!(link.to_string(), "/material-forms/lease/2/blank");
        assert_eq!(size, "13 KB");
    }
}
