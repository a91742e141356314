//! Opening: check the engine, bring tables up to date, build views that are missing, start the writer.

use super::{
    Arc, AtomicI64, Handle, Mutex, Notify, PostgresSql, RwLock, blocking, bulk, follow, head, params, sequence, view,
};
use super::{
    Backend, Backing, Blueprint, Chance, Chronicle, Clock, Core, Fault, KeyRing, Location, Scratch, SqliteSql,
    StateCache, TableNames, Writer,
};
use std::sync::atomic::Ordering;

use crate::db::Sql;
use crate::db::postgres;
use crate::schema;
use crate::view::{Order, View};

impl Chronicle {
    /// Opens (and where needed creates) the chronicle.
    ///
    /// # Errors
    /// [`Fault`] when the engine is refused, another deployment's data lie there, or a view does not build.
    pub async fn open(
        location: Location,
        blueprint: Blueprint,
        keys: KeyRing,
        clock: Clock,
        chance: Chance,
    ) -> Result<Arc<Chronicle>, Fault> {
        let (backend, blobs) = match &location {
            Location::Folder(folder) => (Backend::Sqlite, folder.join("blobs").into()),
            Location::Postgres { blobs, .. } => (Backend::Postgres, blobs.clone()),
        };
        let Blueprint {
            jurisdiction,
            software,
            calendar,
            parameters,
            views,
            tables,
            followers,
            jobs,
            probe,
        } = blueprint;
        let core = Arc::new(Core {
            jurisdiction: jurisdiction.into(),
            software,
            backend,
            names: Arc::new(TableNames::probed(probe)),
            views,
            keys,
            chance,
            clock,
            calendar: RwLock::new(Arc::new(calendar)),
            parameters: RwLock::new(Arc::new(parameters)),
            cache: StateCache::default(),
            blobs: blobs.open()?,
            erased: Mutex::default(),
            last_at: AtomicI64::new(0),
            grown: Notify::new(),
        });
        let setup = Arc::clone(&core);
        let backing = match location {
            Location::Folder(folder) => {
                blocking(move || {
                    let path = folder.join("mingjing.db");
                    let mut sql = SqliteSql::writer(&path, Arc::clone(&setup.names))?;
                    set_up(&mut sql, &setup, &tables)?;
                    Ok(Backing::Sqlite {
                        path,
                        writer: Writer::start(sql, setup)?,
                        readers: Mutex::new(Vec::new()),
                    })
                })
                .await?
            }
            Location::Postgres { url, .. } => {
                let pool = postgres::pool(&url, 24)?;
                let handle = Handle::current();
                blocking(move || {
                    let mut sql = PostgresSql::take(&pool, &handle, Arc::clone(&setup.names))?;
                    set_up(&mut sql, &setup, &tables)?;
                    Ok(Backing::Postgres { pool })
                })
                .await?
            }
        };
        Ok(Arc::new(Chronicle {
            core,
            backing,
            reads: super::gate::ReadGate::default(),
            followers,
            jobs,
            scratch: None,
        }))
    }

    /// A chronicle of its own for one test: a SQLite file in a folder that goes away with it.
    ///
    /// # Errors
    /// As [`Chronicle::open`].
    pub async fn memory(blueprint: Blueprint, clock: Clock, chance: Chance) -> Result<Arc<Chronicle>, Fault> {
        let folder = std::env::temp_dir().join(format!("mingjing-test-{}", Chance::System.id()));
        std::fs::create_dir_all(&folder).map_err(|error| Fault::File(error.to_string()))?;
        let keys = KeyRing::new(&[42; 32]);
        let opened = Self::open(Location::Folder(folder.clone()), blueprint, keys, clock, chance).await?;
        let mut chronicle = Arc::try_unwrap(opened).map_err(|_| Fault::Internal("opened twice".into()))?;
        chronicle.scratch = Some(Scratch(folder));
        Ok(Arc::new(chronicle))
    }
}

/// Two nodes that start at once take turns: the second finds everything done.
fn set_up(sql: &mut dyn Sql, core: &Core, tables: &[schema::Migration]) -> Result<(), Fault> {
    if core.backend == Backend::Sqlite {
        return set_up_alone(sql, core, tables);
    }
    const NAME: &str = "mingjing set-up";
    sql.query("SELECT pg_advisory_lock(hashtextextended($1, 0))::text", &params![NAME])?;
    let done = set_up_alone(sql, core, tables);
    sql.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", &params![NAME])?;
    done
}

