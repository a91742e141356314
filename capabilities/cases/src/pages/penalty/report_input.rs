//! The longer forms: opening, evidence, the report at the end of the investigation.

use mingjing_web::Reader;

use super::input::{lines, maybe, sum};
use crate::decide::LONGEST_TEXT;
use crate::events::FileRef;
use crate::party::{DocumentKind, Party};
use crate::penalty::decide::end_investigation::EndInvestigation;
use crate::penalty::decide::evidence::RecordEvidence;
use crate::penalty::decide::propose_opening::ProposeOpening;
use crate::penalty::discretion::{GroundGiven, Weight};
use crate::penalty::events::{Correction, EvidenceKind, Harm, LegalReviewGround, Mind, NoPenaltyGround, Outcome};

pub(super) fn opening(form: &mut Reader<'_>) -> Option<ProposeOpening> {
    let open = form.choice::<String>("open", "建议");
    let cause = form.text("cause", "案由", 200);
    let party = party(form);
    let party_account = form.optional("party_account", "平台账号", 100);
    let acted_from = form.date("acted_from", "违法行为开始的日期");
    let acted_to = form.optional_date("acted_to", "违法行为终了的日期");
    let discovered_on = form.date("discovered_on", "发现的日期");
    let harm = form.choice::<String>("harm", "危害后果");
    let facts = form.text("facts", "基本案情", LONGEST_TEXT);
    let reasons = form.text("reasons", "理由", LONGEST_TEXT);
    let investigators = form.choices::<String>("investigators", "办案人员");
    let opinion = form.text("opinion", "承办人意见", LONGEST_TEXT);
    Some(ProposeOpening {
        open: open? == "yes",
        cause: cause?,
        party: party?,
        party_account: party_account?,
        acted_from: acted_from?,
        acted_to: acted_to?,
        discovered_on: discovered_on?,
        harm: Harm::from_key(&harm?)?,
        facts: facts?,
        reasons: reasons?,
        investigators: investigators?,
        opinion: opinion?,
    })
}

fn party(form: &mut Reader<'_>) -> Option<Option<Party>> {
    let kind = form.choice::<String>("party_kind", "当事人类型");
    let mut line = |name, label| Some(form.optional(name, label, 200)?.unwrap_or_default());
    let name = line("party_name", "姓名或者名称");
    let document_no = line("party_document_no", "居民身份证号码");
    let uscc = line("party_uscc", "统一社会信用代码");
    let legal_representative = line("party_legal_representative", "法定代表人（负责人）");
    let contact = line("party_contact", "联系人");
    let phone = line("party_phone", "联系电话");
    let address = line("party_address", "地址");
    let name = name?;
    if name.is_empty() {
        // Whether a party must be named is the rule's to say.
        return Some(None);
    }
    Some(Some(if kind? == "individual" {
        Party::Individual {
            name,
            document: DocumentKind::CitizenId,
            document_no: document_no?,
            phone: phone?,
            address: address?,
        }
    } else {
        Party::Organisation {
            name,
            uscc: uscc?,
            legal_representative: legal_representative?,
            contact: contact?,
            phone: phone?,
            address: address?,
        }
    }))
}

pub(super) fn evidence(form: &mut Reader<'_>, file: Option<FileRef>) -> Option<RecordEvidence> {
    let kind = form.choice::<String>("kind", "证据种类");
    let name = form.text("name", "证据名称", 200);
    let source = form.text("source", "证据来源", 500);
    let place = form.text("place", "取得的地点", 300);
    let taken_on = form.date("taken_on", "取得的日期");
    let proves = form.text("proves", "证明什么", LONGEST_TEXT);
    let takers = form.choices::<String>("takers", "取证人员");
    let kept_at = form.text("kept_at", "存放地点", 300);
    Some(RecordEvidence {
        kind: EvidenceKind::from_key(&kind?)?,
        name: name?,
        source: source?,
        place: place?,
        taken_on: taken_on?,
        proves: proves?,
        takers: takers?,
        shown_certificates: form.ticked("shown_certificates"),
        file,
        kept_at: kept_at?,
    })
}

