//! Executes `scenarios/agency.txt` against the running commands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use mingjing_chronicle::{Stop, Tx};
use mingjing_people::bootstrap::*;
use mingjing_people::decide::end_agency::EndAgency;
use mingjing_people::public::{AgencyScope, Authority, Organisation};
use mingjing_testkit::TestOffice;

use crate::city::{actor, citizen_command, outcome, plan};

const PEOPLE: [(&str, &str, &str); 3] = [
    ("张三", "acc-zhang", "33030319900101001X"),
    ("李四", "acc-li", "11010519491231002X"),
    ("王五", "acc-wang", "440524188001010014"),
];

struct Scene {
    office: TestOffice,
    /// Of the organisation that was registered last.
    uscc: String,
    agency: String,
    accounts: BTreeMap<&'static str, &'static str>,
}

impl Scene {
    async fn open() -> Scene {
        let office = TestOffice::sqlite(plan).await;
        seed(&office.chronicle, |tx: &mut Tx<'_>| {
            for (index, (name, account, id_no)) in PEOPLE.into_iter().enumerate() {
                register_citizen(tx, &citizen_command(account, name, &format!("person{index}"), id_no))?;
            }
            Ok(())
        })
        .await
        .unwrap();
        Scene {
            office,
            uscc: String::new(),
            agency: String::new(),
            accounts: PEOPLE.into_iter().map(|(name, account, _)| (name, account)).collect(),
        }
    }

    async fn step(&mut self, words: &[&str]) -> String {
        match *words {
            ["on", day] => self.on(day),
            [who, "registers", uscc] => self.registers(who, uscc).await,
            [who, "entrusts", agent, "for", items, "until", day] => self.entrusts(who, agent, items, day).await,
            [who, "ends", "the", "agency"] => self.ends(who).await,
            ["authority", "of", who, "for", item] => self.authority(who, item).await,
            _ => panic!("nobody understands: {words:?}"),
        }
    }

    fn on(&self, day: &str) -> String {
        let at: Timestamp = format!("2026-{day}T01:00:00Z").parse().unwrap();
        self.office.clock.set(at);
        String::new()
    }

    async fn registers(&mut self, who: &str, uscc: &str) -> String {
        let command = RegisterOrganisation {
            uscc: uscc.into(),
            name: "某某公司".into(),
            address: "永中街道".into(),
            phone: "13800138000".into(),
            legal_representative: self.accounts[who].into(),
        };
        let me = actor(&self.office.chronicle, self.accounts[who]).await;
        self.uscc = uscc.into();
        outcome(&self.office.chronicle, me, move |tx| {
            register_organisation(tx, &command)
        })
        .await
    }

    async fn entrusts(&mut self, who: &str, agent: &str, items: &str, day: &str) -> String {
        let (month, day) = day.split_once('-').unwrap();
        let command = GrantAgency {
            principal: Principal::Organisation(self.uscc.clone()),
            agent: self.accounts[agent].into(),
            scope: AgencyScope {
                items: if items == "all" { Vec::new() } else { vec![items.into()] },
                may_withdraw: false,
            },
            valid_from: self.office.clock.today(),
            valid_to: date(2026, month.parse().unwrap(), day.parse().unwrap()),
        };
        let me = actor(&self.office.chronicle, self.accounts[who]).await;
        match self
            .office
            .chronicle
            .inside(me, move |tx| grant_agency(tx, &command))
            .await
        {
            Ok(agency) => {
                self.agency = agency;
                "ok".into()
            }
            Err(Stop::Refusal(refusal)) => refusal.code.into_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn ends(&self, who: &str) -> String {
        let command = EndAgency {
            principal: Principal::Organisation(self.uscc.clone()),
            agency: self.agency.clone(),
            reason: "不再代办".into(),
        };
        let me = actor(&self.office.chronicle, self.accounts[who]).await;
        outcome(&self.office.chronicle, me, move |tx| end_agency(tx, &command)).await
    }

    async fn authority(&self, who: &str, item: &str) -> String {
        let uscc = self.uscc.clone();
        let organisation = self
            .office
            .chronicle
            .read(move |reader| reader.load::<Organisation>(&uscc))
            .await
            .unwrap();
        let authority = organisation.authority_of(self.accounts[who], self.office.clock.today());
        match authority.filter(|authority| authority.covers(item)) {
            Some(Authority::Oneself) => "oneself".into(),
            Some(Authority::LegalRepresentative) => "legal_representative".into(),
            Some(Authority::Agent { .. }) => "agent".into(),
            None => "none".into(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agency_as_the_text_tells_it() {
    let text = include_str!("../../scenarios/agency.txt");
    let mut scene: Option<Scene> = None;
    let mut steps = 0;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with("scenario ") {
            scene = Some(Scene::open().await);
            continue;
        }
        let (step, expect) = line.split_once(" => ").unwrap_or((line, ""));
        let words: Vec<&str> = step.split_whitespace().collect();
        let came = scene.as_mut().expect("a scenario first").step(&words).await;
        assert_eq!(came, expect, "line {}: {line}", index + 1);
        steps += 1;
    }
    assert!(steps > 25);
}
