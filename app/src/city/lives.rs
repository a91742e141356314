//! Whole lives without waiting, for measuring and for the kill loops: every act of a granted permit, drafts included, and
//! of a fine with defence, each a durable command of its person under an idempotency key.
//!
//! Invariant: a life lived again with the same keys repeats nothing; it is answered from its first outcomes and goes on
//! where it broke off.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mingjing_cases::commands;
use mingjing_cases::drafts::{self, DraftContent};
use mingjing_cases::events::FileRef;
use mingjing_cases::number::Procedure;
use mingjing_cases::penalty::{commands as penalty, leads};
use mingjing_cases::submission::submit_online;
use mingjing_chronicle::{Actor, Chronicle, Fault, Request, Stop};

use super::cast::{Applicant, Cast};
use super::drivers::looked_up;
use super::penalties::{self, suspects};
use super::plan::Act;
use super::population;
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

const FINE: [penalties::Act; 17] = [
    penalties::Act::Propose,
    penalties::Act::ReviewOpening,
    penalties::Act::Open,
    penalties::Act::Evidence,
    penalties::Act::EndWithFine,
    penalties::Act::ReviewProposal,
    penalties::Act::Notify,
    penalties::Act::ServeNotice,
    penalties::Act::Defend,
    penalties::Act::CheckDefence,
    penalties::Act::LegalReview,
    penalties::Act::DecideFine,
    penalties::Act::ServeDecision,
    penalties::Act::Pay,
    penalties::Act::ProposeClosing,
    penalties::Act::Close,
    penalties::Act::Publish,
];

/// The procedures whose lives are measured.
pub const MEASURED: [Procedure; 2] = [Procedure::Permit, Procedure::Penalty];

/// Acts of a whole life: with the two of the draft, the submission, the lead.
pub const fn acts_of(procedure: Procedure) -> usize {
    match procedure {
        Procedure::Permit => 3 + GRANT.len(),
        Procedure::Penalty => 1 + FINE.len(),
        // Of these the city lives a few tales only.
        Procedure::Matter | Procedure::Assistance => 0,
    }
}

/// Who applies in these lives; nobody has more than fifty drafts at a time, so they are many.
const APPLICANTS: usize = 500;
const FIRST_APPLICANT: usize = 800_000;
/// Beyond the numbers of any simulated past: a bank's receipt is recorded once.
const FIRST_NUMBER: usize = 50_000_000;

/// An act that was acknowledged.
pub struct Told<'a> {
    pub act: &'static str,
    pub took: Duration,
    /// Its idempotency key.
    pub key: &'a str,
    /// Empty for drafts.
    pub case_no: &'a str,
    /// Of the case, after the act; 0 for drafts.
    pub version: i64,
}

pub struct Lives {
    chronicle: Arc<Chronicle>,
    cast: Cast,
    sample: FileRef,
    /// Before every key: lives with another prefix are others.
    prefix: String,
}

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

/// Registers who applies in these lives: once a city, before its first life.
///
/// # Errors
/// A fault.
pub async fn settle_applicants(chronicle: &Chronicle) -> Result<(), Stop> {
    chronicle
        .inside(Actor::system(), |tx| {
            (FIRST_APPLICANT..FIRST_APPLICANT + APPLICANTS)
                .try_for_each(|number| population::register(tx, &population::resident(number)))
        })
        .await
}

impl Lives {
    /// # Errors
    /// A fault; somebody or some item of the city is missing.
    pub async fn begin(chronicle: Arc<Chronicle>, prefix: &str) -> Result<Lives, Stop> {
        let cast = Cast::assemble(&chronicle).await?;
        let sample = store_sample(&chronicle).await?;
        Ok(Lives {
            chronicle,
            cast,
            sample,
            prefix: prefix.to_owned(),
        })
    }

    pub fn key(&self, procedure: Procedure, number: usize, step: usize) -> String {
        format!("{}-{}-{number}-{step}", self.prefix, procedure.key())
    }

