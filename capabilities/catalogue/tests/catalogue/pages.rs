//! What visitors get.

use axum::http::StatusCode;
use mingjing_catalogue::routes;

use crate::world::World;

async fn page(world: &World, path: &str) -> String {
    let (status, body) = world.get(routes(), path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

fn has(body: &str, words: &[&str]) {
    for word in words {
        assert!(body.contains(word), "missing: {word}");
    }
}

#[tokio::test]
async fn the_guide_of_the_food_permit_tells_all() {
    let world = World::demo().await;
    let body = page(&world, "/items/33030300SJ-XK-0001").await;
    has(
        &body,
        &[
            "食品经营许可",
            "15个工作日（自受理之日起）",
            "20个工作日（自受理之日起）",
            "<svg",
            "收件审查",
            "经营场所和布局的说明",
            "《食品安全法》第35条第1款",
            "摘要：",
            "href=\"/apply/33030300SJ-XK-0001\"",
            "行政复议",
            "温州市龙湾区人民法院",
            "龙司法〔2026〕1号",
            "演示数据",
        ],
    );
    // The headings stand in the order that people expect.
    let headings = [
        "id=\"basic\"",
        "id=\"conditions\"",
        "id=\"materials\"",
        "id=\"flow\"",
        "id=\"limits\"",
        "id=\"bases\"",
        "id=\"place\"",
        "id=\"remedies\"",
        "id=\"versions\"",
    ];
    let places: Vec<usize> = headings.iter().map(|heading| body.find(heading).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn every_guide_can_be_shown() {
    let world = World::demo().await;
    let lists = [
        "items/catalogue.csv",
        "items/six-bodies.csv",
        "items/penalties.csv",
        "items/procedures.csv",
    ];
    let lists = lists.map(|file| String::from_utf8(crate::world::demo_file(file)).unwrap());
    let lines = lists.iter().flat_map(|csv| csv.lines().skip(1));
    let codes: Vec<&str> = lines.filter_map(|line| line.get(..18)).collect();
    assert_eq!(codes.len(), 130);
    for code in codes {
        let body = page(&world, &format!("/items/{code}")).await;
        has(&body, &[code, "设定依据"]);
    }
}

#[tokio::test]
async fn a_cancelled_item_keeps_its_page_and_says_so() {
    let world = World::demo().await;
    let body = page(&world, "/items/33030300FG-SP-0001").await;
    has(&body, &["本事项自2015-05-10起已取消"]);
    assert!(!body.contains("/apply/"));
}

#[tokio::test]
async fn unknown_items_and_laws_are_not_found() {
    let world = World::demo().await;
    for path in [
        "/items/33030300SJ-XK-9999",
        "/items/33030300SJ-XK-0001?version=7",
        "/items/%E2%80%AE",
        "/laws/%E6%B2%A1%E6%9C%89",
        "/laws/食品安全法/9999",
        "/laws/食品安全法/x",
    ] {
        let path = path.replace("食品安全法", "%E9%A3%9F%E5%93%81%E5%AE%89%E5%85%A8%E6%B3%95");
        let (status, _) = world.get(routes(), &path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_list_searches_filters_and_pages() {
    let world = World::demo().await;
    let all = page(&world, "/items").await;
    has(&all, &["共 130 个事项", "行政许可", "龙湾区市场监督管理局"]);
    let next = page(&world, "/items?page=2").await;
    has(&next, &["第 21—40 个"]);
    // 餐饮
    let found = page(&world, "/items?q=%E9%A4%90%E9%A5%AE").await;
    has(&found, &["食品经营许可", "搜索：餐饮"]);
    let filtered = page(&world, "/items?type=XK&body=33030300SJ&online=yes").await;
    has(
        &filtered,
        &["共 1 个事项", "去掉条件", "href=\"/items?type=XK&#38;body=33030300SJ\""],
    );
    let cancelled = page(&world, "/items?status=cancelled").await;
    has(&cancelled, &["共 1 个事项", "已取消"]);
    let nothing = page(&world, "/items?q=vvvv").await;
    has(&nothing, &["没有找到符合条件的事项"]);
    page(&world, "/items?type=%3Cscript%3E&body=%27%3B--&page=99999&theme=%25").await;
}

#[tokio::test]
async fn a_law_page_leads_to_its_items() {
    let world = World::demo().await;
    // 食品安全法 35
    let body = page(&world, "/laws/%E9%A3%9F%E5%93%81%E5%AE%89%E5%85%A8%E6%B3%95/35").await;
    has(
        &body,
        &["第三十五条", "先取得许可", "href=\"/items/33030300SJ-XK-0001\""],
    );
    has(&page(&world, "/laws").await, &["中华人民共和国食品安全法", "行政法规"]);
}

#[tokio::test]
async fn a_benchmark_is_shown_as_tables_and_can_be_tried() {
    let world = World::demo().await;
    let list = page(&world, "/benchmarks").await;
    has(
        &list,
        &[
            "未取得机动车驾驶证驾驶机动车罚款金额裁量表",
            "超标排放水污染物罚款金额裁量表",
            "未批先建罚款金额裁量表",
            "经营标签不符合规定的预包装食品罚款金额裁量表",
        ],
    );
    assert!(list.matches("/benchmark?from=").count() >= 10, "{list}");

    let guide = page(&world, "/items/33030300HB-CF-0001").await;
    has(&guide, &["/items/33030300HB-CF-0001/benchmark", "查看和试算"]);

    // D2a's worked example: one factor, class B, general area, 4 times over, first time; without the amount of water.
    let water = "/items/33030300HB-CF-0001/benchmark";
    has(
        &page(&world, water).await,
        &[
            "100000 元 至 1000000 元",
            "废水日排放量",
            "50吨以上200吨以下",
            "不是决定",
        ],
    );
    let tried = page(
        &world,
        &format!("{water}?asked=yes&factor_4=120&factor_5=3倍至8倍或30%25至50%25"),
    )
    .await;
    has(&tried, &["180000 元", "是怎样算出来的"]);

    let building = "/items/33030300HB-CF-0002/benchmark?asked=yes";
    has(&page(&world, building).await, &["还不能计算：没有“总投资额”"]);
    let tried = page(&world, &format!("{building}&factor_1=10000000")).await;
    has(&tried, &["100000 元至 500000 元", "100000 元"]);

    let driving = "/items/33030300GA-CF-0001/benchmark?asked=yes&factor_1=10052";
    has(&page(&world, driving).await, &["1500 元", "拘留：5日"]);
    has(
        &page(&world, &format!("{driving}&acted=2025-04-14")).await,
        &["没有可以适用的裁量基准"],
    );
    has(
        &page(&world, &format!("{driving}&acted=2199-01-01")).await,
        &["在今天以后"],
    );
    has(&page(&world, &format!("{driving}&acted=昨天")).await, &["日期不对"]);

    let (status, body) = world.get(routes(), "/items/33030300SJ-XK-0001/benchmark").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
}
