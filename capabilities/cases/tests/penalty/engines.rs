//! The same penalty on each database, and every text of it understood by the other.

use mingjing_cases::penalty::PenaltyState;
use mingjing_cases::views::{board, inbox, list, penalty_progress, public_record};
use mingjing_chronicle::Value;
use mingjing_testkit::for_each_engine;

use crate::bench::{Bench, Inputs};
use crate::world::{World, blueprint};

#[tokio::test]
async fn a_penalty_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let mut bench = Bench::in_world(world).await;
        bench.prepare("送达", &Inputs::none()).await.unwrap();
        for (person, act) in [
            ("郑洁", "公开"),
            ("金燕", "登记缴款"),
            ("方磊", "提出结案"),
            ("黄志远", "批准结案"),
        ] {
            bench.act(person, act, &Inputs::none()).await.unwrap();
        }
        let closed = bench.case_no.clone();
        bench.prepare("终结", &Inputs::none()).await.unwrap();
        office.chronicle.settle().await.unwrap();
        let (owner, today) = (bench.world.account("李琴"), bench.world.clock.today());
        let body = || list::ScopeCondition {
            text: "body = $1".into(),
            parameters: vec![Value::from("33030300SJ")],
        };
        let no = closed.clone();
        office
            .chronicle
            .read(move |reader| {
                assert_eq!(list::penalties_of(reader, &owner)?.len(), 2);
                assert!(list::of_party(reader, &owner)?.is_empty(), "no application of theirs");
                assert!(inbox::of_account(reader, &owner, 0)?.len() >= 4);
                let filter = list::CaseFilter {
                    state: Some(PenaltyState::Closed.into()),
                    ..list::CaseFilter::default()
                };
                assert_eq!(list::cases(reader, &body(), &filter, 0)?.len(), 1);
                let reviewers = [("33030300SJ".to_owned(), "reviewer".to_owned())];
                assert_eq!(list::tasks_of(reader, &reviewers, "", 0)?.1, 1);
                assert_eq!(board::board(reader, &body(), today, today)?.open.len(), 1);
                assert!(public_record::record(reader, &no)?.is_some());
                assert!(public_record::withdrawn(reader, &no)?.is_none());
                assert_eq!(
                    public_record::number(reader, &public_record::PublicFilter::default())?,
                    1
                );
                assert_eq!(penalty_progress::rows(reader, Some("33030300SJ"), 0)?.len(), 2);
                assert_eq!(penalty_progress::counts(reader)?.len(), 2);
                Ok(())
            })
            .await
            .unwrap();
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test]
async fn bad_luck_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        crate::lifecycle::two_decide_at_once(Bench::in_world(world).await).await;
    })
    .await;
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        crate::lifecycle::one_receipt_in_two_cases(Bench::in_world(world).await).await;
    })
    .await;
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        crate::lifecycle::one_act_fined_twice_at_once(Bench::in_world(world).await).await;
    })
    .await;
}
