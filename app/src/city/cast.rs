//! Who handles and who applies: the people of the city, looked up once, in teams by body.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_catalogue::public::{Answers, Item, ItemVersion, Told};
use mingjing_chronicle::{Actor, Chronicle, Fault, Refusal, Stop};
use mingjing_people::role::PostRole;

use super::charted::{Stage, TALES};
use super::penalties::Offence;
use super::penalties::offences::OFFENCES;
use super::people;
use super::plan::Habit;
use super::population;

/// The items that are applied for, with their share of all applications.
pub const ITEMS: [(&str, usize); 6] = [
    ("33030300SJ-XK-0001", 40),
    ("33030300WJ-XK-0001", 16),
    ("33030300JT-XK-0001", 14),
    ("33030300WG-XK-0001", 8),
    ("33030300YJ-XK-0001", 10),
    ("33030300ZJ-XK-0003", 12),
];

#[derive(Clone)]
pub struct Official {
    pub account: String,
    pub name: String,
    pub actor: Actor,
    pub habit: Habit,
}

/// The hands that one case passes through.
#[derive(Clone)]
pub struct Team {
    pub clerk: Arc<Official>,
    pub handler: Arc<Official>,
    /// Who goes along to a site check.
    pub second: Arc<Official>,
    pub reviewer: Arc<Official>,
    pub approver: Arc<Official>,
    pub release: Arc<Official>,
}

/// An item with the people who handle it.
pub struct Window {
    pub item_code: String,
    pub item_name: String,
    /// Materials that must come: id and name.
    pub materials: Vec<(String, String)>,
    teams: Vec<Team>,
}

impl Window {
    pub fn team(&self, number: usize) -> &Team {
        &self.teams[number % self.teams.len()]
    }
}

/// The hands that one penalty case passes through: who investigates neither reviews nor decides nor collects.
#[derive(Clone)]
pub struct Squad {
    pub handler: Arc<Official>,
    pub second: Arc<Official>,
    pub reviewer: Arc<Official>,
    pub approver: Arc<Official>,
    pub legal: Arc<Official>,
    pub cashier: Arc<Official>,
    pub release: Arc<Official>,
}

/// An offence with the people who pursue it.
pub struct Beat {
    pub offence: Offence,
    squads: Vec<Squad>,
}

impl Beat {
    pub fn squad(&self, number: usize) -> &Squad {
        &self.squads[number % self.squads.len()]
    }
}

/// A person who applies, for themselves or for an organisation.
pub struct Applicant {
    pub actor: Actor,
    /// USCC where the person acts for an organisation.
    pub organisation: Option<&'static str>,
    pub name: String,
    pub phone: String,
}

pub struct Cast {
    pub windows: Vec<Window>,
    pub beats: Vec<Beat>,
    /// Of [`TALES`], in their order.
    pub stages: Vec<Stage>,
    pub applicants: Vec<Applicant>,
}

/// The first applicants are the named people of the city.
pub const NAMED: usize = 3;

impl Cast {
    /// The named people alone.
    ///
    /// # Errors
    /// As [`Cast::with_residents`].
    pub async fn assemble(chronicle: &Chronicle) -> Result<Cast, Stop> {
        Cast::with_residents(chronicle, 1, 0).await
    }

    /// # Errors
    /// [`Stop`] from the database, or where somebody or some item of the city is missing.
    pub async fn with_residents(chronicle: &Chronicle, seed: u64, residents: usize) -> Result<Cast, Stop> {
        let staff = officials(chronicle, seed).await?;
        let mut windows = Vec::new();
        for (item_code, _) in ITEMS {
            windows.push(window(chronicle, item_code, &staff).await?);
        }
        let mut beats = Vec::new();
        for offence in OFFENCES {
            let body = version_of(chronicle, offence.item_code).await?.body.clone();
            let squads = squads(&Holders { staff: &staff, body })?;
            beats.push(Beat { offence, squads });
        }
        let mut stages = Vec::new();
        for tale in &TALES {
            stages.push(stage(chronicle, tale.item_code, &staff).await?);
        }
        let applicants = applicants(chronicle, residents).await?;
        Ok(Cast {
            windows,
            beats,
            stages,
            applicants,
        })
    }

