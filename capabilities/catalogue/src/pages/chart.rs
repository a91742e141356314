//! The public chart of an item's flow, drawn once. Every view of a guide needs it, and reading and laying out the
//! BPMN costs twenty times what the rest of the page does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mingjing_bpmn::casework::{StepRow, seen_by, table};
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::model::{self, Visibility};

use crate::version::ItemVersion;

/// Drawing and table of steps, as the public may see them (R3): what is internal is left out.
pub struct Chart {
    pub svg: String,
    pub steps: Vec<StepRow>,
}

/// Charts kept; a county has fewer flows than this, and a bound keeps a long-lived process small.
const MOST: usize = 512;

/// The key is the whole text that is drawn, with its title: two flows are never mistaken for one another.
type Drawn = HashMap<(String, String), Arc<Chart>>;

/// `None` where the version has no flow. A flow was read when the item was entered; one that no longer reads is left
/// to the list of steps.
pub fn public_chart(version: &ItemVersion) -> Option<Arc<Chart>> {
    static DRAWN: OnceLock<Mutex<Drawn>> = OnceLock::new();
    let flow = version.flow.as_ref()?;
    let key = (flow.bpmn_xml.clone(), version.name.clone());
    let drawn = DRAWN.get_or_init(Mutex::default);
    if let Some(known) = drawn.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Some(Arc::clone(known));
    }
    let chart = Arc::new(draw(&flow.bpmn_xml, &version.name)?);
    let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
    if drawn.len() >= MOST {
        drawn.clear();
    }
    drawn.insert(key, Arc::clone(&chart));
    Some(chart)
}

fn draw(bpmn_xml: &str, item: &str) -> Option<Chart> {
    let whole = model::read(bpmn_xml).ok()?;
    let model = seen_by(&whole, Visibility::Public).unwrap_or(whole);
    let overlay = Overlay {
        title: Some(format!("{item}办理流程图")),
        ..Overlay::default()
    };
    Some(Chart {
        svg: draw::svg(&model, &overlay),
        steps: table(&model),
    })
}
