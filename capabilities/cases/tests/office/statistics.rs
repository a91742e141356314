//! Statistics: the same figures on page, CSV and XLSX, each within its scope, and nobody in them.

use axum::http::StatusCode;

use crate::asking::Town;

async fn two_cases() -> Town {
    let town = Town::new().await;
    let first = town.world.submitted().await;
    town.world.submitted().await;
    let accept = mingjing_cases::commands::Command::Accept(Default::default());
    town.world.act("林晓岚", &first.case_no, accept).await.unwrap();
    town.world.chronicle.settle().await.unwrap();
    town
}

/// The line of a CSV that begins so.
fn line<'a>(csv: &'a str, first: &str) -> &'a str {
    csv.lines()
        .find(|line| line.starts_with(first))
        .unwrap_or_else(|| panic!("no {first} in {csv}"))
}

#[tokio::test]
async fn page_csv_and_workbook_tell_the_same() {
    let town = two_cases().await;
    let visitor = town.visitor();
    let page = visitor.sees("/statistics").await;
    page.says("<dt>收到申请</dt><dd>2</dd>");
    page.says("这些数字怎么算");
    page.says("/statistics.csv");
    for personal in ["李琴", "王明", "好滋味", "330303-20260202-"] {
        page.keeps_silent_on(personal);
    }
    let csv = visitor.sees("/statistics.csv").await;
    assert!(
        csv.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(
        line(&csv.body, "龙湾区市场监督管理局"),
        "龙湾区市场监督管理局,2,2,0,0,0,0,0,0,0,0,,0,"
    );
    assert_eq!(line(&csv.body, "合计"), "合计,2,2,0,0,0,0,0,0,0,0,,0,");
    assert_eq!(line(&csv.body, "审查中"), "审查中,1");
    let book = visitor.sees("/statistics.xlsx").await;
    assert!(book.bytes.starts_with(b"PK"));
    // Penalties have their own figures and their own words for them.
    let penalties = visitor.sees("/statistics?procedure=penalty").await;
    penalties.says("<dt>立案</dt><dd>0</dd>");
    penalties.says("线索和不予立案的不是案件");
    penalties.says("/statistics.csv?procedure=penalty");
    let csv = visitor.sees("/statistics.csv?procedure=penalty").await;
    assert_eq!(line(&csv.body, "合计"), "合计,0,0,0,0,0,0,0,0,0,,0,");
    visitor
        .sees("/statistics?procedure=nonsense")
        .await
        .says("<dt>收到申请</dt><dd>2</dd>");
    // Another year, another body: nothing, and no fault.
    visitor
        .sees("/statistics?year=2025")
        .await
        .says("<dt>收到申请</dt><dd>0</dd>");
    visitor.sees("/statistics?year=9999999&body=%27&item=x").await;
}

#[tokio::test]
async fn what_is_over_its_day_is_counted_from_the_next_on() {
    let town = two_cases().await;
    // Twenty working days from 2 February 2026 (Spring Festival 15 to 23, 14 and 28 worked) end on 6 March.
    for (at, overdue) in [("2026-03-05T04:00:00Z", "0"), ("2026-04-01T04:00:00Z", "1")] {
        town.world.clock.set(at.parse().unwrap());
        let csv = town.visitor().sees("/statistics.csv").await;
        let cells: Vec<&str> = line(&csv.body, "龙湾区市场监督管理局").split(',').collect();
        assert_eq!(cells[12], overdue, "{at}");
    }
}

#[tokio::test]
async fn the_desk_counts_what_one_may_see_and_files_are_no_wider() {
    let town = two_cases().await;
    let own = town.person("林晓岚");
    own.sees("/desk/statistics").await.says("<dt>收到申请</dt><dd>2</dd>");
    let csv = own.sees("/desk/statistics.csv").await;
    assert!(line(&csv.body, "合计").starts_with("合计,2,"));
    // Another body's clerk sees none of them, on the page and in the files alike.
    let other = town.person("何芸");
    other.sees("/desk/statistics").await.says("<dt>收到申请</dt><dd>0</dd>");
    let csv = other.sees("/desk/statistics.csv").await;
    assert!(line(&csv.body, "合计").starts_with("合计,0,"));
    assert!(!csv.body.contains("市场监督管理局"), "{}", csv.body);
    other
        .sees("/desk/statistics?body=33030300SJ")
        .await
        .says("<dt>收到申请</dt><dd>0</dd>");
    for path in ["/desk/statistics", "/desk/statistics.csv", "/desk/statistics.xlsx"] {
        assert_ne!(town.visitor().get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(
            town.person("李琴").get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}
