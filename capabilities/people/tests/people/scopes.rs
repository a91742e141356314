//! What the table gives is the same for a single record and for a list in SQL.

use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Actor, ActorKind, HeldPost, Value, params};
use mingjing_people::permissions::{GRANTS, scope};
use mingjing_people::role::{AccountRole, PostRole};
use mingjing_testkit::for_each_engine;
use mingjing_web::{Permission, Subject};

use crate::city::plan;

const BODIES: [(&str, &str); 4] = [
    ("33030300SJ", "330303"),
    ("33030300WH", "330303"),
    ("33030200SJ", "330302"),
    ("33030000JC", "3303"),
];
const PARTIES: [&str; 3] = ["", "acc-a", "acc-b"];

/// Every body, party and state of publication.
fn records() -> Vec<(&'static str, &'static str, &'static str, bool)> {
    let mut all = Vec::new();
    for (body, area) in BODIES {
        for party in PARTIES {
            for published in [false, true] {
                all.push((body, area, party, published));
            }
        }
    }
    all
}

/// Every role in every body, pairs of roles in two bodies, the account roles, and the public.
fn actors() -> Vec<Actor> {
    let post = |role: PostRole, at: usize| HeldPost {
        post: format!("p-{}-{at}", role.key()),
        role: role.key().into(),
        body: BODIES[at].0.into(),
        area: BODIES[at].1.into(),
    };
    let officer = |posts: Vec<HeldPost>| Actor {
        account: "acc-o".into(),
        kind: ActorKind::Official,
        posts,
        roles: Vec::new(),
    };
    let mut all = vec![Actor::public(), Actor::system()];
    for one in PostRole::ALL {
        for at in 0..BODIES.len() {
            all.push(officer(vec![post(one, at)]));
        }
        all.extend(
            PostRole::ALL
                .into_iter()
                .map(|other| officer(vec![post(one, 0), post(other, 3)])),
        );
    }
    for role in [AccountRole::Citizen].into_iter().chain(AccountRole::ADMINISTRATORS) {
        all.push(Actor {
            account: "acc-a".into(),
            kind: ActorKind::Citizen,
            posts: Vec::new(),
            roles: vec![role.key().into()],
        });
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_what_single_reads_would() {
    let with_probe = || {
        plan().tables([Migration {
            id: "test.probe.1",
            sql: &["CREATE TABLE probe (id BIGINT PRIMARY KEY, body TEXT, area TEXT, party_account TEXT, published BIGINT)"],
        }])
    };
    for_each_engine(with_probe, async |office| {
        office
            .does(|tx| {
                for (id, (body, area, party, published)) in records().into_iter().enumerate() {
                    tx.execute(
                        "INSERT INTO probe (id, body, area, party_account, published) VALUES ($1, $2, $3, $4, $5)",
                        &params![id as i64, body, area, party, published],
                    )?;
                }
                Ok(())
            })
            .await;
        let mut permissions: Vec<&'static str> = GRANTS.iter().map(|grant| grant.permission).collect();
        permissions.sort_unstable();
        permissions.dedup();
        let compared = office
            .chronicle
            .read(move |reader| {
                let mut compared = 0;
                for actor in actors() {
                    for permission in &permissions {
                        let Some(scope) = scope(&actor, Permission(permission)) else {
                            continue;
                        };
                        let covered: Vec<i64> = records()
                            .into_iter()
                            .enumerate()
                            .filter(|(_, (body, area, party_account, published))| {
                                scope.covers(&Subject {
                                    body,
                                    area,
                                    party_account,
                                    published: *published,
                                })
                            })
                            .map(|(id, _)| id as i64)
                            .collect();
                        let condition = scope.sql(1);
                        let values: Vec<Value> = condition.parameters.iter().map(Value::from).collect();
                        let text = format!("SELECT id FROM probe WHERE ({}) ORDER BY id", condition.text);
                        let listed: Vec<i64> = reader.query(&text, &values)?.iter().map(|row| row.int(0)).collect();
                        assert_eq!(listed, covered, "{permission} of {actor:?}");
                        compared += 1;
                    }
                }
                Ok(compared)
            })
            .await
            .unwrap();
        assert!(compared > 500, "only {compared} scopes were compared");
    })
    .await;
}
