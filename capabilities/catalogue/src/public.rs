//! What the catalogue promises to others: items and their versions, the stream to consult, and queries.
//!
//! `tx.consult::<Item>(code)` gives an item inside a command; `current(day)` its version of a day.

pub use crate::benchmark;
pub use crate::edition::{ArticleChange, ChangeKind, Edition};
/// By what a chart may call the decisions of a version: names and ids.
pub use crate::entry::decisions::known as decisions_known;
pub use crate::field_set;
pub use crate::form::{Answers, Choice, FieldKind, FormDef, FormField, Section, ShownWhen, Test};
pub use crate::item::Item;
pub use crate::law::Law;
pub use crate::proof::{procedure_of, unstaffed};
pub use crate::public_form::{PublicForm, public_forms};
pub use crate::situation::{Asked, Lacking, PREFIX as SITUATION_PREFIX, SituationQuestion, Told};
pub use crate::statute::{ArticleNumber, ShownArticle};
pub use crate::version::{
    Audience, Confirmation, DecisionFile, Fee, FlowRef, ItemStatus, ItemVersion, LegalBasis, Limit, LimitStart,
    LimitUnit, Material, MaterialForm, MaterialKind, MaterialSource, NormRank,
};
/// Lists, counts, search and laws, each inside `chronicle.read`.
pub mod queries {
    pub use crate::views::{
        Citing, Counts, Hit, ItemFilter, ItemRow, Page, Sort, TextHit, adjustment, adjustments, announcements, article,
        citing, count, counts, editions, items, law, laws, laws_named, one, rows_of, search, search_articles,
    };
}
