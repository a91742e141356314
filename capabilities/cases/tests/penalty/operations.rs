//! Whose turn it is changes hands: countersigned, returned, taken back, transferred, signed by others, suspended.

use mingjing_cases::penalty::{PenaltyCase, PenaltyState};
use mingjing_chronicle::Stop;
use serde_json::{Value as Json, json};

use crate::bench::{Bench, Inputs};

/// Runs on the flow in which two reviewers sign the proposal.
const COUNTERSIGNED: &str = "事项=33030300SJ-CF-0007";

async fn at(stage: &str, item: &[&str]) -> Bench {
    let mut bench = Bench::new().await;
    bench.prepare(stage, &Inputs::of(item)).await.unwrap();
    bench
}

async fn operate(bench: &Bench, person: &str, command: Json) -> Result<(), Stop> {
    bench.perform(person, serde_json::from_value(command).unwrap()).await
}

async fn refused(bench: &Bench, person: &str, command: Json) -> String {
    match operate(bench, person, command).await {
        Err(Stop::Refusal(refusal)) => {
            assert!(refusal.article.is_some() && refusal.advice.is_some(), "{refusal:?}");
            refusal.code.into_owned()
        }
        other => panic!("{other:?}"),
    }
}

fn give_back(to: &str) -> Json {
    json!({"act": "return_step", "to": to, "reasons": "证据不足，补充调查"})
}

fn open(case: &PenaltyCase) -> Vec<&str> {
    case.steps.iter().map(|step| step.task.as_str()).collect()
}

/// The line of issue 5: returned out of a countersigned step, and finished.
#[tokio::test]
async fn a_penalty_is_returned_out_of_a_countersigned_step_and_finishes() {
    let bench = &mut at("终结", &[COUNTERSIGNED]).await;
    assert_eq!(open(&bench.case().await), ["review_proposal", "review_proposal"]);
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    let case = bench.case().await;
    assert_eq!(open(&case), ["review_proposal"]);
    assert_eq!(case.steps[0].signed, [bench.world.account("叶欣")]);
    let again = bench.act("叶欣", "审核建议", &Inputs::none()).await;
    assert!(matches!(again, Err(Stop::Refusal(refusal)) if refusal.code == "penalty.review_proposal.signed_already"));
    operate(bench, "吴敏", give_back("investigate")).await.unwrap();
    let case = bench.case().await;
    assert_eq!(
        (open(&case), case.state),
        (vec!["investigate"], PenaltyState::Investigating)
    );
    for (person, act) in [
        ("方磊", "终结调查"),
        ("吴敏", "审核建议"),
        ("叶欣", "审核建议"),
        ("方磊", "制作告知"),
        ("方磊", "送达告知"),
        ("李琴", "陈述申辩"),
        ("叶欣", "复核"),
        ("彭程", "法制审核"),
        ("黄志远", "决定"),
        ("方磊", "送达决定"),
        ("郑洁", "公开"),
        ("金燕", "登记缴款"),
        ("方磊", "提出结案"),
        ("黄志远", "批准结案"),
    ] {
        bench
            .act(person, act, &Inputs::none())
            .await
            .unwrap_or_else(|stop| panic!("{person} {act}: {stop:?}"));
    }
    assert_eq!(bench.case().await.state, PenaltyState::Closed);
    let kinds = bench.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "penalty.step_returned").count(), 1);
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "penalty.proposal_reviewed").count(),
        3
    );
}

#[tokio::test]
async fn one_who_returns_the_proposal_speaks_for_both() {
    let bench = &mut at("终结", &[COUNTERSIGNED]).await;
    bench
        .act("吴敏", "审核建议", &Inputs::of(&["退回", "理由=补充调查"]))
        .await
        .unwrap();
    assert_eq!(open(&bench.case().await), ["investigate"]);
}

#[tokio::test]
async fn nothing_is_returned_to_before_what_the_law_sees_once() {
    let bench = &at("终结", &[]).await;
    for to in ["propose_opening", "approve_opening", "decide", "nowhere"] {
        assert_eq!(
            refused(bench, "叶欣", give_back(to)).await,
            "penalty.return_step.not_returnable",
            "{to}"
        );
    }
    let bench = &at("送达", &[]).await;
    assert_eq!(
        refused(bench, "郑洁", give_back("decide")).await,
        "penalty.return_step.nothing_before"
    );
    assert_eq!(
        refused(bench, "叶欣", give_back("investigate")).await,
        "penalty.return_step.no_step_of_yours"
    );
}

