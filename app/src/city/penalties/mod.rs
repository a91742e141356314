//! Penalties of the city, in the order of reading: `offences` (what is done wrong and what it costs), `suspects` (by
//! whom), `plan` (how a case will go), `scene` and `script` (what people enter), `seen` (what they
//! read off the case before).

pub mod offences;
pub mod plan;
pub mod scene;
pub mod script;
pub mod seen;
pub mod suspects;

pub use offences::Offence;
pub use plan::Act;
pub use suspects::Suspect;
