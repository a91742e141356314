use axum::Router;
use axum::response::Response;
use mingjing_chronicle::Refusal;
use mingjing_web::{Access, Desk, Form, Link, Problem, Routes, Scope, UploadLimits};

use crate::asking::{get, post};
use crate::house::{BROKEN, CITIZEN, CLERK, CROWDED, REVIEW, house, house_with};

async fn refuse() -> Problem {
    Refusal::law("test.too_early", "补正期限还没有过。")
        .article("行政许可法第三十二条")
        .advice("请等待申请人补正。")
        .into()
}

async fn fail() -> Problem {
    Problem::fault("the secret of the table users")
}

async fn panic() -> Response {
    panic!("a bug");
}

async fn save(desk: Desk, form: Form<()>) -> Response {
    desk.go_saying(
        &Link::to("/_parts"),
        &format!("已保存，看到的是第 {} 版。", form.meta.seen.unwrap_or(0)),
    )
}

async fn careless() -> &'static str {
    "done without looking at the token"
}

async fn review(desk: Desk) -> Result<String, Problem> {
    match desk.require(REVIEW)? {
        Scope::OwnBody { bodies } => Ok(format!("{bodies:?}")),
        other => Ok(format!("{other:?}")),
    }
}

fn routes() -> Routes {
    Routes::new()
        .get("/refuse", Access::Public, refuse)
        .get("/api/v1/refuse", Access::Public, refuse)
        .post("/api/v1/note", Access::Public, || async { "noted" })
        .get("/fail", Access::Public, fail)
        .get("/panic", Access::Public, panic)
        .post("/save", Access::Public, save)
        .post("/careless", Access::Public, careless)
        .get("/mine", Access::SignedIn, || async { "mine" })
        .get("/review", Access::May(REVIEW), review)
}

async fn site() -> Router {
    let house = house().await;
    mingjing_web::routes(&house.site).merge(routes()).into_router(house)
}

fn signed_in(token: &str) -> String {
    format!("mingjing={token}")
}

#[tokio::test]
async fn every_page_carries_the_security_headers() {
    let site = site().await;
    for path in ["/_parts", "/nowhere", "/fail", "/mine"] {
        let answer = get(&site, path, &[]).await;
        let policy = answer.header("content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'nonce-"),
            "{path}: {policy}"
        );
        assert!(policy.contains("'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "private, no-store", "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "plain http must not promise https"
        );
    }
    let (one, other) = (get(&site, "/_parts", &[]).await, get(&site, "/_parts", &[]).await);
    assert_ne!(
        one.header("content-security-policy"),
        other.header("content-security-policy"),
        "a nonce is used once"
    );
}

#[tokio::test]
async fn behind_tls_cookies_are_bound_to_the_host() {
    let house = house_with(true, UploadLimits::default()).await;
    let site = mingjing_web::routes(&house.site).into_router(house);
    let answer = get(&site, "/_parts", &[]).await;
    assert!(answer.header("set-cookie").starts_with("__Host-mingjing-form="));
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(answer.header("strict-transport-security").contains("max-age="));
    let with_plain_cookie = get(&site, "/view?mode=elder&return=//evil.example", &[]).await;
    assert_eq!(with_plain_cookie.header("location"), "/");
}

