//! Whose turn it is, in permits and other matters: the same operations as in penalties, within their own law.

use jiff::ToSpan;
use mingjing_cases::case::Case;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::events::CaseState;
use mingjing_cases::events::Stance;
use mingjing_cases::operate::{
    AddSigners, CopyStep, DelegateStep, HandBackStep, NoteCopy, ReturnStep, SignStep, SignWhen, StepCommand,
    SuspendStep, TakeBackStep, TransferStep, UrgeStep,
};
use mingjing_cases::views::{copies, list};
use mingjing_chronicle::Stop;
use mingjing_people::bootstrap::DeactivateAccount;
use mingjing_people::bootstrap::deactivate_officer;

use crate::lifecycle::{accepted, examine, review, site_check};
use crate::world::World;

const BODY: &str = "33030300SJ";

struct Turn {
    world: World,
    no: String,
}

impl Turn {
    /// The food permit, accepted and checked on site: the handlers' turn to examine.
    async fn to_examine() -> Turn {
        let world = World::new().await;
        let no = accepted(&world).await.case_no;
        world.act("陈立", &no, site_check(&world)).await.unwrap();
        Turn { world, no }
    }

    async fn case(&self) -> Case {
        self.world.case(&self.no).await
    }

    async fn open(&self) -> Vec<String> {
        self.case().await.steps.iter().map(|step| step.task.clone()).collect()
    }

    async fn does(&self, who: &str, command: impl Into<StepCommand>) {
        let command = Command::Operate(command.into());
        self.world.act(who, &self.no, command).await.unwrap();
    }

    async fn refused(&self, who: &str, command: impl Into<StepCommand>) -> String {
        self.refuses(who, Command::Operate(command.into())).await
    }

    async fn refuses(&self, who: &str, command: Command) -> String {
        match self.world.act(who, &self.no, command).await {
            Err(Stop::Refusal(refusal)) => refusal.code.into_owned(),
            other => panic!("not refused: {other:?}"),
        }
    }

    async fn acts(&self, who: &str, command: Command) {
        self.world.act(who, &self.no, command).await.unwrap();
    }

    /// Names of tasks in somebody's worklist, with how often each was urged.
    async fn worklist(&self, who: &str) -> Vec<(String, i64)> {
        let posts = self.world.actor(who).await.posts.into_iter();
        let posts: Vec<(String, String)> = posts.map(|post| (post.body, post.role)).collect();
        let account = self.world.account(who);
        let read = self
            .world
            .chronicle
            .read(move |reader| list::tasks_of(reader, &posts, &account, 0));
        let tasks = read.await.unwrap().0;
        tasks.into_iter().map(|task| (task.name, task.urged)).collect()
    }

    async fn copies(&self, who: &str) -> usize {
        let posts = self.world.actor(who).await.posts.into_iter();
        let posts: Vec<(String, String)> = posts.map(|post| (post.body, post.role)).collect();
        let account = self.world.account(who);
        let read = self
            .world
            .chronicle
            .read(move |reader| copies::copies_for(reader, &posts, &account));
        read.await.unwrap().len()
    }

    fn delegation(&self, to: &str, days: i64) -> DelegateStep {
        DelegateStep {
            to: self.world.account(to),
            until: self.world.clock.today().saturating_add(days.days()),
            reasons: "外出培训".into(),
        }
    }

    fn days_pass(&self, days: i64) {
        let later = self.world.clock.now().checked_add((24 * days).hours()).unwrap();
        self.world.clock.set(later);
    }
}

fn back(to: &str) -> ReturnStep {
    ReturnStep {
        to: to.into(),
        reasons: "材料前后不一致".into(),
    }
}

fn why(reasons: &str) -> String {
    reasons.to_owned()
}

#[tokio::test]
async fn a_permit_goes_back_to_what_was_not_told_and_no_further() {
    let turn = Turn::to_examine().await;
    turn.acts("陈立", examine()).await;
    turn.acts("吴敏", review()).await;
    assert_eq!(turn.case().await.state, CaseState::Approving);
    let due = turn.case().await.clocks.clone();
    // Acceptance was told to the applicant; nothing goes back behind it.
    for to in ["receive", "decide", "nowhere"] {
        assert_eq!(
            turn.refused("黄志远", back(to)).await,
            "cases.return_step.not_returnable",
            "{to}"
        );
    }
    turn.does("黄志远", back("site_check")).await;
    let case = turn.case().await;
    assert_eq!(
        (turn.open().await, case.state),
        (vec!["site_check".into()], CaseState::Examining)
    );
    assert!(case.facts.site_checked.is_none(), "it is checked again");
    assert_eq!(case.clocks, due, "no limit moved");
    turn.acts("周宁", site_check(&turn.world)).await;
    turn.acts("周宁", examine()).await;
    turn.acts("吴敏", review()).await;
    assert_eq!(turn.open().await, ["decide"]);
    let kinds = turn.world.kinds(&turn.no).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "case.step_returned").count(), 1);
}

