//! FEEL, the expression language of DMN 1.5 (chapter 10): text → tree → text.

pub mod ast;
mod lexer;
mod names;
mod parse;
mod print;
mod type_names;

pub use ast::{Expr, Kind, UnaryTests};
pub use names::Names;
pub use parse::{parse_expression, parse_unary_tests};
pub use type_names::{Type, parse_type};

pub(crate) use names::normal;
pub(crate) use print::quoted;

/// Largest expression text, in bytes.
pub const MAX_TEXT: usize = 256 * 1024;
/// Deepest nesting of brackets, calls, conditions and prefix signs.
pub const MAX_DEPTH: usize = 100;

/// Why a text is no FEEL expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("第 {line} 行第 {column} 列：{message}")]
pub struct SyntaxError {
    /// Byte offset in the text.
    pub offset: usize,
    /// Both counted from 1; columns in characters.
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl SyntaxError {
    pub(crate) fn at(text: &str, offset: usize, message: impl Into<String>) -> SyntaxError {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        SyntaxError {
            offset,
            line,
            column,
            message: message.into(),
        }
    }
}
