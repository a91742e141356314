//! Importing texts of laws: reading before the transaction, deciding and writing inside. All files of
//! one order or none; the same file again changes nothing; an attempt that is refused is recorded (R22).

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::{About, Actor, Chronicle, Fault, Refusal, Request, Stop, Tx};
use mingjing_people::public::{Body, permissions};
use mingjing_web::{Scope, Subject};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::adjustment::{Adjustment, CitedBy, CitingKind};
use crate::decide::enter_edition::{self, EnterEdition, Said, TextProblem, in_force_from, short_name};
use crate::decide::import_items::Outcome;
use crate::decide::open_adjustment;
use crate::decide::settle_adjustment::{self, SettleAdjustment};
use crate::edition::Edition;
use crate::events::{ImportFacts, LawEvent, RegisterEvent};
use crate::law::LawEntry;
use crate::mention::mentions;
use crate::pages::{IMPORT, SETTLE};
use crate::register::Register;
use crate::statute::read_statute;
use crate::version::NormRank;
use crate::views;

/// Files of one order at most.
pub const MAX_FILES: usize = 500;

/// Texts to be imported, and what the operator knows beyond them.
#[derive(Debug, Clone, Default)]
pub struct LawOrder {
    /// Names, for the report, and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// With one file it decides; with several it stands in where a text does not tell.
    pub in_force_from: Option<Date>,
    pub in_force_to: Option<Date>,
    pub rank: Option<NormRank>,
    /// Judge only; nothing is written, not even the attempt.
    pub dry_run: bool,
    /// Texts of the program that cite laws: templates of papers, rules with their articles.
    pub program: Vec<ProgramText>,
}

/// A text of the program in which articles may be cited.
#[derive(Debug, Clone)]
pub struct ProgramText {
    /// [`CitingKind::Template`] or [`CitingKind::Rule`].
    pub kind: CitingKind,
    pub id: String,
    pub name: String,
    pub text: String,
}

/// How the files fared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawImport {
    pub files: Vec<FileReport>,
    /// Whether the accepted editions are recorded now.
    pub applied: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    pub file: String,
    /// Short name; empty where the file is no statute.
    pub law: String,
    #[serde(default)]
    pub in_force_from: Option<Date>,
    pub articles: usize,
    /// Articles that are not as they were in the edition before.
    pub changed: usize,
    pub outcome: Outcome,
    pub problems: Vec<TextProblem>,
}

impl LawImport {
    pub fn is_refused(&self) -> bool {
        self.files.iter().any(|file| file.outcome == Outcome::Refused)
    }

    fn count(&self, outcome: Outcome) -> u32 {
        let files = self.files.iter().filter(|file| file.outcome == outcome).count();
        u32::try_from(files).unwrap_or(u32::MAX)
    }
}

/// Imports editions, all files or none.
///
/// # Errors
/// A refusal for an order that is no order (none or too many files, no right to it); a fault of the
/// database. What is wrong with a file is in the report.
pub async fn import_editions(chronicle: &Chronicle, actor: Actor, order: LawOrder) -> Result<LawImport, Stop> {
    permissions::require(&actor, IMPORT)?;
    if order.files.is_empty() || order.files.len() > MAX_FILES {
        let message = format!("一次应当导入1至{MAX_FILES}个文件。");
        return Err(Refusal::invalid("catalogue.laws.files", message).into());
    }
    let read = read_files(&order);
    if order.dry_run {
        let judged = chronicle.read(move |reader| judge(&read, |name| Ok((*reader.load::<LawEntry>(name)?).clone())));
        return Ok(judged.await?.0);
    }
    let facts = file_facts(&order);
    let program = program_citations(&order.program);
    chronicle
        .perform(Request::by(actor).writing_much(), move |tx| {
            let (mut report, writes) = judge(&read, |name| Ok((*tx.load::<LawEntry>(name)?).clone()))?;
            if !report.is_refused() {
                for (law, events) in writes {
                    write(tx, &law, events, &program)?;
                }
                report.applied = true;
            }
            if report.is_refused() {
                record_refusal(tx, &report, &facts)?;
            }
            Ok(report)
        })
        .await
        .map(|done| done.value)
}

/// A file with what was read of it.
type Read = (String, Result<EnterEdition, TextProblem>);

