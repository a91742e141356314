//! Importing a file: reading and drafting happen before the transaction, deciding and writing inside.
//!
//! A crash before the commit leaves nothing; after it, the same file changes nothing. An attempt that
//! is refused is recorded too (R22), with counts and the file's hash, never its content.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mingjing_chronicle::{About, Actor, Chronicle, Context, Fault, Reader, Refusal, Request, Row, Stop, Tx, Value};
use mingjing_codes::PowerType;
use mingjing_people::public::{Body, BodyFacts, permissions};
use sha2::{Digest, Sha256};

use crate::decide::import_items::{self, Facts, Report};
use crate::effect::append_item;
use crate::entry::{self, Attachments, Draft};
use crate::events::{ImportFacts, RegisterEvent};
use crate::field_set::FieldSets;
use crate::item::Item;
use crate::law::Law;
use crate::pages::IMPORT;
use crate::proof::{self, Posts, Proofs};
use crate::register::Register;
use crate::version::Confirmation;

/// A file to be imported, and on whose word.
#[derive(Debug, Clone, Default)]
pub struct ImportOrder {
    pub bytes: Vec<u8>,
    /// Flow and form files that the rows name ([`crate::attachment_names`] lists them).
    pub attachments: Attachments,
    /// `BODY, DOCUMENT NO.` of the legal office's confirmation.
    pub confirmed_by: Option<String>,
    /// Judge only; nothing is written, not even the attempt.
    pub dry_run: bool,
}

/// Imports a CSV or JSON file, all rows or none.
///
/// # Errors
/// A refusal where the file as a whole cannot be imported (unconfirmed, unreadable); rows that are
/// refused are in the report. A fault of the database.
pub async fn import(chronicle: &Chronicle, actor: Actor, order: ImportOrder) -> Result<Report, Stop> {
    let file_sha256 = hex::encode(Sha256::digest(&order.bytes));
    let permitted = permissions::require(&actor, IMPORT);
    let confirmed = permitted.and_then(|()| confirmation(order.confirmed_by.as_deref()));
    let rows = confirmed.and_then(|confirmation| Ok((entry::read_file(&order.bytes)?, confirmation)));
    let (rows, confirmation) = match rows {
        Ok(read) => read,
        Err(refusal) => {
            if !order.dry_run {
                record_refused_file(chronicle, actor, &file_sha256, &refusal).await?;
            }
            return Err(refusal.into());
        }
    };
    let drafts = draft_rows(chronicle, rows, order.attachments, confirmation.clone()).await?;
    // Flows are proved here, outside the one writer's transaction; inside it a proof is only made again where the posts
    // have changed meanwhile.
    let proofs = Arc::new(Proofs::default());
    let report = judge(chronicle, &actor, &drafts, &confirmation, &proofs).await?;
    if order.dry_run {
        return Ok(report);
    }
    enter(chronicle, actor, drafts, confirmation, proofs, file_sha256).await
}

/// `龙湾区司法局, 龙司法〔2026〕1号` in its two parts.
///
/// # Errors
/// A refusal without both parts (R20, R22).
pub fn confirmation(confirmed_by: Option<&str>) -> Result<Confirmation, Refusal> {
    let text = confirmed_by.map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(Refusal::law(
            "catalogue.import.unconfirmed",
            "未经同级政府法制机构审核确认的事项和信息不得录入，本次没有导入，已留下记录。",
        )
        .article("需求R20、R22（镇政办发〔2015〕55号第六点）")
        .advice("请取得法制机构的确认文件，并写明“确认单位，文号”后重新导入。"));
    }
    let (body, document_no) = text.split_once([',', '，']).unwrap_or((text, ""));
    let (body, document_no) = (body.trim(), document_no.trim());
    let sound = |part: &str| !part.is_empty() && part.chars().count() <= 100 && !part.contains(char::is_control);
    if !sound(body) || !sound(document_no) {
        return Err(Refusal::law(
            "catalogue.import.unconfirmed",
            "确认依据应写明确认单位和文号两部分，本次没有导入，已留下记录。",
        )
        .article("需求R20、R22（镇政办发〔2015〕55号第六点）")
        .advice("写法：“单位，文号”，例如“龙湾区司法局，龙司法〔2026〕1号”。"));
    }
    Ok(Confirmation {
        body: body.to_owned(),
        document_no: document_no.to_owned(),
    })
}