#[tokio::test]
async fn who_did_the_step_before_takes_it_back_until_somebody_acts() {
    let bench = &mut at("终结", &[]).await;
    let take_back = || json!({"act": "take_back_step", "reasons": "漏附证据"});
    assert_eq!(
        refused(bench, "叶欣", take_back()).await,
        "penalty.take_back_step.not_yours"
    );
    operate(bench, "方磊", take_back()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["investigate"]);
    bench.act("方磊", "终结调查", &Inputs::none()).await.unwrap();
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    operate(bench, "叶欣", take_back()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["review_proposal"]);
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    bench.act("方磊", "制作告知", &Inputs::none()).await.unwrap();
    assert_eq!(refused(bench, "叶欣", take_back()).await, "cases.flow.acted_on");
    let opened = &at("立案", &[]).await;
    assert_eq!(
        refused(opened, "黄志远", take_back()).await,
        "penalty.take_back_step.not_inner"
    );
}

#[tokio::test]
async fn what_is_transferred_is_for_one_alone() {
    let bench = &mut at("终结", &[]).await;
    let transfer =
        |bench: &Bench, to: &str| json!({"act": "transfer_step", "to": bench.world.account(to), "reasons": "出差"});
    assert_eq!(
        refused(bench, "叶欣", transfer(bench, "黄志远")).await,
        "penalty.transfer_step.not_of_the_post"
    );
    operate(bench, "叶欣", transfer(bench, "吴敏")).await.unwrap();
    let own = bench.act("叶欣", "审核建议", &Inputs::none()).await;
    assert!(matches!(own, Err(Stop::Refusal(refusal)) if refusal.code == "penalty.review_proposal.held_by_another"));
    bench.act("吴敏", "审核建议", &Inputs::none()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["notify"]);
}

#[tokio::test]
async fn added_signers_are_heard_and_may_be_let_go() {
    let bench = &mut at("终结", &[]).await;
    let add = |bench: &Bench, who: &str, when: &str| json!({"act": "add_signers", "officers": [bench.world.account(who)], "when": when, "reasons": "听取意见"});
    operate(bench, "叶欣", add(bench, "彭程", "before")).await.unwrap();
    let early = bench.act("叶欣", "审核建议", &Inputs::none()).await;
    assert!(matches!(early, Err(Stop::Refusal(refusal)) if refusal.code == "cases.flow.signers_before"));
    operate(
        bench,
        "彭程",
        json!({"act": "sign_step", "stance": "positive", "opinion": "同意"}),
    )
    .await
    .unwrap();
    operate(bench, "叶欣", add(bench, "吴敏", "beside")).await.unwrap();
    let remove = json!({"act": "remove_signers", "officers": [bench.world.account("吴敏")], "reasons": "不必"});
    operate(bench, "叶欣", remove).await.unwrap();
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["notify"]);
}

#[tokio::test]
async fn a_suspended_step_waits_but_never_the_party() {
    let bench = &mut at("终结", &[]).await;
    let word = |act: &str| json!({"act": act, "reasons": "等待检验结果"});
    operate(bench, "叶欣", word("suspend_step")).await.unwrap();
    let acting = bench.act("叶欣", "审核建议", &Inputs::none()).await;
    assert!(matches!(acting, Err(Stop::Refusal(refusal)) if refusal.code == "penalty.review_proposal.suspended"));
    operate(bench, "叶欣", word("resume_step")).await.unwrap();
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    let waiting = &at("送达告知", &[]).await;
    assert_eq!(
        refused(waiting, "方磊", word("suspend_step")).await,
        "penalty.suspend_step.no_step_of_yours",
        "the time to answer is the party's"
    );
}