#[tokio::test]
async fn pages_hold_no_inline_script_or_style() {
    let body = get(&site().await, "/_parts", &[]).await.body;
    assert!(!body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick="));
    assert_eq!(body.matches("<script").count(), 1);
}

#[tokio::test]
async fn access_is_checked_before_the_handler() {
    let site = site().await;
    let check = async |path: &str, token: Option<&str>, status: u16, text: &str| {
        let cookie = token.map(signed_in).unwrap_or_default();
        let answer = get(&site, path, &[("cookie", &cookie)]).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {token:?}");
        assert!(answer.body.contains(text), "{path}: {}", answer.body);
    };
    check("/mine", None, 303, "").await;
    check("/mine", Some("unknown-token-unknown-token-0000"), 303, "").await;
    check("/mine", Some(CITIZEN), 200, "mine").await;
    check("/review", None, 303, "").await;
    check("/review", Some(CITIZEN), 403, "您没有办理这件事的权限").await;
    check("/review", Some(CLERK), 200, "{\"b1\"}").await;
    let answer = get(&site, "/mine?tab=papers&x=1", &[]).await;
    assert_eq!(
        answer.header("location"),
        "/sign-in?return=%2Fmine%3Ftab%3Dpapers%26x%3D1"
    );
}

#[tokio::test]
async fn a_refusal_reads_the_same_on_page_fragment_and_api() {
    let site = site().await;
    let page = get(&site, "/refuse", &[]).await;
    let fragment = get(
        &site,
        "/refuse",
        &[("hx-request", "true"), ("hx-request-type", "partial")],
    )
    .await;
    let json = get(&site, "/refuse", &[("accept", "application/json")]).await;
    let api = get(&site, "/api/v1/refuse", &[]).await;
    for answer in [&page, &fragment, &json, &api] {
        assert_eq!(answer.status.as_u16(), 409);
        for text in [
            "现在不能这样办理",
            "补正期限还没有过。",
            "行政许可法第三十二条",
            "请等待申请人补正。",
        ] {
            assert!(answer.body.contains(text), "{text} in {}", answer.body);
        }
    }
    assert!(page.body.starts_with("<!doctype html>") && !fragment.body.contains("<html"));
    assert_eq!(json.header("content-type"), "application/problem+json; charset=utf-8");
    assert!(json.body.contains("\"code\":\"test.too_early\"") && json.body.contains("\"status\":409"));
    assert_eq!(json.body, api.body);
}

#[tokio::test]
async fn a_fault_shows_a_number_and_nothing_else() {
    let site = site().await;
    for path in ["/fail", "/panic"] {
        let answer = get(&site, path, &[]).await;
        assert_eq!(answer.status.as_u16(), 500);
        assert!(answer.body.contains("事件编号") && !answer.body.contains("secret") && !answer.body.contains("bug"));
    }
    let answer = get(&site, "/_parts", &[("cookie", &signed_in(BROKEN))]).await;
    assert_eq!(answer.status.as_u16(), 500);
    assert!(!answer.body.contains("table"));
}

#[tokio::test]
async fn a_crowd_is_told_to_come_again() {
    let site = site().await;
    for path in ["/_parts", "/api/v1/refuse"] {
        let answer = get(&site, path, &[("cookie", &signed_in(CROWDED))]).await;
        assert_eq!(answer.status.as_u16(), 503, "{path}");
        assert_eq!(answer.header("retry-after"), "2", "{path}");
    }
}

#[tokio::test]
async fn a_form_needs_its_token() {
    let site = site().await;
    let page = get(&site, "/_parts", &[]).await;
    let (token, key, cookie) = (
        page.hidden("_csrf"),
        page.hidden("_key"),
        page.cookie("mingjing-form").unwrap(),
    );
    let good = format!("_csrf={token}&_key={key}&_seen=7");
    let check = async |cookie: &str, form: &str, headers: &[(&str, &str)], expect: u16| {
        let headers: Vec<_> = [("cookie", cookie)]
            .into_iter()
            .chain(headers.iter().copied())
            .collect();
        let answer = post(&site, "/save", &headers, form).await;
        assert_eq!(answer.status.as_u16(), expect, "{form} {headers:?}\n{}", answer.body);
        answer
    };
    let saved = check(&cookie, &good, &[], 303).await;
    check(&cookie, &good, &[("sec-fetch-site", "same-origin")], 303).await;
    check(&cookie, &good, &[("sec-fetch-site", "cross-site")], 403).await;
    check(&cookie, &good, &[("sec-fetch-site", "same-site")], 403).await;
    check(
        &cookie,
        &good,
        &[("origin", "https://evil.example"), ("host", "localhost")],
        403,
    )
    .await;
    check("", &good, &[], 403).await;
    check("mingjing-form=0123456789abcdef0123456789abcdef", &good, &[], 403).await;
    check(&cookie, &format!("_key={key}"), &[], 403).await;
    check(&cookie, &format!("_csrf=&_key={key}"), &[], 403).await;
    check(&cookie, &format!("_csrf={token}"), &[], 403).await;
    // The message of the redirect is shown once.
    let flash = saved.cookie("mingjing-flash").unwrap();
    let shown = get(&site, "/_parts", &[("cookie", &format!("{cookie}; {flash}"))]).await;
    assert!(shown.body.contains("已保存，看到的是第 7 版。"));
    assert_eq!(shown.cookie("mingjing-flash").as_deref(), Some("mingjing-flash="));
    let forged = get(&site, "/_parts", &[("cookie", "mingjing-flash=5L2g5Lit5aWW5LqG.00")]).await;
    assert!(!forged.body.contains("你中奖了"));
}

#[tokio::test]
async fn a_token_of_before_signing_in_does_not_count_after() {
    let site = site().await;
    let page = get(&site, "/_parts", &[]).await;
    let form = format!("_csrf={}&_key={}", page.hidden("_csrf"), page.hidden("_key"));
    let cookies = format!("{}; {}", page.cookie("mingjing-form").unwrap(), signed_in(CLERK));
    assert_eq!(
        post(&site, "/save", &[("cookie", &cookies)], &form)
            .await
            .status
            .as_u16(),
        403
    );
    let form = "_csrf=clerk-form-token-0123456789abcdef&_key=0123456789abcdef0123";
    assert_eq!(
        post(&site, "/save", &[("cookie", &signed_in(CLERK))], form)
            .await
            .status
            .as_u16(),
        303
    );
    assert_eq!(
        post(&site, "/save", &[("cookie", &signed_in(CITIZEN))], form)
            .await
            .status
            .as_u16(),
        403
    );
}

#[tokio::test]
async fn a_handler_that_forgets_the_token_is_a_fault() {
    assert_eq!(post(&site().await, "/careless", &[], "").await.status.as_u16(), 500);
}

#[tokio::test]
async fn a_form_with_errors_comes_back_filled() {
    let site = site().await;
    let page = get(&site, "/_parts", &[]).await;
    let form = format!(
        "_csrf={}&_key={}&name=%E5%BC%A0%E4%B8%89&opening-year=2026&opening-month=13&opening-day=1&notes=%3Cscript%3E",
        page.hidden("_csrf"),
        page.hidden("_key")
    );
    let answer = post(
        &site,
        "/_parts",
        &[("cookie", &page.cookie("mingjing-form").unwrap())],
        &form,
    )
    .await;
    assert_eq!(answer.status.as_u16(), 200);
    for text in [
        "<title>错误：部件一览",
        "有问题需要改正",
        "<a href=\"#opening\">开业日期不是真实的日期",
        "<span class=\"govuk-visually-hidden\">错误：</span>请选择主体业态",
        "value=\"张三\"",
        "value=\"13\"",
        "aria-invalid=\"true\"",
    ] {
        assert!(answer.body.contains(text), "{text}");
    }
    assert!(!answer.body.contains("<script>"), "values are escaped");
    assert_ne!(
        answer.hidden("_key"),
        page.hidden("_key"),
        "a fresh key for the next try"
    );
}

#[tokio::test]
async fn broken_forms_are_told_so() {
    let site = site().await;
    let check = async |kind: &str, body: Vec<u8>, expect: u16| {
        let request = axum::http::Request::post("/save")
            .header("content-type", kind)
            .body(body.into())
            .unwrap();
        let answer = crate::asking::ask(&site, request).await;
        assert_eq!(answer.status.as_u16(), expect, "{kind}: {}", answer.body);
        assert!(answer.body.starts_with("<!doctype html>"));
    };
    let urlencoded = "application/x-www-form-urlencoded";
    check("text/plain", b"x".to_vec(), 400).await;
    check("", b"x".to_vec(), 400).await;
    check(urlencoded, b"%zz=%ff%fe&&&==".to_vec(), 403).await;
    check(urlencoded, vec![b'a'; 300 * 1024], 413).await;
    check(urlencoded, b"a=1&".repeat(1500), 413).await;
}

#[tokio::test]
async fn the_api_takes_json_and_nothing_that_a_foreign_form_could_send() {
    let site = site().await;
    let check = async |kind: &str, expect: u16| {
        let request = axum::http::Request::post("/api/v1/note")
            .header("content-type", kind)
            .body("{}".into())
            .unwrap();
        assert_eq!(
            crate::asking::ask(&site, request).await.status.as_u16(),
            expect,
            "{kind}"
        );
    };
    check("application/json", 200).await;
    check("application/json; charset=utf-8", 200).await;
    check("text/plain", 415).await;
    check("application/x-www-form-urlencoded", 415).await;
    check("", 415).await;
}

#[tokio::test]
async fn unknown_paths_and_methods_get_a_page() {
    let site = site().await;
    let missing = get(&site, "/nowhere", &[]).await;
    assert_eq!(missing.status.as_u16(), 404);
    assert!(missing.body.contains("没有找到您要的页面"));
    assert_eq!(post(&site, "/mine", &[], "").await.status.as_u16(), 405);
}

#[tokio::test]
async fn styles_and_scripts_are_cached_for_ever_and_zipped() {
    let site = site().await;
    let name = mingjing_web::assets::style();
    let plain = get(&site, name, &[]).await;
    let zipped = get(&site, name, &[("accept-encoding", "br, gzip;q=0.5")]).await;
    assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(
        (plain.header("content-encoding"), zipped.header("content-encoding")),
        ("", "gzip")
    );
    assert_eq!(plain.header("set-cookie"), "");
    for path in [
        "/assets/.vite/manifest.json",
        "/assets/nothing.css",
        "/assets/..%2fCargo.toml",
    ] {
        assert_eq!(get(&site, path, &[]).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_elder_mode_is_kept_in_a_cookie() {
    let site = site().await;
    let chosen = get(&site, "/view?mode=elder&return=%2F_parts%3Fx%3D1", &[]).await;
    assert_eq!(
        (chosen.status.as_u16(), chosen.header("location")),
        (303, "/_parts?x=1")
    );
    let page = get(
        &site,
        "/_parts",
        &[("cookie", &chosen.cookie("mingjing-view").unwrap())],
    )
    .await;
    assert!(page.body.contains("mj-elder") && page.body.contains("返回标准版"));
}

#[tokio::test]
async fn the_table_of_routes_names_every_access() {
    let table = routes().table();
    let lines: Vec<String> = table
        .iter()
        .map(|line| format!("{} {} {}", line.method, line.path, line.access))
        .collect();
    assert!(lines.contains(&"GET /review test.review".to_owned()) && lines.contains(&"POST /save public".to_owned()));
    assert_eq!(lines.len(), 9);
}
