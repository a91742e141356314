//! Service of papers (ways and proof after 民诉法 87–90): in person with signature, by post with receipt, left in place
//! with a witness, or electronically into the party's in-box if the party consented. The same for every procedure.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::attached::Attached;
use crate::decide::{LegalAct, Setting, text};
use crate::events::{FileRef, Service};
use crate::paper::online_channel;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "way", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "WayOfService")]
pub enum Way {
    Personal {
        #[schemars(length(max = 100))]
        recipient: String,
        #[serde(default)]
        #[schemars(length(max = 100))]
        relation: String,
        #[schemars(length(max = 300))]
        place: String,
        signed: bool,
        #[schemars(with = "Option<Attached>", description = "签名的送达回证")]
        signature: Option<FileRef>,
    },
    Electronic,
    Postal {
        #[schemars(length(max = 64))]
        tracking_no: String,
        #[schemars(length(max = 100))]
        recipient: String,
        #[serde(default)]
        #[schemars(length(max = 300))]
        place: String,
    },
    LeftInPlace {
        #[schemars(length(max = 300))]
        place: String,
        #[schemars(length(max = 1000))]
        reason: String,
        #[schemars(length(max = 100))]
        witness: String,
        #[schemars(with = "Option<Attached>", description = "拍照、录像的截图")]
        evidence: Option<FileRef>,
    },
}

/// Whom the papers are for, as far as a way of service asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recipient<'a> {
    pub(crate) called: &'static str,
    pub(crate) consented: bool,
    /// What electronic service without consent would break.
    pub(crate) consent_article: &'static str,
    pub(crate) account: Option<&'a str>,
    /// The paper burdens the party: served online it needs the online way to reconsideration too.
    pub(crate) burdening: bool,
}

/// Checks a way of service and makes it the recorded one.
pub(crate) fn service(
    act: impl LegalAct,
    way: &Way,
    recipient: &Recipient<'_>,
    setting: &Setting<'_>,
) -> Result<Service, Refusal> {
    match way {
        Way::Personal {
            recipient,
            relation,
            place,
            signed,
            signature,
        } => {
            if !signed && signature.is_none() {
                return Err(act
                    .lacks(
                        "needs_signature",
                        "signed",
                        "直接送达应当由受送达人在送达回证上签名或者盖章。",
                    )
                    .advice("受送达人拒绝签收的，请选择留置送达。"));
            }
            Ok(Service::Personal {
                recipient: text(act, "recipient", "签收人", recipient)?,
                relation: text(act, "relation", "签收人与当事人的关系", relation)?,
                place: text(act, "place", "送达地点", place)?,
                signed: *signed,
                signature: signature.clone(),
            })
        }
        Way::Electronic => electronic(act, recipient, setting),
        Way::Postal {
            tracking_no,
            recipient,
            place,
        } => Ok(Service::Postal {
            tracking_no: text(act, "tracking_no", "邮件号码", tracking_no)?,
            recipient: text(act, "recipient", "签收人", recipient)?,
            place: text(act, "place", "送达地址", place)?,
        }),
        Way::LeftInPlace {
            place,
            reason,
            witness,
            evidence,
        } => {
            if witness.trim().is_empty() && evidence.is_none() {
                return Err(Refusal::invalid(
                    act.code("needs_witness"),
                    "留置送达应当有见证人签名，或者以拍照、录像记录送达过程。",
                )
                .article("民事诉讼法第八十九条")
                .field("witness", "请填写见证人，或者上传拍照、录像。"));
            }
            Ok(Service::LeftInPlace {
                place: text(act, "place", "送达地点", place)?,
                reason: text(act, "reason", "拒收事由", reason)?,
                witness: witness.trim().to_owned(),
                evidence: evidence.clone(),
            })
        }
    }
}

/// Arrival is the moment the notice stands in the party's in-box, which this very act writes.
fn electronic(act: impl LegalAct, recipient: &Recipient<'_>, setting: &Setting<'_>) -> Result<Service, Refusal> {
    if !recipient.consented {
        return Err(Refusal::law(
            act.code("no_consent"),
            format!("{}没有同意电子送达，不能以电子方式送达。", recipient.called),
        )
        .article(recipient.consent_article)
        .advice("请改用直接送达、邮寄送达等方式。"));
    }
    if recipient.account.is_none() {
        return Err(Refusal::law(
            act.code("no_inbox"),
            format!("{}没有本平台账户，无法送入其电子信箱。", recipient.called),
        )
        .article("民事诉讼法第九十条第二款")
        .advice("请改用直接送达、邮寄送达等方式。"));
    }
    if recipient.burdening && online_channel(setting).is_none() {
        return Err(Refusal::law(
            act.code("no_online_channel"),
            "通过互联网送达决定书的，应当同时提供提交行政复议申请书的互联网渠道，本地尚未设置。",
        )
        .article("行政复议法第二十二条第二款")
        .advice("请改用直接送达、邮寄送达等方式，或者请系统管理员设置复议申请渠道。"));
    }
    Ok(Service::Electronic {
        arrived_at: setting.context.at,
    })
}

/// The fields of a proof of service.
pub(crate) fn proof_fields(service: &Service, server: &str, served_on: Date, consent: &str) -> Json {
    let mut data = json!({"server": server, "arrived_at": served_on.to_string()});
    let fields = match service {
        Service::Personal {
            recipient,
            relation,
            place,
            ..
        } => json!({"method": "in_person", "place": place, "recipient": recipient, "relation": relation}),
        Service::Electronic { arrived_at } => json!({
            "method": "electronic",
            "place": "本平台“我的收件箱”",
            "consent": consent,
            "arrived_at": arrived_at
                .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
                .strftime("%Y-%m-%dT%H:%M")
                .to_string(),
        }),
        Service::Postal {
            tracking_no,
            recipient,
            place,
        } => {
            json!({"method": "post", "place": place, "recipient": recipient, "note": format!("邮件号码：{tracking_no}")})
        }
        Service::LeftInPlace {
            place, reason, witness, ..
        } => {
            let witness = if witness.is_empty() {
                "以拍照、录像记录送达过程"
            } else {
                witness.as_str()
            };
            json!({"method": "left", "place": place, "refusal_reason": reason, "witness": witness})
        }
    };
    if let (Some(data), Some(fields)) = (data.as_object_mut(), fields.as_object()) {
        data.extend(fields.clone());
    }
    data
}
