//! What one may not see on a page one may not see here: alone, in lists, in numbers, in files, or by acting on it.

use axum::http::StatusCode;
use serde_json::json;

use crate::system::{Town, Who, receipt};

#[tokio::test]
async fn a_foreign_case_is_not_there() {
    let town = Town::new().await;
    let clerk = Who::Person("林晓岚");
    let taken = town.post(clerk, "/api/v1/cases", receipt()).await.ok();
    let (case, secret) = (
        taken["case_no"].as_str().unwrap(),
        taken["query_secret"].as_str().unwrap(),
    );
    town.world.chronicle.settle().await.unwrap();
    let paper = town.get(clerk, &format!("/api/v1/cases/{case}")).await.ok()["papers"][0]["paper_id"].clone();
    let paper = paper.as_str().unwrap().to_owned();

    let bodies = town.world.bodies_but("33030300SJ").await;
    let (_, other) = town
        .issue(&bodies[0], &["counter_clerk", "handler"], "2026-12-31")
        .await;
    for who in [Who::System(&other), Who::Person("李琴")] {
        let expect = |found: StatusCode, place: &str| {
            assert!(
                matches!(found, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN),
                "{place}: {found}"
            );
        };
        for path in [
            format!("/api/v1/cases/{case}"),
            format!("/api/v1/cases/{case}/papers/{paper}"),
            format!("/api/v1/cases/{case}/officers"),
            format!("/api/v1/my/cases/{case}"),
            format!("/api/v1/my/cases/{case}/papers/{paper}"),
            format!("/api/v1/public/cases/{case}"),
        ] {
            expect(town.get(who, &path).await.status, &path);
        }
        let path = format!("/api/v1/cases/{case}/acts/accept");
        let acted = town.order(who, &path, Some(1), &town.key(), json!({})).await;
        expect(acted.status, &path);
    }
    let other = Who::System(&other);
    assert_eq!(town.get(other, "/api/v1/cases").await.ok()["rows"], json!([]));
    assert_eq!(town.get(other, "/api/v1/tasks").await.ok()["rows"], json!([]));
    assert_eq!(town.get(other, "/api/v1/cases/count").await.ok()["count"], 0);
    assert_eq!(town.get(other, "/api/v1/board").await.ok()["open"], json!([]));
    let foreign = town.get(other, &format!("/api/v1/cases/{case}")).await;
    let none = town.get(other, "/api/v1/cases/330303-XK20260202-AAAAAAAA").await;
    assert_eq!((foreign.status, &foreign.json), (StatusCode::NOT_FOUND, &none.json));

    // Who has the secret sees where it stands and nobody's name.
    let asked = json!({"case_no": case, "query_secret": secret});
    let progress = town.post(Who::Nobody, "/api/v1/progress", asked).await.ok();
    assert_eq!(progress["state"], "submitted");
    assert!(!progress.to_string().contains("李琴") && !progress.to_string().contains("13800000002"));
    let wrong = json!({"case_no": case, "query_secret": "AAAA-AAAA"});
    let wrong = town.post(Who::Nobody, "/api/v1/progress", wrong).await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::NOT_FOUND, "cases.progress.none")
    );
}

#[tokio::test]
async fn a_token_does_what_its_posts_may_and_as_long_as_it_lasts() {
    let town = Town::new().await;
    let (account, secret) = town.issue("33030300SJ", &["counter_clerk"], "2026-02-20").await;
    let clerk = Who::System(&secret);
    let case = town.post(clerk, "/api/v1/cases", receipt()).await.ok()["case_no"]
        .as_str()
        .unwrap()
        .to_owned();
    let not_a_post = town
        .order(
            clerk,
            &format!("/api/v1/cases/{case}/acts/examine"),
            Some(1),
            &town.key(),
            json!({"stance": "positive", "opinion": "同意"}),
        )
        .await;
    assert_eq!(
        (not_a_post.status, not_a_post.code()),
        (StatusCode::FORBIDDEN, "web.no_permission")
    );
    assert_eq!(town.get(clerk, "/api/v1/my/cases").await.status, StatusCode::FORBIDDEN);
    // A page is no door for tokens.
    let page = town.get(clerk, "/desk").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);

    let wrong = town
        .get(Who::System(&secret.replace("mj1_", "mj2_")), "/api/v1/cases")
        .await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::UNAUTHORIZED, "web.bad_token")
    );
    assert_eq!(wrong.headers["www-authenticate"], "Bearer");
    town.world.clock.set(crate::world::china("2026-02-21 09:00"));
    assert_eq!(town.get(clerk, "/api/v1/cases").await.code(), "web.bad_token");
    town.world.clock.set(crate::world::china("2026-02-20 09:00"));
    town.get(clerk, "/api/v1/cases").await.ok();
    town.revoke(&account).await;
    assert_eq!(town.get(clerk, "/api/v1/cases").await.code(), "web.bad_token");
}

#[tokio::test]
async fn a_list_is_narrowed_to_a_state_of_either_procedure() {
    let town = Town::with_penalties(crate::world::World::new().await).await;
    let clerk = Who::Person("林晓岚");
    let taken = town.post(clerk, "/api/v1/cases", receipt()).await.ok();
    let permit = taken["case_no"].as_str().unwrap().to_owned();
    let lead = crate::penalty_steps::registered(&town).await;
    let opened = crate::penalty_steps::opened(&town).await;
    let page = async |query: &str| {
        let page = town.get(clerk, &format!("/desk/cases{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        String::from_utf8(page.bytes).unwrap()
    };
    for (query, there) in [
        ("", [true, true, true]),
        ("?procedure=permit", [true, false, false]),
        ("?procedure=penalty", [false, true, true]),
        ("?state=permit.submitted", [true, false, false]),
        ("?state=penalty.lead", [false, true, false]),
        ("?state=penalty.investigating&open=yes", [false, false, true]),
        // A state of one procedure is none of the other.
        ("?state=penalty.lead&procedure=permit", [false, false, false]),
        // What nobody knows narrows nothing and is not shown as chosen.
        ("?state=lead", [true, true, true]),
        ("?state=penalty.nonsense&procedure=x", [true, true, true]),
        ("?overdue=payment", [false, false, false]),
    ] {
        let shown = page(query).await;
        let link = |case: &str| shown.contains(&format!("/desk/cases/{case}\""));
        assert_eq!([link(&permit), link(&lead), link(&opened)], there, "{query}");
    }
    assert!(page("?state=penalty.lead").await.contains("行政处罚：线索登记"));
    assert!(!page("?state=lead").await.contains("已选条件"));
    for (path, count) in [
        ("/api/v1/cases/count?state=submitted", 1),
        ("/api/v1/penalties/count?state=lead", 1),
        ("/api/v1/penalties/count?state=investigating&open=true", 1),
        ("/api/v1/penalties/count?overdue_limit=payment", 0),
    ] {
        assert_eq!(town.get(clerk, path).await.ok()["count"], count, "{path}");
    }
    let board = town.get(clerk, "/api/v1/board").await.ok();
    assert_eq!(board["open"].as_array().unwrap().len(), 1, "{board}");
    assert_eq!(board["open_penalties"].as_array().unwrap().len(), 2, "{board}");
}
