//! What a page can do the API can do: each page's route has its operation, or a reason why it needs none. A new page fails
//! here until somebody says which.

use std::collections::BTreeSet;

use mingjing_cases::decide::Act;
use mingjing_cases::operate::Operation;
use mingjing_cases::penalty::PenaltyAct;

use super::read;

enum Door {
    /// The operations that do or read the same.
    Api(&'static [&'static str]),
    /// Asks or confirms; what it leads to has its own line.
    Form,
    /// Why departments' systems need none.
    No(&'static str),
}

use Door::{Api, Form, No};

const BROWSER: Door = No("the visitor's own browser session; systems have tokens");
const PERSONAL: Door = No("a person's own account, answered for in person");
const ADMINISTRATORS: Door = No("the seats of the three administrators are filled in person, two of them together");
const ERASING: Door = No("what is erased is proposed and confirmed in person by two of the three administrators");
const WATCHING: Door = No("who supervises asks for a check in person");
const PASSWORD: Door = No("a one-time password is shown to one person once");
const DRAFT: Door = No("a draft is the page's memory; the API hands in the whole at once");
const RECEIPT: Door = No("a receipt is a file for who was there; not in the API yet");
const ADJUSTING: Door = No("the legal office's own list; what comes of it are changes");
const CHANGING: Door =
    No("a change is drafted and judged by people in front of the whole of it; no department's system asked for it yet");
const FILES: Door = No("a file at an address that stays is itself for machines");
const CLEANING: Door = No("a clean-up is planned and judged by people in front of the whole of it");
const DRAFTING: Door = No("drafted by hand with findings and preview beside it; what comes of it is a change");
const LIBRARY: Door =
    No("kept by the legal office in front of what it means for items; no department's system asked for it yet");
const HEAT: Door = No("counts over a drawing, for who supervises; not in the API yet");
const DRAWING: Door = No("drawn by hand in the editor; other editors exchange the file");
const WORDS: Door = No("words about the site");
const ACTS: Door = Api(&[
    "POST /api/v1/cases/{case_no}/acts/*",
    "POST /api/v1/penalties/{case_no}/acts/*",
]);