async fn record_refused_file(
    chronicle: &Chronicle,
    actor: Actor,
    file_sha256: &str,
    refusal: &Refusal,
) -> Result<(), Stop> {
    let event = RegisterEvent::ImportRefused {
        facts: ImportFacts {
            file_sha256: file_sha256.to_owned(),
            rows: 0,
            accepted: 0,
            unchanged: 0,
            refused: 0,
            confirmation: None,
            problems: BTreeMap::new(),
        },
        code: refusal.code.to_string(),
    };
    chronicle
        .inside(actor, move |tx| append_to_register(tx, event.clone()))
        .await
}

pub(crate) fn append_to_register(tx: &mut Tx<'_>, event: RegisterEvent) -> Result<(), Stop> {
    let jurisdiction = tx.context().jurisdiction.to_string();
    let mut register = tx.load::<Register>(&jurisdiction)?;
    let about = register_about(tx.context());
    tx.append(&mut register, vec![event], &about)?;
    Ok(())
}

fn register_about(context: &Context) -> About {
    About {
        class: "register",
        ..About::new(context)
    }
}

async fn draft_rows(
    chronicle: &Chronicle,
    rows: Vec<entry::RawRow>,
    attachments: Attachments,
    confirmation: Confirmation,
) -> Result<Arc<Vec<Draft>>, Fault> {
    let today = chronicle.clock().today();
    chronicle
        .read(move |reader| {
            let laws: BTreeMap<String, Law> = crate::views::laws(reader)?;
            let drafts = rows
                .iter()
                .map(|row| entry::draft(row, &attachments, &laws, &confirmation, today))
                .collect();
            Ok(Arc::new(drafts))
        })
        .await
}

async fn judge(
    chronicle: &Chronicle,
    actor: &Actor,
    drafts: &Arc<Vec<Draft>>,
    confirmation: &Confirmation,
    proofs: &Arc<Proofs>,
) -> Result<Report, Stop> {
    let context = chronicle.context(actor.clone());
    let mut facts = {
        let drafts = Arc::clone(drafts);
        let jurisdiction = context.jurisdiction.to_string();
        chronicle
            .read(move |reader| gather(reader, &drafts, &jurisdiction))
            .await?
    };
    facts.proofs = Arc::clone(proofs);
    let (_, report) = import_items::decide(drafts.to_vec(), confirmation, &facts, &context);
    Ok(report)
}

async fn enter(
    chronicle: &Chronicle,
    actor: Actor,
    drafts: Arc<Vec<Draft>>,
    confirmation: Confirmation,
    proofs: Arc<Proofs>,
    file_sha256: String,
) -> Result<Report, Stop> {
    chronicle
        .perform(Request::by(actor).writing_much(), move |tx| {
            let jurisdiction = tx.context().jurisdiction.to_string();
            let mut facts = gather(tx, &drafts, &jurisdiction)?;
            facts.proofs = Arc::clone(&proofs);
            let context = tx.context().clone();
            let (writes, mut report) = import_items::decide(drafts.to_vec(), &confirmation, &facts, &context);
            for (code, events) in writes {
                append_item(tx, &code, events)?;
            }
            report.applied = !report.is_refused();
            // A repetition leaves no trace: nothing was attempted that is not recorded already.
            if report.is_refused() || report.accepted > 0 {
                append_to_register(tx, register_event(&report, &confirmation, &file_sha256))?;
            }
            Ok(report)
        })
        .await
        .map(|done| done.value)
}

fn register_event(report: &Report, confirmation: &Confirmation, file_sha256: &str) -> RegisterEvent {
    let facts = ImportFacts {
        file_sha256: file_sha256.to_owned(),
        rows: u32::try_from(report.rows.len()).unwrap_or(u32::MAX),
        accepted: report.accepted,
        unchanged: report.unchanged,
        refused: report.refused,
        confirmation: Some(confirmation.clone()),
        problems: report.problem_counts(),
    };
    match report.is_refused() {
        false => RegisterEvent::ImportAccepted(facts),
        true => {
            let first = report.rows.iter().flat_map(|row| &row.problems).next();
            let code = first.map_or_else(String::new, |problem| format!("catalogue.import.{}", problem.code));
            RegisterEvent::ImportRefused { facts, code }
        }
    }
}