    pub fn residents(&self) -> usize {
        self.applicants.len().saturating_sub(NAMED)
    }

    /// One of the named people.
    pub fn named(&self, account: &str) -> Option<Actor> {
        let mut named = self.applicants.iter().take(NAMED);
        named
            .find(|applicant| applicant.actor.account == account)
            .map(|applicant| applicant.actor.clone())
    }

    /// The window of a share drawn from 0 … 99.
    pub fn window_of(&self, share: usize) -> usize {
        at_share(ITEMS.iter().map(|(_, part)| *part), share)
    }

    /// The beat of a share drawn from 0 … 99.
    pub fn beat_of(&self, share: usize) -> usize {
        at_share(self.beats.iter().map(|beat| beat.offence.share), share)
    }
}

fn at_share(parts: impl Iterator<Item = usize>, share: usize) -> usize {
    let mut upto = 0;
    for (index, part) in parts.enumerate() {
        upto += part;
        if share < upto {
            return index;
        }
    }
    0
}

type Staff = BTreeMap<(String, &'static str), Vec<Arc<Official>>>;

async fn officials(chronicle: &Chronicle, seed: u64) -> Result<Staff, Stop> {
    let mut staff = Staff::new();
    for worker in people::staff() {
        let official = Arc::new(Official {
            actor: actor(chronicle, &worker.account).await?,
            habit: Habit::of(seed, &worker.account),
            account: worker.account,
            name: worker.name,
        });
        for role in worker.roles {
            staff
                .entry((worker.body.clone(), role.key()))
                .or_default()
                .push(Arc::clone(&official));
        }
    }
    Ok(staff)
}

async fn version_of(chronicle: &Chronicle, item_code: &'static str) -> Result<Arc<ItemVersion>, Stop> {
    let version = chronicle
        .read(move |reader| Ok(reader.load::<Item>(item_code)?.latest().cloned()))
        .await?;
    let version = version.ok_or_else(|| Fault::Internal(format!("the city has no item {item_code}")))?;
    Ok(Arc::new(version))
}

/// Who holds the posts of one body.
struct Holders<'a> {
    staff: &'a Staff,
    body: String,
}

impl Holders<'_> {
    /// In the order of the list; never empty.
    fn of(&self, role: PostRole) -> Result<&[Arc<Official>], Fault> {
        let held = self.staff.get(&(self.body.clone(), role.key()));
        held.map(Vec::as_slice)
            .filter(|held| !held.is_empty())
            .ok_or_else(|| Fault::Internal(format!("nobody in {} is {}", self.body, role.key())))
    }

    fn first(&self, role: PostRole) -> Result<Arc<Official>, Fault> {
        Ok(Arc::clone(&self.of(role)?[0]))
    }

    fn last(&self, role: PostRole) -> Result<Arc<Official>, Fault> {
        let held = self.of(role)?;
        Ok(Arc::clone(&held[held.len() - 1]))
    }
}

