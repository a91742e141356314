//! What a body has for the flow of one of its items: posts and who holds them, papers, the power and its limits.

use std::collections::{BTreeMap, BTreeSet};

use mingjing_bpmn::check::{Inventory, Post, Purpose, Span};
use mingjing_bpmn::model;
use mingjing_cases::events::Template;
use mingjing_catalogue::public::{ItemVersion, Limit, LimitUnit, decisions_known};
use mingjing_chronicle::{Fault, Reader};
use mingjing_people::public::{PostRole, queries};

/// Those outside the body, whose steps nobody in it holds.
const OUTSIDE: [(&str, &str); 2] = [("applicant", "申请人"), ("party", "当事人")];

/// Every body that has posts, for charts that ask other bodies.
fn bodies_with_posts(reader: &mut Reader<'_>) -> Result<BTreeMap<String, BTreeMap<String, Post>>, Fault> {
    let rows = reader.query("SELECT DISTINCT body FROM {post_list} ORDER BY body", &[])?;
    let bodies: Vec<String> = rows.iter().map(|row| row.text(0).to_owned()).collect();
    let mut found = BTreeMap::new();
    for body in bodies {
        let held = queries::roles_held(reader.sql(), &body)?.into_iter();
        let posts = held.map(|(role, holders)| {
            let post = Post {
                name: role.label().to_owned(),
                holders: Some(u32::from(holders > 0)),
            };
            (role.key().to_owned(), post)
        });
        found.insert(body, posts.collect());
    }
    Ok(found)
}

/// Bodies that a chart of this item may ask for their opinion: others than its own that have posts, by id and name.
///
/// # Errors
/// [`Fault`] from the database.
pub fn may_be_asked(
    reader: &mut Reader<'_>,
    version: &ItemVersion,
    known: &Inventory,
) -> Result<Vec<(String, String)>, Fault> {
    let bodies = queries::bodies(reader.sql())?.into_iter();
    let asked = bodies.filter(|body| body.body != version.body);
    let has_posts = |body: &str| known.assisting.as_ref().is_some_and(|bodies| bodies.contains_key(body));
    Ok(asked
        .filter(|body| has_posts(&body.body))
        .map(|body| (body.body, body.name))
        .collect())
}

/// What the prover asks about for a flow of this item. Forms are not registered yet, so they are not
/// checked; decisions are those of the version's own files.
///
/// # Errors
/// [`Fault`] from the database.
pub fn inventory_of(reader: &mut Reader<'_>, version: &ItemVersion) -> Result<Inventory, Fault> {
    let mut posts: BTreeMap<String, Post> = BTreeMap::new();
    for role in PostRole::ALL {
        // These serve the whole area from bodies of their own: that the item's body has none is no finding.
        if role.oversees() {
            let post = Post {
                name: role.label().to_owned(),
                holders: None,
            };
            posts.insert(role.key().to_owned(), post);
            continue;
        }
        let held = queries::holders_of(reader.sql(), role.key(), &version.body)?;
        let post = Post {
            name: role.label().to_owned(),
            holders: Some(u32::try_from(held.len()).unwrap_or(u32::MAX)),
        };
        posts.insert(role.key().to_owned(), post);
    }
    for (key, name) in OUTSIDE {
        let post = Post {
            name: name.to_owned(),
            holders: None,
        };
        posts.insert(key.to_owned(), post);
    }
    let papers: BTreeSet<String> = Template::ALL
        .into_iter()
        .map(|template| template.key().to_owned())
        .collect();
    let purpose = Purpose {
        power: power_of(version),
        promised: version.promised_limit.as_ref().and_then(span),
        statutory: version.statutory_limit.as_ref().and_then(span),
    };
    Ok(Inventory {
        posts: Some(posts),
        assisting: Some(bodies_with_posts(reader)?),
        lead: Some(version.body.clone()),
        papers: Some(papers),
        decisions: Some(decisions_known(&version.decisions).collect()),
        flows: BTreeMap::from([("*".to_owned(), purpose)]),
        ..Inventory::default()
    })
}

fn span(limit: &Limit) -> Option<Span> {
    let unit = match limit.unit {
        LimitUnit::WorkingDay => "working_day",
        LimitUnit::Day => "calendar_day",
        LimitUnit::Month => "month",
    };
    (limit.amount > 0).then(|| Span {
        amount: limit.amount,
        unit: unit.to_owned(),
    })
}

/// The power with its procedure. The procedure is that of the flow in force, never the draft's: a draft that drops the
/// opening of a penalty case must be measured by the ordinary procedure, not become a summary one.
fn power_of(version: &ItemVersion) -> String {
    let flow = version.flow.as_ref().and_then(|flow| model::read(&flow.bpmn_xml).ok());
    mingjing_catalogue::public::procedure_of(version.power_type, flow.as_ref()).to_owned()
}
