//! What a text cannot say: stale pages, crossing and repeated acts, erased payloads, what is public and what is not.

use mingjing_cases::money::Fen;
use mingjing_cases::penalty::PenaltyCase;
use mingjing_cases::penalty::commands::{self, PenaltyCommand};
use mingjing_cases::penalty::decide as acts;
use mingjing_cases::penalty::discretion::{GroundGiven, Weight};
use mingjing_cases::penalty::events::{
    Correction, LegalReviewGround, OtherNorm, Outcome, PaymentChannel, PenaltyRelease,
};
use mingjing_cases::penalty::standing::next_steps;
use mingjing_cases::penalty::{PenaltyAct, reading};
use mingjing_cases::views::{list, penalty_progress, public_record};
use mingjing_chronicle::{Actor, Request, Stop};

use crate::bench::{Bench, Inputs};

fn code(result: Result<impl std::fmt::Debug, Stop>) -> String {
    match result {
        Err(Stop::Refusal(refusal)) => refusal.code.into_owned(),
        Err(Stop::Conflict(_)) => "conflict".into(),
        other => format!("{other:?}"),
    }
}

fn fine(yuan: i64) -> PenaltyCommand {
    PenaltyCommand::Decide(acts::decide::DecidePenalty {
        outcome: Outcome::Penalty { fine: Fen::yuan(yuan) },
        opinion: "按此决定".into(),
        reasons: String::new(),
        discussion: None,
        different_act: String::new(),
    })
}

fn payment(yuan: i64, receipt: &str, bench: &Bench) -> PenaltyCommand {
    PenaltyCommand::RecordPayment(acts::record_payment::RecordPayment {
        receipt_no: receipt.into(),
        amount: Fen::yuan(yuan),
        paid_on: bench.world.clock.today(),
        channel: PaymentChannel::Electronic,
    })
}

pub async fn two_decide_at_once(mut bench: Bench) {
    bench.prepare("法审", &Inputs::none()).await.unwrap();
    let (first, second) = tokio::join!(
        bench.perform("黄志远", fine(20_000)),
        bench.perform("黄志远", fine(20_000))
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let refused = if first.is_ok() { second } else { first };
    assert_eq!(code(refused), "penalty.decide.not_at_step");
    let kinds = bench.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "penalty.decided").count(), 1);
}

pub async fn one_receipt_in_two_cases(mut bench: Bench) {
    bench.prepare("送达", &Inputs::none()).await.unwrap();
    let first = bench.case_no.clone();
    bench.prepare("送达", &Inputs::of(&["行为=2026-01-25"])).await.unwrap();
    bench.perform("金燕", payment(500, "E-1", &bench)).await.unwrap();
    bench.case_no = first;
    let again = bench.perform("金燕", payment(500, "E-1", &bench)).await;
    assert_eq!(code(again), "penalty.record_payment.recorded_before");
    let (one, two) = tokio::join!(
        bench.perform("金燕", payment(500, "E-2", &bench)),
        bench.perform("金燕", payment(500, "E-2", &bench))
    );
    assert_eq!(
        usize::from(one.is_ok()) + usize::from(two.is_ok()),
        1,
        "one payment, twice recorded"
    );
    assert_eq!(
        bench.case().await.owed_on(bench.world.clock.today()).unwrap().paid,
        Fen::yuan(500)
    );
}