/// In the order of law and first day, so that editions of one law may be handed over in any order.
fn read_files(order: &LawOrder) -> Vec<Read> {
    let single = order.files.len() == 1;
    let mut files: Vec<Read> = order
        .files
        .iter()
        .map(|(name, bytes)| {
            let read = read_statute(bytes).map_err(|why| TextProblem::new(why.at(), "unreadable", why.to_string()));
            let command = read.map(|statute| command(statute, bytes, order, single));
            (name.clone(), command)
        })
        .collect();
    files.sort_by_cached_key(|(_, read)| {
        let command = read.as_ref().ok();
        command.map(|command| (short_name(&command.statute.title).to_owned(), in_force_from(command)))
    });
    files
}

fn command(statute: crate::statute::Statute, bytes: &[u8], order: &LawOrder, single: bool) -> EnterEdition {
    let mut command = EnterEdition {
        statute,
        text: String::from_utf8_lossy(bytes).into_owned(),
        sha256: hex::encode(Sha256::digest(bytes)),
        said: Said {
            in_force_to: order.in_force_to,
            rank: order.rank,
            ..Said::default()
        },
    };
    if single || in_force_from(&command).is_none() {
        command.said.in_force_from = order.in_force_from;
    }
    command
}

type Writes = Vec<(String, Vec<LawEvent>)>;

/// Each file against the law's entry and the files before it.
fn judge(files: &[Read], mut load: impl FnMut(&str) -> Result<LawEntry, Fault>) -> Result<(LawImport, Writes), Fault> {
    let mut entries: BTreeMap<String, LawEntry> = BTreeMap::new();
    let mut report = LawImport::default();
    let mut writes = Writes::new();
    for (file, read) in files {
        let command = match read {
            Ok(command) => command,
            Err(problem) => {
                report.files.push(unread(file, problem));
                continue;
            }
        };
        let law = short_name(&command.statute.title).to_owned();
        if !entries.contains_key(&law) {
            entries.insert(law.clone(), load(&law)?);
        }
        let entry = entries.entry(law.clone()).or_default();
        let decided = enter_edition::decide(entry, command);
        report.files.push(judged(file, &law, command, &decided));
        if let Ok(events) = decided {
            events.iter().for_each(|event| entry.take(event));
            writes.push((law, events));
        }
    }
    if report.is_refused() {
        refuse_the_rest(&mut report);
    }
    Ok((report, writes))
}

fn unread(file: &str, problem: &TextProblem) -> FileReport {
    FileReport {
        file: file.to_owned(),
        law: String::new(),
        in_force_from: None,
        articles: 0,
        changed: 0,
        outcome: Outcome::Refused,
        problems: vec![problem.clone()],
    }
}

fn judged(
    file: &str,
    law: &str,
    command: &EnterEdition,
    decided: &Result<Vec<LawEvent>, Vec<TextProblem>>,
) -> FileReport {
    let (outcome, problems) = match decided {
        Err(problems) => (Outcome::Refused, problems.clone()),
        Ok(events) if events.is_empty() => (Outcome::Unchanged, Vec::new()),
        Ok(_) => (Outcome::Accepted, Vec::new()),
    };
    let changed = decided.iter().flatten().map(|event| match event {
        LawEvent::EditionEntered(entered) => entered.edition.changes.len(),
        LawEvent::Entered(_) => 0,
    });
    FileReport {
        file: file.to_owned(),
        law: law.to_owned(),
        in_force_from: in_force_from(command),
        articles: command.statute.articles().count(),
        changed: changed.sum(),
        outcome,
        problems,
    }
}

fn refuse_the_rest(report: &mut LawImport) {
    for file in report.files.iter_mut().filter(|file| file.outcome == Outcome::Accepted) {
        file.outcome = Outcome::Refused;
        let reason = "本文件没有问题；因同一次导入的其他文件有问题，全部没有导入";
        file.problems.push(TextProblem::new(1, "batch_refused", reason));
    }
}

fn write(tx: &mut Tx<'_>, law: &str, events: Vec<LawEvent>, program: &[(String, CitedBy)]) -> Result<(), Stop> {
    let editions: Vec<Edition> = events
        .iter()
        .filter_map(|event| match event {
            LawEvent::EditionEntered(entered) => Some(entered.edition.clone()),
            LawEvent::Entered(_) => None,
        })
        .filter(|edition| !edition.changes.is_empty())
        .collect();
    let mut entry = tx.load::<LawEntry>(law)?;
    let about = About {
        class: "register",
        ..About::new(tx.context())
    };
    tx.append(&mut entry, events, &about)?;
    for edition in editions {
        let mut cited = cited_by_items(tx, law)?;
        let own = program.iter().filter(|(name, _)| name.ends_with(law));
        cited.extend(own.map(|(_, one)| CitedBy {
            area: tx.context().jurisdiction.to_string(),
            ..one.clone()
        }));
        if let Some(event) = open_adjustment::decide(law, &edition, &cited, tx.context()) {
            let mut adjustment = tx.load::<Adjustment>(&Adjustment::id(law, edition.in_force_from))?;
            tx.append(&mut adjustment, vec![event], &about)?;
        }
    }
    Ok(())
}

