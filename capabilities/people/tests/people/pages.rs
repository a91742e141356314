//! Pages through the router: who may see them, forms that work without scripts, what comes of bad input.

use std::sync::Arc;

use axum::http::StatusCode;
use mingjing_people::division::DEMO;
use mingjing_people::public::Officer;
use mingjing_people::role::AccountRole;
use mingjing_people::sign_in;
use mingjing_testkit::TestOffice;

use crate::browser::{Browser, office};
use crate::city::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_registers_signs_in_and_out() {
    let office = office().await;
    let mut browser = Browser::at(&office, false);
    let facts = [
        ("name", "王小明"),
        ("document", "id_card"),
        ("document_no", "440524188001010014"),
        ("phone", "13900139000"),
        ("login_name", "wang.xm"),
        ("password_new", PASSWORD),
        ("password_again", PASSWORD),
        ("agree", "yes"),
    ];
    let answer = browser.fill("/register", "/register", &facts).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (StatusCode::SEE_OTHER, "/sign-in"),
        "{}",
        answer.body
    );

    let answer = browser
        .fill(
            "/sign-in",
            "/sign-in",
            &[("login_name", "wang.xm"), ("password", "错的密码")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains(sign_in::CLOSED));
    office.clock.advance_hours(1);
    let answer = browser
        .fill(
            "/sign-in",
            "/sign-in",
            &[("login_name", "wang.xm"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (StatusCode::SEE_OTHER, "/my")
    );

    let page = browser.get("/account").await;
    assert!(page.body.contains("王小明") && page.body.contains("0014"));
    assert!(!page.body.contains("440524188001010014"), "the number is masked");
    let answer = browser.fill("/account", "/sign-out", &[]).await;
    assert_eq!(answer.location, "/");
    assert!(browser.get("/account").await.location.starts_with("/sign-in?return="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_registration_is_shown_again_with_all_its_errors() {
    let office = office().await;
    let mut browser = Browser::at(&office, false);
    let facts = [
        ("name", "王<script>"),
        ("document", "id_card"),
        ("document_no", "440524188001010015"),
        ("phone", "1"),
        ("login_name", "wang xm"),
        ("password_new", PASSWORD),
        ("password_again", PASSWORD),
        ("agree", "yes"),
    ];
    let answer = browser.fill("/register", "/register", &facts).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["document_no", "phone", "login_name"] {
        assert!(
            answer.body.contains(&format!("id=\"{field}-error\"")),
            "{field}: {}",
            answer.body
        );
    }
    assert!(!answer.body.contains("<script>\"") && answer.body.contains("王&#60;script&#62;"));
    assert!(!answer.body.contains(PASSWORD), "a password is not shown again");
    let weak = browser
        .fill(
            "/register",
            "/register",
            &[
                ("name", "王小明"),
                ("document", "id_card"),
                ("document_no", "440524188001010014"),
                ("phone", "13900139000"),
                ("login_name", "wang.xm"),
                ("password_new", "123456789012345"),
                ("password_again", "123456789012345"),
                ("agree", "yes"),
            ],
        )
        .await;
    assert!(weak.body.contains("id=\"password_new-error\""), "{}", weak.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_opens_an_account_and_appoints() {
    let office = office().await;
    let mut admin = Browser::signed_in(&office, &admin_account(AccountRole::SecurityAdmin)).await;
    let new = [("name", "赵六"), ("login_name", "zhao.liu"), ("office", OFFICE)];
    let shown = admin.fill("/admin/officers/new", "/admin/officers/new", &new).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let password = shown
        .body
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split("</code>").next())
        .unwrap()
        .to_owned();
    let list = admin.get("/admin/officers?q=%E8%B5%B5").await;
    let account = list
        .body
        .split("/admin/officers/acc-")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let account = format!("/admin/officers/acc-{account}");

    let at = |act: &str| format!("{account}/{act}");
    let post = format!("{BODY}/post-counter_clerk");
    let done = admin.fill(&at("appoint"), &at("appoint"), &[("post", &post)]).await;
    assert_eq!(done.location, account, "{}", done.body);
    let page = admin.get(&account).await;
    assert!(page.body.contains("窗口受理员岗"), "{}", page.body);
    let certificate = [
        ("no", "浙B-1"),
        ("authority", "浙江省人民政府"),
        ("valid_from-year", "2026"),
        ("valid_from-month", "1"),
        ("valid_from-day", "1"),
        ("valid_to-year", "2026"),
        ("valid_to-month", "2"),
        ("valid_to-day", "30"),
    ];
    let wrong = admin.fill(&at("certificate"), &at("certificate"), &certificate).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"valid_to-error\""));
    let stopped = admin.fill(&at("stop"), &at("stop"), &[("reason", "")]).await;
    assert!(stopped.body.contains("id=\"reason-error\""), "{}", stopped.body);

    // The new officer sets an own password with the one-time password and arrives at the worklist.
    let mut officer = Browser::at(&office, false);
    let first = [("login_name", "zhao.liu"), ("password", password.as_str())];
    let asked = officer.fill("/sign-in?kind=staff", "/sign-in", &first).await;
    assert!(asked.body.contains("请先换一个新密码"), "{}", asked.body);
    office.clock.advance_hours(1);
    let change = [
        ("login_name", "zhao.liu"),
        ("password", password.as_str()),
        ("password_new", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let changed = officer.fill("/sign-in/password", "/sign-in/password", &change).await;
    assert_eq!(
        (changed.status, changed.location.as_str()),
        (StatusCode::SEE_OTHER, "/office"),
        "{}",
        changed.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_overtaken_does_nothing() {
    let office = office().await;
    let mut admin = Browser::signed_in(&office, &admin_account(AccountRole::SecurityAdmin)).await;
    let page = format!("/admin/officers/{OFFICER}/stop");
    let form = admin.get(&page).await;
    let pairs: Vec<(String, String)> = ["_csrf", "_key", "_seen"]
        .into_iter()
        .map(|name| (name.to_owned(), form.hidden(name)))
        .chain([("reason".to_owned(), "调离".to_owned())])
        .collect();
    seed_second_post(&office).await;
    let answer = admin.post(&page, &pairs).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let officer = office
        .chronicle
        .read(|reader| reader.load::<Officer>(OFFICER))
        .await
        .unwrap();
    assert!(officer.is_active());
}

async fn seed_second_post(office: &TestOffice) {
    use mingjing_people::bootstrap::{appoint_officer, seed};
    let command = appointment(mingjing_people::role::PostRole::CounterClerk);
    seed(&office.chronicle, move |tx| appoint_officer(tx, &command, None))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_posts_are_registered_by_the_system_administrator() {
    let office = office().await;
    let mut admin = Browser::signed_in(&office, &admin_account(AccountRole::SystemAdmin)).await;
    let body = [
        ("body", "33030300WH"),
        ("name", "龙湾区文化局"),
        ("short_name", "龙文"),
        ("nature", "statutory_organ"),
        ("division", "330303"),
        ("reconsideration_organ", "龙湾区人民政府"),
        ("court", "龙湾区人民法院"),
        ("seal_word", "龙湾区文化局"),
    ];
    let done = admin.fill("/admin/bodies/new", "/admin/bodies/new", &body).await;
    assert_eq!(done.location, "/admin/bodies/33030300WH", "{}", done.body);
    let at = |act: &str| format!("/admin/bodies/33030300WH/{act}");
    let wrong = admin
        .fill(
            &at("offices"),
            &at("offices"),
            &[("office", "33030300WH-"), ("name", "办公室")],
        )
        .await;
    assert!(wrong.body.contains("id=\"office-error\""));
    let opened = admin
        .fill(
            &at("offices"),
            &at("offices"),
            &[("office", "33030300WH-BGS"), ("name", "办公室")],
        )
        .await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    let post = [("office", "33030300WH-BGS"), ("role", "approver"), ("title", "局长")];
    assert_eq!(
        admin.fill(&at("posts"), &at("posts"), &post).await.status,
        StatusCode::SEE_OTHER
    );
    let page = admin.get("/admin/bodies/33030300WH").await;
    assert!(page.body.contains("局长") && page.body.contains("批准人"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_legal_representative_registers_and_entrusts_on_pages() {
    let office = office().await;
    let mut zhang = Browser::signed_in(&office, CITIZEN).await;
    let organisation = [
        ("uscc", "91330303MA2000000E"),
        ("name", "某某餐饮"),
        ("address", "永中"),
        ("phone", "13800138000"),
    ];
    let page = "/account/organisations/new";
    assert_eq!(zhang.fill(page, page, &organisation).await.location, "/account");
    let page = "/account/agencies/new?for=91330303MA2000000E";
    let agency = |login_name, name| {
        [
            ("agent", login_name),
            ("agent_name", name),
            ("items", "33030300SJ-XK-0001，33030300SJ-XK-0002"),
            ("valid_from-year", "2026"),
            ("valid_from-month", "3"),
            ("valid_from-day", "2"),
            ("valid_to-year", "2026"),
            ("valid_to-month", "12"),
            ("valid_to-day", "31"),
        ]
    };
    // The wrong name and the unknown login name get the same words.
    let wrong = zhang.fill(page, page, &agency("wu.wu", "吴六")).await;
    let unknown = zhang.fill(page, page, &agency("nobody", "吴五")).await;
    for answer in [&wrong, &unknown] {
        assert!(
            answer.body.contains("没有找到姓名和登录名都相符的个人账号"),
            "{}",
            answer.body
        );
    }
    assert_eq!(
        zhang.fill(page, page, &agency("wu.wu", "吴五")).await.location,
        "/account"
    );
    let mut wu = Browser::signed_in(&office, AGENT).await;
    let page = wu.get("/account").await;
    assert!(
        page.body.contains("某某餐饮") && page.body.contains("不再代办"),
        "{}",
        page.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_administrator_sees_who_granted_what() {
    let office = office().await;
    let mut audit = Browser::signed_in(&office, &admin_account(AccountRole::AuditAdmin)).await;
    let page = audit
        .get("/admin/audit?who=li.si&kind=officer.&from=2026-03-02&to=2026-03-02")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("任职：承办人岗") && page.body.contains("李四"),
        "{}",
        page.body
    );
    let none = audit.get("/admin/audit?from=2026-03-03").await;
    assert!(none.body.contains("没有符合条件的记录"));
    assert_eq!(audit.get("/admin/administrators").await.status, StatusCode::OK);
}

/// Every route, for everybody: who lacks the permission gets 403, who is not signed in is sent to sign in.
#[tokio::test(flavor = "multi_thread")]
async fn each_route_admits_whom_its_access_names() {
    let office = office().await;
    let table = mingjing_people::routes(&hasher(), &Arc::new(DEMO.clone())).table();
    assert!(table.len() > 45, "{}", table.len());
    let accounts = [
        None,
        Some(CITIZEN.to_owned()),
        Some(OFFICER.to_owned()),
        Some(admin_account(AccountRole::SystemAdmin)),
        Some(admin_account(AccountRole::SecurityAdmin)),
        Some(admin_account(AccountRole::AuditAdmin)),
    ];
    for account in accounts {
        let mut browser = match &account {
            Some(account) => Browser::signed_in(&office, account).await,
            None => Browser::at(&office, false),
        };
        let who = match &account {
            Some(account) => actor(&office.chronicle, account).await,
            None => mingjing_chronicle::Actor::public(),
        };
        for line in &table {
            let path = line.path.replace("{account}", OFFICER).replace("{body}", BODY);
            let may = match line.access.as_str() {
                "public" => true,
                "signed_in" => account.is_some(),
                permission => {
                    let permission = mingjing_people::permissions::GRANTS
                        .iter()
                        .find(|grant| grant.permission == permission)
                        .unwrap_or_else(|| panic!("{permission} is granted to nobody"))
                        .permission;
                    mingjing_people::permissions::scope(&who, mingjing_web::Permission(permission)).is_some()
                }
            };
            let answer = match line.method {
                "GET" => browser.get(&path).await,
                // Without a token: who may pass stops at the form, nobody else gets that far.
                _ => browser.post(&path, &[]).await,
            };
            let told = format!("{} {path} by {account:?}: {}", line.method, answer.status);
            let refused = answer.status == StatusCode::FORBIDDEN && answer.body.contains("权限");
            if path.starts_with("/api/") {
                // The same for programs, in their words: no form is taken, nobody is sent to a page.
                let expect = match (may, &account, line.method) {
                    (true, _, "GET") => StatusCode::OK,
                    (true, _, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    (false, None, _) => StatusCode::UNAUTHORIZED,
                    (false, Some(_), _) => StatusCode::FORBIDDEN,
                };
                assert_eq!(answer.status, expect, "{told}");
                continue;
            }
            let to_sign_in = answer.status == StatusCode::SEE_OTHER && answer.location.starts_with("/sign-in?");
            match (may, &account, line.method) {
                (true, _, "GET") => assert_eq!(answer.status, StatusCode::OK, "{told}"),
                (true, _, _) => assert!(answer.body.contains("这张表单已经失效"), "{told}"),
                (false, None, _) => assert!(to_sign_in, "{told}"),
                (false, Some(_), _) => assert!(refused, "{told}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_sign_in_exists_in_a_demo_only() {
    let office = office().await;
    let mut real = Browser::at(&office, false);
    assert!(!real.get("/sign-in?kind=staff").await.body.contains("点一下就登录"));
    let answer = real.fill("/sign-in", "/sign-in/demo", &[("account", OFFICER)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let mut demo = Browser::at(&office, true);
    let page = demo.get("/sign-in?kind=staff").await;
    assert!(page.body.contains("李四") && page.body.contains("承办人岗") && page.body.contains("审计管理员"));
    let answer = demo
        .fill("/sign-in?kind=staff", "/sign-in/demo", &[("account", OFFICER)])
        .await;
    assert_eq!(answer.location, "/office");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_tries_too_often_waits() {
    let office = office().await;
    let mut browser = Browser::at(&office, false);
    let mut statuses = Vec::new();
    for _ in 0..22 {
        let answer = browser
            .fill("/sign-in", "/sign-in", &[("login_name", "li.si"), ("password", "错")])
            .await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses[0], StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(statuses[21], StatusCode::TOO_MANY_REQUESTS);
}
