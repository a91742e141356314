//! Erasing what a stream holds of a person: proposed by one of the three administrators, confirmed by another one, then
//! the keys of its events and files are deleted. What was sealed in the public log stays, and nobody can guess it.
//!
//! Invariants: who confirms is not who proposed; what a law wants kept is not erased, asked again when it is confirmed;
//! nothing in this stream says anything of the person.

use mingjing_chronicle::{Aggregate, Event, Recorded};
use serde::{Deserialize, Serialize};

/// 个人信息保护法第四十七条第一款: when personal information is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    PurposeAchieved,
    ServiceEnded,
    ConsentWithdrawn,
    Unlawful,
    OtherLaw,
}

impl Ground {
    pub const ALL: [Ground; 5] = [
        Ground::PurposeAchieved,
        Ground::ServiceEnded,
        Ground::ConsentWithdrawn,
        Ground::Unlawful,
        Ground::OtherLaw,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Ground::PurposeAchieved => "purpose_achieved",
            Ground::ServiceEnded => "service_ended",
            Ground::ConsentWithdrawn => "consent_withdrawn",
            Ground::Unlawful => "unlawful",
            Ground::OtherLaw => "other_law",
        }
    }

    pub fn of_key(key: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| ground.key() == key)
    }

    /// 摘要
    pub fn label(self) -> &'static str {
        match self {
            Ground::PurposeAchieved => "处理目的已经实现、不能实现，或者不再需要",
            Ground::ServiceEnded => "服务已经停止，或者保存期限已满",
            Ground::ConsentWithdrawn => "本人撤回同意",
            Ground::Unlawful => "违反法律、行政法规或者约定处理",
            Ground::OtherLaw => "法律、行政法规规定的其他情形",
        }
    }

    pub fn article(self) -> &'static str {
        match self {
            Ground::PurposeAchieved => "个人信息保护法第四十七条第一款第一项",
            Ground::ServiceEnded => "个人信息保护法第四十七条第一款第二项",
            Ground::ConsentWithdrawn => "个人信息保护法第四十七条第一款第三项",
            Ground::Unlawful => "个人信息保护法第四十七条第一款第四项",
            Ground::OtherLaw => "个人信息保护法第四十七条第一款第五项",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureEvent {
    Proposed {
        /// `<kind>/<id>` of the stream whose content is to go.
        stream: String,
        ground: Ground,
        article: String,
        reason: String,
        proposed_by: String,
    },
    Dropped {
        dropped_by: String,
    },
    Confirmed {
        confirmed_by: String,
        /// Ids of the keys that go: of events, and `blob/<id>` of files.
        keys: Vec<String>,
    },
    /// The keys are gone, here and in the journal that a restore applies again.
    Erased {
        keys: u64,
    },
}

impl Event for ErasureEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            ErasureEvent::Proposed { .. } => "erasure.proposed",
            ErasureEvent::Dropped { .. } => "erasure.dropped",
            ErasureEvent::Confirmed { .. } => "erasure.confirmed",
            ErasureEvent::Erased { .. } => "erasure.erased",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ErasureState {
    #[default]
    None,
    Proposed,
    Dropped,
    Confirmed,
    Erased,
}

#[derive(Debug, Clone, Default)]
pub struct Erasure {
    pub stage: ErasureState,
    pub stream: String,
    pub ground: Option<Ground>,
    pub proposed_by: String,
    pub keys: Vec<String>,
}

impl Aggregate for Erasure {
    type Event = ErasureEvent;
    const STREAM: &'static str = "erasure";

    fn evolve(&mut self, recorded: &Recorded<'_, ErasureEvent>) {
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            ErasureEvent::Proposed {
                stream,
                ground,
                proposed_by,
                ..
            } => {
                self.stage = ErasureState::Proposed;
                self.stream.clone_from(stream);
                self.ground = Some(*ground);
                self.proposed_by.clone_from(proposed_by);
            }
            ErasureEvent::Dropped { .. } => self.stage = ErasureState::Dropped,
            ErasureEvent::Confirmed { keys, .. } => {
                self.stage = ErasureState::Confirmed;
                self.keys.clone_from(keys);
            }
            ErasureEvent::Erased { .. } => self.stage = ErasureState::Erased,
        }
    }
}
