//! A case as pages show it: with the expiries that are due already applied in memory, so that no page is behind the law.

use std::sync::Arc;

use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{Context, Fault, Reader, RecordedEvent};
use mingjing_people::public::{Body, BodyFacts, Officer};

use crate::case::Case;
use crate::commands::{flow_of, gone};
use crate::decide::Setting;
use crate::expiries;
use crate::flow::Flow;
use crate::matter::Matter;
use crate::operate;

pub struct CaseSeen {
    pub case: Case,
    /// The version the person sees; comes back with the act.
    pub version: i64,
    pub item: Arc<ItemVersion>,
    pub body: Arc<BodyFacts>,
    flow: Flow,
    /// Whose chart it runs on.
    pub charted: Arc<ItemVersion>,
    assisting: Vec<Arc<BodyFacts>>,
    pub events: Vec<RecordedEvent>,
}

impl CaseSeen {
    pub(crate) fn flow(&self) -> &Flow {
        &self.flow
    }

    pub fn setting<'a>(&'a self, context: &'a Context) -> Setting<'a> {
        Setting {
            context,
            flow: &self.flow,
            body: &self.body,
            item: &self.item,
            decisions: &self.charted.decisions,
            assisting: &self.assisting,
        }
    }
}

/// `None` where there is no such case, or its application was erased.
///
/// # Errors
/// [`Fault`] from the database or from broken data.
pub fn case(reader: &mut Reader<'_>, context: &Context, case_no: &str) -> Result<Option<CaseSeen>, Fault> {
    if !crate::number::is_case_no(case_no) {
        return Ok(None);
    }
    let loaded = reader.load::<Case>(case_no)?;
    let Some(pinned) = loaded.item().cloned() else {
        return Ok(None);
    };
    let item = reader.load::<Item>(&pinned.item_code)?;
    let charted = loaded.flow_version().and_then(|version| item.shared_version(version));
    let (Some(item), Some(charted)) = (item.shared_version(pinned.version), charted) else {
        return Err(Fault::Inconsistent(
            "a case rests on an item version that is not there".into(),
        ));
    };
    let Some(body) = reader.load::<Body>(&pinned.body)?.shared_facts() else {
        return Err(Fault::Inconsistent("a case belongs to a body that is not there".into()));
    };
    let Some(flow) = charted
        .flow
        .as_ref()
        .and_then(|flow| flow_of(&flow.hash, &flow.bpmn_xml).ok())
    else {
        return Err(Fault::Inconsistent("the flow of a case cannot be read".into()));
    };
    let mut assisting = Vec::new();
    for body in flow.asks() {
        assisting.extend(reader.load::<Body>(&body)?.shared_facts());
    }
    let mut seen = CaseSeen {
        case: (*loaded.state).clone(),
        version: loaded.version,
        item,
        body,
        flow,
        charted,
        assisting,
        events: reader.events("case", case_no)?,
    };
    apply_expiries(&mut seen, context);
    fall_back(reader, &mut seen, context)?;
    Ok(Some(seen))
}

fn apply_expiries(seen: &mut CaseSeen, context: &Context) {
    // A refusal here is told when somebody acts; the page shows the case as recorded.
    while let Ok(Some(verdict)) = expiries::due(&seen.case, &seen.setting(context)) {
        for event in &verdict.events {
            seen.case.apply(event, verdict.happened_on);
        }
    }
}

/// Steps that are no longer anybody's are shown as the post's, as the next act will record it.
fn fall_back(reader: &mut Reader<'_>, seen: &mut CaseSeen, context: &Context) -> Result<(), Fault> {
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
