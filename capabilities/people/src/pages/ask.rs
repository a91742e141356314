//! A page that asks for one act: what it is about, its fields, one button.

use askama::Template;
use axum::response::Response;
use mingjing_web::{Fields, Frame, Link, page};

use super::again;

pub enum Ask {
    Text {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        optional: bool,
    },
    Password {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        autocomplete: &'static str,
    },
    Area {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
    },
    Select {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        options: Vec<(String, String)>,
    },
    Date {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
    },
    Tick {
        name: &'static str,
        label: &'static str,
    },
}

impl Ask {
    pub fn text(name: &'static str, label: &'static str, hint: &'static str) -> Ask {
        Ask::Text {
            name,
            label,
            hint,
            optional: false,
        }
    }

    pub fn optional(name: &'static str, label: &'static str, hint: &'static str) -> Ask {
        Ask::Text {
            name,
            label,
            hint,
            optional: true,
        }
    }

    pub fn reason(label: &'static str) -> Ask {
        Ask::Area {
            name: "reason",
            label,
            hint: "会记入审计记录，请写清楚依据，例如文件名称和文号",
        }
    }
}

/// What such a page says.
pub struct Asking {
    pub lead: String,
    pub warning: String,
    pub asks: Vec<Ask>,
    pub button: &'static str,
    /// Red button: takes something away.
    pub takes_away: bool,
    pub action: Link,
}

impl Asking {
    pub fn new(action: Link, button: &'static str, asks: Vec<Ask>) -> Asking {
        Asking {
            lead: String::new(),
            warning: String::new(),
            asks,
            button,
            takes_away: false,
            action,
        }
    }

    pub fn lead(mut self, lead: impl Into<String>) -> Asking {
        self.lead = lead.into();
        self
    }

    pub fn warning(mut self, warning: impl Into<String>) -> Asking {
        self.warning = warning.into();
        self
    }

    pub fn takes_away(mut self) -> Asking {
        self.takes_away = true;
        self
    }

    fn kind(&self) -> &'static str {
        if self.takes_away { "warning" } else { "" }
    }

    /// In the frame of public pages.
    pub fn public(self, frame: Frame, fields: Fields) -> Response {
        let failed = !fields.is_clean();
        let frame = frame.of_form(&fields);
        shown(
            page(&PublicAsk {
                frame,
                fields,
                ask: self,
            }),
            failed,
        )
    }

    /// In the frame of the back office.
    pub fn office(self, frame: Frame, fields: Fields) -> Response {
        let failed = !fields.is_clean();
        let frame = frame.of_form(&fields);
        shown(
            page(&OfficeAsk {
                frame,
                fields,
                ask: self,
            }),
            failed,
        )
    }
}

fn shown(page: Response, failed: bool) -> Response {
    if failed { again(page) } else { page }
}

#[derive(Template)]
#[template(path = "people/ask_public.html")]
struct PublicAsk {
    frame: Frame,
    fields: Fields,
    ask: Asking,
}

#[derive(Template)]
#[template(path = "people/ask_office.html")]
struct OfficeAsk {
    frame: Frame,
    fields: Fields,
    ask: Asking,
}
