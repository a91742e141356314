//! A permit walked from the counter to the public record, and who may not.

use axum::http::StatusCode;
use mingjing_cases::events::CaseState;

use crate::asking::{Answer, Person, Town, hidden};
use crate::world::ITEM;

const PARTY: [(&str, &str); 16] = [
    ("channel", "counter"),
    ("received_on", "2026-02-02"),
    ("party_kind", "organisation"),
    ("party_name", "龙湾区好滋味小餐馆（演示）"),
    ("party_uscc", "91330303MA2000000E"),
    ("party_legal_representative", "李琴"),
    ("party_contact", "李琴"),
    ("party_phone", "13800000002"),
    ("party_address", "温州市龙湾区永中街道演示路8号"),
    ("originals-premises", "1"),
    ("copies-premises", "2"),
    ("premises_address", "温州市龙湾区永中街道演示路8号"),
    ("premises_area", "86"),
    ("business_form", "catering"),
    ("catering_scope", "hot"),
    ("operator_name", "龙湾区好滋味小餐馆（演示）"),
];

/// Takes in an application at the counter; the address of its page.
async fn taken_in(town: &Town) -> String {
    let clerk = town.person("林晓岚");
    let form = clerk.sees(&format!("/desk/intake/{ITEM}")).await;
    clerk
        .post(&format!("/desk/intake/{ITEM}"), &form, &PARTY)
        .await
        .location()
}

/// An act in its two steps: nothing happens before the second.
async fn act(person: Person<'_>, case: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("{case}/acts/{act}");
    let form = person.sees(&path).await;
    let check = person.post(&path, &form, fields).await;
    assert_eq!(check.status, StatusCode::OK, "{act}: {}", check.body);
    check.says("确认后立即生效");
    let mut again: Vec<(&str, &str)> = fields.to_vec();
    again.push(("confirmed", "yes"));
    person.send(&path, &hidden(&check), &again).await
}

async fn done(person: Person<'_>, case: &str, name: &str, fields: &[(&str, &str)]) {
    let answer = act(person, case, name, fields).await;
    assert_eq!(answer.location(), case, "{name}");
}