/// 委托 and 交回: the delegate does it in the own name, or it comes back.
#[tokio::test]
async fn a_delegated_proposal_is_reviewed_by_the_delegate_or_handed_back() {
    let bench = &mut at("终结", &[]).await;
    let until = bench.world.clock.today().tomorrow().unwrap();
    let delegate = |bench: &Bench, to: &str| json!({"act": "delegate_step", "to": bench.world.account(to), "until": until, "reasons": "外出培训"});
    assert_eq!(
        refused(bench, "叶欣", delegate(bench, "黄志远")).await,
        "penalty.delegate_step.not_of_the_post"
    );
    let late =
        json!({"act": "delegate_step", "to": bench.world.account("吴敏"), "until": "2030-01-01", "reasons": "外出"});
    assert_eq!(refused(bench, "叶欣", late).await, "penalty.delegate_step.until");
    operate(bench, "叶欣", delegate(bench, "吴敏")).await.unwrap();
    let own = bench.act("叶欣", "审核建议", &Inputs::none()).await;
    assert!(matches!(own, Err(Stop::Refusal(refusal)) if refusal.code == "penalty.review_proposal.held_by_another"));
    let back = json!({"act": "hand_back_step", "reasons": "提前返回"});
    assert_eq!(
        refused(bench, "黄志远", back.clone()).await,
        "penalty.hand_back_step.not_delegated"
    );
    operate(bench, "吴敏", back).await.unwrap();
    assert!(bench.case().await.steps[0].lent.is_none());
    operate(bench, "叶欣", delegate(bench, "吴敏")).await.unwrap();
    bench.act("吴敏", "审核建议", &Inputs::none()).await.unwrap();
    let case = bench.case().await;
    assert_eq!(open(&case), ["notify"]);
    assert_eq!(
        case.opinions.last().unwrap().opinion.account,
        bench.world.account("吴敏")
    );
    let kinds = bench.kinds().await;
    let told = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!(
        (told("penalty.step_delegated"), told("penalty.step_handed_back")),
        (2, 1)
    );
}

/// 抄送 is read and noted, and moves nothing.
#[tokio::test]
async fn a_copy_is_noted_by_who_got_it() {
    let bench = &at("终结", &[]).await;
    let copy =
        json!({"act": "copy_step", "officers": [bench.world.account("黄志远")], "roles": [], "reasons": "案情复杂"});
    operate(bench, "叶欣", copy).await.unwrap();
    assert_eq!(open(&bench.case().await), ["review_proposal"]);
    let note = || json!({"act": "note_copy"});
    assert_eq!(refused(bench, "吴敏", note()).await, "penalty.note_copy.no_copy");
    operate(bench, "黄志远", note()).await.unwrap();
    assert_eq!(refused(bench, "黄志远", note()).await, "penalty.note_copy.no_copy");
    assert_eq!(bench.case().await.copies[0].noted.len(), 1);
}

/// 催办: once a day by one person, and never oneself; no limit moves.
#[tokio::test]
async fn an_urged_step_is_urged_once_a_day() {
    let bench = &at("终结", &[]).await;
    let clocks = bench.case().await.clocks.clone();
    let urge = || json!({"act": "urge_step", "reasons": "办案期限将到"});
    operate(bench, "黄志远", urge()).await.unwrap();
    assert_eq!(refused(bench, "黄志远", urge()).await, "penalty.urge_step.urged_today");
    let case = bench.case().await;
    assert_eq!(case.steps[0].urged.as_ref().unwrap().times, 1);
    assert_eq!(case.clocks, clocks);
}

/// 会签意见: kept with name and reasons; against it the holder still decides.
#[tokio::test]
async fn a_signers_opinion_is_kept_and_replaces_none() {
    let bench = &mut at("终结", &[]).await;
    let add = json!({"act": "add_signers", "officers": [bench.world.account("彭程")], "when": "beside", "reasons": "听取法制意见"});
    operate(bench, "叶欣", add).await.unwrap();
    let silent = json!({"act": "sign_step", "stance": "negative", "opinion": "不同意"});
    let code = refused(bench, "彭程", silent).await;
    assert!(
        code.starts_with("penalty.sign_step."),
        "{code}: against something with reasons"
    );
    let given = json!({"act": "sign_step", "stance": "negative", "opinion": "不同意", "reasons": "适用条款有误"});
    operate(bench, "彭程", given.clone()).await.unwrap();
    let twice = refused(bench, "彭程", given).await;
    assert!(twice.starts_with("penalty.sign_step."), "{twice}");
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    assert_eq!(open(&bench.case().await), ["notify"]);
    let kinds = bench.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "penalty.step_signed").count(), 1);
}
