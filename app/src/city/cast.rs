//! Who handles and who applies: the people of the city, looked up once, in teams by body.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Actor, Chronicle, Fault, Refusal, Stop};
use mingjing_people::role::PostRole;

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
    pub applicants: Vec<Applicant>,
}

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
        let applicants = applicants(chronicle, residents).await?;
        Ok(Cast { windows, applicants })
    }

    /// The window of a share drawn from 0 … 99.
    pub fn window_of(&self, share: usize) -> usize {
        let mut upto = 0;
        for (index, (_, part)) in ITEMS.iter().enumerate() {
            upto += part;
            if share < upto {
                return index;
            }
        }
        0
    }
}

type Staff = BTreeMap<(String, &'static str), Vec<Arc<Official>>>;

async fn officials(chronicle: &Chronicle, seed: u64) -> Result<Staff, Stop> {
    let mut staff = Staff::new();
    for (account, body, roles) in people::staff() {
        let official = Arc::new(Official {
            actor: actor(chronicle, &account).await?,
            habit: Habit::of(seed, &account),
            account,
        });
        for role in roles {
            staff
                .entry((body.clone(), role.key()))
                .or_default()
                .push(Arc::clone(&official));
        }
    }
    Ok(staff)
}

async fn window(chronicle: &Chronicle, item_code: &'static str, staff: &Staff) -> Result<Window, Stop> {
    let version = chronicle
        .read(move |reader| Ok(reader.load::<Item>(item_code)?.latest().cloned()))
        .await?
        .ok_or_else(|| Fault::Internal(format!("the city has no item {item_code}")))?;
    let holders = |role: PostRole| {
        let held = staff.get(&(version.body.clone(), role.key()));
        held.filter(|held| !held.is_empty())
            .ok_or_else(|| Fault::Internal(format!("nobody in {} is {}", version.body, role.key())))
    };
    let handlers = holders(PostRole::Handler)?;
    let teams = handlers
        .iter()
        .enumerate()
        .map(|(turn, handler)| {
            Ok(Team {
                clerk: Arc::clone(&holders(PostRole::CounterClerk)?[0]),
                handler: Arc::clone(handler),
                second: Arc::clone(&handlers[(turn + 1) % handlers.len()]),
                reviewer: Arc::clone(&holders(PostRole::Reviewer)?[0]),
                approver: Arc::clone(&holders(PostRole::Approver)?[0]),
                release: Arc::clone(&holders(PostRole::ReleaseReviewer)?[0]),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let required = version.materials.iter().filter(|material| material.required);
    Ok(Window {
        item_code: item_code.to_owned(),
        item_name: version.name.clone(),
        materials: required
            .map(|material| (material.id.clone(), material.name.clone()))
            .collect(),
        teams,
    })
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
