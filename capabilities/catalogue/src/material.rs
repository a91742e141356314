//! Material definitions shared across items: what a material is, who issues it and by which norm it may be asked for. Kept
//! by the legal office; an item refers to a version of a definition and goes on with it until a change takes another.
//!
//! Invariants: versions are dense from 1 and never change; no definition without a basis (行政许可法 31: nothing may be
//! demanded that has nothing to do with the matter); what another body can tell is not asked of the citizen.

use jiff::civil::Date;
use mingjing_chronicle::{About, Aggregate, Chronicle, Context, Event, Recorded, Refusal, Request, Stop};
use mingjing_people::public::permissions;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pages::REVIEW_CHANGE;
use crate::public_form::FormFile;
use crate::version::{DefinitionRef, ItemVersion, Material, MaterialForm, MaterialKind, MaterialSource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MaterialDefinition")]
pub struct Definition {
    /// `a–z`, `0–9`, `_`: the same for ever.
    pub key: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MaterialKind>,
    #[serde(default)]
    pub form: MaterialForm,
    pub copies: u32,
    #[serde(default)]
    pub source: MaterialSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// By which norm it may be asked for; of what somebody else issues also why that service is needed.
    pub basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where a filled-in sample and the blank form stand, as an address or in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<String>,
    /// The same as files, to fetch from the guide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_file: Option<FormFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank_file: Option<FormFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionVersion {
    /// Dense from 1.
    pub version: u32,
    pub since: Date,
    pub definition: Definition,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialEvent {
    Defined(Box<DefinitionVersion>),
}

impl Event for MaterialEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        "material.defined"
    }
}

#[derive(Debug, Clone, Default)]
pub struct MaterialDefinition {
    pub versions: Vec<DefinitionVersion>,
}

impl MaterialDefinition {
    pub fn latest(&self) -> Option<&DefinitionVersion> {
        self.versions.last()
    }

    pub fn version(&self, number: u32) -> Option<&DefinitionVersion> {
        self.versions.iter().find(|version| version.version == number)
    }
}

impl Aggregate for MaterialDefinition {
    type Event = MaterialEvent;
    const STREAM: &'static str = "material";

    fn evolve(&mut self, recorded: &Recorded<'_, MaterialEvent>) {
        if let Some(MaterialEvent::Defined(version)) = recorded.payload.known() {
            self.versions.push((**version).clone());
        }
    }
}

