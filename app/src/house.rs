//! How the capabilities are put together: one blueprint, one table of routes, one set of ways through the site.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Clock, Fault, KeyRing, Parameters};
use mingjing_ledger::Place;
use mingjing_people::division::DEMO;
use mingjing_people::{Hasher, jobs as people_jobs};
use mingjing_studio::Bench;
use mingjing_web::reads::Reads;
use mingjing_web::{Footer, House, Link, Nav, Routes, Site, Tab, Throttles, USUAL_API_RATE, UploadLimits};

use crate::flow_rules::FlowRules;
use crate::settings::Settings;
use crate::worker::WorkerInspector;

/// Version of this program, recorded with every event.
pub const SOFTWARE: &str = concat!("mingjing/", env!("CARGO_PKG_VERSION"));

/// All views, tables, followers and jobs of all capabilities.
pub fn blueprint(jurisdiction: &str, parameters: Parameters) -> Blueprint {
    let blueprint = Blueprint::new(jurisdiction, SOFTWARE)
        .parameters(parameters)
        .views(mingjing_people::views::all())
        .views(mingjing_catalogue::views())
        .views(mingjing_cases::views())
        .views(mingjing_studio::views())
        .views(mingjing_ledger::views())
        .tables(mingjing_people::tables())
        .tables(mingjing_catalogue::tables())
        .tables(mingjing_cases::tables())
        .tables(mingjing_ledger::tables())
        .tables(mingjing_studio::tables())
        .followers(mingjing_cases::followers())
        .followers(mingjing_ledger::followers());
    mingjing_cases::jobs(crate::commands::paper::press())
        .into_iter()
        .chain(mingjing_catalogue::jobs())
        .fold(blueprint, |blueprint, (kind, handler)| blueprint.job(kind, handler))
        .job(people_jobs::DAILY, Arc::new(people_jobs::Daily))
}

/// All routes: what `routes.txt` prints. `log`: where the public log lies; key and journal are not asked for.
pub fn routes(site: &Site, hasher: &Hasher, log: &Place) -> Routes {
    let routes = mingjing_web::routes(site)
        .merge(mingjing_hall::routes())
        .merge(mingjing_people::routes(hasher, &Arc::new(DEMO.clone())).with(keepers()))
        .merge(mingjing_catalogue::routes())
        .merge(mingjing_catalogue::desk_routes(&open_cases()))
        .merge(mingjing_cases::routes().with(log.clone()))
        .merge(mingjing_studio::routes(&bench()))
        .merge(mingjing_ledger::routes(log, &naming()));
    mingjing_web::api::with_document(routes, site, &mingjing_people::permissions::Table)
}

/// Who says what a law wants kept.
pub fn keepers() -> mingjing_people::public::Keepers {
    let keepers: Vec<Arc<dyn mingjing_people::public::Keeping>> = vec![
        Arc::new(mingjing_people::erasing::KeepsAccounts),
        Arc::new(mingjing_cases::keeping::KeepsCases),
    ];
    keepers.into()
}

/// What the cases tell the public log, which must not know them.
fn naming() -> Arc<dyn mingjing_ledger::Naming> {
    Arc::new(mingjing_cases::pages::named::NamesOfCases)
}

/// Where flows are proven and rehearsed for those who draw them.
fn bench() -> Bench {
    Bench::new(|tables| Box::new(FlowRules::with(tables)))
}

/// What the cases tell the catalogue, which must not know them.
fn open_cases() -> Arc<dyn mingjing_catalogue::OpenCases> {
    Arc::new(mingjing_cases::views::open_of_items::OpenCasesOfItems)
}

/// Beside a busy service on the same SQLite file too: opening writes a little, so it may have to wait its turn.
pub async fn open(
    settings: &Settings,
    data: &Path,
    keys: KeyRing,
    clock: Clock,
    chance: Chance,
) -> Result<Arc<Chronicle>, Fault> {
    const TRIES: u32 = 40;
    for _ in 1..TRIES {
        match try_open(settings, data, keys.clone(), clock.clone(), chance.clone()).await {
            Err(Fault::Race(_)) => tokio::time::sleep(Duration::from_millis(250)).await,
            other => return other,
        }
    }
    try_open(settings, data, keys, clock, chance).await
}

async fn try_open(
    settings: &Settings,
    data: &Path,
    keys: KeyRing,
    clock: Clock,
    chance: Chance,
) -> Result<Arc<Chronicle>, Fault> {
    let parameters = settings.parameters().map_err(Fault::Internal)?;
    let erasing = mingjing_people::erasing::EraseJob {
        journal: settings.erasures(),
    };
    let blueprint =
        blueprint(&settings.jurisdiction, parameters).job(mingjing_people::erasing::ERASE_JOB, Arc::new(erasing));
    open_as(settings, data, keys, clock, chance, blueprint).await
}