    /// Lives one life; its case.
    ///
    /// # Errors
    /// The first act that a rule refuses; a fault.
    pub async fn live(&self, procedure: Procedure, number: usize, told: impl FnMut(Told<'_>)) -> Result<String, Stop> {
        let life = Life {
            lives: self,
            procedure,
            number,
            step: 0,
            case_no: String::new(),
            told,
        };
        match procedure {
            Procedure::Permit => life.grant(&applicant(number)).await,
            Procedure::Penalty => life.fine().await,
            Procedure::Matter | Procedure::Assistance => {
                Err(Fault::Internal("no life of this procedure is measured".to_owned()).into())
            }
        }
    }

    /// A permit of the owner of the city, so that there is a case to look at from the party's side.
    ///
    /// # Errors
    /// As [`Lives::live`].
    pub async fn owners_permit(&self) -> Result<String, Stop> {
        let life = Life {
            lives: self,
            procedure: Procedure::Permit,
            number: FIRST_NUMBER,
            step: 0,
            case_no: String::new(),
            told: |_: Told<'_>| {},
        };
        life.grant(&self.cast.applicants[0]).await
    }
}

fn applicant(number: usize) -> Applicant {
    let resident = population::resident(FIRST_APPLICANT + number % APPLICANTS);
    Applicant {
        actor: population::actor(&resident),
        organisation: None,
        name: resident.name,
        phone: resident.phone,
    }
}

struct Life<'a, F> {
    lives: &'a Lives,
    procedure: Procedure,
    number: usize,
    step: usize,
    case_no: String,
    told: F,
}

/// Key and beginning of an act.
struct Begun {
    key: String,
    at: Instant,
}

impl<F: FnMut(Told<'_>)> Life<'_, F> {
    fn begin(&self) -> Begun {
        Begun {
            key: self.lives.key(self.procedure, self.number, self.step),
            at: Instant::now(),
        }
    }

    fn acknowledged(&mut self, act: &'static str, begun: &Begun, version: i64) {
        self.step += 1;
        (self.told)(Told {
            act,
            took: begun.at.elapsed(),
            key: &begun.key,
            case_no: &self.case_no,
            version,
        });
    }

    async fn grant(mut self, applicant: &Applicant) -> Result<String, Stop> {
        let Lives {
            chronicle,
            cast,
            sample,
            ..
        } = self.lives;
        let scene = Scene {
            number: self.number,
            today: chronicle.clock().today(),
            window: &cast.windows[0],
            team: cast.windows[0].team(0),
            applicant,
            sample,
        };
        let mut application = script::application(&scene);
        let by = |actor: &Actor, begun: &Begun| Request::by(actor.clone()).once(&begun.key, "life");

        let begun = self.begin();
        let request = by(&applicant.actor, &begun);
        let draft = drafts::begin(chronicle, request, application.item_code.clone()).await?;
        self.acknowledged("begin_draft", &begun, 0);
        let begun = self.begin();
        let content = DraftContent {
            behalf: application.behalf.clone(),
            phone: application.phone.clone(),
            address: application.address.clone(),
            electronic_service: application.electronic_service,
            form: application.form.clone(),
            materials: application.materials.clone(),
            ..DraftContent::default()
        };
        drafts::save(chronicle, by(&applicant.actor, &begun), draft.clone(), content).await?;
        self.acknowledged("save_draft", &begun, 0);
        application.draft = Some(draft);
        let begun = self.begin();
        let submitted = submit_online(chronicle, by(&applicant.actor, &begun), application).await?;
        self.case_no = submitted.value.case_no;
        self.acknowledged(Act::Submit.name(), &begun, 1);
        for act in GRANT {
            let begun = self.begin();
            let (request, command) = (by(scene.by(act), &begun), script::command(act, &scene));
            let acted = commands::perform(chronicle, request, &self.case_no, None, command).await?;
            self.acknowledged(act.name(), &begun, acted.value.version);
        }
        Ok(self.case_no)
    }

    async fn fine(mut self) -> Result<String, Stop> {
        let Lives {
            chronicle,
            cast,
            sample,
            ..
        } = self.lives;
        let (today, suspect) = (chronicle.clock().today(), suspects::business(self.number));
        let beat = &cast.beats[self.number % cast.beats.len()];
        let scene = penalties::scene::Scene {
            number: FIRST_NUMBER + self.number,
            today,
            began: today,
            offence: &beat.offence,
            squad: beat.squad(self.number),
            suspect: &suspect,
            sample,
        };
        let by = |act, begun: &Begun| Request::by(scene.by(act).clone()).once(&begun.key, "life");
        let begun = self.begin();
        let request = by(penalties::Act::RegisterLead, &begun);
        let lead = leads::register(chronicle, request, penalties::script::lead(&scene)).await?;
        self.case_no = lead.value.case_no;
        self.acknowledged(penalties::Act::RegisterLead.name(), &begun, lead.value.version);
        for act in FINE {
            let command = penalties::script::command(act, &scene);
            let command = looked_up(chronicle, &self.case_no, command).await?;
            let begun = self.begin();
            let acted = penalty::perform(chronicle, by(act, &begun), &self.case_no, None, command).await?;
            self.acknowledged(act.name(), &begun, acted.value.version);
        }
        Ok(self.case_no)
    }
}
