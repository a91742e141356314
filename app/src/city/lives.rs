//! One whole life without waiting, for measuring: the acts of a grant, each performed by its person.

use std::sync::Arc;

use mingjing_cases::commands;
use mingjing_cases::events::FileRef;
use mingjing_cases::submission::submit_online;
use mingjing_chronicle::{Chronicle, Request, Stop};

pub use super::cast::Cast;
use super::plan::Act;
use super::script::{self, Scene};

const GRANT: [Act; 9] = [
    Act::Accept,
    Act::SiteCheck,
    Act::Examine,
    Act::Review,
    Act::Decide,
    Act::Issue,
    Act::Serve,
    Act::Complete,
    Act::Publish,
];

/// The file that stands for every material of the city.
///
/// # Errors
/// A fault of the store or the database.
pub async fn store_sample(chronicle: &Chronicle) -> Result<FileRef, Stop> {
    let bytes = include_bytes!("../../../demo/materials/sample.pdf");
    let blob = chronicle.put_blob(bytes).await?;
    Ok(FileRef {
        blob: blob.id,
        sha256: blob.sha256,
        bytes: blob.bytes,
        name: "演示材料.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
    })
}

/// # Errors
/// The first act that a rule refuses; a fault.
pub async fn grant_once(
    chronicle: &Arc<Chronicle>,
    cast: &Cast,
    number: usize,
    sample: &FileRef,
    mut timed: impl FnMut(&'static str, std::time::Duration),
) -> Result<(), Stop> {
    let applicant = &cast.applicants[number % cast.applicants.len()];
    let scene = Scene {
        number,
        today: chronicle.clock().today(),
        window: &cast.windows[0],
        team: cast.windows[0].team(0),
        applicant,
        sample,
    };
    let begun = std::time::Instant::now();
    let request = Request::by(applicant.actor.clone()).once(format!("bench-{number}"), "bench");
    let submitted = submit_online(chronicle, request, script::application(&scene)).await?;
    timed("submit", begun.elapsed());
    let case_no = submitted.value.case_no;
    for act in GRANT {
        let command = script::command(act, &scene);
        let request = Request::by(scene.by(act).clone());
        let begun = std::time::Instant::now();
        commands::perform(chronicle, request, &case_no, None, command).await?;
        timed(act.name(), begun.elapsed());
    }
    Ok(())
}
