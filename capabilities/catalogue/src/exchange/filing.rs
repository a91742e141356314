//! Tables inside their transactions: receiving, mapping, filing as changes, giving up. A file is filed whole in one
//! transaction or not at all.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::{About, Actor, Chronicle, Context, Done, Refusal, Request, Stop, Tx};
use mingjing_web::{Scope, Subject, TableKind};

use super::handed_in::{Handed, HandedEvent, HandedIn, HandedState, HeadingMemory, MemoryEvent, SheetSeen};
use super::heading::{SheetMapping, bare, guess};
use super::judge::{Content, Fate, Judge, Purpose, TableReport, Wanted};
use super::table::Tables;
use crate::change::{ChangeKind, ItemChange, Trigger};
use crate::changes::{change_no, registered, scope_of};
use crate::clean_up::package;
use crate::decide::file_change::{self, FileChange, MOST_ITEMS};
use crate::entry::{self, Draft};
use crate::import::gather_with;
use crate::pages::HAND_IN;
use crate::version::Confirmation;

/// Items that one file may change: what a legal office can review, in portions of [`MOST_ITEMS`].
pub const MOST_CHANGED: u32 = 2_000;

/// A file as it comes in at a door.
pub struct Incoming {
    pub file_name: String,
    pub kind: TableKind,
    pub bytes: Vec<u8>,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("catalogue.table.unknown", "没有这份表格。").advice("请从清单中选择。")
}

fn not_open(state: HandedState) -> Refusal {
    let message = format!("这份表格{}，不能再处理。", state.name());
    Refusal::law("catalogue.table.not_open", message).advice("需要再次提交的，请重新上传。")
}

/// The post in which a table is handed in: of a body's legal reviewer, else of the legal office.
fn own_post(actor: &Actor) -> Option<(String, String)> {
    let of = |role: &str| actor.posts.iter().find(|held| held.role == role);
    let held = of("legal_reviewer").or(of("legal_officer"))?;
    Some((held.body.clone(), held.area.clone()))
}

/// Looks a file through and keeps it; gives its number.
///
/// # Errors
/// A file that cannot be read to its end within the limits; no right to hand in; a fault.
pub async fn receive(chronicle: &Chronicle, request: Request, incoming: Incoming) -> Result<Done<String>, Stop> {
    scope_of(&request.actor, HAND_IN)?;
    let Some((body, _)) = own_post(&request.actor) else {
        return Err(Refusal::forbidden("people.not_permitted", "您的岗位没有做这件事的权限。").into());
    };
    let memory = {
        let body = body.clone();
        chronicle
            .read(move |reader| Ok(reader.load::<HeadingMemory>(&body)?.meanings.clone()))
            .await?
    };
    let (sheets, mappings) = look_through(incoming.kind, &incoming.bytes, &memory)?;
    let file = chronicle.put_blob(&incoming.bytes).await?;
    let (file_name, format) = (incoming.file_name, incoming.kind.ending().to_owned());
    chronicle
        .perform(request, move |tx| {
            let facts = registered(tx, &body)?;
            let number = number(tx.context());
            let mut handed_in = tx.load::<HandedIn>(&number)?;
            let event = HandedEvent::Received(Box::new(Handed {
                file_name: file_name.clone(),
                format: format.clone(),
                file: file.clone(),
                body: facts.body.clone(),
                body_name: facts.name.clone(),
                area: facts.division.clone(),
                sheets: sheets.clone(),
                mappings: mappings.clone(),
            }));
            let about = about(tx.context(), &facts.body);
            tx.append(&mut handed_in, vec![event], &about)?;
            Ok(number)
        })
        .await
}

type LookedThrough = (Vec<SheetSeen>, Vec<SheetMapping>);

fn look_through(
    kind: TableKind,
    bytes: &[u8],
    memory: &BTreeMap<String, Option<String>>,
) -> Result<LookedThrough, Refusal> {
    let tables = match kind {
        TableKind::Xlsx => Tables::workbook(bytes)?,
        TableKind::Csv => Tables::csv(bytes)?,
        TableKind::Json => {
            let rows = entry::read_file(bytes)?.len();
            return Ok((vec![whole("JSON", rows)], Vec::new()));
        }
        TableKind::Zip => {
            let rows = package::open(bytes)?.rows.len();
            return Ok((vec![whole("材料包", rows)], Vec::new()));
        }
    };
    let mut sheets = Vec::new();
    let mut mappings = Vec::new();
    for (index, facts) in tables.sheets().enumerate() {
        let mut first = Vec::new();
        tables.read(index, &mut |line| {
            first.push(line.clone());
            match first.len() < 40 {
                true => std::ops::ControlFlow::Continue(()),
                false => std::ops::ControlFlow::Break(()),
            }
        })?;
        mappings.push(guess(&facts.name, &first, memory));
        sheets.push(SheetSeen {
            name: facts.name.clone(),
            hidden: facts.hidden,
            lines: facts.lines as u64,
            formulas: facts.formulas as u64,
        });
    }
    Ok((sheets, mappings))
}

