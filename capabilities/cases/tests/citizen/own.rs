//! One's own cases: progress, supplement, withdrawal, in-box, files; and that a stranger finds nothing.

use axum::http::StatusCode;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::ask_supplement::AskSupplement;
use mingjing_cases::events::{CaseState, SupplementItem};
use mingjing_people::agency::AgencyScope;
use mingjing_people::bootstrap::{GrantAgency, Principal, grant_agency};

use crate::applying::{PDF, submitted};
use crate::asking::Town;
use crate::office;
use crate::world::RESTAURANT;

async fn asked(town: &Town, number: &str) {
    let item = |material: Option<&str>, name: &str| SupplementItem {
        material: material.map(str::to_owned),
        name: name.into(),
        requirement: "加盖印章".into(),
    };
    let ask = AskSupplement {
        items: vec![item(Some("equipment"), "设备、设施清单"), item(None, "房屋租赁合同")],
    };
    town.world
        .act("林晓岚", number, Command::AskSupplement(ask))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_case_page_says_where_it_stands_and_why() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let (number, _) = submitted(owner).await;
    let path = format!("/my/cases/{number}");
    let page = owner.sees(&path).await;
    page.says("最迟于2026年2月9日告知是否受理");
    page.says("这个日期怎么算出来的");
    page.says("还剩 5 个工作日");
    page.says("aria-current=\"step\"");
    page.says("<svg");
    town.world
        .act("林晓岚", &number, Command::Accept(Accept::default()))
        .await
        .unwrap();
    let page = owner.sees(&path).await;
    page.says("已经受理，正在办理");
    page.says("并承诺于");
    page.says("法定办理期限");
}

#[tokio::test]
async fn a_decision_is_read_after_it_is_served_and_not_before() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let (number, _) = submitted(owner).await;
    office::decide(&town.world, &number).await;
    town.world.chronicle.settle().await.unwrap();
    let path = format!("/my/cases/{number}");
    let page = owner.sees(&path).await;
    page.says("送达后可以下载");
    let case = town.world.case(&number).await;
    let decision = case
        .papers
        .iter()
        .find(|paper| paper.order.template.key() == "permit_grant")
        .unwrap();
    assert!(decision.rendered.is_some());
    let file = format!("{path}/papers/{}", decision.order.paper_id);
    assert_eq!(owner.get(&file).await.status, StatusCode::NOT_FOUND);
    office::serve(&town.world, &number).await;
    town.world.chronicle.settle().await.unwrap();
    let paper = owner.sees(&file).await;
    assert_eq!(paper.headers["content-type"], "application/pdf");
    assert!(
        paper.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let inbox = owner.sees("/my/inbox").await;
    inbox.says("电子送达：准予行政许可决定书");
    inbox.says("送达时间");
    let proof = town.world.case(&number).await;
    let proof = proof
        .papers
        .iter()
        .find(|paper| paper.order.template.key() == "proof_of_service")
        .unwrap();
    let internal = format!("{path}/papers/{}", proof.order.paper_id);
    assert_eq!(owner.get(&internal).await.status, StatusCode::NOT_FOUND);
    owner.sees(&path).await.says("申请行政复议");
}