/// Where recorded facts come from: the transaction that will write, or a plain read for a dry run.
trait Source {
    fn item(&mut self, code: &str) -> Result<Item, Fault>;
    fn body(&mut self, body: &str) -> Result<Option<BodyFacts>, Fault>;
    fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault>;
    fn posts(&mut self, body: &str) -> Result<Posts, Fault>;
    fn field_sets(&mut self, jurisdiction: &str) -> Result<FieldSets, Fault>;
}

impl Source for Tx<'_> {
    fn field_sets(&mut self, jurisdiction: &str) -> Result<FieldSets, Fault> {
        Ok(self.load::<Register>(jurisdiction)?.field_sets.clone())
    }

    fn item(&mut self, code: &str) -> Result<Item, Fault> {
        Ok((*self.load::<Item>(code)?).clone())
    }

    fn body(&mut self, body: &str) -> Result<Option<BodyFacts>, Fault> {
        Ok(self.consult::<Body>(body)?.facts().cloned())
    }

    fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        self.query(sql, params)
    }

    fn posts(&mut self, body: &str) -> Result<Posts, Fault> {
        proof::posts_of(self.sql(), body)
    }
}

impl Source for Reader<'_> {
    fn field_sets(&mut self, jurisdiction: &str) -> Result<FieldSets, Fault> {
        Ok(self.load::<Register>(jurisdiction)?.field_sets.clone())
    }

    fn item(&mut self, code: &str) -> Result<Item, Fault> {
        Ok((*self.load::<Item>(code)?).clone())
    }

    fn body(&mut self, body: &str) -> Result<Option<BodyFacts>, Fault> {
        Ok(self.load::<Body>(body)?.facts().cloned())
    }

    fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Fault> {
        self.query(sql, params)
    }

    fn posts(&mut self, body: &str) -> Result<Posts, Fault> {
        proof::posts_of(self.sql(), body)
    }
}

/// As [`gather`], inside a transaction and with items that only end.
pub(crate) fn gather_with(tx: &mut Tx<'_>, drafts: &[Draft], endings: &[String]) -> Result<Facts, Fault> {
    let jurisdiction = tx.context().jurisdiction.to_string();
    let mut facts = gather(tx, drafts, &jurisdiction)?;
    for code in endings {
        let item = Source::item(tx, code)?;
        if item.exists() {
            facts.items.insert(code.clone(), item);
        }
    }
    Ok(facts)
}

fn gather(source: &mut impl Source, drafts: &[Draft], jurisdiction: &str) -> Result<Facts, Fault> {
    let versions = || drafts.iter().filter_map(|draft| draft.version.as_ref());
    let mut facts = Facts {
        field_sets: source.field_sets(jurisdiction)?,
        ..Facts::default()
    };
    for body in versions().map(|version| version.body.as_str()).collect::<BTreeSet<_>>() {
        if let Some(found) = source.body(body)? {
            facts.bodies.insert(body.to_owned(), found);
        }
    }
    for code in versions()
        .map(|version| version.item_code.as_str())
        .collect::<BTreeSet<_>>()
    {
        let item = source.item(code)?;
        if item.exists() {
            facts.items.insert(code.to_owned(), item);
        }
    }
    let with_flow = versions().filter(|version| version.flow.is_some());
    for body in with_flow.map(|version| version.body.as_str()).collect::<BTreeSet<_>>() {
        facts.posts.insert(body.to_owned(), source.posts(body)?);
    }
    for body in versions().flat_map(proof::bodies_asked).collect::<BTreeSet<_>>() {
        if source.body(&body)?.is_some() {
            let posts = source.posts(&body)?;
            facts.assisting.insert(body, posts);
        }
    }
    let active = "SELECT body, power_type, name, item_code FROM {item_list} WHERE status = $1";
    for row in source.rows(active, &["active".into()])? {
        if let Some(power_type) = PowerType::from_code(row.text(1)) {
            let key = (row.text(0).to_owned(), power_type, row.text(2).to_owned());
            facts.names.insert(key, row.text(3).to_owned());
        }
    }
    Ok(facts)
}
