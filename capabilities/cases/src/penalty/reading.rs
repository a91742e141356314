//! A penalty case as pages show it: with the expiries that are due already applied in memory, so that no page is behind
//! the law, and with the person who looks.

use std::sync::Arc;

use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{ActorKind, Context, Fault, Reader, RecordedEvent};
use mingjing_people::public::{Body, BodyFacts, Citizen, Officer, Organisation};

use super::commands::certified_today;
use super::decide::{Known, Scene, Who};
use super::discretion::{self, BenchmarkText};
use super::{PenaltyCase, expiries};
use crate::commands::{flow_of, gone};
use crate::decide::Setting;
use crate::events::SiteOfficer;
use crate::flow::Flow;
use crate::matter::Matter;
use crate::number::Procedure;
use crate::operate;
use crate::party::Party;

pub struct PenaltySeen {
    pub case: PenaltyCase,
    /// The version the person sees; comes back with the act.
    pub version: i64,
    pub item: Arc<ItemVersion>,
    pub body: Arc<BodyFacts>,
    pub events: Vec<RecordedEvent>,
    /// The person may act for the party: such a person sees the case from its opening on.
    pub speaks_for_party: bool,
    /// Benchmarks of the versions of the item that may govern the case (37).
    pub benchmarks: Vec<BenchmarkText>,
    flow: Flow,
    /// Whose chart it runs on.
    pub charted: Arc<ItemVersion>,
    certified: Option<SiteOfficer>,
    name: String,
    known: Known,
}

impl PenaltySeen {
    pub fn who<'a>(&'a self, context: &'a Context) -> Who<'a> {
        Who {
            context,
            speaks_for_party: self.speaks_for_party,
            certified: self.certified.as_ref(),
            name: &self.name,
        }
    }

    /// For previews (the masked record a reviewer is about to publish).
    pub fn scene<'a>(&'a self, context: &'a Context) -> Scene<'a> {
        Scene {
            setting: self.setting(context),
            who: self.who(context),
            known: &self.known,
        }
    }

    pub fn setting<'a>(&'a self, context: &'a Context) -> Setting<'a> {
        Setting {
            context,
            flow: &self.flow,
            body: &self.body,
            item: &self.item,
            decisions: &self.charted.decisions,
            assisting: &[],
        }
    }
}

/// `None` where there is no such case, or its first event was erased.
///
/// # Errors
/// [`Fault`] from the database or from broken data.
pub fn case(reader: &mut Reader<'_>, context: &Context, case_no: &str) -> Result<Option<PenaltySeen>, Fault> {
    if Procedure::of(case_no) != Some(Procedure::Penalty) {
        return Ok(None);
    }
    let loaded = reader.load::<PenaltyCase>(case_no)?;
    let Some(pinned) = loaded.item.clone() else {
        return Ok(None);
    };
    let item = reader.load::<Item>(&pinned.item_code)?;
    let charted = loaded.flow_version().and_then(|version| item.shared_version(version));
    let (Some(version), Some(charted)) = (item.shared_version(pinned.version), charted) else {
        return Err(Fault::Inconsistent(
            "a penalty rests on an item version that is not there".into(),
        ));
    };
    let acted = loaded.facts.opening.as_ref();
    let acted = acted.map(|opening| opening.acted.decisive_day(context.today));
    let benchmarks = discretion::texts(&item, &version, acted, context.today);
    let Some(body) = reader.load::<Body>(&pinned.body)?.shared_facts() else {
        return Err(Fault::Inconsistent(
            "a penalty belongs to a body that is not there".into(),
        ));
    };
    let Some(flow) = charted
        .flow
        .as_ref()
        .and_then(|flow| flow_of(&flow.hash, &flow.bpmn_xml).ok())
    else {
        return Err(Fault::Inconsistent("the flow of a penalty cannot be read".into()));
    };
    let case = (*loaded.state).clone();
    let (certified, name) = officer(reader, context)?;
    let mut seen = PenaltySeen {
        speaks_for_party: speaks_for(reader, context, &case)?,
        case,
        version: loaded.version,
        item: version,
        body,
        benchmarks,
        flow,
        charted,
        certified,
        name,
        known: Known::default(),
        events: reader.events("penalty", case_no)?,
    };
    apply_expiries(&mut seen, context);
    fall_back(reader, &mut seen, context)?;
    Ok(Some(seen))
}

fn officer(reader: &mut Reader<'_>, context: &Context) -> Result<(Option<SiteOfficer>, String), Fault> {
    if context.actor.kind != ActorKind::Official {
        return Ok((None, String::new()));
    }
    let officer = reader.load::<Officer>(&context.actor.account)?;
    Ok((certified_today(&officer, context.today), officer.facts().name))
}

/// As the command itself asks the register.
fn speaks_for(reader: &mut Reader<'_>, context: &Context, case: &PenaltyCase) -> Result<bool, Fault> {
    let account = &context.actor.account;
    let Some(party) = case.party().filter(|_| case.facts.opened.is_some()) else {
        return Ok(false);
    };
    if context.actor.kind != ActorKind::Citizen {
        return Ok(false);
    }
    if party.account.as_ref() == Some(account) {
        return Ok(true);
    }
    let item = case.item.as_ref().map_or("", |item| item.item_code.as_str());
    let right = match (&party.party, &party.account) {
        (Party::Organisation { uscc, .. }, _) => {
            reader.load::<Organisation>(uscc)?.authority_of(account, context.today)
        }
        (Party::Individual { .. }, Some(principal)) => {
            reader.load::<Citizen>(principal)?.authority_of(account, context.today)
        }
        (Party::Individual { .. }, None) => None,
    };
    Ok(right.is_some_and(|right| right.covers(item)))
}

fn apply_expiries(seen: &mut PenaltySeen, context: &Context) {
    // A refusal here is told when somebody acts; the page shows the case as recorded.
    while let Ok(Some(verdict)) = expiries::due(&seen.case, &seen.setting(context)) {
        for event in &verdict.events {
            seen.case.apply(event, verdict.happened_on);
        }
    }
}

/// As for applications: steps that are no longer anybody's are shown as the post's.
fn fall_back(reader: &mut Reader<'_>, seen: &mut PenaltySeen, context: &Context) -> Result<(), Fault> {
    loop {
        let gone = gone(&seen.case, |account| {
            Ok(Arc::clone(&reader.load::<Officer>(account)?.state))
        })?;
        let Ok(Some(verdict)) = operate::fall_back(&seen.case, &gone, &seen.setting(context)) else {
            return Ok(());
        };
        for event in &verdict.events {
            seen.case.apply(event, verdict.happened_on);
        }
    }
}