const DOORS: &[(&str, Door)] = &[
    ("GET /", WORDS),
    ("GET /_parts", WORDS),
    ("POST /_parts", WORDS),
    ("GET /about", WORDS),
    ("GET /accessibility", WORDS),
    ("GET /privacy", WORDS),
    ("GET /report-error", WORDS),
    ("GET /site-map", WORDS),
    ("GET /assets/{name}", WORDS),
    ("GET /healthz", No("for the operator's probes")),
    ("GET /readyz", No("for the operator's probes")),
    ("GET /view", BROWSER),
    ("GET /sign-in", BROWSER),
    ("POST /sign-in", BROWSER),
    ("POST /sign-in/demo", BROWSER),
    ("GET /sign-in/password", BROWSER),
    ("POST /sign-in/password", BROWSER),
    ("POST /sign-out", BROWSER),
    ("POST /sign-out/everywhere", BROWSER),
    ("GET /register", PERSONAL),
    ("POST /register", PERSONAL),
    ("GET /account", PERSONAL),
    ("GET /account/agencies/end", PERSONAL),
    ("POST /account/agencies/end", PERSONAL),
    ("GET /account/agencies/new", PERSONAL),
    ("POST /account/agencies/new", PERSONAL),
    ("GET /account/organisations/new", PERSONAL),
    ("POST /account/organisations/new", PERSONAL),
    ("GET /account/stop", PERSONAL),
    ("POST /account/stop", PERSONAL),
    ("GET /admin/administrators", ADMINISTRATORS),
    ("POST /admin/administrators/confirm", ADMINISTRATORS),
    ("POST /admin/administrators/drop", ADMINISTRATORS),
    ("GET /admin/administrators/replace", ADMINISTRATORS),
    ("POST /admin/administrators/replace", ADMINISTRATORS),
    (
        "GET /admin/audit",
        No("the audit administrator looks in person; it is no department's matter"),
    ),
    ("GET /admin/bodies", Api(&["GET /api/v1/bodies"])),
    ("GET /admin/bodies/new", Form),
    ("POST /admin/bodies/new", Api(&["POST /api/v1/bodies"])),
    (
        "GET /admin/bodies/{body}",
        Api(&["GET /api/v1/bodies", "GET /api/v1/bodies/{body}/posts"]),
    ),
    ("GET /admin/bodies/{body}/abolish", Form),
    (
        "POST /admin/bodies/{body}/abolish",
        Api(&["POST /api/v1/bodies/{body}/posts/{post}/abolish"]),
    ),
    ("GET /admin/bodies/{body}/offices", Form),
    (
        "POST /admin/bodies/{body}/offices",
        Api(&["POST /api/v1/bodies/{body}/offices"]),
    ),
    ("GET /admin/bodies/{body}/posts", Form),
    (
        "POST /admin/bodies/{body}/posts",
        Api(&["POST /api/v1/bodies/{body}/posts"]),
    ),
    ("GET /admin/erasures", ERASING),
    ("GET /admin/erasures/new", ERASING),
    ("POST /admin/erasures/new", ERASING),
    ("POST /admin/erasures/{erasure}/confirm", ERASING),
    ("POST /admin/erasures/{erasure}/drop", ERASING),
    ("GET /desk/ledger", Api(&["GET /api/v1/ledger/standing"])),
    ("GET /desk/ledger/reads", Api(&["GET /api/v1/ledger/reads"])),
    ("POST /desk/ledger/check", WATCHING),
    ("GET /admin/officers", Api(&["GET /api/v1/officers"])),
    ("GET /admin/officers/new", Form),
    ("POST /admin/officers/new", PASSWORD),
    (
        "GET /admin/officers/{account}",
        Api(&["GET /api/v1/officers/{account}"]),
    ),
    ("GET /admin/officers/{account}/appoint", Form),
    (
        "POST /admin/officers/{account}/appoint",
        Api(&["POST /api/v1/officers/{account}/appoint"]),
    ),
    ("GET /admin/officers/{account}/certificate", Form),
    (
        "POST /admin/officers/{account}/certificate",
        Api(&["POST /api/v1/officers/{account}/certificate"]),
    ),
    ("GET /admin/officers/{account}/end", Form),
    (
        "POST /admin/officers/{account}/end",
        Api(&["POST /api/v1/officers/{account}/end"]),
    ),
    ("GET /admin/officers/{account}/password", Form),
    ("POST /admin/officers/{account}/password", PASSWORD),
    ("GET /admin/officers/{account}/restore", Form),
    (
        "POST /admin/officers/{account}/restore",
        Api(&["POST /api/v1/officers/{account}/restore"]),
    ),
    ("GET /admin/officers/{account}/revoke", Form),
    (
        "POST /admin/officers/{account}/revoke",
        Api(&["POST /api/v1/officers/{account}/revoke"]),
    ),
    ("GET /admin/officers/{account}/stop", Form),
    (
        "POST /admin/officers/{account}/stop",
        Api(&["POST /api/v1/officers/{account}/stop"]),
    ),
    ("GET /admin/tokens", Api(&["GET /api/v1/tokens"])),
    ("GET /admin/tokens/new/{body}", Form),
    ("POST /admin/tokens/new/{body}", Api(&["POST /api/v1/tokens"])),
    ("GET /admin/tokens/{account}/revoke", Form),
    (
        "POST /admin/tokens/{account}/revoke",
        Api(&["POST /api/v1/tokens/{account}/revoke"]),
    ),
    ("GET /items", Api(&["GET /api/v1/items"])),
    ("GET /desk/fines", Api(&["GET /api/v1/penalties/fines"])),
    ("GET /desk/catalogue", Api(&["GET /api/v1/items/gaps"])),
    ("GET /benchmarks", Api(&["GET /api/v1/benchmarks"])),
    (
        "GET /items/{item_code}/benchmark",
        Api(&[
            "GET /api/v1/items/{item_code}/benchmark",
            "POST /api/v1/items/{item_code}/benchmark",
        ]),
    ),
    ("GET /items/{item_code}", Api(&["GET /api/v1/items/{item_code}"])),
    ("GET /search", Api(&["GET /api/v1/items/search"])),
    ("GET /laws", Api(&["GET /api/v1/laws", "GET /api/v1/laws/search"])),
    (
        "GET /laws/cite",
        No("leads from words to the article; the API names both"),
    ),
    ("GET /laws/{name}", Api(&["GET /api/v1/laws/{law}"])),
    (
        "GET /laws/{name}/compare",
        No("two editions side by side; the API gives each of them"),
    ),
    (
        "GET /laws/{name}/{place}",
        Api(&["GET /api/v1/laws/{law}/editions/{edition}"]),
    ),
    (
        "GET /laws/{name}/{edition}/{article}",
        Api(&["GET /api/v1/laws/{law}/editions/{edition}/articles/{article}"]),
    ),
    ("GET /desk/catalogue/import", Api(&["GET /api/v1/item-tables"])),
    ("POST /desk/catalogue/import", Api(&["POST /api/v1/item-tables"])),
    (
        "GET /desk/catalogue/import/{number}",
        Api(&["GET /api/v1/item-tables/{number}"]),
    ),
    (
        "POST /desk/catalogue/import/{number}",
        Api(&[
            "POST /api/v1/item-tables/{number}/mapping",
            "POST /api/v1/item-tables/{number}/filing",
            "POST /api/v1/item-tables/{number}/registration",
            "POST /api/v1/item-tables/{number}/giving-up",
        ]),
    ),
    (
        "GET /desk/catalogue/import/{number}/report",
        Api(&["GET /api/v1/item-tables/{number}"]),
    ),
    ("GET /desk/catalogue/export", FILES),
    ("GET /open-data", FILES),
    ("GET /open-data/statistics", FILES),
    ("GET /open-data/{file}", FILES),
    ("GET /desk/clean-up", Api(&["GET /api/v1/clean-up/tasks"])),
    ("GET /desk/clean-up/new", Form),
    ("POST /desk/clean-up/new", CLEANING),
    ("GET /desk/clean-up/tasks/{task}", Api(&["GET /api/v1/clean-up/tasks"])),
    ("POST /desk/clean-up/tasks/{task}", CLEANING),
    ("GET /desk/drafting", DRAFTING),
    ("GET /desk/drafting/{item_code}", DRAFTING),
    ("GET /desk/drafting/{item_code}/benchmark", DRAFTING),
    ("POST /desk/drafting/{item_code}/benchmark", DRAFTING),
    ("GET /desk/drafting/{item_code}/benchmark/file", DRAFTING),
    ("GET /desk/drafting/{item_code}/discard", DRAFTING),
    ("POST /desk/drafting/{item_code}/discard", DRAFTING),
    ("GET /desk/drafting/{item_code}/form", DRAFTING),
    ("POST /desk/drafting/{item_code}/form", DRAFTING),
    ("GET /desk/drafting/{item_code}/situation", DRAFTING),
    ("POST /desk/drafting/{item_code}/situation", DRAFTING),
    ("GET /desk/field-sets", LIBRARY),
    ("GET /desk/field-sets/{power_type}", LIBRARY),
    ("POST /desk/field-sets/{power_type}", LIBRARY),
    ("GET /desk/materials", LIBRARY),
    ("GET /desk/materials/{definition}", LIBRARY),
    ("POST /desk/materials/{definition}", LIBRARY),
    ("GET /material-forms/{definition}/{version}/{which}", LIBRARY),
    ("GET /desk/changes", Api(&["GET /api/v1/item-changes"])),
    ("GET /desk/changes/new", CHANGING),
    ("POST /desk/changes/new", CHANGING),
    ("GET /desk/changes/{change_no}", CHANGING),
    // What was confirmed can be entered by a system; filing, reviewing and replying are for people.
    (
        "POST /desk/changes/{change_no}",
        Api(&["POST /api/v1/item-changes/{change_no}/entry"]),
    ),
    ("GET /desk/changes/{change_no}/reply", CHANGING),
    ("GET /desk/flows", DRAWING),
    ("GET /desk/flows/{item_code}", DRAWING),
    ("GET /desk/flows/{item_code}/compare", DRAWING),
    ("GET /desk/flows/{item_code}/discard", Form),
    ("GET /desk/flows/{item_code}/edit", DRAWING),
    ("GET /desk/flows/{item_code}/file", DRAWING),
    ("POST /desk/flows/{item_code}/check", DRAWING),
    ("POST /desk/flows/{item_code}/discard", DRAFT),
    ("POST /desk/flows/{item_code}/draft", DRAFT),
    ("POST /desk/flows/{item_code}/rehearse", DRAWING),
    ("GET /desk/heat", HEAT),
    ("GET /desk/heat/{item_code}", HEAT),
    ("GET /desk/law-changes", ADJUSTING),
    ("GET /desk/law-changes/{law}/{edition}", ADJUSTING),
    ("POST /desk/law-changes/{law}/{edition}", ADJUSTING),
    ("GET /announcements", Api(&["GET /api/v1/announcements"])),
    ("GET /apply/{item_code}", DRAFT),
    ("POST /apply/{item_code}", DRAFT),
    ("GET /my/drafts/{draft}", DRAFT),
    ("GET /my/drafts/{draft}/check", DRAFT),
    ("POST /my/drafts/{draft}/check", Api(&["POST /api/v1/my/cases"])),
    ("GET /my/drafts/{draft}/delivery", DRAFT),
    ("POST /my/drafts/{draft}/delivery", DRAFT),
    ("GET /my/drafts/{draft}/discard", DRAFT),
    ("POST /my/drafts/{draft}/discard", DRAFT),
    ("GET /my/drafts/{draft}/files/{blob}", DRAFT),
    ("GET /my/drafts/{draft}/form/{section}", DRAFT),
    ("POST /my/drafts/{draft}/form/{section}", DRAFT),
    ("GET /my/drafts/{draft}/situation", DRAFT),
    ("POST /my/drafts/{draft}/situation", DRAFT),
    ("GET /my/drafts/{draft}/materials", DRAFT),
    ("POST /my/drafts/{draft}/materials/{material}", DRAFT),
    ("POST /my/drafts/{draft}/materials/{material}/remove", DRAFT),
    ("GET /my/drafts/{draft}/party", DRAFT),
    ("POST /my/drafts/{draft}/party", DRAFT),
    ("GET /my", Api(&["GET /api/v1/my/cases", "GET /api/v1/my/penalties"])),
    ("GET /my/inbox", Api(&["GET /api/v1/my/inbox"])),
    (
        "GET /my/cases/{case_no}",
        Api(&["GET /api/v1/my/cases/{case_no}", "GET /api/v1/my/penalties/{case_no}"]),
    ),
    ("GET /my/cases/{case_no}/defend", Form),
    (
        "POST /my/cases/{case_no}/defend",
        Api(&["POST /api/v1/my/penalties/{case_no}/defend"]),
    ),
    ("GET /my/cases/{case_no}/recusal", Form),
    (
        "POST /my/cases/{case_no}/recusal",
        Api(&["POST /api/v1/my/penalties/{case_no}/recusal"]),
    ),
    ("GET /my/cases/{case_no}/electronic-service", Form),
    (
        "POST /my/cases/{case_no}/electronic-service",
        Api(&["POST /api/v1/my/penalties/{case_no}/electronic-service"]),
    ),
    ("GET /my/cases/{case_no}/waive", Form),
    (
        "POST /my/cases/{case_no}/waive",
        Api(&["POST /api/v1/my/penalties/{case_no}/waive"]),
    ),
    (
        "GET /my/cases/{case_no}/files/{blob}",
        Api(&["GET /api/v1/my/cases/{case_no}/files/{file}"]),
    ),
    (
        "GET /my/cases/{case_no}/papers/{paper_id}",
        Api(&[
            "GET /api/v1/my/cases/{case_no}/papers/{paper_id}",
            "GET /api/v1/my/penalties/{case_no}/papers/{paper_id}",
        ]),
    ),
    ("GET /my/cases/{case_no}/supply", Form),
    (
        "POST /my/cases/{case_no}/supply",
        Api(&["POST /api/v1/my/cases/{case_no}/supply"]),
    ),
    ("GET /my/cases/{case_no}/withdraw", Form),
    (
        "POST /my/cases/{case_no}/withdraw",
        Api(&["POST /api/v1/my/cases/{case_no}/withdraw"]),
    ),
    ("GET /my/cases/{case_no}/receipts", RECEIPT),
    ("GET /my/cases/{case_no}/receipts/{version}", RECEIPT),
    ("GET /desk/cases/{case_no}/receipts", RECEIPT),
    ("GET /desk/cases/{case_no}/receipts/{version}", RECEIPT),
    (
        "GET /ledger/{shard}/checkpoint",
        No("the log's own files, made for programs"),
    ),
    (
        "GET /ledger/{shard}/tile/{*path}",
        No("the log's own files, made for programs"),
    ),
    (
        "GET /verify",
        No("checks in the visitor's browser; programs check with `mingjing`"),
    ),
    (
        "GET /verify/papers/{asked}",
        No("public and JSON already: openings of the paper's acts, for any verifier"),
    ),
    ("GET /progress", Form),
    ("POST /progress", Api(&["POST /api/v1/progress"])),
    ("GET /public", Api(&["GET /api/v1/public/cases"])),
    ("GET /public/{case_no}", Api(&["GET /api/v1/public/cases/{case_no}"])),
    (
        "GET /public/penalties",
        Api(&["GET /api/v1/public/penalties", "GET /api/v1/public/penalties/count"]),
    ),
    ("GET /statistics", Api(&["GET /api/v1/public/statistics"])),
    ("GET /statistics.csv", Api(&["GET /api/v1/public/statistics"])),
    ("GET /statistics.xlsx", Api(&["GET /api/v1/public/statistics"])),
    ("GET /desk", Api(&["GET /api/v1/tasks"])),
    ("GET /desk/board", Api(&["GET /api/v1/board"])),
    (
        "GET /desk/cases",
        Api(&[
            "GET /api/v1/cases",
            "GET /api/v1/cases/count",
            "GET /api/v1/penalties",
            "GET /api/v1/penalties/count",
        ]),
    ),
    (
        "GET /desk/cases/{case_no}",
        Api(&["GET /api/v1/cases/{case_no}", "GET /api/v1/penalties/{case_no}"]),
    ),
    ("GET /desk/cases/{case_no}/acts/{act}", Form),
    ("POST /desk/cases/{case_no}/acts/{act}", ACTS),
    ("POST /desk/cases/{case_no}/acts/{act}/file", ACTS),
    (
        "GET /desk/cases/{case_no}/discretion",
        Api(&[
            "GET /api/v1/penalties/{case_no}/discretion",
            "POST /api/v1/penalties/{case_no}/discretion",
        ]),
    ),
    (
        "GET /desk/cases/{case_no}/files/{blob}",
        Api(&[
            "GET /api/v1/cases/{case_no}/files/{file}",
            "GET /api/v1/penalties/{case_no}/files/{file}",
        ]),
    ),
    (
        "GET /desk/cases/{case_no}/papers/{paper_id}",
        Api(&[
            "GET /api/v1/cases/{case_no}/papers/{paper_id}",
            "GET /api/v1/penalties/{case_no}/papers/{paper_id}",
        ]),
    ),
    ("GET /desk/intake", Form),
    ("GET /desk/intake/{item}", Form),
    ("POST /desk/intake/{item}", Api(&["POST /api/v1/cases"])),
    ("GET /desk/leads", Form),
    ("GET /desk/migrations", Api(&["GET /api/v1/migrations"])),
    ("GET /desk/migrations/new", Form),
    (
        "POST /desk/migrations/new",
        Api(&["POST /api/v1/migrations", "POST /api/v1/migrations/trial"]),
    ),
    (
        "GET /desk/migrations/{plan}",
        Api(&["GET /api/v1/migrations/{plan_no}"]),
    ),
    (
        "POST /desk/migrations/{plan}",
        Api(&[
            "POST /api/v1/migrations/{plan_no}/confirm",
            "POST /api/v1/migrations/{plan_no}/decline",
            "POST /api/v1/migrations/{plan_no}/withdraw",
        ]),
    ),
    ("GET /desk/openings", Form),
    ("GET /desk/openings/{item}", Form),
    ("POST /desk/openings/{item}", Api(&["POST /api/v1/openings"])),
    ("GET /desk/leads/{item}", Form),
    ("POST /desk/leads/{item}", Api(&["POST /api/v1/penalties"])),
    ("GET /desk/statistics", Api(&["GET /api/v1/statistics"])),
    ("GET /desk/statistics.csv", Api(&["GET /api/v1/statistics"])),
    ("GET /desk/statistics.xlsx", Api(&["GET /api/v1/statistics"])),
];

