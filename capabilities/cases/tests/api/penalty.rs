//! Penalties by API: from a lead to the closing, what is foreign, and who may do what.

use axum::http::StatusCode;
use base64::Engine;
use mingjing_cases::views::list;
use mingjing_testkit::for_each_engine;
use serde_json::{Value, json};

use crate::penalty_steps::{
    BODY, FINE, HANDLER, HEAD, PARTY, REVIEWER, agreed, evidence, in_person, noticed, officers, opened, opening, own,
    pdf, registered, today,
};
use crate::system::{Town, Who};
use crate::world::{World, blueprint};

async fn from_lead_to_closing(town: Town) {
    let case = noticed(&town).await;
    let defence = json!({"points": ["已经补齐许可证", "初次违法"], "files": [pdf("说明")]});
    own(&town, &case, "defend", defence).await.ok();
    let replies = json!({
        "replies": [{"adopted": false, "reasons": "事后补齐"}, {"adopted": false, "reasons": "已责令改正"}],
        "opinion": "已逐点复核",
    });
    town.penalise(REVIEWER, &case, "check_defence", replies).await.ok();
    let review = json!({
        "passed": true, "opinion": "事实清楚，程序合法",
        "qualification": {"by": "legal_profession", "certificate_no": "A20203303030001"},
    });
    town.penalise(Who::Person("彭程"), &case, "legal_review", review)
        .await
        .ok();
    let decision = json!({"outcome": {"outcome": "penalty", "fine": FINE}, "opinion": "按此决定"});
    town.penalise(HEAD, &case, "decide", decision).await.ok();
    own(&town, &case, "electronic-service", json!({})).await.ok();
    town.penalise(HANDLER, &case, "serve_decision", in_person(&town))
        .await
        .ok();
    let payment = json!({
        "receipt_no": "NB20260001", "amount": FINE, "paid_on": today(&town), "channel": "bank",
    });
    town.penalise(Who::Person("金燕"), &case, "record_payment", payment)
        .await
        .ok();
    let closing = json!({"summary": "进货时未查验许可证", "result": "罚款已缴清", "opinion": "建议结案"});
    town.penalise(HANDLER, &case, "propose_closing", closing).await.ok();
    town.penalise(HEAD, &case, "approve_closing", agreed()).await.ok();
    let publish = json!({"result": "publish", "opinion": "已核对"});
    town.penalise(Who::Person("郑洁"), &case, "review_release", publish)
        .await
        .ok();
    town.world.chronicle.settle().await.unwrap();

    let whole = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    assert_eq!(
        (&whole["state"], &whole["money"]["left"]),
        (&json!("closed"), &json!(0))
    );
    assert_eq!(whole["lead"]["informant"], "赵举报　13900000009");
    assert!(whole["timeline"].as_array().unwrap().len() >= 17);
    let other = town.get(HEAD, &format!("/api/v1/penalties/{case}")).await.ok();
    assert!(
        !other.to_string().contains("赵举报"),
        "who reported is for those who investigate"
    );
    let paper = whole["papers"][0]["paper_id"].as_str().unwrap();
    let file = town
        .get(HANDLER, &format!("/api/v1/penalties/{case}/papers/{paper}"))
        .await;
    assert_eq!(file.headers["content-type"], "application/pdf");
    let kept = whole["evidence"][0]["file"]["file"].as_str().unwrap();
    let file = town
        .get(HANDLER, &format!("/api/v1/penalties/{case}/files/{kept}"))
        .await;
    assert_eq!(file.bytes, b"%PDF-1.7\n%%EOF\n");
    let listed = town.get(HANDLER, "/api/v1/penalties?state=closed&size=1").await.ok();
    assert_eq!(listed["rows"][0]["case_no"], case.as_str());
    assert_eq!(
        town.get(HANDLER, "/api/v1/cases").await.ok()["rows"],
        json!([]),
        "no permit"
    );

    let mine = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok();
    assert_eq!(mine["decision"]["outcome"]["fine"], FINE);
    assert!(!mine.to_string().contains("赵举报") && !mine.to_string().contains("建议立案调查"));
    assert_eq!(
        town.get(PARTY, "/api/v1/my/penalties").await.ok()["rows"][0]["case_no"],
        case.as_str()
    );
    let decided = mine["papers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|paper| paper["kind"] == "penalty_decision");
    let path = format!(
        "/api/v1/my/penalties/{case}/papers/{}",
        decided.unwrap()["paper_id"].as_str().unwrap()
    );
    assert_eq!(town.get(PARTY, &path).await.headers["content-type"], "application/pdf");

    let public = town.get(Who::Nobody, "/api/v1/public/penalties").await.ok();
    assert_eq!(public["rows"][0]["state"], "closed");
    assert!(!public.to_string().contains(&case) && !public.to_string().contains("好滋味"));
    let record = town
        .get(Who::Nobody, &format!("/api/v1/public/cases/{case}"))
        .await
        .ok();
    assert_eq!(record["record"]["case_no"], case.as_str());
}

#[tokio::test]
async fn a_penalty_from_lead_to_closing_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        from_lead_to_closing(Town::with_penalties(world).await).await;
        office.assert_portable().await;
    })
    .await;
}