/// Permits are the first office's of a body.
async fn window(chronicle: &Chronicle, item_code: &'static str, staff: &Staff) -> Result<Window, Stop> {
    let version = version_of(chronicle, item_code).await?;
    let holders = Holders {
        staff,
        body: version.body.clone(),
    };
    let handlers = holders.of(PostRole::Handler)?;
    let handlers = &handlers[..handlers.len().min(2)];
    let teams = handlers
        .iter()
        .enumerate()
        .map(|(turn, handler)| {
            Ok(Team {
                clerk: holders.first(PostRole::CounterClerk)?,
                handler: Arc::clone(handler),
                second: Arc::clone(&handlers[(turn + 1) % handlers.len()]),
                reviewer: holders.first(PostRole::Reviewer)?,
                approver: holders.first(PostRole::Approver)?,
                release: holders.first(PostRole::ReleaseReviewer)?,
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(Window {
        item_code: item_code.to_owned(),
        item_name: version.name.clone(),
        materials: always_asked(&version, chronicle.clock().today()),
        teams,
    })
}

/// What somebody without a special situation hands in: id and name.
fn always_asked(version: &ItemVersion, today: jiff::civil::Date) -> Vec<(String, String)> {
    let none = Answers::new();
    let asked = version.asked(Told {
        answers: &none,
        audience: None,
        today,
    });
    let required = asked.lacking(|_| false).into_iter();
    required.map(|material| (material.id, material.name)).collect()
}

async fn stage(chronicle: &Chronicle, item_code: &'static str, staff: &Staff) -> Result<Stage, Stop> {
    let version = version_of(chronicle, item_code).await?;
    let held = staff.iter().filter(|((body, _), _)| *body == version.body);
    let asked = mingjing_catalogue::bodies_asked(&version);
    Ok(Stage {
        item_name: version.name.clone(),
        materials: always_asked(&version, chronicle.clock().today()),
        posts: held.map(|((_, role), held)| (*role, held.clone())).collect(),
        asked: staff
            .iter()
            .filter(|((body, _), _)| asked.contains(body))
            .map(|(post, held)| (post.clone(), held.clone()))
            .collect(),
    })
}

/// Penalties are the last office's; in a small body it is the same people's, each in another post.
fn squads(holders: &Holders<'_>) -> Result<Vec<Squad>, Fault> {
    let handlers = holders.of(PostRole::Handler)?;
    let handlers = &handlers[handlers.len().saturating_sub(2)..];
    handlers
        .iter()
        .enumerate()
        .map(|(turn, handler)| {
            Ok(Squad {
                handler: Arc::clone(handler),
                second: Arc::clone(&handlers[(turn + 1) % handlers.len()]),
                reviewer: holders.last(PostRole::Reviewer)?,
                approver: holders.last(PostRole::Approver)?,
                legal: holders.last(PostRole::LegalReviewer)?,
                cashier: holders.last(PostRole::CounterClerk)?,
                release: holders.last(PostRole::ReleaseReviewer)?,
            })
        })
        .collect()
}

async fn applicants(chronicle: &Chronicle, residents: usize) -> Result<Vec<Applicant>, Stop> {
    const RESTAURANT: &str = "91330303MA2000000E";
    let mut applicants = Vec::new();
    for (account, organisation, name, phone) in [
        (
            "acc-demo-owner",
            Some(RESTAURANT),
            "龙湾区好滋味小餐馆（演示）",
            "13800000002",
        ),
        ("acc-demo-citizen", None, "王明", "13800000001"),
        (
            "acc-demo-agent",
            Some(RESTAURANT),
            "龙湾区好滋味小餐馆（演示）",
            "13800000003",
        ),
    ] {
        applicants.push(Applicant {
            actor: actor(chronicle, account).await?,
            organisation,
            name: name.to_owned(),
            phone: phone.to_owned(),
        });
    }
    applicants.extend((0..residents).map(|number| {
        let resident = population::resident(number);
        Applicant {
            actor: population::actor(&resident),
            organisation: None,
            name: resident.name,
            phone: resident.phone,
        }
    }));
    Ok(applicants)
}

/// Somebody of the city as an actor, with the posts held now.
pub async fn actor(chronicle: &Chronicle, account: &str) -> Result<Actor, Stop> {
    let wanted = account.to_owned();
    chronicle
        .read(move |reader| mingjing_people::session::actor_of(reader.sql(), &wanted))
        .await?
        .ok_or_else(|| Refusal::not_found("city.nobody", format!("演示城里没有 {account}。")).into())
}