/// Items as they are recorded in this very transaction.
fn cited_by_items(tx: &mut Tx<'_>, law: &str) -> Result<Vec<CitedBy>, Fault> {
    let rows = tx.query(views::CITING_LAW, &[views::ending_with(law)])?;
    let mut areas: BTreeMap<String, String> = BTreeMap::new();
    let mut cited = Vec::with_capacity(rows.len());
    for one in rows.iter().filter_map(views::citation_of) {
        if !areas.contains_key(&one.body) {
            let body = tx.consult::<Body>(&one.body)?;
            let area = body.facts().map(|facts| facts.division.clone()).unwrap_or_default();
            areas.insert(one.body.clone(), area);
        }
        cited.push(CitedBy {
            kind: one.kind,
            id: one.item_code,
            name: one.name,
            area: areas.get(&one.body).cloned().unwrap_or_default(),
            body: one.body,
            article: one.article,
        });
    }
    Ok(cited)
}

/// Each with the name of the law as the text has it.
fn program_citations(texts: &[ProgramText]) -> Vec<(String, CitedBy)> {
    let mut cited = Vec::new();
    for text in texts {
        cited.extend(mentions(&text.text).into_iter().map(|mention| {
            let one = CitedBy {
                kind: text.kind,
                id: text.id.clone(),
                name: text.name.clone(),
                body: String::new(),
                area: String::new(),
                article: mention.article,
            };
            (mention.law, one)
        }));
    }
    cited
}

/// The legal office settles a task without a change (see [`settle_adjustment`]).
///
/// # Errors
/// Refusals of [`settle_adjustment::decide`]; a conflict; a fault of the database.
pub async fn settle(
    chronicle: &Chronicle,
    request: Request,
    (law, edition): (String, Date),
    command: SettleAdjustment,
    scope: Scope,
) -> Result<(), Stop> {
    permissions::require(&request.actor, SETTLE)?;
    chronicle
        .perform(request, move |tx| {
            let mut adjustment = tx.load::<Adjustment>(&Adjustment::id(&law, edition))?;
            let task = adjustment.task(command.kind, &command.id);
            // What lies outside one's scope is not there.
            let within = task.is_none_or(|task| {
                scope.covers(&Subject {
                    body: &task.body,
                    area: &task.area,
                    party_account: "",
                    published: false,
                })
            });
            let events = match within {
                true => settle_adjustment::decide(&adjustment, &command)?,
                false => settle_adjustment::decide(&Adjustment::default(), &command)?,
            };
            let about = About {
                class: "register",
                ..About::new(tx.context())
            };
            tx.append(&mut adjustment, events, &about)?;
            Ok(())
        })
        .await
        .map(|done| done.value)
}

fn file_facts(order: &LawOrder) -> ImportFacts {
    let mut all = Sha256::new();
    for (_, bytes) in &order.files {
        all.update(Sha256::digest(bytes));
    }
    ImportFacts {
        file_sha256: hex::encode(all.finalize()),
        rows: u32::try_from(order.files.len()).unwrap_or(u32::MAX),
        accepted: 0,
        unchanged: 0,
        refused: 0,
        confirmation: None,
        problems: BTreeMap::new(),
    }
}

fn record_refusal(tx: &mut Tx<'_>, report: &LawImport, facts: &ImportFacts) -> Result<(), Stop> {
    let mut facts = facts.clone();
    facts.refused = report.count(Outcome::Refused);
    facts.unchanged = report.count(Outcome::Unchanged);
    for problem in report.files.iter().flat_map(|file| &file.problems) {
        *facts.problems.entry(problem.code.clone()).or_default() += 1;
    }
    let first = report.files.iter().flat_map(|file| &file.problems).next();
    let code = first.map_or_else(String::new, |problem| format!("law.import.{}", problem.code));
    let jurisdiction = tx.context().jurisdiction.to_string();
    let mut register = tx.load::<Register>(&jurisdiction)?;
    let about = About {
        class: "register",
        ..About::new(tx.context())
    };
    tx.append(
        &mut register,
        vec![RegisterEvent::ImportRefused { facts, code }],
        &about,
    )?;
    Ok(())
}