#[tokio::test]
async fn who_examined_takes_it_back_until_somebody_acts() {
    let turn = Turn::to_examine().await;
    let take_back = || TakeBackStep {
        reasons: why("漏写一条"),
    };
    assert_eq!(
        turn.refused("吴敏", take_back()).await,
        "cases.take_back_step.not_yours"
    );
    turn.acts("陈立", examine()).await;
    turn.does("陈立", take_back()).await;
    let case = turn.case().await;
    assert_eq!(turn.open().await, ["examine"]);
    assert!(case.opinions.is_empty(), "the opinion is no longer stated");
    turn.acts("陈立", examine()).await;
    turn.acts("吴敏", review()).await;
    assert_eq!(
        turn.refused("陈立", take_back()).await,
        "cases.take_back_step.not_yours"
    );
}

#[tokio::test]
async fn a_delegate_does_the_step_or_it_comes_back() {
    let turn = Turn::to_examine().await;
    let early = DelegateStep {
        until: turn.world.clock.today().yesterday().unwrap(),
        ..turn.delegation("周宁", 0)
    };
    assert_eq!(turn.refused("陈立", early).await, "cases.delegate_step.until");
    let approver = turn.delegation("黄志远", 3);
    assert_eq!(
        turn.refused("陈立", approver).await,
        "cases.delegate_step.not_of_the_post"
    );
    turn.does("陈立", turn.delegation("周宁", 3)).await;
    assert_eq!(turn.refuses("陈立", examine()).await, "cases.examine.held_by_another");
    assert!(turn.worklist("陈立").await.is_empty() && turn.worklist("周宁").await.len() == 1);

    // Called back, given again, and done in the own name.
    let recall = HandBackStep {
        reasons: why("提前返回"),
    };
    turn.does("陈立", recall).await;
    assert!(turn.case().await.steps[0].holder.is_none());
    turn.does("陈立", turn.delegation("周宁", 3)).await;
    turn.acts("周宁", examine()).await;
    let case = turn.case().await;
    assert_eq!(case.opinions.last().unwrap().account, turn.world.account("周宁"));
    assert_eq!(turn.open().await, ["review"]);

    // A day that is over gives it back by itself, before anything else is asked.
    let turn = Turn::to_examine().await;
    turn.does("陈立", turn.delegation("周宁", 2)).await;
    turn.days_pass(3);
    turn.acts("陈立", examine()).await;
    let kinds = turn.world.kinds(&turn.no).await;
    assert!(kinds.contains(&"case.step_handed_back".to_owned()), "{kinds:?}");
}

/// Whoever has it lost the post: it is the post's again, without anybody asking.
#[tokio::test]
async fn a_step_waits_for_nobody_who_may_not_do_it() {
    let turn = Turn::to_examine().await;
    let transfer = TransferStep {
        to: turn.world.account("周宁"),
        reasons: why("工作调整"),
    };
    turn.does("陈立", transfer).await;
    turn.does(
        "周宁",
        SuspendStep {
            reasons: why("等补充检验"),
        },
    )
    .await;
    assert_eq!(turn.refuses("陈立", examine()).await, "cases.examine.held_by_another");
    let account = turn.world.account("周宁");
    turn.world
        .does(move |tx| {
            let leaves = DeactivateAccount {
                account: account.clone(),
                reason: "调离".into(),
            };
            deactivate_officer(tx, &leaves, None)
        })
        .await;
    turn.world.chronicle.settle().await.unwrap();
    let kinds = turn.world.kinds(&turn.no).await;
    assert!(
        kinds.contains(&"case.step_fell_back".to_owned()),
        "the change of posts woke the case: {kinds:?}"
    );
    let case = turn.case().await;
    assert!(case.steps[0].holder.is_none() && case.steps[0].suspended);
    turn.does(
        "陈立",
        mingjing_cases::operate::ResumeStep {
            reasons: why("继续办理"),
        },
    )
    .await;
    turn.acts("陈立", examine()).await;
    assert_eq!(turn.open().await, ["review"]);
}