fn set_up_alone(sql: &mut dyn Sql, core: &Core, tables: &[schema::Migration]) -> Result<(), Fault> {
    in_transaction(sql, |sql| {
        schema::migrate(sql, tables, core.clock.now())?;
        bulk::refuse_half_loaded(sql)?;
        claim_jurisdiction(sql, core)?;
        // A clock that went back while the program did not run does not reorder the record either.
        let last = sql.query_one("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1", &[])?;
        core.last_at
            .fetch_max(last.map_or(0, |row| row.int(0)), Ordering::SeqCst);
        Ok(())
    })?;
    while core.backend == Backend::Postgres && in_transaction(sql, |sql| sequence(sql, &core.jurisdiction))? {}
    for view in &core.views {
        let generation = match view::serving(sql, &**view)? {
            Some(generation) => generation,
            None => build(sql, core, &**view)?,
        };
        for (logical, physical) in view::names_of(&**view, generation) {
            core.names.set(&logical, &physical);
        }
    }
    Ok(())
}

/// A database belongs to one jurisdiction for ever.
fn claim_jurisdiction(sql: &mut dyn Sql, core: &Core) -> Result<(), Fault> {
    sql.execute(
        "INSERT INTO deployment (name, value) VALUES ('jurisdiction', $1) ON CONFLICT (name) DO NOTHING",
        &params![&*core.jurisdiction],
    )?;
    sql.execute(
        "INSERT INTO sequencer (jurisdiction, last) VALUES ($1, 0) ON CONFLICT (jurisdiction) DO NOTHING",
        &params![&*core.jurisdiction],
    )?;
    let row = sql.query_one("SELECT value FROM deployment WHERE name = 'jurisdiction'", &[])?;
    match row {
        Some(row) if row.text(0) == &*core.jurisdiction => Ok(()),
        _ => Err(Fault::Inconsistent(
            "this database belongs to another jurisdiction".into(),
        )),
    }
}

/// Builds a view in a shadow by replay, in batches that a crash does not lose, then switches to it.
/// Whatever served the view before stays untouched until the switch and is dropped after it.
pub(crate) fn build(sql: &mut dyn Sql, core: &Core, view: &dyn View) -> Result<i64, Fault> {
    let old = sql.query_one(
        "SELECT version, generation, state FROM view_state WHERE name = $1",
        &params![view.name()],
    )?;
    let last_generation = old.as_ref().map_or(0, |row| row.int(1));
    let generation = last_generation + 1;
    for (logical, physical) in view::names_of(view, generation) {
        core.names.set(&logical, &physical);
    }
    in_transaction(sql, |sql| {
        // Left over from a build that was interrupted.
        for logical in view.tables() {
            let name = view::physical(logical, view.version().into(), generation);
            sql.execute(&format!("DROP TABLE IF EXISTS {name}"), &[])?;
        }
        view::create(sql, view)
    })?;
    let mut after = 0;
    while let Some(position) = in_transaction(sql, |sql| view::replay_batch_in_place(sql, core, &[view], after))? {
        after = position;
    }
    in_transaction(sql, |sql| {
        let last = head(sql, core)?.min(after);
        if view.order() == Order::Follower {
            follow::set_cursor(sql, &view::cursor_name(view), last)?;
        }
        sql.execute(
            "INSERT INTO view_state (name, version, generation, state) VALUES ($1, $2, $3, 'ready')
             ON CONFLICT (name) DO UPDATE SET version = excluded.version,
                generation = excluded.generation, state = excluded.state",
            &params![view.name(), view.version(), generation],
        )?;
        if let Some(row) = old {
            if row.int(0) != i64::from(view.version()) {
                let cursor = view::cursor_of(view.name(), row.int(0));
                sql.execute("DELETE FROM follower_cursor WHERE name = $1", &params![cursor])?;
            }
            for logical in view.tables() {
                let name = view::physical(logical, row.int(0), row.int(1));
                sql.execute(&format!("DROP TABLE IF EXISTS {name}"), &[])?;
            }
        }
        Ok(())
    })?;
    Ok(generation)
}

fn in_transaction<T>(sql: &mut dyn Sql, work: impl FnOnce(&mut dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
    sql.execute("BEGIN", &[])?;
    match work(sql) {
        Ok(value) => {
            sql.execute("COMMIT", &[])?;
            Ok(value)
        }
        Err(fault) => {
            let _ = sql.execute("ROLLBACK", &[]);
            Err(fault)
        }
    }
}
