//! No account can combine two administrators, nor an administrator with anything else: in decisions, over random
//! sequences of grants, and by the constraint of the table where a decision would err.

use mingjing_chronicle::{Actor, Aggregate, Fault, Stop, params};
use mingjing_people::administrators::{ALL, Administrators};
use mingjing_people::bootstrap::*;
use mingjing_people::public::Officer;
use mingjing_people::role::{AccountRole, PostRole};
use mingjing_people::session;
use mingjing_testkit::{TestOffice, for_each_engine};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::city::*;

#[derive(Debug, Clone)]
enum Grant {
    Administrator(usize, usize),
    Officer(usize),
    Citizen(usize),
    Appoint(usize, usize),
}

const ACCOUNTS: usize = 5;
const POSTS: [PostRole; 3] = [PostRole::CounterClerk, PostRole::Handler, PostRole::Supervisor];

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let one = prop_oneof![
        (0..ACCOUNTS, 0..3usize).prop_map(|(account, role)| Grant::Administrator(account, role)),
        (0..ACCOUNTS).prop_map(Grant::Officer),
        (0..ACCOUNTS).prop_map(Grant::Citizen),
        (0..ACCOUNTS, 0..POSTS.len()).prop_map(|(account, post)| Grant::Appoint(account, post)),
    ];
    prop::collection::vec(one, 1..20)
}

/// Valid numbers of the same day, so that each account has one of its own.
fn id_no(index: usize) -> String {
    let number = format!("330303199001010{:02}", index * 2 + 1);
    (0..10)
        .map(|digit| char::from(b'0' + digit))
        .chain(['X'])
        .map(|check| format!("{number}{check}"))
        .find(|number| mingjing_codes::CitizenId::parse(number, jiff::civil::date(2026, 1, 1)).is_ok())
        .unwrap()
}

async fn apply(office: &TestOffice, run: usize, grant: Grant) {
    let account = |index: usize| format!("acc-{run}-{index}");
    let _ = match grant {
        Grant::Administrator(index, role) => {
            let command = CreateAdministrator {
                account: account(index),
                role: AccountRole::ADMINISTRATORS[role],
                name: "管".into(),
                login_name: format!("admin.{run}.{index}.{role}"),
            };
            office
                .chronicle
                .inside(Actor::system(), move |tx| create_administrator(tx, &command))
                .await
        }
        Grant::Officer(index) => {
            let command = RegisterOfficer {
                account: account(index),
                name: "员".into(),
                login_name: format!("officer.{run}.{index}"),
                body: BODY.into(),
                office: OFFICE.into(),
            };
            office
                .chronicle
                .inside(Actor::system(), move |tx| register_officer(tx, &command))
                .await
        }
        Grant::Citizen(index) => {
            let command = citizen_command(
                &account(index),
                "民",
                &format!("citizen.{run}.{index}"),
                &id_no(index + run),
            );
            office
                .chronicle
                .inside(Actor::system(), move |tx| register_citizen(tx, &command))
                .await
        }
        Grant::Appoint(index, post) => {
            let command = AppointOfficer {
                account: account(index),
                body: BODY.into(),
                post: format!("post-{}", POSTS[post].key()),
            };
            office
                .chronicle
                .inside(Actor::system(), move |tx| appoint_officer(tx, &command, None))
                .await
        }
    };
}

