//! `body_list`, `office_list`, `post_list`: the register of bodies.

use mingjing_chronicle::{Fault, RecordedEvent, Sql, View, params};

use crate::body::Body;
use crate::events::BodyEvent;

pub struct BodyList;

impl View for BodyList {
    fn name(&self) -> &'static str {
        "people.bodies"
    }

    fn version(&self) -> i32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["body_list", "office_list", "post_list"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE {body_list} (
                body TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                short_name TEXT NOT NULL,
                nature TEXT NOT NULL,
                entrusting_body TEXT,
                division TEXT NOT NULL,
                uscc TEXT,
                reconsideration_organ TEXT NOT NULL,
                court TEXT NOT NULL,
                seal_word TEXT NOT NULL,
                scheme TEXT NOT NULL)",
            "CREATE TABLE {office_list} (
                office TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                name TEXT NOT NULL)",
            "CREATE INDEX {office_list}_by_body ON {office_list} (body, office)",
            "CREATE TABLE {post_list} (
                post TEXT PRIMARY KEY,
                body TEXT NOT NULL,
                office TEXT NOT NULL,
                role TEXT NOT NULL,
                title TEXT NOT NULL,
                abolished BIGINT NOT NULL)",
            "CREATE INDEX {post_list}_by_body ON {post_list} (body, office, role)",
        ]
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == <Body as mingjing_chronicle::Aggregate>::STREAM
    }

    fn project(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), Fault> {
        let body = event.envelope.stream_id();
        let Some(known) = event.decode::<BodyEvent>()?.known() else {
            return Ok(());
        };
        match &*known {
            BodyEvent::Registered {
                name,
                short_name,
                nature,
                scheme,
                division,
                uscc,
                reconsideration_organ,
                court,
                seal_word,
            } => sql.execute(
                "INSERT INTO {body_list} (body, name, short_name, nature, entrusting_body, division, uscc,
                    reconsideration_organ, court, seal_word, scheme)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                &params![
                    body,
                    name,
                    short_name,
                    nature.key(),
                    nature.entrusting_body(),
                    division,
                    uscc.clone(),
                    reconsideration_organ,
                    court,
                    seal_word,
                    scheme
                ],
            ),
            BodyEvent::OfficeOpened { office, name } => sql.execute(
                "INSERT INTO {office_list} (office, body, name) VALUES ($1, $2, $3)",
                &params![office, body, name],
            ),
            BodyEvent::PostCreated {
                post,
                role,
                office,
                title,
            } => sql.execute(
                "INSERT INTO {post_list} (post, body, office, role, title, abolished) VALUES ($1, $2, $3, $4, $5, 0)",
                &params![post, body, office, role.key(), title],
            ),
            BodyEvent::PostAbolished { post, .. } => {
                sql.execute("UPDATE {post_list} SET abolished = 1 WHERE post = $1", &params![post])
            }
        }
        .map(|_| ())
    }
}
