//! The frame around every page, and rendering.

use std::sync::Arc;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use mingjing_chronicle::ActorKind;

use crate::assets;
use crate::desk::Desk;
use crate::form::Fields;
use crate::house::{Nav, SideGroup, Site};
use crate::link::Link;
use crate::problem::Problem;

/// What the layout templates need. Page templates carry it in a field named `frame`.
#[derive(Clone)]
pub struct Frame {
    pub title: String,
    pub site: Arc<Site>,
    pub nav: Arc<Nav>,
    pub nonce: String,
    /// Token for the sign-out form; empty when not signed in.
    pub csrf: String,
    /// Idempotency key of the sign-out form.
    pub key: String,
    /// The page shows a form with errors: its title says so first.
    pub failed: bool,
    /// This page with its query, for the links that come back.
    pub here: Link,
    pub elder: bool,
    pub display_name: Option<String>,
    /// Names of the posts held by the person signed in.
    pub posts: Vec<String>,
    /// An official or administrator: the header leads to the worklist instead of 我的办件.
    pub office: bool,
    pub flash: Option<String>,
    /// Side navigation of the back office, without what this actor may not do.
    pub side: Vec<SideGroup>,
    pub crumbs: Vec<Crumb>,
    pub back: Option<Link>,
    /// What the search box shows.
    pub searched: String,
    pub column: Column,
    pub style: &'static str,
    pub script: &'static str,
}

#[derive(Debug, Clone)]
pub struct Crumb {
    pub label: String,
    pub link: Link,
}

/// The page's place in the site for `<meta name="ColumnName">` and its fellows, which monitors of government sites read.
#[derive(Debug, Clone, Default)]
pub struct Column {
    pub name: String,
    /// e.g. 办事服务, 信息公开, 互动交流
    pub kind: String,
    /// Date of publication, `YYYY-MM-DD`; empty where the page is no publication.
    pub published: String,
    pub source: String,
}

impl Frame {
    pub(crate) fn new(desk: &Desk, title: String) -> Frame {
        let visit = &desk.visit;
        let session = visit.session.as_ref();
        Frame {
            title,
            site: Arc::clone(&desk.house.site),
            nav: Arc::clone(&desk.house.nav),
            nonce: visit.nonce.clone(),
            csrf: session.map(|session| session.csrf.clone()).unwrap_or_default(),
            key: desk.house.chance.id(),
            failed: false,
            here: visit.here.clone(),
            elder: visit.elder,
            display_name: desk.display_name.clone(),
            posts: session.map(|session| session.posts.clone()).unwrap_or_default(),
            office: matches!(desk.actor.kind, ActorKind::Official | ActorKind::Administrator),
            flash: visit.take_flash(),
            side: permitted(desk),
            crumbs: Vec::new(),
            back: None,
            searched: String::new(),
            column: Column::default(),
            style: assets::style(),
            script: assets::script(),
        }
    }

    /// Where 工作台 leads: not everybody in the office has a worklist.
    pub fn first_page(&self) -> &Link {
        let mut entries = self.side.iter().flat_map(|group| &group.entries);
        entries.next().map_or(&self.nav.desk, |entry| &entry.link)
    }

    /// Adds one step of the breadcrumbs, outermost first. The page itself is not among them.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, link: Link) -> Frame {
        self.crumbs.push(Crumb {
            label: label.into(),
            link,
        });
        self
    }

    /// A question page has a back link instead of breadcrumbs.
    #[must_use]
    pub fn back(mut self, link: Link) -> Frame {
        self.back = Some(link);
        self
    }

    /// Marks the title when the form shown has errors.
    #[must_use]
    pub fn of_form(mut self, fields: &Fields) -> Frame {
        self.failed = !fields.is_clean();
        self
    }

    #[must_use]
    pub fn searched(mut self, words: impl Into<String>) -> Frame {
        self.searched = words.into();
        self
    }

    #[must_use]
    pub fn column(mut self, column: Column) -> Frame {
        self.column = column;
        self
    }

    /// Whether this page lies at or under `link`, for marking the current entry of a navigation.
    pub fn within(&self, link: &Link) -> bool {
        let (here, there) = (self.here.path(), link.path());
        here == there || (there != "/" && here.strip_prefix(there).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Whether `link` is the entry of the side navigation that this page belongs to: the longest of those above it,
    /// so that a list's page does not mark the worklist too.
    pub fn marks(&self, link: &Link) -> bool {
        let entries = self.side.iter().flat_map(|group| &group.entries);
        let longest = entries
            .filter(|entry| self.within(&entry.link))
            .map(|entry| entry.link.path().len())
            .max();
        self.within(link) && longest == Some(link.path().len())
    }

    pub fn is_here(&self, link: &Link) -> bool {
        self.here.path() == link.path()
    }

    /// Switches between the elder mode and the usual one, and comes back here.
    pub fn view_link(&self) -> Link {
        let mode = if self.elder { "usual" } else { "elder" };
        Link::to("/view").query("mode", mode).query("return", &self.here)
    }
}

fn permitted(desk: &Desk) -> Vec<SideGroup> {
    let groups = desk.house.nav.side.iter().map(|group| SideGroup {
        title: group.title,
        entries: group
            .entries
            .iter()
            .filter(|entry| desk.may(entry.permission).is_some())
            .cloned()
            .collect(),
    });
    groups.filter(|group| !group.entries.is_empty()).collect()
}

/// Renders a page or a fragment. A template that fails is a fault of ours.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => Problem::fault(error).into_response(),
    }
}