#[tokio::test]
async fn an_urged_step_shows_it_and_its_limits_stay() {
    let turn = Turn::to_examine().await;
    let clocks = turn.case().await.clocks.clone();
    let urge = || UrgeStep {
        task: None,
        reasons: why("承诺期限将到"),
    };
    assert_eq!(
        turn.refused("陈立", urge()).await,
        "cases.urge_step.nobody_to_urge",
        "nobody reminds himself"
    );
    turn.does("黄志远", urge()).await;
    assert_eq!(turn.refused("黄志远", urge()).await, "cases.urge_step.urged_today");
    turn.does("吴敏", urge()).await;
    let case = turn.case().await;
    let urged = case.steps[0].urged.as_ref().unwrap();
    assert_eq!((urged.times, urged.by_name.as_str()), (2, "吴敏"));
    assert_eq!(case.clocks, clocks);
    assert_eq!(turn.worklist("陈立").await[0].1, 2);
    turn.acts("陈立", examine()).await;
    assert_eq!(turn.worklist("吴敏").await[0].1, 0, "the next step was not urged");
}

#[tokio::test]
async fn a_copy_is_read_and_asks_for_nothing() {
    let turn = Turn::to_examine().await;
    let open = turn.open().await;
    let copy = CopyStep {
        officers: vec![turn.world.account("黄志远")],
        roles: vec!["legal_reviewer".into()],
        reasons: why("涉及新业态"),
    };
    turn.does("陈立", copy).await;
    assert_eq!(turn.open().await, open);
    assert_eq!((turn.copies("黄志远").await, turn.copies("郑洁").await), (1, 1));
    assert_eq!(turn.copies("吴敏").await, 0);
    let note = || NoteCopy { copy: None };
    assert_eq!(turn.refused("吴敏", note()).await, "cases.note_copy.no_copy");
    turn.does("黄志远", note()).await;
    turn.does("郑洁", note()).await;
    assert_eq!((turn.copies("黄志远").await, turn.copies("郑洁").await), (0, 0));
    assert_eq!(turn.refused("郑洁", note()).await, "cases.note_copy.no_copy");
    assert_eq!(turn.case().await.copies[0].noted.len(), 2);
    let nobody = CopyStep {
        reasons: why("谁也没选"),
        ..CopyStep::default()
    };
    assert_eq!(turn.refused("陈立", nobody).await, "cases.copy_step.missing");
    let strange = CopyStep {
        roles: vec!["applicant".into()],
        reasons: why("抄送当事人"),
        ..CopyStep::default()
    };
    assert_eq!(turn.refused("陈立", strange).await, "cases.copy_step.no_such_post");
}

#[tokio::test]
async fn added_signers_are_heard_in_permits_too() {
    let turn = Turn::to_examine().await;
    turn.acts("陈立", examine()).await;
    let add = AddSigners {
        officers: vec![turn.world.account("郑洁")],
        when: SignWhen::Before,
        reasons: why("听取法制意见"),
    };
    turn.does("吴敏", add).await;
    assert_eq!(turn.refuses("吴敏", review()).await, "cases.flow.signers_before");
    let sign = SignStep {
        stance: Stance::Positive,
        opinion: "程序合法。".into(),
        reasons: String::new(),
    };
    turn.does("郑洁", sign).await;
    turn.acts("吴敏", review()).await;
    let case = turn.case().await;
    assert_eq!(case.signed.len(), 1);
    assert_eq!(turn.open().await, ["decide"]);
    assert_eq!(
        case.last_opinion("reviewer").unwrap().account,
        turn.world.account("吴敏"),
        "a signer's opinion is not the one the law asks for"
    );
}

/// 许可法 32(1)(四): silence is acceptance, whoever the step is handed to; and nothing makes it wait.
#[tokio::test]
async fn no_operation_keeps_an_application_from_being_accepted_by_silence() {
    let world = World::new().await;
    let no = world.submitted().await.case_no;
    let turn = Turn { world, no };
    let suspend = SuspendStep { reasons: why("忙") };
    assert_eq!(turn.refused("林晓岚", suspend).await, "cases.suspend_step.ended_by_law");
    let add = AddSigners {
        officers: vec![turn.world.account("郑洁")],
        when: SignWhen::Before,
        reasons: why("请看"),
    };
    assert_eq!(turn.refused("林晓岚", add).await, "cases.add_signers.ended_by_law");
    turn.days_pass(20);
    assert_eq!(
        turn.refuses("林晓岚", Command::Accept(Accept::default())).await,
        "cases.accept.deemed_accepted"
    );
    let case = turn.case().await;
    assert!(case.facts.accepted.unwrap().deemed);
    assert_eq!(case.body(), BODY);
}
