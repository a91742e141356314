//! What one version of a power item says (seed 2, annex 1, tables A–D).
//!
//! A version never changes once it is recorded; a change of the item is another version.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use mingjing_codes::PowerType;

use crate::field_set::OwnValue;
use crate::situation::SituationQuestion;

/// Everything confirmed about an item from `valid_from` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemVersion {
    /// `BODY(10)-TYPE(2)-SERIAL(4)`, never reused (R190, R191).
    pub item_code: String,
    /// Dense from 1.
    pub version: i32,
    pub power_type: PowerType,
    /// The law's own name of the act, or a short form made of its words.
    pub name: String,
    /// Words by which people look for it although the law does not use them.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Body id: the first ten characters of the code.
    pub body: String,
    /// Name and nature of the body as confirmed with this version (table A, field 4).
    pub body_name: String,
    pub body_nature: String,
    /// Name of the entrusting body, where the implementing one is entrusted.
    #[serde(default)]
    pub entrusting_body: Option<String>,
    /// From the highest rank to the lowest (R12).
    pub legal_bases: Vec<LegalBasis>,
    #[serde(default)]
    pub conditions: Vec<String>,
    #[serde(default)]
    pub materials: Vec<Material>,
    #[serde(default)]
    pub statutory_limit: Option<Limit>,
    #[serde(default)]
    pub promised_limit: Option<Limit>,
    /// Time that does not count, and extensions, as the law words them.
    #[serde(default)]
    pub excluded_time: Option<String>,
    pub fee: Fee,
    #[serde(default)]
    pub handling_office: String,
    #[serde(default)]
    pub place: String,
    #[serde(default)]
    pub hours: Option<String>,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub supervision_phone: String,
    /// What the party holds in the end (`食品经营许可证`), one entry per possible result.
    #[serde(default)]
    pub result_documents: Vec<String>,
    /// How long the result is valid, in words.
    #[serde(default)]
    pub validity: Option<String>,
    #[serde(default)]
    pub penalty_kinds: Vec<String>,
    #[serde(default)]
    pub penalty_range: Option<String>,
    #[serde(default)]
    pub discretion_benchmark: Option<String>,
    #[serde(default)]
    pub result_public: Option<bool>,
    /// Steps in words; the drawn flow is `flow`.
    #[serde(default)]
    pub flow_steps: Vec<String>,
    #[serde(default)]
    pub flow: Option<FlowRef>,
    /// Rules that the flow asks, one DMN file each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<DecisionFile>,
    #[serde(default)]
    pub form: Option<FormDef>,
    /// Template keys of the papers this item issues.
    #[serde(default)]
    pub papers: Vec<String>,
    #[serde(default)]
    pub audiences: Vec<Audience>,
    #[serde(default)]
    pub themes: Vec<String>,
    /// How often the party must come in person; `None` where nobody has said.
    #[serde(default)]
    pub visits: Option<i64>,
    /// Whether an application may be made online.
    #[serde(default)]
    pub online: bool,
    pub valid_from: Date,
    /// Last day on which the version holds.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// How sure the editors are (`A` read, `A*` read but amended since, `B` not verified).
    #[serde(default)]
    pub certainty: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// What the place asks of items of this type beside the tables (`field_set/own.rs`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_fields: Vec<OwnValue>,
    /// Questions whose answers decide which materials and fields are asked for (`situation.rs`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub situations: Vec<SituationQuestion>,
    /// Names of fields whose content is invented for a demonstration and shown so.
    #[serde(default)]
    pub demo_fields: Vec<String>,
    pub confirmation: Confirmation,
    pub status: ItemStatus,
}

impl ItemVersion {
    /// Whether two versions say the same about the power. Their numbering and confirmation do not
    /// count, nor what the entry took from the registers of bodies and laws.
    pub fn says_the_same_as(&self, other: &ItemVersion) -> bool {
        self.bare() == other.bare()
    }

    fn bare(&self) -> ItemVersion {
        let mut bare = self.clone();
        bare.version = 0;
        bare.confirmation = Confirmation::default();
        bare.body_name.clear();
        bare.body_nature.clear();
        bare.entrusting_body = None;
        for basis in &mut bare.legal_bases {
            basis.summary = None;
            basis.rank = NormRank::Law;
        }
        bare
    }

    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    pub fn is_demo(&self, field: &str) -> bool {
        self.demo_fields.iter().any(|name| name == field)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    Active,
    /// Nothing new may be begun under it until a later version is active again; open cases go on.
    Suspended,
    /// Kept for its history; no application is possible and the code stays taken.
    Cancelled,
}

/// Who confirmed what is entered (R20): the legal office of the same level, and its document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Confirmation {
    pub body: String,
    pub document_no: String,
}