/// Two cases about one act of one party, decided in the same moment: one fine.
pub async fn one_act_fined_twice_at_once(mut bench: Bench) {
    bench.prepare("法审", &Inputs::none()).await.unwrap();
    let first = bench.case_no.clone();
    bench.prepare("法审", &Inputs::none()).await.unwrap();
    let second = bench.case_no.clone();
    let request = Request::by(bench.world.actor("黄志远").await);
    let chronicle = &bench.world.chronicle;
    let (one, two) = tokio::join!(
        commands::perform(chronicle, request.clone(), &first, None, fine(20_000)),
        commands::perform(chronicle, request, &second, None, fine(20_000))
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let refused = if one.is_ok() { two } else { one };
    assert_eq!(code(refused), "penalty.decide.fined_before");
}

#[tokio::test]
async fn a_stale_page_is_told_what_changed() {
    let mut bench = Bench::new().await;
    bench.prepare("法审", &Inputs::none()).await.unwrap();
    bench.world.chronicle.settle().await.unwrap();
    let no = bench.case_no.clone();
    let chronicle = bench.world.chronicle.clone();
    let seen = chronicle
        .read(move |reader| Ok(reader.load::<PenaltyCase>(&no)?.version))
        .await
        .unwrap();
    bench.perform("黄志远", fine(20_000)).await.unwrap();
    let request = Request::by(bench.world.actor("黄志远").await);
    let stale = commands::perform(&chronicle, request, &bench.case_no, Some(seen), fine(19_000)).await;
    match stale {
        Err(Stop::Conflict(conflict)) => assert_eq!(conflict.since[0].kind, "penalty.decided"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_act_sent_twice_is_done_once() {
    let mut bench = Bench::new().await;
    bench.prepare("送达", &Inputs::none()).await.unwrap();
    let request = async || Request::by(bench.world.actor("金燕").await).once("pay-1", "body");
    let pay = || payment(20_000, "E-9", &bench);
    let first = commands::perform(&bench.world.chronicle, request().await, &bench.case_no, None, pay()).await;
    let again = commands::perform(&bench.world.chronicle, request().await, &bench.case_no, None, pay()).await;
    let (first, again) = (first.unwrap(), again.unwrap());
    assert!(again.repeated && !first.repeated);
    assert_eq!(first.value, again.value);
    assert_eq!(bench.case().await.facts.payments.len(), 1);
}

#[tokio::test]
async fn before_the_decision_nobody_outside_learns_who_it_is() {
    let mut bench = Bench::new().await;
    bench.prepare("线索", &Inputs::none()).await.unwrap();
    let owner = bench.world.account("李琴");
    let own = |bench: &Bench| {
        let (chronicle, owner) = (bench.world.chronicle.clone(), owner.clone());
        async move {
            chronicle
                .read(move |reader| list::penalties_of(reader, &owner))
                .await
                .unwrap()
        }
    };
    assert!(own(&bench).await.is_empty(), "a lead is nobody's case");
    bench.act("方磊", "立案意见", &Inputs::none()).await.unwrap();
    assert!(own(&bench).await.is_empty(), "nor is a proposal");
    bench.act("叶欣", "审核立案", &Inputs::none()).await.unwrap();
    bench.act("黄志远", "批准立案", &Inputs::none()).await.unwrap();
    assert_eq!(own(&bench).await.len(), 1);
    let rows = bench
        .world
        .chronicle
        .read(|reader| penalty_progress::rows(reader, None, 0))
        .await
        .unwrap();
    let shown = format!("{rows:?}");
    assert_eq!(rows.len(), 1);
    for hidden in ["小餐馆", "李琴", &bench.case_no] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

#[tokio::test]
async fn the_public_record_names_no_person() {
    let mut bench = Bench::new().await;
    let inputs = Inputs::of(&["当事人=王明", "情节=从轻", "罚款=8000"]);
    bench.prepare("送达", &inputs).await.unwrap();
    bench.world.chronicle.settle().await.unwrap();
    bench.act("郑洁", "公开", &Inputs::none()).await.unwrap();
    let case = bench.case().await;
    let Some((_, PenaltyRelease::Publish { record })) = &case.facts.released else {
        panic!("published");
    };
    let text = serde_json::to_string(record).unwrap();
    for hidden in ["王明", "13800000002", "33030319900101001X", "演示路1号"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert_eq!(
        (record.party_name.as_str(), record.result.as_str()),
        ("王某", "给予行政处罚")
    );
    assert!(record.content.starts_with("罚款8000元。"), "{}", record.content);
    assert!(record.document_no.ends_with("号"), "{}", record.document_no);
    let found = bench
        .world
        .chronicle
        .read(|reader| public_record::number(reader, &public_record::PublicFilter::of_words("王明")))
        .await
        .unwrap();
    assert_eq!(found, 0);
}

#[tokio::test]
async fn a_minor_is_not_published() {
    let mut bench = Bench::new().await;
    let inputs = Inputs::of(&["当事人=少年", "情节=从轻", "罚款=6000", "签字=有"]);
    bench.prepare("送达告知", &inputs).await.unwrap();
    bench.act("方磊", "放弃陈述", &inputs).await.unwrap();
    for (person, act) in [("彭程", "法制审核"), ("黄志远", "决定"), ("方磊", "送达决定")] {
        bench.act(person, act, &inputs).await.unwrap();
    }
    assert_eq!(
        code(bench.act("郑洁", "公开", &Inputs::none()).await),
        "penalty.review_release.minor"
    );
    let withheld = Inputs::of(&["理由=当事人是未成年人"]);
    bench.act("郑洁", "不予公开", &withheld).await.unwrap();
}

#[tokio::test]
async fn a_disabled_button_gives_the_rule_of_the_act_itself() {
    let mut bench = Bench::new().await;
    for stage in ["线索", "立案", "取证", "送达告知", "复核", "决定", "送达"] {
        bench
            .prepare(stage, &Inputs::of(&["不是同一行为=另一批货"]))
            .await
            .unwrap();
        for person in ["方磊", "叶欣", "黄志远", "彭程", "金燕", "郑洁", "李琴", "王明", "谢芳"] {
            let context = bench.world.chronicle.context(bench.world.actor(person).await);
            let (no, looking) = (bench.case_no.clone(), context.clone());
            let chronicle = bench.world.chronicle.clone();
            let seen = chronicle
                .read(move |reader| reading::case(reader, &looking, &no))
                .await
                .unwrap()
                .unwrap();
            let steps = next_steps(&seen.case, &seen.who(&context));
            for step in &steps {
                assert_eq!(step.allowed, step.why_not.is_none(), "{stage} {person}: {:?}", step.act);
                assert!(step.article.contains("法"), "{stage} {person}: {:?}", step.act);
            }
            let stranger = matches!(person, "王明" | "谢芳");
            assert!(steps.is_empty() || !stranger, "{stage} {person}: {steps:?}");
        }
    }
    let context = bench.world.chronicle.context(bench.world.actor("方磊").await);
    let (no, looking) = (bench.case_no.clone(), context.clone());
    let read = bench
        .world
        .chronicle
        .read(move |reader| reading::case(reader, &looking, &no));
    let seen = read.await.unwrap().unwrap();
    let steps = next_steps(&seen.case, &seen.who(&context));
    let evidence = steps
        .iter()
        .find(|step| step.act == PenaltyAct::RecordEvidence)
        .unwrap();
    let Err(Stop::Refusal(refusal)) = bench.act("方磊", "登记证据", &Inputs::none()).await else {
        panic!("refused");
    };
    assert_eq!(evidence.why_not.as_deref(), Some(refusal.message.as_str()));
}

#[tokio::test]
async fn an_erased_case_can_be_read_and_not_acted_upon() {
    use mingjing_chronicle::{Aggregate, Payload, Recorded};
    let mut bench = Bench::new().await;
    bench.prepare("取证", &Inputs::none()).await.unwrap();
    let no = bench.case_no.clone();
    let events = bench
        .world
        .chronicle
        .read(move |reader| reader.events("penalty", &no))
        .await
        .unwrap();
    let mut folded = PenaltyCase::default();
    for event in &events {
        folded.evolve(&Recorded {
            envelope: &event.envelope,
            payload: Payload::Erased,
        });
    }
    assert!(folded.erased && folded.exists());
    assert_eq!(folded.case_no, bench.case_no);
    assert_eq!(folded.facts.opened, Some(bench.world.clock.today()));
}

#[tokio::test]
async fn the_system_itself_decides_nothing() {
    let mut bench = Bench::new().await;
    bench.prepare("法审", &Inputs::none()).await.unwrap();
    let request = Request::by(Actor::system());
    let done = commands::perform(&bench.world.chronicle, request, &bench.case_no, None, fine(20_000)).await;
    assert_eq!(code(done), "penalty.decide.not_your_post");
}

#[tokio::test]
async fn the_decision_records_benchmark_and_law() {
    let mut bench = Bench::new().await;
    bench.prepare("决定", &Inputs::none()).await.unwrap();
    let case = bench.case().await;
    let decided = case.facts.decided.as_ref().unwrap();
    let found = decided.discretion.as_ref().unwrap();
    assert_eq!(
        (found.low, found.high),
        (Some(Fen::yuan(18_500)), Some(Fen::yuan(36_500)))
    );
    assert_eq!(
        (found.statutory_low, found.statutory_high),
        (Some(Fen::yuan(5_000)), Some(Fen::yuan(50_000)))
    );
    assert!(
        !found.lines.is_empty() && found.version_reason.contains("行为发生时"),
        "{found:?}"
    );
    assert!(decided.basis.reasons.is_some());
}

/// Whatever door the report comes through, its lists end somewhere and what they name has words.
#[tokio::test]
async fn the_lists_of_a_report_have_bounds() {
    let mut bench = Bench::new().await;
    bench.prepare("取证", &Inputs::none()).await.unwrap();
    let check = async |change: &dyn Fn(&mut acts::end_investigation::EndInvestigation), expect: &str| {
        let mut report = bench.plain_report().await;
        change(&mut report);
        let done = bench.perform("方磊", PenaltyCommand::EndInvestigation(report)).await;
        assert_eq!(code(done), format!("penalty.end_investigation.{expect}"));
    };
    let norm = |basis: &str, highest: Fen| OtherNorm {
        basis: basis.into(),
        highest,
    };
    let ground = GroundGiven {
        weight: Weight::Lighter,
        article: "行政处罚法第三十二条".into(),
        reason: "主动消除危害后果".into(),
    };
    check(&|report| report.grounds = vec![ground.clone(); 51], "too_many").await;
    check(&|report| report.other_norms = vec![norm("一", Fen(1)); 51], "too_many").await;
    check(&|report| report.other_norms = vec![norm(" ", Fen(1))], "missing").await;
    check(&|report| report.other_norms = vec![norm("一", Fen(-1))], "no_amount").await;
    check(
        &|report| report.legal_review = vec![LegalReviewGround::Complex; 51],
        "too_many",
    )
    .await;
    let factor = |name: String, value: String| [(name, value)].into_iter().collect();
    check(
        &|report| report.factors = (0..51).map(|at| (at.to_string(), "1".into())).collect(),
        "too_many",
    )
    .await;
    check(
        &|report| report.factors = factor("长".repeat(201), "1".into()),
        "too_long",
    )
    .await;
    check(
        &|report| report.factors = factor("货值".into(), "长".repeat(201)),
        "too_long",
    )
    .await;
    let long = Correction::AlreadyDone {
        how: "长".repeat(5_001),
    };
    check(&|report| report.correction = long.clone(), "too_long").await;

    // One piece of evidence named twice is one.
    let mut report = bench.plain_report().await;
    report.evidence.extend(report.evidence.clone());
    bench
        .perform("方磊", PenaltyCommand::EndInvestigation(report))
        .await
        .unwrap();
    let proposal = bench.case().await.facts.proposal.clone().unwrap();
    assert_eq!(proposal.evidence.len(), 1);
}
