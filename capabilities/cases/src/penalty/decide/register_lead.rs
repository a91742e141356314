//! A lead comes in (行政处罚法 54(1)): source, day, content. It is no case yet; who told is kept sealed (R123).

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, done_on};
use crate::attached::Attached;
use crate::decide::{LegalAct, bounded, holds_post, past_date, text};
use crate::events::{FileRef, PinnedItem};
use crate::penalty::events::{Informant, Lead, LeadRegistered, LeadSource, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::RegisterLead;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterLead {
    #[schemars(length(min = 1, max = 40))]
    pub item_code: String,
    pub source: LeadSource,
    pub received_on: Date,
    #[schemars(length(max = 5000))]
    pub content: String,
    #[schemars(length(max = 300))]
    pub place: String,
    /// Who may have done it; may be empty.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub suspect: String,
    #[serde(default)]
    pub informant: Option<Informant>,
    #[serde(default)]
    #[schemars(with = "Vec<Attached>", length(max = 10))]
    pub files: Vec<FileRef>,
}

/// # Errors
/// `penalty.register_lead.*`
pub fn decide(
    state: &PenaltyCase,
    command: &RegisterLead,
    case_no: &str,
    item: PinnedItem,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    if state.exists() {
        return Err(ACT.forbids("already_registered", "这条线索已经登记过了。"));
    }
    let post = holds_post(ACT, &item.body, ACT.role(), scene.setting.context)?;
    let window = scene
        .setting
        .context
        .parameters
        .number("penalty.lead_backdating_days", 30);
    past_date(
        ACT,
        "received_on",
        command.received_on,
        Date::MIN,
        window,
        scene.setting.context,
    )?;
    let informant = match &command.informant {
        Some(known) => Some(Informant {
            name: bounded(ACT, "informant_name", "举报（投诉）人", &known.name)?,
            contact: bounded(ACT, "informant_contact", "联系方式", &known.contact)?,
        }),
        None => None,
    };
    let lead = Lead {
        source: command.source,
        received_on: command.received_on,
        content: text(ACT, "content", "线索内容", &command.content)?,
        place: bounded(ACT, "place", "发生地点", &command.place)?,
        suspect: bounded(ACT, "suspect", "涉嫌违法的当事人", &command.suspect)?,
        informant,
        files: command.files.clone(),
    };
    let fact = LeadRegistered {
        case_no: case_no.to_owned(),
        item,
        lead,
        registered_by: scene.account().to_owned(),
    };
    let effects = PenaltyEffects {
        flow: scene.setting.start_flow(&serde_json::Map::new)?,
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::LeadRegistered(Box::new(fact));
    Ok(done_on(
        state,
        fact,
        effects,
        command.received_on,
        &post.post,
        &scene.setting,
    ))
}
