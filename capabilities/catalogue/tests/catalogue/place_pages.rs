//! What people and departments' systems are shown where the body enters changes itself, and where the approval-management
//! body reviews permits.

use std::sync::Arc;

use axum::http::StatusCode;
use mingjing_catalogue::{OpenCase, OpenCases, desk_routes, routes};
use mingjing_chronicle::{Actor, Fault, Reader};
use mingjing_web::{Permission, Routes, Scope};

use crate::changes::{ITEM, clerk, office, officer};
use crate::places::{OTHER, approver, in_the_place};
use crate::world::World;

/// Nobody has a case open here.
struct NoCases;

impl OpenCases for NoCases {
    fn permission(&self) -> Permission {
        Permission("cases.board")
    }

    fn of_items(&self, _: &mut Reader<'_>, _: &Scope, _: &[String], _: i64) -> Result<Vec<OpenCase>, Fault> {
        Ok(Vec::new())
    }
}

fn desk() -> Routes {
    let no_cases: Arc<dyn OpenCases> = Arc::new(NoCases);
    desk_routes(&no_cases)
}

impl World {
    /// The main part of a page of the back office, without its marks.
    async fn reads(&self, who: Actor, path: &str) -> String {
        let (status, body) = self.get_as(who, desk(), path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body.split_once("<main")
            .map_or(body.clone(), |(_, main)| main.to_owned())
    }
}

#[track_caller]
fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "missing: {word} in {page}");
    }
}

#[track_caller]
fn silent(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "there is: {word}");
    }
}

#[tokio::test]
async fn what_waits_to_be_entered_is_shown_with_its_clock_and_entered_from_the_page() {
    in_the_place("zhenjiang", async |world| {
        let no = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        let still = world.filed(ITEM, "0577-3", |_| {}).await.unwrap();
        world.replied(&no).await.unwrap();
        let (page, waiting) = (format!("/desk/changes/{no}"), "/desk/changes?waits=entry");
        let list = world.reads(office().actor, waiting).await;
        says(&list, &["待申报单位更新权力库", "2026-03-12", &no]);
        silent(&list, &["已超期", &still, "待审批管理机构审核"]);
        let seen = world.reads(office().actor, &page).await;
        says(
            &seen,
            &["已确认，待更新权力库", "更新期限", "2026-03-12", "更新以前不生效"],
        );
        silent(&seen, &["name=\"enter\"", "已超期"]);
        let paper = world.reads(office().actor, &format!("{page}/reply")).await;
        says(
            &paper,
            &[
                "请你单位在 2026-03-12 前（自 2026-03-02 起 10",
                "按确认的内容更新权力库",
            ],
        );

        world.clock.set("2026-03-13T02:00:00Z".parse().unwrap());
        says(&world.reads(office().actor, waiting).await, &["已超期"]);
        let own = world.reads(clerk().actor, &page).await;
        says(&own, &["已超期", "name=\"enter\"", "name=\"withdraw\""]);
        let foreign = officer("other", "legal_reviewer", "33030300JT");
        let (status, _) = world.get_as(foreign.clone(), desk(), &page).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        silent(&world.reads(foreign, waiting).await, &[&no]);

        let (status, _) = world.post_as(clerk().actor, desk(), &page, "_seen=2&enter=yes").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let after = world.reads(clerk().actor, &page).await;
        says(&after, &["已确认", "更新权力库（超过更新期限）"]);
        silent(&after, &["name=\"enter\"", "name=\"withdraw\"", "待更新权力库"]);
        silent(&world.reads(office().actor, waiting).await, &[&no]);
        let (_, announced) = world.get(routes(), "/announcements").await;
        says(&announced, &["特种设备使用登记", "2026-03-13"]);
    })
    .await;
}