/// With another blueprint than the usual.
pub async fn open_as(
    settings: &Settings,
    data: &Path,
    keys: KeyRing,
    clock: Clock,
    chance: Chance,
    blueprint: Blueprint,
) -> Result<Arc<Chronicle>, Fault> {
    let location = settings.location(data).map_err(Fault::Internal)?;
    Chronicle::open(location, blueprint, keys, clock, chance).await
}

pub fn site(settings: &Settings, demo: bool) -> Site {
    let footer = &settings.footer;
    Site {
        name: settings.site_name.clone(),
        division: settings.division.clone(),
        division_code: settings.jurisdiction.clone(),
        domain: settings.domain.clone(),
        demo,
        secure: settings.https,
        footer: Footer {
            host: footer.host.clone(),
            operator: footer.operator.clone(),
            phone: footer.phone.clone(),
            address: footer.address.clone(),
            site_code: footer.site_code.clone(),
            icp: footer.icp.clone(),
            police: footer.police.clone(),
            software: SOFTWARE.to_owned(),
        },
    }
}

/// Requests to the API a second for one token or session network: a parameter of the place.
fn throttles(chronicle: &Chronicle) -> Throttles {
    let parameters = chronicle.context(Actor::system()).parameters;
    let rate = parameters.number("api.requests_per_second", i64::from(USUAL_API_RATE));
    Throttles::default().with_api_rate(u32::try_from(rate.max(1)).unwrap_or(USUAL_API_RATE))
}

pub fn house(chronicle: Arc<Chronicle>, site: Site, clock: Clock, chance: Chance) -> House {
    House {
        authority: Arc::new(mingjing_people::permissions::Table),
        sessions: Arc::new(mingjing_people::SessionBook::new(Arc::clone(&chronicle))),
        inspector: Arc::new(WorkerInspector::default()),
        site: Arc::new(site),
        nav: Arc::new(nav()),
        throttles: Arc::new(throttles(&chronicle)),
        uploads: UploadLimits::default(),
        reads: Reads::kept(),
        flash_key: Arc::new(chance.bytes::<32>()),
        clock,
        chance,
        chronicle,
    }
}

fn nav() -> Nav {
    let tab = |label, path| Tab {
        label,
        link: Link::to(path),
    };
    Nav {
        home: Link::to("/"),
        tabs: vec![
            tab("首页", "/"),
            tab("我要办", "/items"),
            tab("我要查", "/progress"),
            tab("办件公开", "/public"),
            tab("我的办件", "/my"),
        ],
        side: vec![
            mingjing_cases::pages::links::side(),
            mingjing_ledger::side(),
            mingjing_catalogue::side(),
            mingjing_studio::side(),
            mingjing_people::links::side(),
        ],
        search: Link::to("/search"),
        cite: mingjing_catalogue::cite_page(),
        sign_in: Link::to("/sign-in"),
        sign_out: Link::to("/sign-out"),
        my_cases: Link::to("/my"),
        desk: Link::to("/desk"),
        report_error: Link::to("/report-error"),
        site_map: Link::to("/site-map"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::commands::demo;

    /// `UPDATE_GOLDEN=1 cargo nextest run -p mingjing` writes the file anew: a new route is seen in review,
    /// with who may take it.
    #[test]
    fn the_table_of_routes_is_the_reviewed_one() {
        let settings = demo::settings(Path::new("nowhere"), ([127, 0, 0, 1], 0).into(), None);
        let hasher = Hasher::new(mingjing_people::Cost::USUAL, Chance::seeded(1));
        let mut printed = String::new();
        for line in routes(&site(&settings, true), &hasher, &Place::of_files("nowhere".into())).table() {
            printed.push_str(&format!("{:<7}{:<57} {}\n", line.method, line.path, line.access));
        }
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/routes.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(golden, &printed).unwrap();
        }
        assert_eq!(std::fs::read_to_string(golden).unwrap_or_default(), printed);
    }

    /// Every permission that a route asks for is given to somebody: otherwise a page could never be reached.
    #[test]
    fn every_permission_that_routes_ask_for_is_granted_to_somebody() {
        let settings = demo::settings(Path::new("nowhere"), ([127, 0, 0, 1], 0).into(), None);
        let hasher = Hasher::new(mingjing_people::Cost::USUAL, Chance::seeded(1));
        for line in routes(&site(&settings, true), &hasher, &Place::of_files("nowhere".into())).table() {
            let known = matches!(line.access.as_str(), "public" | "signed_in")
                || mingjing_people::permissions::GRANTS
                    .iter()
                    .any(|grant| grant.permission == line.access);
            assert!(known, "nobody may take {} {}: {}", line.method, line.path, line.access);
        }
    }
}