/// One provision that grants the power.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LegalBasis {
    /// Short name, e.g. `食品安全法`.
    pub law: String,
    /// As cited, in arabic digits; `None` where a whole document is the basis.
    #[serde(default)]
    pub article: Option<u32>,
    #[serde(default)]
    pub paragraph: Option<u32>,
    /// Item within the paragraph (项): `一`, or a run `一-四`.
    #[serde(default)]
    pub clause: Option<String>,
    pub rank: NormRank,
    /// Short summary of the provision in the editors' own words; never the text itself.
    #[serde(default)]
    pub summary: Option<String>,
    /// What the source wrote, where more was written than the parts above hold.
    #[serde(default)]
    pub original: Option<String>,
}

impl LegalBasis {
    /// `食品安全法第三十五条第一款`-like citation with arabic article numbers.
    pub fn citation(&self) -> String {
        let mut text = format!("《{}》", self.law);
        if let Some(article) = self.article {
            text.push_str(&format!("第{article}条"));
        }
        if let Some(paragraph) = self.paragraph {
            text.push_str(&format!("第{paragraph}款"));
        }
        if let Some(clause) = &self.clause {
            let clause = clause.replace('-', "至第");
            text.push_str(&format!("第{clause}项"));
        }
        text
    }
}

/// Rank of a norm, highest first; the order of the variants is the order of the law (R12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NormRank {
    Law,
    AdminRegulation,
    LocalRegulation,
    Rule,
    /// The body's charter (三定规定).
    BodyCharter,
    NormativeDocument,
}

impl NormRank {
    pub const ALL: [NormRank; 6] = [
        NormRank::Law,
        NormRank::AdminRegulation,
        NormRank::LocalRegulation,
        NormRank::Rule,
        NormRank::BodyCharter,
        NormRank::NormativeDocument,
    ];

    pub fn name(self) -> &'static str {
        match self {
            NormRank::Law => "法律",
            NormRank::AdminRegulation => "行政法规",
            NormRank::LocalRegulation => "地方性法规",
            NormRank::Rule => "规章",
            NormRank::BodyCharter => "三定规定",
            NormRank::NormativeDocument => "规范性文件",
        }
    }

    pub fn named(name: &str) -> Option<NormRank> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }
}

/// A time limit: an amount, its unit, when it starts and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ItemLimit")]
pub struct Limit {
    pub amount: u32,
    pub unit: LimitUnit,
    pub start: LimitStart,
    #[serde(default)]
    pub basis: String,
}

impl Limit {
    pub fn words(&self) -> String {
        match (self.amount, self.unit) {
            (0, _) => "当场".into(),
            (amount, unit) => format!("{amount}{}", unit.measure()),
        }
    }

    /// A length to compare by: the fewest and the most calendar days the limit can mean, so that a
    /// promise is refused only where it is certainly longer than the statute. Weeks of working days
    /// have at least 7 days for 5; a month has 28 to 31.
    pub fn calendar_days(&self) -> (u32, u32) {
        let amount = self.amount;
        match self.unit {
            LimitUnit::Day => (amount, amount),
            // The longest shutdowns of the official calendars stay below 14 days beyond the weeks.
            LimitUnit::WorkingDay => (amount, amount + (amount / 5 + 1) * 2 + 14),
            LimitUnit::Month => (amount * 28, amount * 31),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    WorkingDay,
    #[serde(rename = "calendar_day")]
    Day,
    Month,
}

impl LimitUnit {
    /// As in `20个工作日`.
    pub fn measure(self) -> &'static str {
        match self {
            LimitUnit::WorkingDay => "个工作日",
            LimitUnit::Day => "日",
            LimitUnit::Month => "个月",
        }
    }
}

/// The event from which a limit runs; the day of the event does not count (民法典 201).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitStart {
    Acceptance,
    Application,
    Filing,
    Measure,
    SceneSurvey,
    InformationComplete,
}

impl LimitStart {
    pub fn name(self) -> &'static str {
        match self {
            LimitStart::Acceptance => "自受理之日起",
            LimitStart::Application => "自收到申请之日起",
            LimitStart::Filing => "自立案之日起",
            LimitStart::Measure => "自采取措施之日起",
            LimitStart::SceneSurvey => "自勘查现场之日起",
            LimitStart::InformationComplete => "自信息收齐时起",
        }
    }
}

/// One thing an applicant hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Material {
    /// Stable within the item, e.g. `m1`.
    pub id: String,
    pub name: String,
    #[serde(default = "yes")]
    pub required: bool,
    /// `paper`, `electronic` or both.
    #[serde(default)]
    pub form: MaterialForm,
    #[serde(default = "one")]
    pub copies: u32,
    #[serde(default)]
    pub source: MaterialSource,
    /// Where the demand is written.
    #[serde(default)]
    pub basis: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Original or copy; nothing where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MaterialKind>,
    /// Who issues it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// How long it may be used after it was issued, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<String>,
    /// FEEL; without it always asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_when: Option<String>,
    /// Materials of one name here stand for each other: one of them is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<String>,
    /// The shared definition that it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<DefinitionRef>,
}

