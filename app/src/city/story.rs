//! What stands around the demo city's items: flow and form files, law summaries, words for the search.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_catalogue::material::Definition;
use mingjing_catalogue::{Attachments, LawOrder, Which};
use mingjing_chronicle::{Actor, Chronicle, Fault, Request, Stop};
use mingjing_web::{FileKind, KeptFile};

pub const CATALOGUE: &[u8] = include_bytes!("../../../demo/items/catalogue.csv");
pub const FOOD_PERMIT: &[u8] = include_bytes!("../../../demo/items/food-permit.json");
pub const SIX_BODIES: &[u8] = include_bytes!("../../../demo/items/six-bodies.csv");
pub const JOINT: &[u8] = include_bytes!("../../../demo/items/joint.csv");
pub const PROCEDURES: &[u8] = include_bytes!("../../../demo/items/procedures.csv");
pub const PENALTIES: &[u8] = include_bytes!("../../../demo/items/penalties.csv");
const LAWS: &[u8] = include_bytes!("../../../demo/laws/laws.json");
const MATERIALS: &[u8] = include_bytes!("../../../demo/materials/definitions.json");
/// The blank form that people fetch for a letter of authority.
const AUTHORITY: &[u8] = include_bytes!("../../../demo/materials/authority-blank.pdf");
const SYNONYMS: &str = include_str!("../../../demo/synonyms.txt");

/// Files of the demo folder with the names by which the items cite them.
macro_rules! demo_files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../../demo/", $name)).as_slice())),*]
    };
}

/// Flow, form and benchmark files by the names that the items use.
pub fn attachments() -> Attachments {
    let files = demo_files![
        "flows/food-permit.bpmn",
        "forms/food-permit.json",
        "flows/general-permit.bpmn",
        "forms/general-permit.json",
        "flows/confirmation.bpmn",
        "decisions/injury-limit.dmn",
        "flows/permit-hearing.bpmn",
        "flows/permit-parallel-review.bpmn",
        "flows/joint-approval.bpmn",
        "flows/levy.bpmn",
        "forms/injury.json",
        "forms/declaration.json",
        "flows/ordinary-penalty.bpmn",
        "flows/countersigned-penalty.bpmn",
        "flows/summary-penalty.bpmn",
        "flows/coercive-measure.bpmn",
        "flows/compulsory-enforcement.bpmn",
        "flows/disclosure.bpmn",
        "forms/disclosure.json",
        "benchmarks/food-label.txt",
        "benchmarks/food-purchase-check.txt",
        "benchmarks/road-freight.txt",
        "benchmarks/hazard.txt",
        "benchmarks/drainage.txt",
        "benchmarks/unlicensed-food.txt",
        "benchmarks/expired-food.txt",
        "benchmarks/fireworks.txt",
        "benchmarks/fire-equipment.txt",
        "benchmarks/public-place.txt",
        "benchmarks/pesticide.txt",
        "benchmarks/water-discharge.txt",
        "benchmarks/unassessed-building.txt",
        "benchmarks/site-dust.txt",
        "benchmarks/driving-licence.txt",
    ];
    files
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .collect::<BTreeMap<_, _>>()
}

pub async fn laws(chronicle: &Arc<Chronicle>) -> Result<(), Stop> {
    mingjing_catalogue::import_laws(chronicle, Actor::system(), LAWS).await?;
    Ok(())
}

pub async fn references(chronicle: &Arc<Chronicle>) -> Result<(), Stop> {
    mingjing_catalogue::set_synonyms(chronicle, Actor::system(), SYNONYMS).await?;
    mingjing_catalogue::import_editions(chronicle, Actor::system(), made_up_norm()).await?;
    shared_materials(chronicle).await
}

/// The library of materials, as the legal office keeps it.
async fn shared_materials(chronicle: &Arc<Chronicle>) -> Result<(), Stop> {
    let definitions: Vec<Definition> = serde_json::from_slice(MATERIALS)
        .map_err(|error| Fault::Internal(format!("the demo's materials do not parse: {error}")))?;
    for mut definition in definitions {
        if definition.key == "authority" {
            let kept = KeptFile {
                blob: chronicle.put_blob(AUTHORITY).await?,
                name: "授权委托书（空白）.pdf".to_owned(),
                kind: FileKind::Pdf,
            };
            definition.set_file(Which::Blank, Some(kept.into()));
        }
        let request = Request::by(Actor::system());
        mingjing_catalogue::define_material(chronicle, request, None, definition).await?;
    }
    Ok(())
}

/// The library's show-piece: a document of the demo city that never was, in two editions.
fn made_up_norm() -> LawOrder {
    let texts: [(&str, &[u8]); 2] = [
        (
            "exhibition-2024.md",
            include_bytes!("../../../demo/laws/texts/exhibition-2024.md"),
        ),
        (
            "exhibition-2026.md",
            include_bytes!("../../../demo/laws/texts/exhibition-2026.md"),
        ),
    ];
    LawOrder {
        files: texts.map(|(name, text)| (name.to_owned(), text.to_vec())).into(),
        ..LawOrder::default()
    }
}
