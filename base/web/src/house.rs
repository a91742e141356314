//! What every page may reach: the state behind the router.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use mingjing_chronicle::{Actor, Chance, Chronicle, Clock, Fault};

use crate::link::Link;
use crate::reads::Reads;
use crate::scope::{Permission, Scope};
use crate::throttle::Throttle;
use crate::upload::{Inspector, UploadLimits};

/// A future behind a trait object.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Says how far an actor may do something; `None` is no. Implemented by people over the permission table.
pub trait Authority: Send + Sync {
    fn scope(&self, actor: &Actor, permission: Permission) -> Option<Scope>;
}

/// Finds who is behind a session cookie. Implemented by people, who own the table.
pub trait Sessions: Send + Sync {
    /// `token_hash` is [`crate::session::token_hash`] of the cookie. Expired and revoked sessions are `None`.
    fn find<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>>;

    /// Who is behind an access token of the API (`Authorization: Bearer`). Revoked ones and those that are over are
    /// `None`. A house without such tokens knows none.
    fn find_bearer<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        let _ = token_hash;
        Box::pin(async { Ok(None) })
    }
}

/// A signed-in person, as of this request: posts and roles are looked up now, not at sign-in.
#[derive(Debug, Clone)]
pub struct SessionActor {
    pub actor: Actor,
    /// The session's form token, at least 128 random bits in hex.
    pub csrf: String,
    /// Shown to this person alone, in the header of each page.
    pub display_name: String,
    /// Names of the posts held, for the header.
    pub posts: Vec<String>,
}

/// Whose site this is: header, footer and the rules that differ between a real door and a demo.
#[derive(Debug, Clone)]
pub struct Site {
    /// e.g. 明镜市政务服务网
    pub name: String,
    /// Name of the division served, e.g. 明镜市
    pub division: String,
    /// Division code, 6 digits.
    pub division_code: String,
    /// Host name for `<meta name="SiteDomain">`.
    pub domain: String,
    /// The database carries the demo flag: notices say so, the gallery `/_parts` exists.
    pub demo: bool,
    /// Browsers reach us by HTTPS (own or the trusted proxy's): `__Host-` cookies and HSTS.
    pub secure: bool,
    pub footer: Footer,
}

/// The identity block that each government site shows (政府网站标识 rules).
#[derive(Debug, Clone)]
pub struct Footer {
    /// 主办单位
    pub host: String,
    /// 承办单位
    pub operator: String,
    pub phone: String,
    pub address: String,
    /// 网站标识码
    pub site_code: String,
    /// ICP 备案号
    pub icp: String,
    /// 公安机关备案号
    pub police: String,
    /// 版本, shown small
    pub software: String,
}

/// The ways through the site, composed by the app from what the capabilities offer.
#[derive(Debug, Clone)]
pub struct Nav {
    pub home: Link,
    /// Tabs under the header of public pages.
    pub tabs: Vec<Tab>,
    /// Groups of the back office's side navigation; entries without permission are not shown.
    pub side: Vec<SideGroup>,
    /// Target of the search box (`GET`, parameter `q`).
    pub search: Link,
    /// Leads from a citation in words to its article (`GET`, parameter `text`).
    pub cite: Link,
    pub sign_in: Link,
    /// A form posts here.
    pub sign_out: Link,
    /// 我的办件 for citizens.
    pub my_cases: Link,
    /// 工作台 for officials and administrators.
    pub desk: Link,
    /// 我为网站找错
    pub report_error: Link,
    pub site_map: Link,
}

#[derive(Debug, Clone)]
pub struct Tab {
    pub label: &'static str,
    pub link: Link,
}

#[derive(Debug, Clone)]
pub struct SideGroup {
    pub title: &'static str,
    pub entries: Vec<SideEntry>,
}

#[derive(Debug, Clone)]
pub struct SideEntry {
    pub label: &'static str,
    pub link: Link,
    pub permission: Permission,
}

/// Budgets against guessing; keys are networks and accounts, never shown or logged.
pub struct Throttles {
    /// Sign-in tries of one network.
    pub sign_in: Throttle,
    /// Tries to look up a case by number and query secret, of one network.
    pub lookup: Throttle,
    /// Tries to look up a case of all networks together: guessing from many addresses trips this one.
    pub lookup_all: Throttle,
    /// Requests to the API of one network, whoever asks.
    pub api_network: Throttle,
    /// Requests to the API with one access token.
    pub api_token: Throttle,
}

impl Throttles {
    /// `per_second` requests to the API for each token, twice that for each network, both with four seconds' worth at
    /// once.
    #[must_use]
    pub fn with_api_rate(self, per_second: u32) -> Throttles {
        let bucket =
            |rate: u32, keys| Throttle::new(rate.saturating_mul(4), Duration::from_secs(1) / rate.max(1), keys);
        Throttles {
            api_network: bucket(per_second.saturating_mul(2), 20_000),
            api_token: bucket(per_second, 10_000),
            ..self
        }
    }
}

/// Requests to the API a second with one token, where a place says nothing else.
pub const USUAL_API_RATE: u32 = 50;

impl Default for Throttles {
    fn default() -> Self {
        Throttles {
            sign_in: Throttle::new(20, Duration::from_secs(6), 20_000),
            lookup: Throttle::new(10, Duration::from_secs(12), 20_000),
            lookup_all: Throttle::new(200, Duration::from_millis(200), 1),
            api_network: Throttle::new(1, Duration::from_secs(1), 1),
            api_token: Throttle::new(1, Duration::from_secs(1), 1),
        }
        .with_api_rate(USUAL_API_RATE)
    }
}

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub struct House {
    pub chronicle: Arc<Chronicle>,
    pub authority: Arc<dyn Authority>,
    pub sessions: Arc<dyn Sessions>,
    pub inspector: Arc<dyn Inspector>,
    pub site: Arc<Site>,
    pub nav: Arc<Nav>,
    pub throttles: Arc<Throttles>,
    pub uploads: UploadLimits,
    pub clock: Clock,
    pub chance: Chance,
    /// Who looked at what; waits here to be kept.
    pub reads: Reads,
    /// Signs flash messages; fresh at each start unless several nodes share one.
    pub flash_key: Arc<[u8; 32]>,
}
