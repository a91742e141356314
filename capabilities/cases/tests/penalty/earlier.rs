//! Penalties begun while flows ran on the earlier core go on: one in the middle, one with a token that waits before a join.

use mingjing_cases::penalty::{PenaltyCase, PenaltyState};

use super::earlier_records::carried_over;
use crate::bench::{Bench, Inputs};

const FLOWS: &str = include_str!("../fixtures/earlier-penalty.txt");

async fn begun_then(before: Bench) -> Bench {
    let mut now = Bench::new().await;
    carried_over::<true>(&before.world, &before.case_no, FLOWS, &now.world).await;
    now.case_no = before.case_no;
    now
}

fn open(case: &PenaltyCase) -> Vec<&str> {
    case.steps.iter().map(|step| step.task.as_str()).collect()
}

#[tokio::test]
async fn a_penalty_begun_on_the_earlier_core_goes_on() {
    let mut before = Bench::new().await;
    before.prepare("终结", &Inputs::none()).await.unwrap();
    let mut bench = begun_then(before).await;
    assert_eq!(open(&bench.case().await), ["review_proposal"]);
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    bench.act("方磊", "制作告知", &Inputs::none()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["serve_notice"]);
}

/// Served and published: the published branch waits before the join for the payment.
#[tokio::test]
async fn a_token_that_waited_before_a_join_still_waits() {
    let mut before = Bench::new().await;
    before.prepare("送达", &Inputs::none()).await.unwrap();
    before.act("郑洁", "公开", &Inputs::none()).await.unwrap();
    let mut bench = begun_then(before).await;
    assert_eq!(open(&bench.case().await), ["collect"]);
    for (person, act) in [("金燕", "登记缴款"), ("方磊", "提出结案"), ("黄志远", "批准结案")] {
        bench.act(person, act, &Inputs::none()).await.unwrap();
    }
    let case = bench.case().await;
    assert_eq!((case.state, open(&case)), (PenaltyState::Closed, Vec::new()));
}
