//! Read tables of the catalogue. All are projected with the command, each keyed by its own stream.

mod adjustments;
mod bases;
mod benchmarks;
mod changes;
mod citations;
mod clean_up;
mod gaps;
mod item_tables;
mod law_search;
mod laws;
mod library;
mod list;
mod materials;
mod search;
mod sounds;
mod words;

use std::sync::Arc;

use mingjing_chronicle::View;

pub use adjustments::{AdjustmentRow, TaskRow, adjustment, adjustments};
pub use bases::{Citing, citing};
pub use benchmarks::{BenchmarkRow, benchmarks};
pub use changes::{ChangeList, ChangeRow, WaitsFor, announcements, change_within, changes};
pub use citations::{CITING_LAW, citation_of, ending_with};
pub use clean_up::{CleanUpRow, clean_up_tasks, task_at_register};
pub use gaps::{Gap, gap_counts, lacking};
pub use item_tables::{ItemTableRow, item_tables};
pub use law_search::{TextHit, search_articles};
pub use laws::{law, laws, laws_after, laws_named};
pub use library::{OutlineEntry, article, article_numbers, articles, edition_counts, editions, outline_of};
pub use list::{
    Counts, ItemFilter, ItemRow, Page, Sort, at_other_levels, count, counts, items, items_after, one, rows_of,
};
pub use materials::{DefinitionRow, UseRow, definitions, uses};
pub use search::{Hit, search};

pub fn views() -> Vec<Arc<dyn View>> {
    vec![
        Arc::new(list::ItemList),
        Arc::new(search::ItemSearch),
        Arc::new(bases::ItemBasis),
        Arc::new(laws::LawList),
        Arc::new(library::LawLibrary),
        Arc::new(law_search::LawSearch),
        Arc::new(citations::ItemCitations),
        Arc::new(adjustments::AdjustmentTasks),
        Arc::new(ChangeList),
        Arc::new(benchmarks::BenchmarkList),
        Arc::new(gaps::ItemGaps),
        Arc::new(item_tables::ItemTableList),
        Arc::new(clean_up::CleanUpTasks),
        Arc::new(materials::MaterialLibrary),
        Arc::new(materials::MaterialUse),
    ]
}