fn whole(name: &str, rows: usize) -> SheetSeen {
    SheetSeen {
        name: name.to_owned(),
        hidden: false,
        lines: rows as u64,
        formulas: 0,
    }
}

/// Says what the columns are, and remembers it for the body's next file.
///
/// # Errors
/// A file that is not open, or not within one's scope; columns that there are not; a fault.
pub async fn map(
    chronicle: &Chronicle,
    request: Request,
    number: String,
    seen: Option<i64>,
    mappings: Vec<SheetMapping>,
) -> Result<Done<()>, Stop> {
    let scope = scope_of(&request.actor, HAND_IN)?;
    chronicle
        .perform(request, move |tx| {
            let mut handed_in = open(tx, &number, seen, &scope)?;
            let fitted = fitted(&handed_in, &mappings)?;
            let handed = handed_in.handed.clone().ok_or_else(unknown)?;
            let meanings = meanings(&fitted);
            let about = about(tx.context(), &handed.body);
            tx.append(&mut handed_in, vec![HandedEvent::Mapped { mappings: fitted }], &about)?;
            let mut memory = tx.load::<HeadingMemory>(&handed.body)?;
            let known = |(heading, key): &(&String, &Option<String>)| memory.meanings.get(*heading) == Some(*key);
            if !meanings.iter().all(|one| known(&one)) {
                tx.append(&mut memory, vec![MemoryEvent::Remembered { meanings }], &about)?;
            }
            Ok(())
        })
        .await
}

/// The mapping for the sheets and columns that were found; a key that there is not is left out.
fn fitted(handed_in: &HandedIn, wanted: &[SheetMapping]) -> Result<Vec<SheetMapping>, Refusal> {
    if wanted.len() != handed_in.mappings.len() {
        let refusal = Refusal::invalid("catalogue.table.mapping", "对应关系与文件中的工作表不一致。");
        return Err(refusal.advice("请刷新页面后重新选择。"));
    }
    let fit = |(found, wanted): (&SheetMapping, &SheetMapping)| {
        let mut found = found.clone();
        found.left_out = wanted.left_out || found.heading.is_none();
        for column in &mut found.columns {
            let said = wanted.columns.iter().find(|one| one.column == column.column);
            let key = said.and_then(|said| super::heading::known_key(said.key.as_deref()?));
            column.key = key.map(str::to_owned);
        }
        found
    };
    Ok(handed_in.mappings.iter().zip(wanted).map(fit).collect())
}

fn meanings(mappings: &[SheetMapping]) -> BTreeMap<String, Option<String>> {
    let used = mappings.iter().filter(|mapping| !mapping.left_out);
    let columns = used.flat_map(|mapping| &mapping.columns);
    let named = columns.map(|column| {
        let lower = column.heading.rsplit('·').next().unwrap_or_default();
        (bare(lower), column.key.clone())
    });
    named.filter(|(heading, _)| !heading.is_empty()).collect()
}

fn open(
    tx: &mut Tx<'_>,
    number: &str,
    seen: Option<i64>,
    scope: &Scope,
) -> Result<mingjing_chronicle::Loaded<HandedIn>, Stop> {
    let handed_in = match seen {
        Some(seen) => tx.load_seen::<HandedIn>(number, seen)?,
        None => tx.load::<HandedIn>(number)?,
    };
    let handed = handed_in.handed.as_ref().ok_or_else(unknown)?;
    within(scope, handed)?;
    match handed_in.standing {
        HandedState::Received => Ok(handed_in),
        state => Err(not_open(state).into()),
    }
}