/// What an account is by every source that says so: more than one answer is a combination.
async fn assert_separate(office: &TestOffice, run: usize) {
    office
        .chronicle
        .read(move |reader| {
            let seats = reader.load::<Administrators>(ALL)?;
            for index in 0..ACCOUNTS {
                let account = format!("acc-{run}-{index}");
                let held = AccountRole::ADMINISTRATORS
                    .into_iter()
                    .filter(|role| seats.holder(*role) == Some(&account));
                let on_seats = held.count();
                let officer = reader.load::<Officer>(&account)?;
                let rows = reader.query("SELECT role FROM {account_role} WHERE account = $1", &params![&account])?;
                let actor = session::actor_of(reader.sql(), &account)?;
                assert!(on_seats <= 1, "{account} sits on {on_seats} seats");
                assert!(rows.len() <= 1);
                if on_seats == 1 {
                    assert!(!officer.is_registered(), "{account} is administrator and officer");
                    let actor = actor.unwrap();
                    assert!(actor.posts.is_empty() && actor.roles.len() == 1);
                }
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[test]
fn no_sequence_of_grants_combines_administrators() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config::with_cases(40));
    runner
        .run(&grants(), |grants| {
            runtime.block_on(async {
                // Each sequence begins in a city without administrators.
                let office = TestOffice::sqlite(plan).await;
                seed(&office.chronicle, |tx| {
                    register_body(tx, &body_command(), &mingjing_people::division::DEMO)?;
                    let office = OpenOffice {
                        body: BODY.into(),
                        office: OFFICE.into(),
                        name: "行政审批科".into(),
                    };
                    open_office(tx, &office)?;
                    for role in POSTS {
                        let command = CreatePost {
                            body: BODY.into(),
                            office: OFFICE.into(),
                            role,
                            title: role.label().into(),
                            post: Some(format!("post-{}", role.key())),
                        };
                        create_post(tx, &command)?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
                for grant in grants {
                    apply(&office, 0, grant).await;
                    assert_separate(&office, 0).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_refuses_a_second_role_even_if_a_decision_errs() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        // Straight to the record, past every decision: an officer's registration for an administrator's account.
        let account = admin_account(AccountRole::AuditAdmin);
        let id = account.clone();
        let forced = office
            .chronicle
            .inside(Actor::system(), move |tx| {
                let mut officer = tx.load::<Officer>(&id)?;
                let event = mingjing_people::events::OfficerEvent::Registered {
                    name: "混".into(),
                    login_name: "hun".into(),
                    body: BODY.into(),
                    office: OFFICE.into(),
                };
                let about = mingjing_chronicle::About::new(tx.context());
                Ok(tx.append(&mut officer, vec![event], &about)?)
            })
            .await;
        assert!(
            matches!(forced, Err(Stop::Fault(Fault::Database(_) | Fault::Race(_)))),
            "{forced:?}"
        );
        let officer = office
            .chronicle
            .read(move |reader| reader.load::<Officer>(&account))
            .await
            .unwrap();
        assert!(!officer.exists(), "nothing of it was kept");
        assert_eq!(Officer::STREAM, "officer");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_changes_hands_by_the_other_two() {
    use mingjing_people::decide::replace_administrator::{ConfirmReplacement, ProposeReplacement};
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let chronicle = &office.chronicle;
        let admin = async |role: AccountRole| actor(chronicle, &admin_account(role)).await;
        let (system, security, audit) = (
            admin(AccountRole::SystemAdmin).await,
            admin(AccountRole::SecurityAdmin).await,
            admin(AccountRole::AuditAdmin).await,
        );
        let propose = |tx: &mut mingjing_chronicle::Tx<'_>| {
            let command = ProposeReplacement {
                role: AccountRole::SystemAdmin,
                name: "新人".into(),
                login_name: "xin.ren".into(),
                reason: "轮岗".into(),
            };
            propose_replacement(tx, &command)
        };
        assert_eq!(
            outcome(chronicle, system.clone(), propose).await,
            "people.administrator.not_the_others"
        );
        assert_eq!(outcome(chronicle, audit.clone(), propose).await, "ok");
        let pending = chronicle
            .read(|reader| reader.load::<Administrators>(ALL))
            .await
            .unwrap();
        let id = pending.replacement.as_ref().unwrap().id.clone();
        let confirm = move |tx: &mut mingjing_chronicle::Tx<'_>| {
            let command = ConfirmReplacement {
                replacement: id.clone(),
                account: "acc-new".into(),
            };
            confirm_replacement(tx, &command)
        };
        assert_eq!(
            outcome(chronicle, audit, confirm.clone()).await,
            "people.administrator.second_person"
        );
        assert_eq!(outcome(chronicle, security, confirm).await, "ok");
        let seats = chronicle
            .read(|reader| reader.load::<Administrators>(ALL))
            .await
            .unwrap();
        assert_eq!(seats.holder(AccountRole::SystemAdmin), Some("acc-new"));
        let old = chronicle
            .read(move |reader| session::actor_of(reader.sql(), &system.account))
            .await
            .unwrap();
        assert_eq!(old, None, "who left is stopped");
    })
    .await;
}