/// What is for somebody is on that person's list alone: by page, by count, by API.
#[tokio::test]
async fn a_transferred_task_is_its_holders_alone_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let town = Town::with_penalties(world).await;
        let case = opened(&town).await;
        let seen = async |name: &str| {
            let tasks = town.get(Who::Person(name), "/api/v1/tasks").await.ok();
            let by_api = tasks["rows"].as_array().unwrap().len();
            let page = town.get(Who::Person(name), "/desk").await;
            let on_page = String::from_utf8_lossy(&page.bytes).contains(&case);
            let account = town.world.account(name);
            let posts = [(BODY.to_owned(), "handler".to_owned())];
            let read = town
                .world
                .chronicle
                .read(move |reader| list::tasks_of(reader, &posts, &account, 0));
            let (rows, count) = read.await.unwrap();
            assert_eq!(
                (rows.len(), usize::from(on_page)),
                (by_api, by_api),
                "{name}: the lists differ"
            );
            assert_eq!(usize::try_from(count).unwrap(), by_api, "{name}: the count differs");
            by_api
        };
        assert_eq!((seen("方磊").await, seen("夏雨").await, seen("陈立").await), (1, 1, 1));
        let transfer = json!({"to": town.world.account("夏雨"), "reasons": "出差"});
        town.penalise(HANDLER, &case, "transfer_step", transfer).await.ok();
        assert_eq!((seen("方磊").await, seen("夏雨").await, seen("陈立").await), (0, 1, 0));
        office.assert_portable().await;
    })
    .await;
}

