//! Signing in: what opens, what does not, how often one may try, when a session ends.

use jiff::{SignedDuration, Timestamp};
use mingjing_chronicle::{Actor, Chronicle, Stop};
use mingjing_people::SessionBook;
use mingjing_people::decide::deactivate_account::DeactivateAccount;
use mingjing_people::sign_in::{self, Entry};
use mingjing_testkit::{TestOffice, for_each_engine};
use mingjing_web::{Sessions, token_hash};

use crate::city::*;

const NEW: &str = "河边的老樟树下有三只白鹅在打瞌睡";

fn later(office: &TestOffice, seconds: i64) {
    let now: Timestamp = office.clock.now();
    office.clock.set(now + SignedDuration::from_secs(seconds));
}

async fn try_in(chronicle: &Chronicle, login_name: &str, password: &str) -> Entry {
    sign_in::sign_in(chronicle, &hasher(), login_name, secret(password))
        .await
        .unwrap()
}

fn opens(entry: &Entry) -> bool {
    matches!(entry, Entry::Open { .. })
}

async fn who(office: &TestOffice, entry: &Entry) -> Option<String> {
    let Entry::Open { token, .. } = entry else { return None };
    let book = SessionBook::new(office.chronicle.clone());
    let hash = token_hash(token);
    let found = book.find(&hash).await.unwrap();
    found.map(|session| session.actor.account)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_opens_and_everything_else_is_the_same_closed_door() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let entry = try_in(&office.chronicle, " Zhang.San ", PASSWORD).await;
        assert_eq!(who(&office, &entry).await.as_deref(), Some(CITIZEN));
        let wrong = try_in(&office.chronicle, "zhang.san", "不是这个密码不是这个密码").await;
        later(&office, 5);
        let unknown = try_in(&office.chronicle, "nobody.here", PASSWORD).await;
        assert_eq!(wrong, Entry::Closed);
        assert_eq!(unknown, wrong);
        let stop = |tx: &mut mingjing_chronicle::Tx<'_>| {
            let command = DeactivateAccount {
                account: OFFICER.into(),
                reason: "调离".into(),
            };
            mingjing_people::commands::deactivate_officer(tx, &command, None)
        };
        let officer = try_in(&office.chronicle, "li.si", PASSWORD).await;
        assert_eq!(who(&office, &officer).await.as_deref(), Some(OFFICER));
        assert_eq!(outcome(&office.chronicle, Actor::system(), stop).await, "ok");
        assert_eq!(
            who(&office, &officer).await,
            None,
            "the open session ends with the account"
        );
        later(&office, 5);
        assert_eq!(try_in(&office.chronicle, "li.si", PASSWORD).await, wrong);
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_idling_by_age_and_by_leaving() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let entry = try_in(&office.chronicle, "zhang.san", PASSWORD).await;
        let another = try_in(&office.chronicle, "zhang.san", PASSWORD).await;
        assert_ne!(entry, another, "each sign-in has a token of its own");
        // Used every hour it lives, but not beyond twelve.
        for hour in 1..=12 {
            later(&office, 3600);
            assert!(who(&office, &entry).await.is_some(), "hour {hour}");
        }
        later(&office, 1);
        assert_eq!(who(&office, &entry).await, None, "twelve hours are the end");
        assert_eq!(who(&office, &another).await, None, "unused it ended long before");

        let entry = try_in(&office.chronicle, "zhang.san", PASSWORD).await;
        later(&office, 90 * 60);
        assert!(who(&office, &entry).await.is_some());
        later(&office, 90 * 60 + 1);
        assert_eq!(who(&office, &entry).await, None, "ninety minutes without use");

        let (one, other) = (
            try_in(&office.chronicle, "zhang.san", PASSWORD).await,
            try_in(&office.chronicle, "zhang.san", PASSWORD).await,
        );
        let Entry::Open { token, .. } = &one else { panic!() };
        sign_in::sign_out(&office.chronicle, token.clone()).await.unwrap();
        assert_eq!(who(&office, &one).await, None);
        assert!(who(&office, &other).await.is_some());
        sign_in::sign_out_everywhere(&office.chronicle, CITIZEN.into())
            .await
            .unwrap();
        assert_eq!(who(&office, &other).await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_slow_down_and_end_at_a_hundred_a_day() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        // Known and unknown names are counted alike.
        for login_name in ["zhang.san", "nobody.here"] {
            assert_eq!(try_in(&office.chronicle, login_name, "错").await, Entry::Closed);
            let too_early = try_in(&office.chronicle, login_name, PASSWORD).await;
            assert_eq!(
                too_early,
                Entry::Closed,
                "within a second even the right password is not looked at"
            );
        }
        later(&office, 2);
        assert!(
            opens(&try_in(&office.chronicle, "zhang.san", PASSWORD).await),
            "success forgives"
        );

        for _ in 0..100 {
            later(&office, 11);
            assert_eq!(try_in(&office.chronicle, "zhang.san", "错").await, Entry::Closed);
        }
        later(&office, 3600);
        assert_eq!(
            try_in(&office.chronicle, "zhang.san", PASSWORD).await,
            Entry::Closed,
            "until the day ends"
        );
        later(&office, 24 * 3600);
        assert!(opens(&try_in(&office.chronicle, "zhang.san", PASSWORD).await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_tries_get_one_look() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let chronicle = office.chronicle.clone();
            tokio::spawn(async move { try_in(&chronicle, "zhang.san", PASSWORD).await })
        })
        .collect();
    let mut opened = 0;
    for one in tries {
        opened += usize::from(opens(&one.await.unwrap()));
    }
    // The clock stands still: after the first claim all others come too early, until its success forgives.
    assert!((1..20).contains(&opened), "{opened} of 20 opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_with_the_old_one_and_ends_other_sessions() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let elsewhere = try_in(&office.chronicle, "zhang.san", PASSWORD).await;
        let change = async |old: &str, new: &str| {
            later(&office, 11);
            sign_in::change_password(&office.chronicle, &hasher(), "zhang.san", secret(old), secret(new)).await
        };
        assert!(
            matches!(change("错", "短").await, Ok(Entry::Closed)),
            "rules are told to the owner only"
        );
        assert!(matches!(change(PASSWORD, "短").await, Err(Stop::Refusal(_))));
        assert!(matches!(
            change(PASSWORD, "123456789012345678").await,
            Err(Stop::Refusal(_))
        ));
        assert!(matches!(change(PASSWORD, PASSWORD).await, Err(Stop::Refusal(_))));
        let changed = change(PASSWORD, NEW).await.unwrap();
        assert_eq!(who(&office, &changed).await.as_deref(), Some(CITIZEN));
        assert_eq!(who(&office, &elsewhere).await, None);
        later(&office, 11);
        assert_eq!(try_in(&office.chronicle, "zhang.san", PASSWORD).await, Entry::Closed);
        later(&office, 11);
        assert!(opens(&try_in(&office.chronicle, "zhang.san", NEW).await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_password_opens_only_the_change_and_only_for_a_week() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        let issue = async || {
            let hash = hasher().hash(secret("once")).await.unwrap();
            let set = move |tx: &mut mingjing_chronicle::Tx<'_>| Ok(sign_in::set_hash(tx, OFFICER, &hash, true)?);
            office.chronicle.inside(Actor::system(), set).await.unwrap();
        };
        let before = try_in(&office.chronicle, "li.si", PASSWORD).await;
        issue().await;
        assert_eq!(who(&office, &before).await, None, "open sessions end");
        assert_eq!(try_in(&office.chronicle, "li.si", "once").await, Entry::ChangeFirst);
        later(&office, 8 * 24 * 3600);
        assert_eq!(
            try_in(&office.chronicle, "li.si", "once").await,
            Entry::Closed,
            "a week is over"
        );
        issue().await;
        later(&office, 11);
        let changed = sign_in::change_password(&office.chronicle, &hasher(), "li.si", secret("once"), secret(NEW))
            .await
            .unwrap();
        assert_eq!(who(&office, &changed).await.as_deref(), Some(OFFICER));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_assessment_profile_ages_passwords() {
    let office = TestOffice::sqlite(|| plan_with("people.password_profile", "cn-mlps3")).await;
    found(&office.chronicle).await;
    later(&office, 89 * 24 * 3600);
    assert!(opens(&try_in(&office.chronicle, "zhang.san", PASSWORD).await));
    later(&office, 24 * 3600);
    assert_eq!(
        try_in(&office.chronicle, "zhang.san", PASSWORD).await,
        Entry::ChangeFirst
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_sign_in_is_for_demos_only() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let real = sign_in::demo_sign_in(&office.chronicle, false, CITIZEN).await;
    assert!(matches!(real, Err(Stop::Refusal(_))));
    let demo = sign_in::demo_sign_in(&office.chronicle, true, CITIZEN).await.unwrap();
    assert_eq!(who(&office, &demo).await.as_deref(), Some(CITIZEN));
    assert!(
        sign_in::demo_sign_in(&office.chronicle, true, "acc-none")
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_finds_tokens_or_passwords_in_the_tables() {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    let Entry::Open { token, .. } = try_in(&office.chronicle, "zhang.san", PASSWORD).await else {
        panic!()
    };
    let rows = office
        .chronicle
        .read(|reader| {
            let mut rows = reader.query("SELECT token_hash, account, csrf FROM session", &[])?;
            rows.extend(reader.query("SELECT account, hash, hash FROM credential", &[])?);
            Ok(rows)
        })
        .await
        .unwrap();
    let text = format!("{rows:?}");
    assert!(!text.contains(&token) && !text.contains(PASSWORD));
    assert!(text.contains("argon2id:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_who_stay_away_are_stopped() {
    for_each_engine(plan, async |office| {
        found(&office.chronicle).await;
        office.does(|tx| Ok(mingjing_people::jobs::schedule(tx)?)).await;
        later(&office, 24 * 3600);
        office.settle().await;
        assert!(
            actor(&office.chronicle, OFFICER).await.posts.len() == 1,
            "one day is not long"
        );
        later(&office, 91 * 24 * 3600);
        office.settle().await;
        let stopped = office
            .chronicle
            .read(|reader| mingjing_people::session::actor_of(reader.sql(), OFFICER))
            .await
            .unwrap();
        assert_eq!(stopped, None);
        // Administrators and citizens stay: a seat must never be empty, and citizens owe no visits.
        assert_eq!(actor(&office.chronicle, CITIZEN).await.account, CITIZEN);
        office.assert_portable().await;
    })
    .await;
}