/// `METHOD path` of every route.
fn routes() -> BTreeSet<String> {
    let text = read("app/routes.txt");
    let route = |line: &str| {
        let mut words = line.split_whitespace();
        Some(format!("{} {}", words.next()?, words.next()?))
    };
    text.lines().filter_map(route).collect()
}

#[test]
fn each_page_has_its_operation_or_a_reason_why_not() {
    let routes = routes();
    assert!(routes.len() > 200, "{}", routes.len());
    let (operations, pages): (BTreeSet<&String>, BTreeSet<&String>) =
        routes.iter().partition(|route| route.contains(" /api/"));
    let known: BTreeSet<&str> = DOORS.iter().map(|(page, _)| *page).collect();
    assert_eq!(known.len(), DOORS.len(), "a page stands twice");
    let forgotten: Vec<_> = pages.iter().filter(|page| !known.contains(page.as_str())).collect();
    assert!(forgotten.is_empty(), "no word about {forgotten:?}");
    for (page, door) in DOORS {
        assert!(pages.iter().any(|known| known == page), "there is no page {page}");
        match door {
            Api(wanted) => {
                for operation in *wanted {
                    let there = match operation.strip_suffix('*') {
                        Some(head) => operations.iter().any(|known| known.starts_with(head)),
                        None => operations.iter().any(|known| known == operation),
                    };
                    assert!(there, "{page} has no {operation}");
                }
            }
            Form => assert!(page.starts_with("GET "), "{page} does something"),
            No(reason) => assert!(!reason.is_empty()),
        }
    }
}

#[test]
fn each_act_of_each_procedure_has_its_operation() {
    let routes = routes();
    let there = |path: String| assert!(routes.contains(&path), "there is no {path}");
    for act in Act::ALL.into_iter().chain(Operation::of_people().map(Act::Operate)) {
        there(format!("POST /api/v1/cases/{{case_no}}/acts/{}", act.key()));
    }
    for act in PenaltyAct::ALL.iter().filter(|act| **act != PenaltyAct::RegisterLead) {
        there(format!("POST /api/v1/penalties/{{case_no}}/acts/{}", act.key()));
    }
}