/// A version of a definition in the shared library (`material.rs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MaterialDefinitionRef")]
pub struct DefinitionRef {
    pub key: String,
    pub version: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaterialKind {
    Original,
    Copy,
    /// The copy is kept, the original only looked at.
    CheckedCopy,
}

impl MaterialKind {
    pub const ALL: [MaterialKind; 3] = [MaterialKind::Original, MaterialKind::Copy, MaterialKind::CheckedCopy];

    pub fn key(self) -> &'static str {
        match self {
            MaterialKind::Original => "original",
            MaterialKind::Copy => "copy",
            MaterialKind::CheckedCopy => "checked_copy",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            MaterialKind::Original => "原件",
            MaterialKind::Copy => "复印件",
            MaterialKind::CheckedCopy => "复印件，核对原件",
        }
    }
}

impl std::str::FromStr for MaterialKind {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == key).ok_or(())
    }
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaterialForm {
    Paper,
    Electronic,
    #[default]
    Either,
}

impl std::str::FromStr for MaterialForm {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|form| form.key() == key).ok_or(())
    }
}

impl MaterialForm {
    pub const ALL: [MaterialForm; 3] = [MaterialForm::Paper, MaterialForm::Electronic, MaterialForm::Either];

    pub fn key(self) -> &'static str {
        match self {
            MaterialForm::Paper => "paper",
            MaterialForm::Electronic => "electronic",
            MaterialForm::Either => "either",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            MaterialForm::Paper => "纸质",
            MaterialForm::Electronic => "电子",
            MaterialForm::Either => "纸质或电子",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    #[default]
    Applicant,
    /// Issued by a government body.
    Government,
    /// Issued by somebody else (an inspection agency, a bank).
    Other,
    /// Known to another body: this one asks there, and nobody hands it in (在线政务服务规定 7).
    Shared,
}

impl std::str::FromStr for MaterialSource {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|source| source.key() == key).ok_or(())
    }
}

impl MaterialSource {
    pub fn name(self) -> &'static str {
        match self {
            MaterialSource::Applicant => "申请人自备",
            MaterialSource::Government => "政府部门核发",
            MaterialSource::Other => "其他机构出具",
            MaterialSource::Shared => "由办理机关向有关部门核查，不用提交",
        }
    }

    pub const ALL: [MaterialSource; 4] = [
        MaterialSource::Applicant,
        MaterialSource::Government,
        MaterialSource::Other,
        MaterialSource::Shared,
    ];

    pub fn key(self) -> &'static str {
        match self {
            MaterialSource::Applicant => "applicant",
            MaterialSource::Government => "government",
            MaterialSource::Other => "other",
            MaterialSource::Shared => "shared",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Fee {
    pub charged: bool,
    /// The document that allows it.
    #[serde(default)]
    pub basis: Option<String>,
    #[serde(default)]
    pub standard: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Individual,
    Organisation,
}

impl Audience {
    pub fn name(self) -> &'static str {
        match self {
            Audience::Individual => "个人",
            Audience::Organisation => "法人",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Audience::Individual => "individual",
            Audience::Organisation => "organisation",
        }
    }
}

/// Rules as DMN, for the business rule tasks of the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionFile {
    /// As the file was called, `decisions/injury-limit.dmn`.
    pub name: String,
    /// SHA-256 of the text, hexadecimal: which rules an answer rests on.
    pub hash: String,
    pub dmn_xml: String,
}

/// The internal flow: standard BPMN 2.0 XML, pinned by its hash when a case is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRef {
    pub bpmn_xml: String,
    /// Canonical hash of the model (`mingjing_bpmn::casework::hash`).
    pub hash: String,
}

pub use crate::form::FormDef;

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The least that a version of this code can say: a name and one article of a law.
    pub(crate) fn bare(code: &str) -> ItemVersion {
        let parsed = mingjing_codes::ItemCode::parse(code).unwrap();
        serde_json::from_value(serde_json::json!({
            "item_code": code, "version": 1, "power_type": parsed.power_type(), "name": "演示事项", "body": parsed.body(),
            "body_name": "演示单位", "body_nature": "行政机关", "fee": {"charged": false}, "valid_from": "2026-01-01",
            "legal_bases": [{"law": "演示法", "article": 3, "rank": "law"}],
            "confirmation": {"body": "演示司法局", "document_no": "演示1号"}, "status": "active"
        }))
        .unwrap()
    }
}