#[tokio::test]
async fn a_foreign_penalty_is_not_there() {
    let town = Town::with_penalties(World::new().await).await;
    let case = noticed(&town).await;
    town.world.chronicle.settle().await.unwrap();
    let whole = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    let paper = whole["papers"][0]["paper_id"].as_str().unwrap().to_owned();
    let file = whole["evidence"][0]["file"]["file"].as_str().unwrap().to_owned();
    let bodies = town.world.bodies_but(BODY).await;
    let (_, other) = town
        .issue(&bodies[0], &["counter_clerk", "handler"], "2026-12-31")
        .await;
    let paths = [
        format!("/api/v1/penalties/{case}"),
        format!("/api/v1/penalties/{case}/papers/{paper}"),
        format!("/api/v1/penalties/{case}/files/{file}"),
        format!("/api/v1/penalties/{case}/officers"),
        format!("/api/v1/my/penalties/{case}"),
        format!("/api/v1/my/penalties/{case}/papers/{paper}"),
        format!("/api/v1/public/cases/{case}"),
        format!("/api/v1/cases/{case}"),
    ];
    for who in [Who::System(&other), Who::Person("王明"), Who::Nobody] {
        for path in &paths {
            let status = town.get(who, path).await.status;
            assert!(matches!(status.as_u16(), 401 | 403 | 404), "{path}: {status}");
        }
        for (path, body) in [
            (
                format!("/api/v1/penalties/{case}/acts/propose_closing"),
                json!({"summary": "", "result": "", "opinion": ""}),
            ),
            (
                format!("/api/v1/penalties/{case}/acts/make_defence"),
                json!({"points": ["一"], "made_on": "2026-02-02", "channel": "written", "files": [pdf("一")]}),
            ),
            (format!("/api/v1/my/penalties/{case}/waive"), json!({})),
            (
                format!("/api/v1/my/penalties/{case}/defend"),
                json!({"points": ["一"], "files": [pdf("一")]}),
            ),
        ] {
            let status = town.order(who, &path, Some(1), &town.key(), body).await.status;
            assert!(matches!(status.as_u16(), 401 | 403 | 404), "{path}: {status}");
        }
    }
    let other = Who::System(&other);
    assert_eq!(town.get(other, "/api/v1/penalties").await.ok()["rows"], json!([]));
    assert_eq!(town.get(other, "/api/v1/penalties/count").await.ok()["count"], 0);
    let narrowed = format!("/api/v1/penalties?number={case}");
    assert_eq!(town.get(other, &narrowed).await.ok()["rows"], json!([]));
    assert_eq!(
        town.get(HANDLER, &narrowed).await.ok()["rows"][0]["case_no"],
        case.as_str()
    );
    let none = town.get(Who::Person("王明"), "/api/v1/my/penalties").await.ok();
    assert_eq!(none["rows"], json!([]));
    // A lead is nobody's case yet, and its party's name nobody's.
    let lead = registered(&town).await;
    assert_eq!(
        town.get(PARTY, &format!("/api/v1/my/penalties/{lead}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        town.get(PARTY, "/api/v1/my/penalties").await.ok()["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn who_acts_needs_the_post_and_the_law() {
    let town = Town::with_penalties(World::new().await).await;
    let case = opened(&town).await;
    let check = async |who: Who<'_>, act: &str, body: Value, status: u16, code: &str| {
        let answer = town.penalise(who, &case, act, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{act}: {}",
            answer.json
        );
    };
    // By the table, before the case is asked.
    check(REVIEWER, "record_evidence", evidence(&town), 403, "web.no_permission").await;
    check(HANDLER, "approve_closing", agreed(), 403, "web.no_permission").await;
    // By the rule, with its article.
    check(
        HANDLER,
        "propose_opening",
        opening(&town),
        409,
        "penalty.propose_opening.not_at_step",
    )
    .await;
    let (_, token) = town
        .issue(BODY, &["handler", "reviewer", "approver"], "2026-12-31")
        .await;
    check(
        Who::System(&token),
        "record_evidence",
        evidence(&town),
        409,
        "penalty.record_evidence.not_investigator",
    )
    .await;
    check(
        HANDLER,
        "record_evidence",
        json!({"kind": "documentary", "name": "一", "source": "二", "place": "三",
        "taken_on": "2026-02-02", "proves": "四", "takers": officers(&town), "shown_certificates": true,
        "kept_at": "五"}),
        422,
        "penalty.record_evidence.needs_file",
    )
    .await;
    let refused = town
        .get(Who::System(&token), &format!("/api/v1/penalties/{case}"))
        .await
        .ok();
    assert_eq!(refused["evidence"], json!([]), "nothing was recorded");
    // Pages ask the table for the same.
    let page = |act: &str| format!("/desk/cases/{case}/acts/{act}");
    assert_eq!(town.get(HANDLER, &page("record_evidence")).await.status, StatusCode::OK);
    for path in ["/desk/leads", &page("record_evidence"), &page("decide")] {
        assert_eq!(town.get(REVIEWER, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(town.get(HANDLER, "/desk/leads").await.status, StatusCode::OK);
    // The party has no desk, officers no party's page.
    let desk = town.get(PARTY, &format!("/api/v1/penalties/{case}")).await;
    assert_eq!(desk.status, StatusCode::FORBIDDEN);
    assert_eq!(
        town.get(HANDLER, "/api/v1/my/penalties").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_command_with_a_file_is_done_once() {
    let town = Town::with_penalties(World::new().await).await;
    let case = noticed(&town).await;
    let seen = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok()["version"].as_i64();
    let (path, key) = (format!("/api/v1/my/penalties/{case}/defend"), town.key());
    let said = json!({"points": ["已经补齐"], "files": [pdf("说明")]});
    let first = town.order(PARTY, &path, seen, &key, said.clone()).await.ok();
    // It could not be said again; the same request is still answered by its first outcome.
    let again = town.order(PARTY, &path, seen, &key, said.clone()).await;
    assert_eq!((again.status, &again.json), (StatusCode::OK, &first));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let anew = town.order(PARTY, &path, seen, &town.key(), said).await;
    assert_eq!(anew.status, StatusCode::CONFLICT, "{}", anew.json);
    let shown = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    assert_eq!(shown["defences"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_document_speaks_chinese() {
    let town = Town::new().await;
    fn check(value: &Value, place: &str) {
        if let Some(text) = value.get("description").and_then(Value::as_str) {
            assert!(!text.is_ascii(), "{place}: {text}");
        }
        let members = value.as_object().into_iter().flatten();
        members.for_each(|(name, member)| check(member, &format!("{place}/{name}")));
        value
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|item| check(item, place));
    }
    check(&town.document, "");
}

#[tokio::test]
async fn public_progress_in_pieces_is_the_list() {
    let town = Town::with_penalties(World::new().await).await;
    for _ in 0..5 {
        opened(&town).await;
    }
    registered(&town).await;
    let (mut rows, mut path) = (0, "/api/v1/public/penalties?size=2".to_owned());
    loop {
        let piece = town.get(Who::Nobody, &path).await.ok();
        rows += piece["rows"].as_array().unwrap().len();
        let Some(next) = piece.get("next").and_then(Value::as_str) else {
            break;
        };
        let place = String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(next).unwrap()).unwrap();
        assert!(!place.contains("330303"), "a place tells no number: {place}");
        path = format!("/api/v1/public/penalties?size=2&cursor={next}");
    }
    assert_eq!(rows, 5, "leads are nobody's case");
    town.world.chronicle.settle().await.unwrap();
    let counts = town.get(Who::Nobody, "/api/v1/public/penalties/count").await.ok();
    assert_eq!(
        counts["rows"],
        json!([{"state": "investigating", "state_name": "调查取证中", "count": 5}])
    );
    let strange = town.get(Who::Nobody, "/api/v1/public/penalties?cursor=Zm9v").await;
    assert_eq!(strange.code(), "api.cursor");
}

#[tokio::test]
async fn the_party_asks_an_officer_to_keep_away() {
    let town = Town::with_penalties(World::new().await).await;
    let case = opened(&town).await;
    let mine = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok();
    let officers = mine["investigators"].as_array().unwrap();
    assert_eq!(officers.len(), 2, "{mine}");
    assert!(
        mine["acts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|act| act["act"] == "request_recusal")
    );
    let asked = json!({"officer": officers[1]["account"], "reasons": "是竞争对手的亲属"});
    let wrong = own(&town, &case, "recusal", json!({"officer": "nobody", "reasons": "一"})).await;
    assert_eq!(wrong.code(), "penalty.request_recusal.not_of_this_body");
    own(&town, &case, "recusal", asked.clone()).await.ok();
    let again = own(&town, &case, "recusal", asked.clone()).await;
    assert_eq!(again.code(), "penalty.request_recusal.asked_before");
    let mine = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok();
    assert_eq!(mine["recusals"][0]["officer"], asked["officer"]);
    assert!(mine["recusals"][0].get("granted").is_none());
    let request = mine["recusals"][0]["request_id"].clone();
    let decided = json!({"request_id": request, "granted": false, "reasons": "经核实不是亲属"});
    town.penalise(HEAD, &case, "decide_recusal", decided).await.ok();
    let mine = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok();
    assert_eq!(mine["recusals"][0]["granted"], false);
    // What officers ask of themselves stays inside.
    let own_wish = json!({"officer": town.world.account("夏雨"), "reasons": "与当事人是同学"});
    town.penalise(HANDLER, &case, "request_recusal", own_wish).await.ok();
    let mine = town.get(PARTY, &format!("/api/v1/my/penalties/{case}")).await.ok();
    assert_eq!(mine["recusals"].as_array().unwrap().len(), 1, "{mine}");
}

#[tokio::test]
async fn a_trial_of_the_discretion_says_what_the_report_would_record() {
    let town = Town::with_penalties(World::new().await).await;
    let case = opened(&town).await;
    let path = format!("/api/v1/penalties/{case}/discretion");
    let asked = town.get(HANDLER, &path).await.ok();
    assert!(
        asked["title"].as_str().is_some_and(|title| !title.is_empty()),
        "{asked}"
    );
    for factor in asked["factors"].as_array().unwrap() {
        assert!(factor["name"].is_string() && factor["levels"].is_array());
    }
    let before = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok()["version"].clone();
    let plain = town.post(HANDLER, &path, json!({})).await.ok();
    let lighter = town.post(HANDLER, &path, json!({"weight": "lighter"})).await.ok();
    assert!(
        lighter["high"].as_i64() <= plain["high"].as_i64() && lighter["low"].as_i64() <= plain["low"].as_i64(),
        "{plain} {lighter}"
    );
    assert_eq!(
        town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok()["version"],
        before,
        "a trial records nothing"
    );
    town.penalise(HANDLER, &case, "record_evidence", evidence(&town))
        .await
        .ok();
    let shown = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    let report = crate::penalty_steps::report(&shown["evidence"][0]["evidence_id"]);
    town.penalise(HANDLER, &case, "end_investigation", report).await.ok();
    let shown = town.get(HANDLER, &format!("/api/v1/penalties/{case}")).await.ok();
    assert_eq!(shown["report"]["discretion"], plain, "the same rule");
    let many: serde_json::Map<String, Value> = (0..60).map(|at| (format!("因素{at}"), json!("一"))).collect();
    let many = town.post(HANDLER, &path, json!({"factors": many})).await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", many.json);
    for who in [PARTY, Who::Nobody] {
        assert!(!town.get(who, &path).await.status.is_success());
        assert!(!town.post(who, &path, json!({})).await.status.is_success());
    }
}