#[tokio::test]
async fn a_case_is_its_partys_alone() {
    let town = Town::new().await;
    let (owner, other) = (town.person("李琴"), town.person("王明"));
    let (number, _) = submitted(owner).await;
    asked(&town, &number).await;
    town.world.chronicle.settle().await.unwrap();
    let case = town.world.case(&number).await;
    let receipt = case.papers.first().unwrap().order.paper_id.clone();
    let blob = case.materials.first().unwrap().files[0].blob.clone();
    let base = format!("/my/cases/{number}");
    let paths = [
        String::new(),
        "/supply".into(),
        "/withdraw".into(),
        format!("/papers/{receipt}"),
        format!("/files/{blob}"),
    ];
    for path in paths.map(|path| format!("{base}{path}")) {
        owner.sees(&path).await;
        let answer = other.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        answer.keeps_silent_on("好滋味");
        let unknown = other.get(&path.replace(&number, "330303-20260202-00000000")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
    }
    let own = other.sees("/my").await;
    own.says("待我处理（0）");
    own.says("办理中（0）");
    own.says("0 条消息");
    other.sees("/my/inbox").await.keeps_silent_on(&number);
    let form = other.sees("/progress").await;
    for fields in [&[("reasons", "")][..], &[("sure", "yes")]] {
        let answer = other.post(&format!("{base}/withdraw"), &form, fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let answer = other
        .upload(&format!("{base}/supply"), &form, &[], &[("item_1", "x.pdf", PDF)])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(town.world.case(&number).await.state, CaseState::Supplementing);
}

#[tokio::test]
async fn a_supplement_is_handed_in_once_and_whole() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let (number, _) = submitted(owner).await;
    asked(&town, &number).await;
    owner.sees("/my").await.says("提交补正材料");
    owner.sees("/my/inbox").await.says("需要您处理");
    let path = format!("/my/cases/{number}/supply");
    let page = owner.sees(&path).await;
    page.says("房屋租赁合同");
    let partial = owner
        .upload(&path, &page, &[("note", "")], &[("item_1", "清单.pdf", PDF)])
        .await;
    partial.says("“房屋租赁合同”还没有选择文件");
    let broken: &[u8] = b"%PDF-1.7 BROKEN %%EOF";
    let files = [("item_1", "清单.pdf", PDF), ("item_2", "合同.pdf", broken)];
    owner
        .upload(&path, &page, &[("note", "")], &files)
        .await
        .says("“合同.pdf”：文件已损坏");
    let files = [("item_1", "清单.pdf", PDF), ("item_2", "合同.pdf", PDF)];
    let done = owner.upload(&path, &page, &[("note", "")], &files).await;
    assert_eq!(done.location(), format!("/my/cases/{number}"));
    let case = town.world.case(&number).await;
    assert_eq!(
        case.materials
            .iter()
            .find(|kept| kept.id == "equipment")
            .unwrap()
            .files
            .len(),
        2
    );
    let again = owner.upload(&path, &partial, &[("note", "")], &files).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(owner.get(&path).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn withdrawing_is_asked_twice_and_sees_what_happened_meanwhile() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let (number, _) = submitted(owner).await;
    let path = format!("/my/cases/{number}/withdraw");
    let page = owner.sees(&path).await;
    let hostile = "<b>不做了</b>";
    let sure = owner.post(&path, &page, &[("reasons", hostile)]).await;
    sure.says("确定撤回吗");
    sure.keeps_silent_on(hostile);
    assert_eq!(town.world.case(&number).await.state, CaseState::Submitted);
    // Accepted meanwhile: the page is stale, nothing is withdrawn.
    town.world
        .act("林晓岚", &number, Command::Accept(Accept::default()))
        .await
        .unwrap();
    let stale = owner.post(&path, &sure, &[("reasons", hostile), ("sure", "yes")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(town.world.case(&number).await.state, CaseState::Examining);
    let page = owner.sees(&path).await;
    let sure = owner.post(&path, &page, &[("reasons", hostile)]).await;
    let done = owner.post(&path, &sure, &[("reasons", hostile), ("sure", "yes")]).await;
    assert_eq!(done.location(), format!("/my/cases/{number}"));
    assert_eq!(town.world.case(&number).await.state, CaseState::Withdrawn);
    owner.sees("/my?tab=done").await.says("已撤回");
    assert_eq!(owner.get(&path).await.status, StatusCode::CONFLICT);
    let page = owner.sees(&format!("/my/cases/{number}")).await;
    page.says("办理终止");
    page.keeps_silent_on(&path);
}

#[tokio::test]
async fn no_page_is_behind_the_law() {
    let town = Town::new().await;
    let owner = town.person("李琴");
    let (number, secret) = submitted(owner).await;
    town.world.clock.advance_hours(24 * 8);
    // Nobody told the applicant in time, and the timer has not run yet.
    let page = owner.sees(&format!("/my/cases/{number}")).await;
    page.says("已经受理，正在办理");
    let form = owner.sees("/progress").await;
    let page = owner
        .post("/progress", &form, &[("number", &number), ("password", &secret)])
        .await;
    page.says("已经受理，正在办理");
}

#[tokio::test]
async fn an_agent_may_what_the_authority_says_and_as_long_as_it_holds() {
    let town = Town::new().await;
    let agent = town.person("赵刚");
    let grant = GrantAgency {
        principal: Principal::Organisation(RESTAURANT.into()),
        agent: town.world.account("赵刚"),
        scope: AgencyScope {
            items: Vec::new(),
            may_withdraw: false,
        },
        valid_from: town.world.clock.today(),
        valid_to: "2026-02-20".parse().unwrap(),
    };
    let owner = town.world.actor("李琴").await;
    let granted = town
        .world
        .chronicle
        .inside(owner, move |tx| grant_agency(tx, &grant).map(|_| ()));
    granted.await.unwrap();
    let (number, _) = submitted(agent).await;
    let case = format!("/my/cases/{number}");
    agent.sees(&case).await;
    town.person("李琴").sees(&case).await;
    let withdraw = format!("{case}/withdraw");
    let sure = agent.post(&withdraw, &agent.sees(&withdraw).await, &[]).await;
    let refused = agent.post(&withdraw, &sure, &[("sure", "yes")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.says("委托书没有写明代理人可以撤回申请");
    let draft = crate::applying::begun(agent).await;
    agent.sees(&format!("{draft}/party")).await.says(RESTAURANT);
    town.world.clock.advance_hours(24 * 30);
    assert_eq!(agent.get(&case).await.status, StatusCode::NOT_FOUND);
    let party = agent.sees(&format!("{draft}/party")).await;
    party.keeps_silent_on(RESTAURANT);
    agent.sees(&draft).await.says("您现在没有代其申请这个事项的权限");
}