#[tokio::test]
async fn a_permit_from_the_counter_to_the_public_record() {
    let town = Town::new().await;
    let case = taken_in(&town).await;
    let (clerk, handler) = (town.person("林晓岚"), town.person("陈立"));
    clerk.sees("/desk").await.says("收件审查");
    let page = clerk.sees(&case).await;
    page.says("原件1份，复印件2份");
    page.says("行政许可法第三十二条第一款第（四）项");
    done(clerk, &case, "accept", &[]).await;
    let check = [
        ("officers", town.world.account("陈立")),
        ("officers", town.world.account("周宁")),
    ];
    let mut fields: Vec<(&str, &str)> = check.iter().map(|(name, account)| (*name, account.as_str())).collect();
    fields.extend([
        ("place", "演示路8号"),
        ("checked_on", "2026-02-02"),
        ("from_time", "9:30"),
        ("to_time", "10:30"),
        ("facts", "设备齐全"),
        ("conforms", "yes"),
    ]);
    done(handler, &case, "record_site_check", &fields).await;
    done(
        handler,
        &case,
        "examine",
        &[("stance", "positive"), ("opinion", "符合条件")],
    )
    .await;
    done(
        town.person("吴敏"),
        &case,
        "review",
        &[("stance", "positive"), ("opinion", "同意")],
    )
    .await;
    done(
        town.person("黄志远"),
        &case,
        "decide",
        &[("result", "grant"), ("opinion", "准予"), ("valid_to", "2031-02-01")],
    )
    .await;
    town.world.chronicle.settle().await.unwrap();
    done(clerk, &case, "issue", &[("certificate_no", "JY23303030000001")]).await;
    let service = [
        ("way", "personal"),
        ("served_on", "2026-02-02"),
        ("recipient", "李琴"),
        ("relation", "法定代表人"),
        ("place", "窗口"),
        ("signed", "yes"),
    ];
    done(clerk, &case, "serve", &service).await;
    let words = [
        ("case_summary", "食品经营许可"),
        ("completion_status", "准予许可，已送达"),
    ];
    done(clerk, &case, "complete", &words).await;
    let form = town.person("郑洁").sees(&format!("{case}/acts/release_review")).await;
    form.says("公众将看到的内容");
    form.keeps_silent_on("13800000002");
    done(
        town.person("郑洁"),
        &case,
        "release_review",
        &[("result", "publish"), ("opinion", "已核对")],
    )
    .await;
    town.world.chronicle.settle().await.unwrap();
    let number = case.rsplit('/').next().unwrap();
    assert_eq!(town.world.case(number).await.state, CaseState::Completed);
    town.visitor()
        .sees(&format!("/public/{number}"))
        .await
        .keeps_silent_on("李琴");
    let page = clerk.sees(&case).await;
    let paper = page
        .body
        .split("/papers/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let file = clerk.sees(&format!("{case}/papers/{paper}")).await;
    assert_eq!(file.headers["content-type"], "application/pdf");
}

#[tokio::test]
async fn a_form_with_a_gap_comes_back_with_what_was_typed() {
    let town = Town::new().await;
    let case = taken_in(&town).await;
    let clerk = town.person("林晓岚");
    let path = format!("{case}/acts/refuse_acceptance");
    let form = clerk.sees(&path).await;
    let gap = clerk
        .post(&path, &form, &[("ground", "not_this_body"), ("reasons", "")])
        .await;
    gap.says("有问题需要改正");
    // The competent body is the law's demand: it is refused at the second step and stands beside its field.
    let answer = act(
        clerk,
        &case,
        "refuse_acceptance",
        &[("ground", "not_this_body"), ("reasons", "不归本局管")],
    )
    .await;
    answer.says("请填写有权受理的行政机关");
    answer.says("不归本局管");
    let form = clerk.sees(&format!("/desk/intake/{ITEM}")).await;
    let broken: Vec<(&str, &str)> = PARTY
        .iter()
        .map(|(name, value)| {
            (
                *name,
                if *name == "party_uscc" {
                    "91330303MA2000000F"
                } else {
                    *value
                },
            )
        })
        .collect();
    let answer = clerk.post(&format!("/desk/intake/{ITEM}"), &form, &broken).await;
    answer.says("统一社会信用代码校验不通过");
    answer.says("演示路8号");
}

#[tokio::test]
async fn a_barred_act_says_why_and_cannot_be_forced() {
    let town = Town::new().await;
    let case = taken_in(&town).await;
    let clerk = town.person("林晓岚");
    let form = clerk.sees(&format!("{case}/acts/accept")).await;
    done(clerk, &case, "accept", &[]).await;
    clerk.sees(&case).await.says("申请已于2026-02-02受理");
    let again = clerk.get(&format!("{case}/acts/accept")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let mut fields = hidden(&form);
    fields.push(("confirmed".into(), "yes".into()));
    let stale = clerk.send(&format!("{case}/acts/accept"), &fields, &[]).await;
    assert_eq!(
        stale.status,
        StatusCode::CONFLICT,
        "the page was seen before the acceptance"
    );
    let decide = town.person("黄志远").get(&format!("{case}/acts/decide")).await;
    assert_eq!(decide.status, StatusCode::CONFLICT);
    decide.says("现场核查");
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_not_there() {
    let town = Town::new().await;
    let case = taken_in(&town).await;
    let number = case.rsplit('/').next().unwrap().to_owned();
    for (name, status) in [
        ("何芸", StatusCode::NOT_FOUND),
        ("李琴", StatusCode::FORBIDDEN),
        ("谢芳", StatusCode::OK),
        ("唐薇", StatusCode::OK),
        ("黄志远", StatusCode::OK),
    ] {
        let answer = town.person(name).get(&case).await;
        assert_eq!(answer.status, status, "{name}");
        let list = town.person(name).get(&format!("/desk/cases?q={number}")).await;
        let listed = list.status == StatusCode::OK && list.body.contains(&format!("/desk/cases/{number}"));
        assert_eq!(
            listed,
            status == StatusCode::OK,
            "{name}: the list shows what the page shows"
        );
    }
    assert_eq!(town.visitor().get(&case).await.status, StatusCode::SEE_OTHER);
    let stranger = town.person("何芸").get(&format!("{case}/acts/accept")).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let supervisor = town.person("谢芳").get(&format!("{case}/acts/accept")).await;
    assert_eq!(supervisor.status, StatusCode::FORBIDDEN, "seeing is not handling");
    town.person("何芸")
        .sees("/desk/board")
        .await
        .says("在办 <a class=\"govuk-link\" href=\"/desk/cases?open=yes\">0</a> 件");
    town.person("谢芳")
        .sees("/desk/board")
        .await
        .says("在办 <a class=\"govuk-link\" href=\"/desk/cases?open=yes\">1</a> 件");
    let handler = town.person("陈立").get("/desk/intake").await;
    assert_eq!(handler.status, StatusCode::FORBIDDEN, "the counter is the clerk's");
}
