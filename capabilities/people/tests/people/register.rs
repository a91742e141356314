//! Commands, read tables and queries on both engines.

use jiff::civil::date;
use mingjing_chronicle::Stop;
use mingjing_people::bootstrap::*;
use mingjing_people::decide::end_agency::EndAgency;
use mingjing_people::decide::end_appointment::EndAppointment;
use mingjing_people::decide::revoke_certificate::RevokeCertificate;
use mingjing_people::public::{AgencyScope, Officer, Organisation, queries};
use mingjing_people::role::{AccountRole, PostRole};
use mingjing_people::views::{AuditFilter, OfficerFilter, audit_lines, audit_people, officer_lines};
use mingjing_testkit::for_each_engine;

use crate::city::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_city_is_founded_and_found_again() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        office
            .chronicle
            .read(|reader| {
                let officer = reader.load::<Officer>(OFFICER)?;
                assert!(officer.certificate_valid_on(date(2026, 3, 2)));
                let sql = reader.sql();
                // The read tables say what the streams say.
                assert_eq!(queries::officer(sql, OFFICER)?, Some(officer.facts()));
                assert_eq!(queries::holders_of(sql, "handler", BODY)?, vec![officer.facts()]);
                assert_eq!(queries::holders_of(sql, "approver", BODY)?, vec![]);
                assert_eq!(queries::officers_of(sql, BODY)?.len(), 1);
                let body = queries::body(sql, BODY)?.unwrap();
                assert_eq!((body.short_name.as_str(), body.offices.len()), ("龙市监", 1));
                assert_eq!(queries::bodies(sql)?, vec![body]);
                assert_eq!(queries::posts_of(sql, BODY)?.len(), 3);
                assert_eq!(queries::display_name(sql, CITIZEN)?, "张三");
                assert_eq!(queries::account_of_login(sql, "LI.SI")?.as_deref(), Some(OFFICER));
                Ok(())
            })
            .await
            .unwrap();
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_certificates_are_used_once() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let chronicle = &office.chronicle;
        let security = actor(chronicle, &admin_account(AccountRole::SecurityAdmin)).await;
        let code = outcome(chronicle, security.clone(), |tx| {
            let command = RegisterOfficer {
                account: "acc-new".into(),
                name: "新人".into(),
                login_name: "Zhang.San".into(),
                body: BODY.into(),
                office: OFFICE.into(),
            };
            register_officer(tx, &command)
        })
        .await;
        assert_eq!(code, "people.input", "a citizen has this login name");
        let code = outcome(chronicle, security, |tx| {
            let command = RecordCertificate {
                account: OFFICER.into(),
                no: " 浙A-0001".into(),
                authority: "浙江省人民政府".into(),
                valid_from: date(2026, 1, 1),
                valid_to: date(2030, 1, 1),
            };
            record_certificate(tx, &command, None)
        })
        .await;
        assert_eq!(code, "people.certificate.taken");
        let code = outcome(chronicle, mingjing_chronicle::Actor::public(), |tx| {
            register_citizen(
                tx,
                &citizen_command("acc-2", "张三", "zhang.san.2", "33030319900101001x"),
            )
        })
        .await;
        assert_eq!(code, "people.input", "this document has an account");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_want_one_login_name_at_once_get_one_account() {
    for_each_engine(plan, async |office| {
        let one = |account: &'static str, no: &'static str| {
            let chronicle = office.chronicle.clone();
            tokio::spawn(async move {
                outcome(&chronicle, mingjing_chronicle::Actor::public(), move |tx| {
                    register_citizen(tx, &citizen_command(account, "某人", "same.name", no))
                })
                .await
            })
        };
        let (a, b) = (one("acc-a", "33030319900101001X"), one("acc-b", "11010519491231002X"));
        let mut codes = [a.await.unwrap(), b.await.unwrap()];
        codes.sort();
        assert_eq!(codes, ["ok", "people.input"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_is_gone_with_the_next_look() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let chronicle = &office.chronicle;
        assert_eq!(actor(chronicle, OFFICER).await.posts.len(), 1);
        let security = actor(chronicle, &admin_account(AccountRole::SecurityAdmin)).await;
        let seen = chronicle
            .read(|reader| Ok(reader.load::<Officer>(OFFICER)?.version))
            .await
            .unwrap();
        let end = move |reason: &'static str| {
            move |tx: &mut mingjing_chronicle::Tx<'_>| {
                let command = EndAppointment {
                    account: OFFICER.into(),
                    post: "post-handler".into(),
                    reason: reason.into(),
                };
                end_appointment(tx, &command, Some(seen))
            }
        };
        assert_eq!(outcome(chronicle, security.clone(), end("轮岗")).await, "ok");
        assert!(actor(chronicle, OFFICER).await.posts.is_empty());
        assert_eq!(
            outcome(chronicle, security.clone(), end("轮岗")).await,
            "conflict",
            "the page seen is stale"
        );

        let revoke = |tx: &mut mingjing_chronicle::Tx<'_>| {
            let command = RevokeCertificate {
                account: OFFICER.into(),
                no: "浙A-0001".into(),
                authority: "浙江省人民政府".into(),
                revoked_on: date(2026, 3, 2),
                reason: "调离执法岗位".into(),
            };
            revoke_certificate(tx, &command, None)
        };
        assert_eq!(outcome(chronicle, security, revoke).await, "ok");
        let officer = chronicle.read(|reader| reader.load::<Officer>(OFFICER)).await.unwrap();
        assert!(!officer.certificate_valid_on(date(2026, 3, 2)));
        assert!(officer.certificate_valid_on(date(2026, 3, 1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_acts_for_an_organisation_until_the_agency_ends() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let chronicle = &office.chronicle;
        let today = office.clock.today();
        let (zhang, wu) = (actor(chronicle, CITIZEN).await, actor(chronicle, AGENT).await);
        const USCC: &str = "91330303MA2000000E";
        let registered = outcome(chronicle, zhang.clone(), |tx| {
            let command = RegisterOrganisation {
                uscc: USCC.into(),
                name: "龙湾某某餐饮有限公司".into(),
                address: "永中街道".into(),
                phone: "13800138000".into(),
                legal_representative: CITIZEN.into(),
            };
            register_organisation(tx, &command)
        })
        .await;
        assert_eq!(registered, "ok");
        let grant = move |agent: &'static str| GrantAgency {
            principal: Principal::Organisation(USCC.into()),
            agent: agent.into(),
            scope: AgencyScope {
                items: vec!["33030300SJ-XK-0001".into()],
                may_withdraw: false,
            },
            valid_from: today,
            valid_to: date(2026, 12, 31),
        };
        let agency = chronicle
            .inside(zhang.clone(), move |tx| grant_agency(tx, &grant(AGENT)))
            .await
            .unwrap();
        let by_agent = chronicle
            .inside(wu.clone(), move |tx| grant_agency(tx, &grant(CITIZEN)))
            .await;
        assert!(
            matches!(by_agent, Err(Stop::Refusal(_))),
            "an agent does not entrust further"
        );

        let wu_acts = chronicle
            .read(move |reader| queries::acts_for(reader.sql(), AGENT, today))
            .await
            .unwrap();
        assert_eq!((wu_acts.len(), wu_acts[0].name.as_str()), (1, "龙湾某某餐饮有限公司"));
        let zhang_acts = chronicle
            .read(move |reader| queries::acts_for(reader.sql(), CITIZEN, today))
            .await
            .unwrap();
        assert_eq!(zhang_acts[0].agency, None, "the legal representative needs no agency");

        let end = EndAgency {
            principal: Principal::Organisation(USCC.into()),
            agency,
            reason: "不再代办".into(),
        };
        assert_eq!(outcome(chronicle, wu, move |tx| end_agency(tx, &end)).await, "ok");
        let organisation = chronicle
            .read(|reader| reader.load::<Organisation>(USCC))
            .await
            .unwrap();
        assert_eq!(organisation.authority_of(AGENT, today), None);
        let wu_acts = chronicle
            .read(move |reader| queries::acts_for(reader.sql(), AGENT, today))
            .await
            .unwrap();
        assert!(wu_acts.is_empty());
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_filter_and_count() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let check = async |words: &str, body: &str, state: &str, expect: u64| {
            let filter = OfficerFilter {
                words: words.into(),
                body: body.into(),
                state: state.into(),
            };
            let (lines, total) = office
                .chronicle
                .read(move |reader| officer_lines(reader.sql(), &filter, 0, 10))
                .await
                .unwrap();
            assert_eq!((lines.len() as u64, total), (expect, expect), "{words} {body} {state}");
        };
        check("", "", "", 1).await;
        check("李", "", "", 1).await;
        check("LI.SI", "", "active", 1).await;
        check("浙a-00", BODY, "", 1).await;
        check("%", "", "", 0).await;
        check("_", "", "", 0).await;
        check("王", "", "", 0).await;
        check("", "33030300WH", "", 0).await;
        check("", "", "stopped", 0).await;

        let who = office
            .chronicle
            .read(|reader| audit_people(reader.sql(), "李四"))
            .await
            .unwrap();
        assert_eq!(who, [OFFICER]);
        let audit = async |filter: AuditFilter| {
            office
                .chronicle
                .read(move |reader| audit_lines(reader.sql(), &filter, 0, 50))
                .await
                .unwrap()
        };
        let (lines, total) = audit(AuditFilter {
            who: Some(who),
            ..AuditFilter::default()
        })
        .await;
        assert_eq!((lines.len(), total), (3, 3), "registered, appointed, certificate");
        assert!(lines.iter().all(|line| line.subject_name == "李四"));
        let (_, administrators) = audit(AuditFilter {
            kind: "administrators.".into(),
            ..AuditFilter::default()
        })
        .await;
        assert_eq!(administrators, 3);
        let (_, nobody) = audit(AuditFilter {
            who: Some(Vec::new()),
            ..AuditFilter::default()
        })
        .await;
        assert_eq!(nobody, 0);
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_post_is_not_abolished() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let system = actor(&office.chronicle, &admin_account(AccountRole::SystemAdmin)).await;
        let abolish = |role: PostRole| {
            move |tx: &mut mingjing_chronicle::Tx<'_>| {
                let command = mingjing_people::decide::abolish_post::AbolishPost {
                    body: BODY.into(),
                    post: format!("post-{}", role.key()),
                    reason: "机构改革".into(),
                };
                abolish_post(tx, &command)
            }
        };
        let code = outcome(&office.chronicle, system.clone(), abolish(PostRole::Handler)).await;
        assert_eq!(code, "people.post.still_held");
        assert_eq!(
            outcome(&office.chronicle, system, abolish(PostRole::CounterClerk)).await,
            "ok"
        );
    })
    .await;
}