#[tokio::test]
async fn a_departments_system_finds_what_waits_and_enters_it_once() {
    in_the_place("zhenjiang", async |world| {
        let no = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        world.replied(&no).await.unwrap();
        let list = "/api/v1/item-changes?waits_for=entry";
        let (status, listed) = world.get_as(clerk().actor, routes(), list).await;
        assert_eq!(status, StatusCode::OK, "{listed}");
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let row = &listed["rows"][0];
        assert_eq!(
            (&row["change_no"], &row["state"], &row["waits_for"], &row["due"]),
            (
                &no.clone().into(),
                &"waiting".into(),
                &"entry".into(),
                &"2026-03-12".into()
            )
        );
        let nobody = world
            .get_as(clerk().actor, routes(), "/api/v1/item-changes?waits_for=x")
            .await;
        let nobody: serde_json::Value = serde_json::from_str(&nobody.1).unwrap();
        assert_eq!(nobody["rows"], serde_json::json!([]));
        let (status, _) = world.get_as(Actor::public(), routes(), list).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);

        let entry = format!("/api/v1/item-changes/{no}/entry");
        let (status, body) = world
            .command_as(office().actor, routes(), &entry, "key-of-the-office-1")
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
        for _ in 0..2 {
            let (status, body) = world
                .command_as(clerk().actor, routes(), &entry, "key-of-the-system-1")
                .await;
            assert_eq!(status, StatusCode::OK, "{body}");
            says(&body, &[&no]);
        }
        let (status, body) = world
            .command_as(clerk().actor, routes(), &entry, "key-of-the-system-2")
            .await;
        assert_eq!(status, StatusCode::CONFLICT);
        says(&body, &["catalogue.change.not_waiting"]);
        assert_eq!(world.item(OTHER).await.latest().unwrap().version, 2);
    })
    .await;
}

#[tokio::test]
async fn the_approval_management_body_has_its_list_and_its_form() {
    in_the_place("wenzhou", async |world| {
        let no = world.filed(ITEM, "0577-2", |_| {}).await.unwrap();
        let other = world.filed(OTHER, "0577-2", |_| {}).await.unwrap();
        let page = format!("/desk/changes/{no}");
        let list = world.reads(approver().actor, "/desk/changes?waits=approval").await;
        says(&list, &[&no, "待审批管理机构审核", "2026-03-09"]);
        silent(&list, &[&other, "待申报单位更新权力库"]);
        silent(&world.reads(office().actor, "/desk/changes?waits=reply").await, &[&no]);
        let form = world.reads(approver().actor, &page).await;
        says(&form, &["还没有审核", "name=\"approval_answer\""]);
        silent(&form, &["name=\"document_no\""]);
        let of_office = world.reads(office().actor, &page).await;
        says(
            &of_office,
            &["审批管理机构审核同意以后才能确认", "name=\"document_no\""],
        );
        silent(&of_office, &["name=\"approval_answer\""]);
        let plain = world.reads(approver().actor, &format!("/desk/changes/{other}")).await;
        silent(&plain, &["name=\"approval_answer\""]);

        let (status, again) = world
            .post_as(
                approver().actor,
                desk(),
                &page,
                "_seen=1&approval=yes&approval_answer=return&approval_text=",
            )
            .await;
        assert_eq!(status, StatusCode::OK, "the form again");
        says(&again, &["请写明理由"]);
        let agreed = "_seen=1&approval=yes&approval_answer=agree&approval_text=";
        let (status, _) = world.post_as(approver().actor, desk(), &page, agreed).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        says(
            &world.reads(approver().actor, &page).await,
            &["龙湾区行政审批服务管理办公室同意"],
        );
        says(&world.reads(office().actor, "/desk/changes?waits=reply").await, &[&no]);
        silent(
            &world.reads(approver().actor, "/desk/changes?waits=approval").await,
            &[&no],
        );
        world.replied(&no).await.unwrap();
        says(&world.reads(clerk().actor, &page).await, &["审核同意", "已确认"]);
        let new = world.reads(clerk().actor, "/desk/changes/new").await;
        says(&new, &["审批事项不能暂停", "审批事项不能合并"]);
    })
    .await;
}
