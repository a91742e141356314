//! The tree of an expression.

use super::Type;
use crate::number::Number;
use crate::value::Value;
use std::sync::Arc;

/// Where a part of an expression stands, as byte offsets. Two trees are equal wherever they stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Null,
    Boolean(bool),
    Number(Number),
    String(Arc<str>),
    /// `@"2026-11-22"`: its text, and its value (null if the text is no date, time or duration).
    At(Arc<str>, Value),
    Name(Arc<str>),
    List(Vec<Expr>),
    Context(Vec<Entry>),
    Range(Box<RangeExpr>),
    /// `(> 5)`: the range on one side of a value, all but it, or it alone.
    Comparison(CompareOp, Box<Expr>),
    Negate(Box<Expr>),
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Between(Box<[Expr; 3]>),
    In(Box<Expr>, Vec<Expr>),
    InstanceOf(Box<Expr>, Type),
    If(Box<[Expr; 3]>),
    For(Vec<Iteration>, Box<Expr>),
    Quantified(Quantifier, Vec<Iteration>, Box<Expr>),
    Path(Box<Expr>, Arc<str>),
    Filter(Box<Expr>, Box<Expr>),
    Call(Box<Expr>, Arguments),
    Function(Arc<FunctionExpr>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Arc<str>,
    pub value: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RangeExpr {
    pub low: Expr,
    pub low_included: bool,
    pub high: Expr,
    pub high_included: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Some,
    Every,
}

/// `name in domain`, or `name in low..high`.
#[derive(Clone, Debug, PartialEq)]
pub struct Iteration {
    pub name: Arc<str>,
    pub domain: Expr,
    pub high: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    Positional(Vec<Expr>),
    Named(Vec<(Arc<str>, Expr)>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FunctionExpr {
    pub parameters: Vec<Parameter>,
    pub body: Expr,
    /// An `external` function: its body describes code of another platform, which is never run.
    pub external: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: Arc<str>,
    pub declared: Type,
}

/// The condition in a cell of a decision table.
#[derive(Clone, Debug, PartialEq)]
pub enum UnaryTests {
    /// `-`
    Any,
    /// One of them holds.
    OneOf(Vec<Expr>),
    /// `not(…)`: none of them holds.
    NoneOf(Vec<Expr>),
}

impl CompareOp {
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Equal => "=",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
        }
    }
}

impl ArithmeticOp {
    pub fn symbol(self) -> &'static str {
        match self {
            ArithmeticOp::Add => "+",
            ArithmeticOp::Subtract => "-",
            ArithmeticOp::Multiply => "*",
            ArithmeticOp::Divide => "/",
            ArithmeticOp::Power => "**",
        }
    }
}

impl Kind {
    /// Calls `visit` with each direct part of the expression.
    pub fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) | Kind::At(..) | Kind::Name(_) => {}
            Kind::List(items) => items.iter().for_each(visit),
            Kind::Context(entries) => entries.iter().for_each(|entry| visit(&entry.value)),
            Kind::Range(range) => {
                visit(&range.low);
                visit(&range.high);
            }
            Kind::Comparison(_, part) | Kind::Negate(part) | Kind::InstanceOf(part, _) | Kind::Path(part, _) => {
                visit(part)
            }
            Kind::Arithmetic(_, left, right)
            | Kind::Compare(_, left, right)
            | Kind::And(left, right)
            | Kind::Or(left, right)
            | Kind::Filter(left, right) => {
                visit(left);
                visit(right);
            }
            Kind::Between(parts) | Kind::If(parts) => parts.iter().for_each(visit),
            Kind::In(value, tests) => {
                visit(value);
                tests.iter().for_each(visit);
            }
            Kind::For(iterations, body) | Kind::Quantified(_, iterations, body) => {
                for iteration in iterations {
                    visit(&iteration.domain);
                    iteration.high.iter().for_each(&mut *visit);
                }
                visit(body);
            }
            Kind::Call(function, arguments) => {
                visit(function);
                match arguments {
                    Arguments::Positional(items) => items.iter().for_each(visit),
                    Arguments::Named(items) => items.iter().for_each(|(_, item)| visit(item)),
                }
            }
            Kind::Function(function) => visit(&function.body),
        }
    }
}

impl Expr {
    /// Whether the expression speaks of the tested input (`?`).
    pub fn mentions_input(&self) -> bool {
        if let Kind::Name(name) = &self.kind {
            return &**name == "?";
        }
        let mut found = false;
        self.kind.each_part(&mut |part| found = found || part.mentions_input());
        found
    }
}
