//! Where a case stands, in the words of its procedure.

use crate::events::CaseState;
use crate::number::Procedure;
use crate::penalty::PenaltyState;

/// Where a case of any procedure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Permit(CaseState),
    Penalty(PenaltyState),
    Matter(CaseState),
    Assistance(CaseState),
}

impl Standing {
    pub fn key(self) -> &'static str {
        match self {
            Standing::Permit(state) | Standing::Matter(state) | Standing::Assistance(state) => state.key(),
            Standing::Penalty(state) => state.key(),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Standing::Assistance(CaseState::Completed) => "已提出意见",
            Standing::Assistance(CaseState::Handling) => "协办中",
            Standing::Permit(state) | Standing::Matter(state) | Standing::Assistance(state) => state.name(),
            Standing::Penalty(state) => state.name(),
        }
    }

    /// The state of an application; `None` for other procedures.
    pub fn permit(self) -> Option<CaseState> {
        match self {
            Standing::Permit(state) => Some(state),
            Standing::Penalty(_) | Standing::Matter(_) | Standing::Assistance(_) => None,
        }
    }

    /// The state of a permit's application or of another matter's; `None` for penalties.
    pub fn application(self) -> Option<CaseState> {
        match self {
            Standing::Permit(state) | Standing::Matter(state) | Standing::Assistance(state) => Some(state),
            Standing::Penalty(_) => None,
        }
    }

    /// The state of a penalty; `None` for other procedures.
    pub fn penalty(self) -> Option<PenaltyState> {
        match self {
            Standing::Penalty(state) => Some(state),
            Standing::Permit(_) | Standing::Matter(_) | Standing::Assistance(_) => None,
        }
    }

    pub fn open(self) -> bool {
        match self {
            Standing::Permit(state) | Standing::Matter(state) | Standing::Assistance(state) => state.open(),
            Standing::Penalty(state) => state.open(),
        }
    }

    pub fn procedure(self) -> Procedure {
        match self {
            Standing::Permit(_) => Procedure::Permit,
            Standing::Penalty(_) => Procedure::Penalty,
            Standing::Matter(_) => Procedure::Matter,
            Standing::Assistance(_) => Procedure::Assistance,
        }
    }

    /// In the order in which a case of this procedure meets them.
    pub fn all_of(procedure: Procedure) -> Vec<Standing> {
        match procedure {
            Procedure::Permit => CaseState::OF_PERMITS.into_iter().map(Standing::Permit).collect(),
            Procedure::Penalty => PenaltyState::ALL.into_iter().map(Standing::from).collect(),
            Procedure::Matter => CaseState::OF_MATTERS.into_iter().map(Standing::Matter).collect(),
            Procedure::Assistance => CaseState::OF_ASSISTANCE.into_iter().map(Standing::Assistance).collect(),
        }
    }

    /// With its procedure, as addresses name it: `penalty.served`.
    pub fn full_key(self) -> String {
        format!("{}.{}", self.procedure().key(), self.key())
    }

    pub fn from_full_key(key: &str) -> Option<Standing> {
        let (procedure, state) = key.split_once('.')?;
        Standing::read(procedure, state)
    }

    /// Keys of two procedures may be equal; both together name one state.
    pub fn read(procedure: &str, key: &str) -> Option<Standing> {
        match Procedure::from_key(procedure)? {
            Procedure::Permit => CaseState::from_key(key).map(Standing::Permit),
            Procedure::Matter => CaseState::from_key(key).map(Standing::Matter),
            Procedure::Assistance => CaseState::from_key(key).map(Standing::Assistance),
            Procedure::Penalty => PenaltyState::from_key(key).map(Standing::Penalty),
        }
    }
}

impl From<CaseState> for Standing {
    fn from(state: CaseState) -> Standing {
        Standing::Permit(state)
    }
}

impl From<PenaltyState> for Standing {
    fn from(state: PenaltyState) -> Standing {
        Standing::Penalty(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_key_names_one_state_of_one_procedure() {
        for procedure in Procedure::ALL {
            for state in Standing::all_of(procedure) {
                assert_eq!(Standing::from_full_key(&state.full_key()), Some(state));
                assert_eq!(state.procedure(), procedure);
            }
        }
        for nonsense in [
            "",
            "served",
            "permit.",
            "matter.lead",
            "permit.lead",
            "penalty.accepted",
            "served.penalty",
        ] {
            assert_eq!(Standing::from_full_key(nonsense), None, "{nonsense}");
        }
    }
}
