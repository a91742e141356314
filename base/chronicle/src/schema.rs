//! The tables that are not views. With the capabilities' own ([`Migration`]) they are the closed list
//! of ARCHITECTURE: each has an owner, a retention and a migration. Steps only ever get added.

use crate::db::{Backend, Fault, Sql};

/// One step of a table that is not a view. Ids are unique and never change: `people.session.1`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub id: &'static str,
    pub sql: &'static [&'static str],
}

const SYSTEM: &[Migration] = &[
    Migration {
        id: "chronicle.event.1",
        sql: &[
            // `seq` orders insertion on one node; the dense order that followers read is `event_position`.
            "CREATE TABLE event (
                seq {serial},
                event_id TEXT NOT NULL,
                jurisdiction TEXT NOT NULL,
                stream TEXT NOT NULL,
                version BIGINT NOT NULL,
                kind TEXT NOT NULL,
                schema_no BIGINT NOT NULL,
                recorded_at BIGINT NOT NULL,
                happened_on TEXT NOT NULL,
                class TEXT NOT NULL,
                body TEXT NOT NULL,
                actor TEXT NOT NULL,
                post TEXT NOT NULL,
                command_id TEXT NOT NULL,
                cause TEXT,
                made_with TEXT NOT NULL,
                payload {blob} NOT NULL,
                UNIQUE (jurisdiction, stream, version)
            )",
            "CREATE TABLE stream (
                jurisdiction TEXT NOT NULL,
                name TEXT NOT NULL,
                version BIGINT NOT NULL,
                PRIMARY KEY (jurisdiction, name)
            )",
            // The only table from which erasure deletes.
            "CREATE TABLE event_key (key_id TEXT PRIMARY KEY, secret {blob} NOT NULL)",
            "CREATE TABLE event_position (
                jurisdiction TEXT NOT NULL,
                position BIGINT NOT NULL,
                seq BIGINT NOT NULL,
                PRIMARY KEY (jurisdiction, position)
            )",
            // Events that wait for the sequencer; always empty on SQLite, whose writer is the sequencer.
            "CREATE TABLE event_waiting (seq BIGINT PRIMARY KEY)",
            "CREATE TABLE sequencer (jurisdiction TEXT PRIMARY KEY, last BIGINT NOT NULL)",
        ],
    },
    Migration {
        id: "chronicle.work.1",
        sql: &[
            "CREATE TABLE idempotency (
                jurisdiction TEXT NOT NULL,
                actor TEXT NOT NULL,
                key TEXT NOT NULL,
                body_sha256 TEXT NOT NULL,
                outcome TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (jurisdiction, actor, key)
            )",
            "CREATE INDEX idempotency_by_age ON idempotency (created_at)",
            "CREATE TABLE follower_cursor (name TEXT PRIMARY KEY, position BIGINT NOT NULL)",
            "CREATE TABLE job (
                id TEXT PRIMARY KEY,
                kind TEXT NOT NULL,
                payload TEXT NOT NULL,
                run_at BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                state TEXT NOT NULL,
                lease_until BIGINT NOT NULL,
                last_error TEXT
            )",
            "CREATE INDEX job_by_time ON job (state, run_at)",
            "CREATE TABLE view_state (
                name TEXT PRIMARY KEY,
                version BIGINT NOT NULL,
                generation BIGINT NOT NULL,
                state TEXT NOT NULL
            )",
            "CREATE TABLE deployment (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        ],
    },
];

const GUARD_SQLITE: Migration = Migration {
    id: "chronicle.guard.1",
    sql: &[
        "CREATE TRIGGER event_never_updated BEFORE UPDATE ON event
         BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END",
        "CREATE TRIGGER event_never_deleted BEFORE DELETE ON event
         BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END",
    ],
};

// PostgreSQL: a trigger stops every statement; the running role additionally loses the right, so that
// even a dropped trigger needs the owner.
const GUARD_POSTGRES: Migration = Migration {
    id: "chronicle.guard.1",
    sql: &[
        "CREATE FUNCTION event_never_changed() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN RAISE EXCEPTION ''an event is never changed or deleted''; END'",
        "CREATE TRIGGER event_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON event
         FOR EACH STATEMENT EXECUTE FUNCTION event_never_changed()",
        "REVOKE UPDATE, DELETE, TRUNCATE ON event FROM CURRENT_USER",
    ],
};

/// Brings the tables up to date. Runs inside the caller's transaction.
pub(crate) fn migrate(sql: &mut dyn Sql, own: &[Migration], at: jiff::Timestamp) -> Result<(), Fault> {
    sql.execute(
        "CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)",
        &[],
    )?;
    let guard = match sql.backend() {
        Backend::Sqlite => GUARD_SQLITE,
        Backend::Postgres => GUARD_POSTGRES,
    };
    for migration in SYSTEM.iter().chain([&guard]).chain(own) {
        let done = sql.query_one("SELECT id FROM migration WHERE id = $1", &crate::params![migration.id])?;
        if done.is_some() {
            continue;
        }
        for statement in migration.sql {
            sql.execute(statement, &[])?;
        }
        sql.execute(
            "INSERT INTO migration (id, applied_at) VALUES ($1, $2)",
            &crate::params![migration.id, at],
        )?;
    }
    Ok(())
}