pub(crate) fn within(scope: &Scope, handed: &Handed) -> Result<(), Refusal> {
    let subject = Subject {
        body: &handed.body,
        area: &handed.area,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(unknown)
}

/// # Errors
/// A file that is not open or not within one's scope; a fault.
pub async fn give_up(
    chronicle: &Chronicle,
    request: Request,
    number: String,
    seen: Option<i64>,
) -> Result<Done<()>, Stop> {
    let scope = scope_of(&request.actor, HAND_IN)?;
    chronicle
        .perform(request, move |tx| {
            let mut handed_in = open(tx, &number, seen, &scope)?;
            let body = handed_in
                .handed
                .as_ref()
                .map(|handed| handed.body.clone())
                .unwrap_or_default();
            let about = about(tx.context(), &body);
            tx.append(&mut handed_in, vec![HandedEvent::GivenUp], &about)?;
            Ok(())
        })
        .await
}

/// What a file would change; with `keep` the drafts, too.
///
/// # Errors
/// A file that cannot be judged; a fault.
pub async fn judged(
    chronicle: &Chronicle,
    actor: Actor,
    scope: Scope,
    handed_in: &HandedIn,
    purpose: Purpose,
    keep: bool,
) -> Result<(TableReport, Vec<Wanted>), Stop> {
    let handed = handed_in.handed.as_ref().ok_or_else(unknown)?;
    let gone = || Refusal::not_found("catalogue.table.gone", "表格文件已经不在了。").advice("请重新上传。");
    let bytes = chronicle.get_blob(&handed.file).await?.ok_or_else(gone)?;
    judge_bytes(
        chronicle,
        actor,
        scope,
        &handed.format,
        bytes,
        handed_in.mappings.clone(),
        purpose,
        keep,
    )
    .await
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call from a door's order, named at each use"
)]
pub(crate) async fn judge_bytes(
    chronicle: &Chronicle,
    actor: Actor,
    scope: Scope,
    format: &str,
    bytes: Vec<u8>,
    mappings: Vec<SheetMapping>,
    purpose: Purpose,
    keep: bool,
) -> Result<(TableReport, Vec<Wanted>), Stop> {
    let context = chronicle.context(actor);
    let kind = TableKind::of_key(format);
    let read = chronicle.read(move |reader| {
        let content = match content(kind, &bytes, &mappings) {
            Ok(content) => content,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let judge = Judge {
            scope: &scope,
            context: &context,
            purpose,
            confirmation: &Confirmation::default(),
            keep,
        };
        judge.judge(reader, &content)
    });
    Ok(read.await??)
}

fn content<'a>(kind: Option<TableKind>, bytes: &'a [u8], mappings: &'a [SheetMapping]) -> Result<Content<'a>, Refusal> {
    match kind {
        Some(TableKind::Xlsx) => Ok(Content::Tables(Tables::workbook(bytes)?, mappings)),
        Some(TableKind::Csv) => Ok(Content::Tables(Tables::csv(bytes)?, mappings)),
        Some(TableKind::Json) => Ok(Content::Rows(entry::read_file(bytes)?, entry::Attachments::new())),
        Some(TableKind::Zip) => {
            let package = package::open(bytes)?;
            Ok(Content::Rows(package.rows, package.attachments))
        }
        None => Err(unknown()),
    }
}

/// What a body says of its changes.
#[derive(Debug, Clone)]
pub struct FilingOrder {
    pub trigger: Trigger,
    pub effective_on: Date,
    pub reasons: String,
}

/// Files what the file changes: changes by body and kind, in portions; all of them or none. Gives their numbers.
///
/// # Errors
/// A file with problems, or that changes nothing, or too much; refusals of [`file_change::decide`]; a fault.
pub async fn file(
    chronicle: &Chronicle,
    request: Request,
    number: String,
    seen: Option<i64>,
    order: FilingOrder,
) -> Result<Done<Vec<String>>, Stop> {
    let scope = scope_of(&request.actor, HAND_IN)?;
    let handed_in = {
        let number = number.clone();
        chronicle
            .read(move |reader| Ok((*reader.load::<HandedIn>(&number)?).clone()))
            .await?
    };
    if let Some(handed) = &handed_in.handed {
        within(&scope, handed)?;
    }
    let actor = request.actor.clone();
    let judging = judged(chronicle, actor, scope.clone(), &handed_in, Purpose::Changes, true);
    let (report, wanted) = judging.await?;
    in_order(&report)?;
    let portions = portions(wanted);
    let counts = report.counts;
    chronicle
        .perform(request, move |tx| {
            let mut handed_in = open(tx, &number, seen, &scope)?;
            let numbers = file_portions(tx, &portions, &order)?;
            let body = handed_in
                .handed
                .as_ref()
                .map(|handed| handed.body.clone())
                .unwrap_or_default();
            let about = about(tx.context(), &body);
            let event = HandedEvent::Filed {
                changes: numbers.clone(),
                counts,
            };
            tx.append(&mut handed_in, vec![event], &about)?;
            Ok(numbers)
        })
        .await
}

pub(crate) fn in_order(report: &TableReport) -> Result<(), Refusal> {
    if report.is_refused() {
        let wrong = report.findings.iter().filter(|finding| finding.refuses).count();
        let message = format!("表格里还有{}处问题，没有提交。", wrong.max(1));
        let refusal = Refusal::invalid("catalogue.table.not_in_order", message).article("需求R11、R12、R21");
        let first = report.findings.iter().filter(|finding| finding.refuses).take(20);
        return Err(first.fold(refusal, |refusal, finding| {
            let place = format!("{}第{}行{}列", finding.sheet, finding.row, finding.column);
            refusal.field(place, finding.sentence.clone())
        }));
    }
    if report.changes() == 0 {
        let refusal = Refusal::invalid("catalogue.table.nothing", "表格与目录完全一样，没有需要申报的变动。");
        return Err(refusal.advice("请修改表格后重新上传，或者放弃这份表格。"));
    }
    if report.changes() > MOST_CHANGED {
        let message = format!("一份表格最多变动{MOST_CHANGED}个事项，这份有{}个。", report.changes());
        return Err(Refusal::invalid("catalogue.table.too_many", message).advice("请按单位分成几份表格。"));
    }
    Ok(())
}

/// Drafts of one body and one kind, at most [`MOST_ITEMS`].
type Portion = (String, Fate, Vec<Draft>);

fn portions(wanted: Vec<Wanted>) -> Vec<Portion> {
    let mut sorted: BTreeMap<(String, &'static str), (Fate, Vec<Draft>)> = BTreeMap::new();
    for one in wanted {
        let body = one.draft.item_code.chars().take(10).collect();
        let place = sorted.entry((body, one.fate.name())).or_insert((one.fate, Vec::new()));
        place.1.push(one.draft);
    }
    let all = sorted.into_iter().flat_map(|((body, _), (fate, drafts))| {
        let portions: Vec<Vec<Draft>> = drafts.chunks(MOST_ITEMS).map(<[Draft]>::to_vec).collect();
        portions.into_iter().map(move |drafts| (body.clone(), fate, drafts))
    });
    all.collect()
}

fn file_portions(tx: &mut Tx<'_>, portions: &[Portion], order: &FilingOrder) -> Result<Vec<String>, Stop> {
    let mut numbers = Vec::with_capacity(portions.len());
    for (nth, (body, fate, drafts)) in portions.iter().enumerate() {
        let body = registered(tx, body)?;
        let kind = match fate {
            Fate::Added => ChangeKind::Add,
            Fate::Suspended => ChangeKind::Suspend,
            Fate::Ended => ChangeKind::Cancel,
            _ => ChangeKind::Change,
        };
        let ends = kind == ChangeKind::Cancel;
        let command = FileChange {
            kind,
            trigger: order.trigger.clone(),
            effective_on: order.effective_on,
            reasons: order.reasons.clone(),
            drafts: if ends { Vec::new() } else { drafts.clone() },
            endings: match ends {
                true => drafts.iter().map(|draft| draft.item_code.clone()).collect(),
                false => Vec::new(),
            },
        };
        let number = change_no(tx.context(), &body, nth + 1);
        let mut change = tx.load::<ItemChange>(&number)?;
        let facts = gather_with(tx, &command.drafts, &command.endings)?;
        let events = file_change::decide(&change, command, &body, &facts, tx.context())?;
        let about = crate::changes::about(tx.context(), &body.body);
        tx.append(&mut change, events, &about)?;
        numbers.push(number);
    }
    Ok(numbers)
}

/// `BG<day>-<8 characters>`: tells the day and cannot be counted through.
fn number(context: &Context) -> String {
    let chance = context.id("item_table_no");
    format!(
        "BG{}-{}",
        context.today.strftime("%Y%m%d"),
        chance[..8].to_ascii_uppercase()
    )
}

pub(crate) fn about(context: &Context, body: &str) -> About {
    About {
        class: "register",
        body: body.to_owned(),
        ..About::new(context)
    }
}
