//! The built-in functions of FEEL (DMN 1.5, 10.3.4).

mod contexts;
mod conversion;
mod dates;
mod lists;
mod numbers;
mod ranges;
mod regular;
mod sets;
mod statistics;
mod strings;

use crate::evaluate::Evaluator;
use crate::feel::ast::Span;
use crate::number::Number;
use crate::value::{Context, Function, List, Value};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

pub(crate) use conversion::are_ends;

/// A function with its name and the parameter names of each way to call it.
#[derive(Debug)]
pub struct BuiltIn {
    pub name: &'static str,
    /// Each way to call it by its parameters' names; counts without names are allowed up to these.
    pub signatures: &'static [&'static [&'static str]],
    /// Takes any number of arguments from the shortest signature on, in place of one list.
    pub variadic: bool,
    pub run: fn(&mut Call<'_>) -> Outcome,
}

/// A value, or why there is none (it becomes a diagnostic, and the value null).
pub type Outcome = Result<Value, String>;

/// One call of a built-in function.
#[derive(Debug)]
pub struct Call<'c> {
    pub(crate) evaluator: &'c mut Evaluator,
    pub values: &'c [Value],
    pub(crate) span: Span,
}

static TABLES: [&[BuiltIn]; 10] = [
    conversion::FUNCTIONS,
    strings::FUNCTIONS,
    regular::FUNCTIONS,
    numbers::FUNCTIONS,
    statistics::FUNCTIONS,
    lists::FUNCTIONS,
    sets::FUNCTIONS,
    contexts::FUNCTIONS,
    dates::FUNCTIONS,
    ranges::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static BuiltIn>> = LazyLock::new(|| {
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .map(|function| (function.name, function))
        .collect()
});

pub fn find(name: &str) -> Option<&'static BuiltIn> {
    BY_NAME.get(name).copied()
}

pub fn names() -> impl Iterator<Item = &'static str> {
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .map(|function| function.name)
}

impl BuiltIn {
    pub(crate) fn takes(&self, count: usize) -> bool {
        if self.variadic {
            let least = self.signatures.iter().map(|s| s.len()).min().unwrap_or(0);
            return count >= least;
        }
        self.signatures.iter().any(|signature| signature.len() == count)
    }

    /// Named arguments in the order of the signature that has all their names.
    pub(crate) fn in_order(&self, named: Vec<(&Arc<str>, Value)>) -> Result<Vec<Value>, String> {
        let fits = |signature: &&&[&str]| {
            signature.len() == named.len() && named.iter().all(|(name, _)| signature.contains(&&***name))
        };
        // What a named call leaves out is null.
        let holds = |signature: &&&[&str]| named.iter().all(|(name, _)| signature.contains(&&***name));
        let signature = self.signatures.iter().find(fits);
        let Some(signature) = signature.or_else(|| self.signatures.iter().find(holds)) else {
            let names: Vec<&str> = named.iter().map(|(name, _)| &***name).collect();
            return Err(format!("{}() 没有参数名 {}", self.name, names.join("、")));
        };
        let mut values = Vec::with_capacity(named.len());
        for parameter in *signature {
            let value = named.iter().find(|(name, _)| &***name == *parameter);
            if *parameter == "key" && matches!(value, Some((_, Value::List(_)))) {
                return Err("参数 key 应为文字".to_owned());
            }
            values.push(value.map_or(Value::Null, |(_, value)| value.clone()));
        }
        Ok(values)
    }
}

impl<'c> Call<'c> {
    pub fn count(&self) -> usize {
        self.values.len()
    }

    pub fn value(&self, at: usize) -> &'c Value {
        self.values.get(at).unwrap_or(&Value::Null)
    }

    pub fn number(&self, at: usize) -> Result<Number, String> {
        self.value(at)
            .unwrapped()
            .as_number()
            .ok_or_else(|| self.unfit(at, "数"))
    }

    /// A whole number.
    pub fn integer(&self, at: usize) -> Result<i64, String> {
        self.number(at)?.to_i64().ok_or_else(|| self.unfit(at, "整数"))
    }

    pub fn text(&self, at: usize) -> Result<&'c Arc<str>, String> {
        self.value(at)
            .unwrapped()
            .as_text()
            .ok_or_else(|| self.unfit(at, "文字"))
    }

    /// A text that may be left out or null.
    pub fn optional_text(&self, at: usize) -> Result<Option<&'c Arc<str>>, String> {
        if self.value(at).is_null() {
            Ok(None)
        } else {
            self.text(at).map(Some)
        }
    }

    pub fn boolean(&self, at: usize) -> Result<bool, String> {
        match self.value(at).unwrapped() {
            Value::Boolean(value) => Ok(*value),
            _ => Err(self.unfit(at, "是否")),
        }
    }

    pub fn context(&self, at: usize) -> Result<&'c Arc<Context>, String> {
        self.value(at)
            .unwrapped()
            .as_context()
            .ok_or_else(|| self.unfit(at, "上下文"))
    }

    pub fn function(&self, at: usize) -> Result<&'c Function, String> {
        match self.value(at).unwrapped() {
            Value::Function(function) => Ok(function),
            _ => Err(self.unfit(at, "函数")),
        }
    }

    /// A list; a single value is a list of one, null is none.
    pub fn list(&mut self, at: usize) -> Result<Arc<List>, String> {
        let items = match self.value(at) {
            Value::List(items) => items.clone(),
            Value::Null => return Err(self.unfit(at, "列表")),
            single => Arc::new(vec![single.clone()].into()),
        };
        self.evaluator.spend(items.len());
        Ok(items)
    }

    /// The one list argument, or all the arguments.
    pub fn items(&mut self) -> Result<Arc<List>, String> {
        if self.count() == 1 {
            return self.list(0);
        }
        self.evaluator.spend(self.count());
        Ok(Arc::new(self.values.to_vec().into()))
    }

    pub fn unfit(&self, at: usize, wanted: &str) -> String {
        format!("第 {} 个参数应为{wanted}，给的是{}", at + 1, self.value(at).kind())
    }
}

const OUT_OF_RANGE: &str = "结果超出数的范围";

fn in_range(number: Option<Number>) -> Outcome {
    number.map(Value::Number).ok_or_else(|| OUT_OF_RANGE.to_owned())
}

fn truth(value: bool) -> Outcome {
    Ok(Value::Boolean(value))
}