pub(super) fn end_of_investigation(form: &mut Reader<'_>) -> Option<EndInvestigation> {
    let facts = form.text("facts", "查明的事实", LONGEST_TEXT);
    let evidence = form.choices::<String>("evidence", "所依据的证据");
    let violated = form.text("violated", "违反的规定", LONGEST_TEXT);
    let bases = maybe(form, "bases", "处罚的依据");
    let mind = form.choice::<String>("mind", "精神状况");
    let grounds = maybe(form, "grounds", "情节");
    let proposal = outcome(form);
    let reasons = form.text("reasons", "处理建议的理由", LONGEST_TEXT);
    let correction = correction(form);
    let legal_review = form.choices::<String>("legal_review", "应当法制审核的情形");
    let opinion = form.text("opinion", "承办人意见", LONGEST_TEXT);
    Some(EndInvestigation {
        facts: facts?,
        evidence: evidence?,
        violated: lines(&violated?),
        bases: lines(&bases?),
        mind: Mind::from_key(&mind?)?,
        factors: std::collections::BTreeMap::new(),
        grounds: weights(form, &grounds?)?,
        other_norms: Vec::new(),
        proposal: proposal?,
        reasons: reasons?,
        correction: correction?,
        legal_review: legal_review?
            .iter()
            .filter_map(|key| LegalReviewGround::from_key(key))
            .collect(),
        collective: form.ticked("collective"),
        opinion: opinion?,
    })
}

/// `从轻：行政处罚法第三十二条第（一）项：主动召回`, one a line.
fn weights(form: &mut Reader<'_>, text: &str) -> Option<Vec<GroundGiven>> {
    let mut grounds = Vec::new();
    for line in lines(text) {
        let mut parts = line.splitn(3, ['：', ':']).map(str::trim);
        let (kind, article, reason) = (parts.next(), parts.next(), parts.next());
        let weight = kind.and_then(|kind| Weight::ALL.iter().copied().find(|known| known.name() == kind));
        let (Some(weight), Some(article), Some(reason)) = (weight, article, reason) else {
            return form.refuse("grounds", format!("“{line}”没有写成“从轻：条文：事实”这样三部分。"));
        };
        grounds.push(GroundGiven {
            weight,
            article: article.to_owned(),
            reason: reason.to_owned(),
        });
    }
    Some(grounds)
}

pub(super) fn outcome(form: &mut Reader<'_>) -> Option<Outcome> {
    let outcome = form.choice::<String>("outcome", "处理");
    let fine = form.optional("fine", "罚款数额", 20);
    let ground = form.optional("no_penalty_ground", "不予处罚的情形", 40);
    let education = maybe(form, "education", "教育的内容");
    let organ = form.optional("organ", "移送的司法机关", 200);
    Some(match outcome?.as_str() {
        "penalty" => Outcome::Penalty {
            fine: sum(form, "fine", &fine?.unwrap_or_default())?,
        },
        "no_penalty" => {
            let ground = NoPenaltyGround::from_key(&ground?.unwrap_or_default());
            Outcome::NoPenalty {
                ground: ground.or_else(|| form.refuse("no_penalty_ground", "请选择不予处罚的情形。"))?,
                education: education?,
            }
        }
        "transfer" => Outcome::Transfer {
            organ: organ?.unwrap_or_default(),
        },
        _ => Outcome::NotEstablished,
    })
}

fn correction(form: &mut Reader<'_>) -> Option<Correction> {
    let order = form.choice::<String>("correction", "改正情况");
    let how = maybe(form, "corrected_how", "怎样改正的");
    let by = form.optional_date("correct_by", "改正的期限");
    Some(match order?.as_str() {
        "already_done" => Correction::AlreadyDone { how: how? },
        "by" => Correction::By {
            on: by?.or_else(|| form.refuse("correct_by", "请填写改正的期限。"))?,
        },
        _ => Correction::AtOnce,
    })
}