/// The next version; nothing where it says what is defined already.
///
/// # Errors
/// `catalogue.material.*`
pub fn decide(
    state: &MaterialDefinition,
    definition: Definition,
    context: &Context,
) -> Result<Option<MaterialEvent>, Refusal> {
    let refuse = |code: &'static str, field: &'static str, message: &str| {
        Err(Refusal::invalid(code, message.to_owned()).field(field, message.to_owned()))
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if definition.key.is_empty() || definition.key.len() > 40 || !definition.key.bytes().all(plain) {
        return refuse(
            "catalogue.material.key",
            "key",
            "代码只能用小写字母、数字和下划线，最多40个。",
        );
    }
    if definition.name.trim().is_empty() {
        return refuse("catalogue.material.name", "name", "请写明材料的名称。");
    }
    if !(1..=99).contains(&definition.copies) {
        return refuse("catalogue.material.copies", "copies", "份数应为1到99。");
    }
    if definition.basis.trim().is_empty() {
        let message = "没有依据的材料不得要求提交，请写明依据。";
        return Err(Refusal::law("catalogue.material.no_basis", message)
            .article("行政许可法第三十一条第一款")
            .advice("写明法律、法规、规章的名称和条款；中介机构出具的，还要写明这项中介服务的依据。")
            .field("basis", message));
    }
    let from_outside = matches!(definition.source, MaterialSource::Other | MaterialSource::Shared);
    if from_outside
        && definition
            .issuer
            .as_deref()
            .is_none_or(|issuer| issuer.trim().is_empty())
    {
        let message = "由别的单位出具或者核查的，请写明是哪个单位。";
        return refuse("catalogue.material.issuer", "issuer", message);
    }
    let latest = state.latest();
    if latest.is_some_and(|latest| latest.definition == definition) {
        return Ok(None);
    }
    Ok(Some(MaterialEvent::Defined(Box::new(DefinitionVersion {
        version: latest.map_or(1, |latest| latest.version + 1),
        since: context.today,
        definition,
    }))))
}

/// The legal office defines a material, or defines it anew. Items go on with the version they have.
///
/// # Errors
/// Refusals of [`decide`]; no right to it; a conflict where it was defined anew since it was `seen`; a fault.
pub async fn define_material(
    chronicle: &Chronicle,
    request: Request,
    seen: Option<i64>,
    definition: Definition,
) -> Result<(), Stop> {
    permissions::require(&request.actor, REVIEW_CHANGE)?;
    chronicle
        .perform(request, move |tx| {
            let key = definition.key.clone();
            let mut state = match seen {
                Some(seen) => tx.load_seen::<MaterialDefinition>(&key, seen)?,
                None => tx.load::<MaterialDefinition>(&key)?,
            };
            let Some(event) = decide(&state, definition.clone(), tx.context())? else {
                return Ok(());
            };
            let about = About {
                class: "register",
                ..About::new(tx.context())
            };
            tx.append(&mut state, vec![event], &about)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

impl DefinitionVersion {
    /// A material of an item as it is defined. What the item says of its own (whether it must come, when, instead of
    /// what) stays.
    pub fn applied_to(&self, material: Material) -> Material {
        let definition = self.definition.clone();
        Material {
            name: definition.name,
            kind: definition.kind,
            form: definition.form,
            copies: definition.copies,
            source: definition.source,
            issuer: definition.issuer,
            basis: Some(definition.basis),
            validity: definition.validity,
            note: definition.note.or(material.note),
            definition: Some(DefinitionRef {
                key: definition.key,
                version: self.version,
            }),
            ..material
        }
    }
}

fn is_baseless(material: &Material) -> bool {
    material.basis.as_deref().is_none_or(|basis| basis.trim().is_empty())
}

/// Whether something is demanded of applicants that no norm allows.
pub fn lacks_basis(version: &ItemVersion) -> bool {
    version.materials.iter().any(is_baseless)
}

/// What an item asks for and should not, or not so: worth a look, no reason to refuse what was confirmed before.
pub fn findings(version: &ItemVersion) -> Vec<String> {
    let mut findings = Vec::new();
    for material in &version.materials {
        let name = &material.name;
        if is_baseless(material) {
            findings.push(format!(
                "材料“{name}”没有写明依据，不得要求提交（行政许可法第三十一条第一款）"
            ));
        }
        if material.source == MaterialSource::Government {
            findings.push(format!(
                "材料“{name}”由政府部门核发，能够通过共享核查的，不得要求申请人提交（国务院关于在线政务服务的若干规定第七条）"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::version::tests::bare;

    fn definition() -> Definition {
        Definition {
            key: "lease".to_owned(),
            name: "租赁合同".to_owned(),
            kind: Some(MaterialKind::Copy),
            form: MaterialForm::Either,
            copies: 1,
            source: MaterialSource::Applicant,
            issuer: None,
            basis: "演示法3".to_owned(),
            validity: None,
            note: None,
            sample: None,
            blank: None,
            sample_file: None,
            blank_file: None,
        }
    }

    fn context() -> Context {
        mingjing_testkit::context_at("2026-03-02T10:00:00+08:00")
    }

    #[test]
    fn a_definition_needs_a_basis_and_says_who_issues_what_is_not_the_applicants() {
        let check = |change: fn(&mut Definition), expect: &str| {
            let mut given = definition();
            change(&mut given);
            let found = decide(&MaterialDefinition::default(), given, &context());
            let code = found.map_or_else(|refusal| refusal.code.into_owned(), |_| String::new());
            assert_eq!(code, expect);
        };
        check(|_| {}, "");
        check(|one| one.basis = " ".into(), "catalogue.material.no_basis");
        check(|one| one.key = "Lease".into(), "catalogue.material.key");
        check(|one| one.name.clear(), "catalogue.material.name");
        check(|one| one.copies = 0, "catalogue.material.copies");
        check(|one| one.source = MaterialSource::Shared, "catalogue.material.issuer");
    }

    #[test]
    fn the_same_again_is_no_new_version() {
        let first = DefinitionVersion {
            version: 1,
            since: jiff::civil::date(2026, 1, 1),
            definition: definition(),
        };
        let state = MaterialDefinition { versions: vec![first] };
        assert_eq!(decide(&state, definition(), &context()), Ok(None));
        let mut other = definition();
        other.copies = 2;
        let Ok(Some(MaterialEvent::Defined(second))) = decide(&state, other, &context()) else {
            panic!("another version");
        };
        assert_eq!((second.version, second.definition.copies), (2, 2));
    }

    #[test]
    fn an_item_keeps_its_own_words_about_a_defined_material() {
        let mut json = serde_json::to_value(bare("33030300SJ-XK-0001")).unwrap();
        json["materials"] = serde_json::json!([
            {"id": "m1", "name": "旧名", "required": false, "asked_when": "party.kind = \"individual\""},
            {"id": "m2", "name": "证", "source": "government", "basis": "演示法4"}]);
        let version: ItemVersion = serde_json::from_value(json).unwrap();
        let defined = DefinitionVersion {
            version: 3,
            since: jiff::civil::date(2026, 1, 1),
            definition: definition(),
        };
        let now = defined.applied_to(version.materials[0].clone());
        assert_eq!(
            (now.id.as_str(), now.name.as_str(), now.required),
            ("m1", "租赁合同", false)
        );
        assert!(now.asked_when.is_some() && now.definition.unwrap().version == 3);
        let found = findings(&version);
        assert!(
            found.len() == 2 && found[0].contains("没有写明依据") && found[1].contains("共享"),
            "{found:?}"
        );
    }
}
