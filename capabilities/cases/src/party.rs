//! Who asks: the party (R65, R66), the person acting for it, and how it may be reached.
//!
//! Invariant: a party that got into a case is complete by R65 or R66 and its numbers pass their check digits.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Party {
    /// R66: name, valid document number, contact details.
    Individual {
        name: String,
        document: DocumentKind,
        document_no: String,
        phone: String,
        address: String,
    },
    /// R65: name, USCC, contact person, contact details.
    Organisation {
        name: String,
        uscc: String,
        legal_representative: String,
        contact: String,
        phone: String,
        address: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    CitizenId,
    OfficerCard,
    Passport,
    Other,
}

impl DocumentKind {
    pub const ALL: [DocumentKind; 4] = [
        DocumentKind::CitizenId,
        DocumentKind::OfficerCard,
        DocumentKind::Passport,
        DocumentKind::Other,
    ];

    pub fn key(self) -> &'static str {
        match self {
            DocumentKind::CitizenId => "citizen_id",
            DocumentKind::OfficerCard => "officer_card",
            DocumentKind::Passport => "passport",
            DocumentKind::Other => "other",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::CitizenId => "居民身份证",
            DocumentKind::OfficerCard => "军官证",
            DocumentKind::Passport => "护照",
            DocumentKind::Other => "其他有效证件",
        }
    }

    pub fn from_key(key: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

impl Party {
    pub fn name(&self) -> &str {
        match self {
            Party::Individual { name, .. } | Party::Organisation { name, .. } => name,
        }
    }

    pub fn is_individual(&self) -> bool {
        matches!(self, Party::Individual { .. })
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Party::Individual { .. } => "individual",
            Party::Organisation { .. } => "organisation",
        }
    }

    pub fn kind_name(&self) -> &'static str {
        match self {
            Party::Individual { .. } => "自然人",
            Party::Organisation { .. } => "法人或者非法人组织",
        }
    }

    pub fn phone(&self) -> &str {
        match self {
            Party::Individual { phone, .. } | Party::Organisation { phone, .. } => phone,
        }
    }

    pub fn address(&self) -> &str {
        match self {
            Party::Individual { address, .. } | Party::Organisation { address, .. } => address,
        }
    }

    /// Complete by R65 or R66, check digits included; each fault is said at its field.
    ///
    /// # Errors
    /// `cases.party.incomplete`.
    pub fn check(&self) -> Result<(), Refusal> {
        let faults = self.faults();
        if faults.is_empty() {
            return Ok(());
        }
        let refusal = Refusal::invalid("cases.party.incomplete", "申请人信息不完整或者有误。")
            .advice("请按提示逐项改正后再提交。");
        Err(faults
            .into_iter()
            .fold(refusal, |refusal, (field, message)| refusal.field(field, message)))
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let mut need = |field: &'static str, label: &str, value: &str| {
            if value.trim().is_empty() {
                faults.push((field, format!("请填写{label}。")));
            } else if value.chars().count() > LONGEST_FIELD {
                faults.push((field, format!("{label}过长，请控制在{LONGEST_FIELD}个字以内。")));
            }
        };
        need("party_phone", "联系电话", self.phone());
        need("party_address", "联系地址", self.address());
        match self {
            Party::Individual {
                name,
                document,
                document_no,
                ..
            } => {
                need("party_name", "姓名", name);
                need("party_document_no", "证件号码", document_no);
                if *document == DocumentKind::CitizenId
                    && !document_no.trim().is_empty()
                    && !crate::codes::id_no(document_no)
                {
                    faults.push(("party_document_no", "居民身份证号码校验不通过，请核对。".into()));
                }
            }
            Party::Organisation {
                name,
                uscc,
                legal_representative,
                contact,
                ..
            } => {
                need("party_name", "单位名称", name);
                need("party_uscc", "统一社会信用代码", uscc);
                need(
                    "party_legal_representative",
                    "法定代表人（负责人）",
                    legal_representative,
                );
                need("party_contact", "联系人", contact);
                if !uscc.trim().is_empty() && !crate::codes::uscc(uscc) {
                    faults.push(("party_uscc", "统一社会信用代码校验不通过，请核对。".into()));
                }
            }
        }
        faults
    }
}

const LONGEST_FIELD: usize = 200;

/// Who acts for the party, and by what right (许可法 29(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub name: String,
    pub phone: String,
    pub account: Option<String>,
    pub authority: Authority,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Authority {
    /// Acts as the organisation itself.
    LegalRepresentative,
    /// Entrusted by a letter of authority (委托书).
    Entrusted { scope: String, valid_to: Option<Date> },
}

impl Authority {
    pub fn name(&self) -> &'static str {
        match self {
            Authority::LegalRepresentative => "法定代表人（负责人）",
            Authority::Entrusted { .. } => "委托代理人",
        }
    }

    pub fn holds_on(&self, day: Date) -> bool {
        match self {
            Authority::LegalRepresentative => true,
            Authority::Entrusted { valid_to, .. } => valid_to.is_none_or(|last| day <= last),
        }
    }
}

/// The applicant as the case keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub party: Party,
    /// The account whose own case this is; empty where a paper application came from somebody without one.
    pub account: Option<String>,
    pub agent: Option<Agent>,
    /// The party's consent to service into its in-box; without it electronic service is void.
    pub electronic_service: bool,
}
