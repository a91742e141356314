//! Which fields an item of each type must fill before it may be entered (R21; tables A–D, R184–R188).
//!
//! Data, not code: a type that is not listed follows [`OTHERS`] ("其他类型参照", annex 1).
//! Tables A and D name the limit and the process as attachments; fields that a table forgot
//! (table C a limit, table D an office) are optional everywhere.

pub mod own;

use mingjing_codes::PowerType;

pub use own::{FieldSet, FieldSets, FieldSpec, Kind, OwnField, OwnValue, VisibleTo, fields_of};

use crate::version::ItemVersion;

/// A field of the tables, by the name it has in files and in problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Conditions,
    Materials,
    StatutoryLimit,
    PromisedLimit,
    Fee,
    HandlingOffice,
    Place,
    Phone,
    SupervisionPhone,
    FlowSteps,
    PenaltyKinds,
    DiscretionBenchmark,
    ResultPublic,
    ValidFrom,
}

use Field::{
    Conditions, DiscretionBenchmark, Fee, FlowSteps, HandlingOffice, Materials, PenaltyKinds, Phone, Place,
    PromisedLimit, ResultPublic, StatutoryLimit, SupervisionPhone,
};

/// Table A: 15 fields; code, name, bases and body are always required, the forms only for online items.
pub const APPROVAL: &[Field] = &[
    Conditions,
    Materials,
    StatutoryLimit,
    PromisedLimit,
    Fee,
    HandlingOffice,
    Place,
    Phone,
    FlowSteps,
    SupervisionPhone,
];

/// Table B: 12 fields.
pub const PENALTY: &[Field] = &[
    PenaltyKinds,
    DiscretionBenchmark,
    HandlingOffice,
    Place,
    Phone,
    FlowSteps,
    SupervisionPhone,
    ResultPublic,
];

/// Table C: 9 fields.
pub const COERCION: &[Field] = &[HandlingOffice, Place, Phone, FlowSteps, SupervisionPhone];

/// Table D: 12 fields.
pub const REWARD: &[Field] = &[
    FlowSteps,
    Field::ValidFrom,
    PromisedLimit,
    Place,
    Phone,
    SupervisionPhone,
    ResultPublic,
];

/// Every other type.
pub const OTHERS: &[Field] = &[HandlingOffice, Place, Phone, FlowSteps, SupervisionPhone];

pub fn required_for(power_type: PowerType) -> &'static [Field] {
    match power_type {
        PowerType::Permit | PowerType::NonPermitApproval => APPROVAL,
        PowerType::Penalty => PENALTY,
        PowerType::Coercion => COERCION,
        PowerType::Reward => REWARD,
        _ => OTHERS,
    }
}

/// The table of the annex that a type follows.
pub fn table(power_type: PowerType) -> &'static str {
    match power_type {
        PowerType::Permit | PowerType::NonPermitApproval => "附件1表A",
        PowerType::Penalty => "附件1表B",
        PowerType::Coercion => "附件1表C",
        PowerType::Reward => "附件1表D",
        _ => "附件1（其他类型参照）",
    }
}

impl Field {
    pub const ALL: [Field; 14] = [
        Conditions,
        Materials,
        StatutoryLimit,
        PromisedLimit,
        Fee,
        HandlingOffice,
        Place,
        Phone,
        SupervisionPhone,
        FlowSteps,
        PenaltyKinds,
        DiscretionBenchmark,
        ResultPublic,
        Field::ValidFrom,
    ];

    pub fn kind(self) -> Kind {
        match self {
            Conditions | FlowSteps | PenaltyKinds | DiscretionBenchmark => Kind::Lines,
            Materials | StatutoryLimit | PromisedLimit | Fee => Kind::Structured,
            HandlingOffice | Place | Phone | SupervisionPhone => Kind::Text,
            ResultPublic => Kind::YesNo,
            Field::ValidFrom => Kind::Date,
        }
    }

    /// Name of the column in files.
    pub fn key(self) -> &'static str {
        match self {
            Conditions => "conditions",
            Materials => "materials",
            StatutoryLimit => "statutory_limit",
            PromisedLimit => "promised_limit",
            Fee => "fee",
            HandlingOffice => "handling_office",
            Place => "place",
            Phone => "phone",
            SupervisionPhone => "supervision_phone",
            FlowSteps => "flow_steps",
            PenaltyKinds => "penalty_kinds",
            DiscretionBenchmark => "discretion_benchmark",
            ResultPublic => "result_public",
            Field::ValidFrom => "valid_from",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Conditions => "受理条件",
            Materials => "申报资料",
            StatutoryLimit => "法定期限",
            PromisedLimit => "承诺期限",
            Fee => "收费及依据标准",
            HandlingOffice => "办理部门（科室）",
            Place => "办理地点",
            Phone => "联系电话",
            SupervisionPhone => "监督电话",
            FlowSteps => "办理流程",
            PenaltyKinds => "处罚种类",
            DiscretionBenchmark => "自由裁量基准",
            ResultPublic => "结果有无公开",
            Field::ValidFrom => "生效时间",
        }
    }

    /// Whether the version says something here. A fee is filled when it is free, or when it is
    /// charged with its basis and standard.
    pub fn is_filled(self, version: &ItemVersion) -> bool {
        match self {
            Conditions => !version.conditions.is_empty(),
            Materials => !version.materials.is_empty(),
            StatutoryLimit => version.statutory_limit.is_some(),
            PromisedLimit => version.promised_limit.is_some(),
            Fee => !version.fee.charged || version.fee.basis.is_some() && version.fee.standard.is_some(),
            HandlingOffice => !version.handling_office.is_empty(),
            Place => !version.place.is_empty(),
            Phone => !version.phone.is_empty(),
            SupervisionPhone => !version.supervision_phone.is_empty(),
            FlowSteps => !version.flow_steps.is_empty() || version.flow.is_some(),
            PenaltyKinds => !version.penalty_kinds.is_empty(),
            DiscretionBenchmark => version.discretion_benchmark.is_some(),
            ResultPublic => version.result_public.is_some(),
            Field::ValidFrom => true,
        }
    }
}
