//! FEEL values (DMN 1.5, 10.3.2.2).

mod compare;
mod context;
mod list;
mod text;

pub(crate) use compare::compared;
pub use compare::{compare, contains, equal};
pub use context::Context;
pub use list::List;
pub use text::feel_text;

use crate::builtins::BuiltIn;
use crate::evaluate::{Callable, Scope};
use crate::feel::ast::{CompareOp, FunctionExpr};
use crate::number::Number;
use crate::time::{Date, DateTime, DaysDuration, MonthsDuration, Time};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    #[default]
    Null,
    Boolean(bool),
    Number(Number),
    String(Arc<str>),
    Date(Date),
    Time(Arc<Time>),
    DateTime(Arc<DateTime>),
    Months(MonthsDuration),
    Days(DaysDuration),
    List(Arc<List>),
    Context(Arc<Context>),
    Range(Arc<Range>),
    Function(Function),
}

/// The values from `low` to `high`. A range made by a comparison, as `(> 5)`, keeps which one: its
/// open end is null and excluded, and it never equals a range written with two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub low: Value,
    pub low_included: bool,
    pub high: Value,
    pub high_included: bool,
    pub comparison: Option<CompareOp>,
}

#[derive(Clone, Debug)]
pub enum Function {
    BuiltIn(&'static BuiltIn),
    /// A function literal with the names around it.
    Literal(Arc<FunctionExpr>, Scope),
    /// A business knowledge model or decision service.
    Model(Arc<dyn Callable>),
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        match (self, other) {
            (Function::BuiltIn(a), Function::BuiltIn(b)) => a.name == b.name,
            (Function::Literal(a, _), Function::Literal(b, _)) => Arc::ptr_eq(a, b),
            (Function::Model(a), Function::Model(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Value {
    pub fn string(text: impl Into<Arc<str>>) -> Value {
        Value::String(text.into())
    }

    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(items.into()))
    }

    pub fn context(context: Context) -> Value {
        Value::Context(Arc::new(context))
    }

    pub fn time(time: Time) -> Value {
        Value::Time(Arc::new(time))
    }

    pub fn date_time(value: DateTime) -> Value {
        Value::DateTime(Arc::new(value))
    }

    pub fn range(range: Range) -> Value {
        Value::Range(Arc::new(range))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn is_true(&self) -> bool {
        matches!(self, Value::Boolean(true))
    }

    pub fn as_number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&Arc<str>> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&Arc<List>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_context(&self) -> Option<&Arc<Context>> {
        match self {
            Value::Context(context) => Some(context),
            _ => None,
        }
    }

    /// How much there is to walk through: one for each value and key, and one more for each 64 bytes
    /// of their texts. Known without walking.
    pub fn weight(&self) -> usize {
        match self {
            Value::String(text) => text_weight(text),
            Value::List(items) => items.weight(),
            Value::Context(context) => context.weight(),
            _ => 1,
        }
    }

    /// A list of one is its element where an element is wanted.
    pub fn unwrapped(&self) -> &Value {
        match self {
            Value::List(items) if items.len() == 1 => &items[0],
            other => other,
        }
    }

    /// What `@"…"` means; null if the text is no date, time or duration.
    pub fn from_temporal_text(text: &str) -> Value {
        if let Some(date) = Date::parse(text) {
            return Value::Date(date);
        }
        if let Some(value) = DateTime::parse(text) {
            return Value::date_time(value);
        }
        if let Some(time) = Time::parse(text) {
            return Value::time(time);
        }
        Value::from_duration_text(text)
    }

    pub fn from_duration_text(text: &str) -> Value {
        if let Some(months) = MonthsDuration::parse(text) {
            return Value::Months(months);
        }
        DaysDuration::parse(text).map_or(Value::Null, Value::Days)
    }

    /// The kind of a value, in the words of the language.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "空值",
            Value::Boolean(_) => "是否",
            Value::Number(_) => "数",
            Value::String(_) => "文字",
            Value::Date(_) => "日期",
            Value::Time(_) => "时刻",
            Value::DateTime(_) => "日期时间",
            Value::Months(_) => "年月时长",
            Value::Days(_) => "日时时长",
            Value::List(_) => "列表",
            Value::Context(_) => "上下文",
            Value::Range(_) => "区间",
            Value::Function(_) => "函数",
        }
    }
}

fn text_weight(text: &str) -> usize {
    1 + text.len() / 64
}

impl From<Option<bool>> for Value {
    fn from(value: Option<bool>) -> Value {
        value.map_or(Value::Null, Value::Boolean)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Boolean(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Value {
        Value::Number(value)
    }
}

impl From<Option<Number>> for Value {
    fn from(value: Option<Number>) -> Value {
        value.map_or(Value::Null, Value::Number)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Number(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::string(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::string(value)
    }
}
