//! Type expressions: `number`, `list<string>`, `context<面积: number>`, `function<number> -> string`.

use super::SyntaxError;
use super::lexer::{self, Token, TokenKind};
use super::names::spelled;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Any,
    Null,
    Boolean,
    Number,
    String,
    Date,
    Time,
    DateTime,
    MonthsDuration,
    DaysDuration,
    List(Box<Type>),
    Range(Box<Type>),
    Context(Vec<(Arc<str>, Type)>),
    Function(Vec<Type>, Box<Type>),
    /// A type of the model (`tApplicant`, `imported.tFee`), looked up where it is used.
    Named(Arc<str>),
}

const SIMPLE: [(&str, Type); 16] = [
    ("Any", Type::Any),
    ("Null", Type::Null),
    ("boolean", Type::Boolean),
    ("number", Type::Number),
    ("string", Type::String),
    ("date", Type::Date),
    ("time", Type::Time),
    ("date and time", Type::DateTime),
    ("dateTime", Type::DateTime),
    ("years and months duration", Type::MonthsDuration),
    ("yearMonthDuration", Type::MonthsDuration),
    ("days and time duration", Type::DaysDuration),
    ("dayTimeDuration", Type::DaysDuration),
    ("any", Type::Any),
    ("null", Type::Null),
    ("Boolean", Type::Boolean),
];

impl Type {
    /// A built-in type by its name, as it stands in a `typeRef`.
    pub fn built_in(name: &str) -> Option<Type> {
        SIMPLE
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| kind.clone())
    }
}

/// Reads a whole type expression.
pub fn parse_type(text: &str) -> Result<Type, SyntaxError> {
    let tokens = lexer::tokens(text)?;
    let mut at = 0;
    let kind = TypeParser {
        text,
        tokens: &tokens,
        at: &mut at,
        depth: 0,
    }
    .parse()?;
    match tokens[at].kind {
        TokenKind::End => Ok(kind),
        _ => Err(SyntaxError::at(text, tokens[at].start, "类型之后有多余的内容")),
    }
}

pub(super) struct TypeParser<'a, 't> {
    pub text: &'a str,
    pub tokens: &'t [Token<'a>],
    pub at: &'t mut usize,
    pub depth: usize,
}

/// Words that end a type name inside an expression (`x instance of tFee and y`).
const ENDING: [&str; 9] = [
    "and",
    "or",
    "then",
    "else",
    "return",
    "satisfies",
    "in",
    "between",
    "instance",
];

impl<'a> TypeParser<'a, '_> {
    pub fn parse(&mut self) -> Result<Type, SyntaxError> {
        if self.depth > 20 {
            return self.error("类型嵌套过深");
        }
        let token = self.tokens[*self.at];
        if token.kind != TokenKind::Word {
            return self.error("此处应为类型");
        }
        match token.text {
            "list" | "range" | "context" | "function" if self.tokens[*self.at + 1].is("<") => {
                *self.at += 2;
                self.generic(token.text)
            }
            // A function type without parts, as some models write it.
            "function" if !self.continues(1) => {
                *self.at += 1;
                Ok(Type::Function(Vec::new(), Box::new(Type::Any)))
            }
            "context" if !self.continues(1) => {
                *self.at += 1;
                Ok(Type::Context(Vec::new()))
            }
            _ => self.named(),
        }
    }

    fn generic(&mut self, word: &str) -> Result<Type, SyntaxError> {
        match word {
            "list" => Ok(Type::List(Box::new(self.closed()?))),
            "range" => Ok(Type::Range(Box::new(self.closed()?))),
            "context" => self.context(),
            _ => self.function(),
        }
    }

    fn inner(&mut self) -> Result<Type, SyntaxError> {
        self.depth += 1;
        let inner = self.parse()?;
        self.depth -= 1;
        Ok(inner)
    }

    fn closed(&mut self) -> Result<Type, SyntaxError> {
        let inner = self.inner()?;
        self.expect(">")?;
        Ok(inner)
    }

    fn context(&mut self) -> Result<Type, SyntaxError> {
        let mut entries = Vec::new();
        while !self.tokens[*self.at].is(">") {
            let start = *self.at;
            while !self.tokens[*self.at].is(":") {
                if self.tokens[*self.at].kind == TokenKind::End {
                    return self.error("上下文类型缺少冒号");
                }
                *self.at += 1;
            }
            let name = self.slice(start, *self.at);
            *self.at += 1;
            entries.push((name.into(), self.inner()?));
            if !self.tokens[*self.at].is(",") {
                break;
            }
            *self.at += 1;
        }
        self.expect(">")?;
        Ok(Type::Context(entries))
    }

    fn function(&mut self) -> Result<Type, SyntaxError> {
        let mut parameters = Vec::new();
        while !self.tokens[*self.at].is(">") {
            parameters.push(self.inner()?);
            if !self.tokens[*self.at].is(",") {
                break;
            }
            *self.at += 1;
        }
        self.expect(">")?;
        self.expect("->")?;
        Ok(Type::Function(parameters, Box::new(self.inner()?)))
    }

    /// Built-in names first (they hold `and`), else words joined by spaces and points.
    fn named(&mut self) -> Result<Type, SyntaxError> {
        let longest = (1..=4).rev().find_map(|length| {
            let end = *self.at + length;
            let words = self.tokens.get(*self.at..end)?;
            let name = words.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
            Type::built_in(&name).map(|kind| (kind, length))
        });
        if let Some((kind, length)) = longest
            && !self.tokens[*self.at + length].is(".")
        {
            *self.at += length;
            return Ok(kind);
        }
        let start = *self.at;
        *self.at += 1;
        while self.continues(0) || self.tokens[*self.at].is(".") {
            *self.at += 1;
        }
        Ok(Type::Named(self.slice(start, *self.at).into()))
    }

    fn continues(&self, ahead: usize) -> bool {
        let token = &self.tokens[*self.at + ahead];
        token.kind == TokenKind::Word && !ENDING.contains(&token.text)
    }

    fn slice(&self, start: usize, end: usize) -> String {
        spelled(&self.tokens[start..end])
    }

    fn expect(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.tokens[*self.at].is(symbol) {
            *self.at += 1;
            return Ok(());
        }
        self.error(&format!("类型中缺少 {symbol}"))
    }

    fn error<T>(&self, message: &str) -> Result<T, SyntaxError> {
        Err(SyntaxError::at(self.text, self.tokens[*self.at].start, message))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::List(inner) => write!(f, "list<{inner}>"),
            Type::Range(inner) => write!(f, "range<{inner}>"),
            Type::Context(entries) => {
                f.write_str("context<")?;
                for (index, (name, kind)) in entries.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{name}: {kind}")?;
                }
                f.write_str(">")
            }
            Type::Function(parameters, result) => {
                f.write_str("function<")?;
                for (index, kind) in parameters.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{kind}")?;
                }
                write!(f, "> -> {result}")
            }
            Type::Named(name) => f.write_str(name),
            simple => match SIMPLE.iter().find(|(_, kind)| kind == simple) {
                Some((name, _)) => f.write_str(name),
                None => Ok(()),
            },
        }
    }
}
