//! What a DMN file says, before any expression in it is read.

use std::sync::Arc;

type Text = Arc<str>;
/// Text of a table's cell. A table may have many thousands, mostly a few characters long, which need no allocation.
pub type Cell = ecow::EcoString;

/// One file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    pub id: Option<Text>,
    pub name: Text,
    pub namespace: Text,
    pub description: Option<Text>,
    pub imports: Vec<Import>,
    pub items: Vec<ItemDefinition>,
    pub inputs: Vec<InputData>,
    pub decisions: Vec<Decision>,
    pub knowledge: Vec<Knowledge>,
    pub services: Vec<Service>,
    /// Elements that carry no logic (sources, annotations, groups …), as XML.
    pub others: Vec<Text>,
    /// The diagram, as XML: written back byte for byte.
    pub diagram: Option<Text>,
    /// Prefixes that `others` and `diagram` rely on.
    pub prefixes: Vec<(Text, Text)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Prefix of the imported names.
    pub name: Text,
    pub namespace: Text,
    pub kind: Text,
    pub location: Option<Text>,
}

/// A name with a type: of an element, a context entry, a parameter, a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variable {
    pub name: Text,
    pub type_ref: Option<Text>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemDefinition {
    pub id: Option<Text>,
    pub name: Text,
    pub type_ref: Option<Text>,
    pub is_collection: bool,
    /// Tests that each value (of a collection: each element) must pass.
    pub allowed_values: Option<Text>,
    /// Tests that the whole value must pass (DMN 1.5).
    pub type_constraint: Option<Text>,
    pub components: Vec<ItemDefinition>,
    pub function: Option<FunctionItem>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionItem {
    pub output: Option<Text>,
    pub parameters: Vec<Variable>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputData {
    pub id: Text,
    pub variable: Variable,
    pub description: Option<Text>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub id: Text,
    pub name: Text,
    pub variable: Variable,
    pub description: Option<Text>,
    pub question: Option<Text>,
    pub allowed_answers: Option<Text>,
    /// References (`#id`, or `namespace#id`) to inputs and decisions.
    pub requires: Vec<Requirement>,
    /// References to knowledge models and services.
    pub requires_knowledge: Vec<Text>,
    pub requires_authority: Vec<Text>,
    pub logic: Option<Boxed>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub href: Text,
    pub is_input: bool,
}

/// A business knowledge model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    pub id: Text,
    pub name: Text,
    pub variable: Variable,
    pub description: Option<Text>,
    pub requires_knowledge: Vec<Text>,
    pub requires_authority: Vec<Text>,
    pub function: Option<FunctionDefinition>,
}

/// A decision service: a set of decisions that can be called as one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    pub id: Text,
    pub name: Text,
    pub variable: Variable,
    pub output_decisions: Vec<Text>,
    pub encapsulated_decisions: Vec<Text>,
    pub input_decisions: Vec<Text>,
    pub input_data: Vec<Text>,
}

/// A boxed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Boxed {
    pub id: Option<Text>,
    pub type_ref: Option<Text>,
    pub kind: BoxedKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BoxedKind {
    Literal(Text),
    Context(Vec<ContextEntry>),
    Relation {
        columns: Vec<Variable>,
        rows: Vec<Vec<Boxed>>,
    },
    List(Vec<Boxed>),
    Invocation {
        function: Box<Boxed>,
        bindings: Vec<Binding>,
    },
    Function(Box<FunctionDefinition>),
    Table(Box<DecisionTable>),
    Conditional(Box<[Boxed; 3]>),
    Filter {
        list: Box<Boxed>,
        condition: Box<Boxed>,
    },
    For {
        variable: Text,
        domain: Box<Boxed>,
        body: Box<Boxed>,
    },
    Some {
        variable: Text,
        domain: Box<Boxed>,
        body: Box<Boxed>,
    },
    Every {
        variable: Text,
        domain: Box<Boxed>,
        body: Box<Boxed>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct ContextEntry {
    /// The last entry of a context may have none: it is the context's value.
    pub variable: Option<Variable>,
    pub value: Option<Boxed>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub parameter: Variable,
    pub value: Option<Boxed>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionDefinition {
    pub kind: FunctionKind,
    pub type_ref: Option<Text>,
    pub parameters: Vec<Variable>,
    pub body: Option<Boxed>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionKind {
    #[default]
    Feel,
    Java,
    Pmml,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionTable {
    pub hit_policy: HitPolicy,
    pub aggregation: Option<Aggregation>,
    pub output_label: Option<Text>,
    pub inputs: Vec<InputClause>,
    pub outputs: Vec<OutputClause>,
    pub annotations: Vec<Text>,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputClause {
    pub label: Option<Text>,
    pub expression: Text,
    pub type_ref: Option<Text>,
    pub allowed_values: Option<Text>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputClause {
    pub name: Option<Text>,
    pub label: Option<Text>,
    pub type_ref: Option<Text>,
    /// Allowed values; their order is the priority.
    pub allowed_values: Option<Text>,
    pub default: Option<Text>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    pub id: Option<Cell>,
    pub description: Option<Text>,
    pub tests: Vec<Cell>,
    pub outputs: Vec<Cell>,
    pub annotations: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HitPolicy {
    #[default]
    Unique,
    First,
    Priority,
    Any,
    Collect,
    RuleOrder,
    OutputOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    Sum,
    Count,
    Min,
    Max,
}

impl HitPolicy {
    pub const ALL: [(HitPolicy, &str); 7] = [
        (HitPolicy::Unique, "UNIQUE"),
        (HitPolicy::First, "FIRST"),
        (HitPolicy::Priority, "PRIORITY"),
        (HitPolicy::Any, "ANY"),
        (HitPolicy::Collect, "COLLECT"),
        (HitPolicy::RuleOrder, "RULE ORDER"),
        (HitPolicy::OutputOrder, "OUTPUT ORDER"),
    ];

    pub fn is_single(self) -> bool {
        matches!(
            self,
            HitPolicy::Unique | HitPolicy::First | HitPolicy::Priority | HitPolicy::Any
        )
    }
}

impl Aggregation {
    pub const ALL: [(Aggregation, &str); 4] = [
        (Aggregation::Sum, "SUM"),
        (Aggregation::Count, "COUNT"),
        (Aggregation::Min, "MIN"),
        (Aggregation::Max, "MAX"),
    ];
}
