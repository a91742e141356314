//! Makes every view anew from the events, in one transaction: a crash leaves the old ones.

use crate::blob::fault_of;
use crate::chronicle::{Chronicle, Core, head, sequence};
use crate::context::Actor;
use crate::db::{Backend, Fault, Sql};
use crate::follow;
use crate::view::{self, Order};

/// How the old content leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Old {
    /// Tables and indexes are made anew, too, so that damage to them is gone. On PostgreSQL readers wait.
    Dropped,
    /// Rows only; readers see the old ones until the commit.
    Emptied,
}

/// Rebuilds all views; returns the number of events replayed. Commands wait meanwhile, so a server is
/// better stopped first.
///
/// # Errors
/// [`Fault`] from the database, or when an event does not open or a projection fails; then nothing changed.
pub async fn rebuild(chronicle: &Chronicle) -> Result<i64, Fault> {
    chronicle
        .inside(Actor::system(), |tx| {
            let core = tx.core();
            Ok(rebuild_views(tx.sql(), core, Old::Dropped)?)
        })
        .await
        .map_err(fault_of)
}

pub(crate) fn rebuild_views(sql: &mut dyn Sql, core: &Core, old: Old) -> Result<i64, Fault> {
    if core.backend == Backend::Postgres {
        // Other nodes append nothing until the commit, so the replay misses nothing.
        sql.execute("LOCK TABLE stream IN SHARE ROW EXCLUSIVE MODE", &[])?;
        while sequence(sql, &core.jurisdiction)? {}
    }
    for view in &core.views {
        for table in view.tables().iter().rev() {
            match old {
                Old::Dropped => sql.execute(&format!("DROP TABLE IF EXISTS {{{table}}}"), &[])?,
                Old::Emptied => sql.execute(&format!("DELETE FROM {{{table}}}"), &[])?,
            };
        }
        if old == Old::Dropped {
            view::create(sql, &**view)?;
        }
    }
    let views: Vec<_> = core.views.iter().map(|view| &**view).collect();
    let mut after = 0;
    while let Some(position) = view::replay_batch_in_place(sql, core, &views, after)? {
        after = position;
    }
    let head = head(sql, core)?;
    for view in &core.views {
        if view.order() == Order::Follower {
            follow::lock_cursor(sql, &view::cursor_name(&**view))?;
            follow::set_cursor(sql, &view::cursor_name(&**view), head)?;
        }
    }
    Ok(head)
}
