//! Tokens → tree, by operator precedence. A bracket, call, condition or sign within another counts
//! one level of depth; the parser's own stack is bounded by [`MAX_DEPTH`](super::MAX_DEPTH).

mod operand;
mod scope;

use super::ast::{ArithmeticOp, CompareOp, Expr, Kind, Span, UnaryTests};
use super::lexer::{self, Token, TokenKind};
use super::{MAX_DEPTH, Names, SyntaxError};

/// Reads a whole expression. `variables` are the names that may stand alone, `fields` those of
/// components, which may stand after a point and in filters.
pub fn parse_expression(text: &str, variables: &Names, fields: &Names) -> Result<Expr, SyntaxError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser::new(text, &tokens, variables, fields);
    let expression = parser.expression()?;
    parser.end()?;
    Ok(expression)
}

/// Reads the content of an input cell: `-`, tests separated by commas, or `not(…)` around them.
pub fn parse_unary_tests(text: &str, variables: &Names, fields: &Names) -> Result<UnaryTests, SyntaxError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser::new(text, &tokens, variables, fields);
    if parser.peek().kind == TokenKind::End {
        return Ok(UnaryTests::Any);
    }
    if parser.peek().is("-") && parser.tokens[1].kind == TokenKind::End {
        return Ok(UnaryTests::Any);
    }
    if let Some(negated) = parser.negated_tests() {
        return Ok(negated);
    }
    let tests = parser.tests()?;
    parser.end()?;
    Ok(UnaryTests::OneOf(tests))
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    at: usize,
    depth: usize,
    variables: &'a Names,
    fields: &'a Names,
    /// Names bound inside the expression, innermost last.
    locals: Vec<Names>,
    /// Keys of the context literals read so far: a path may name them.
    keys: Names,
    /// How many filter brackets are open: inside them fields may stand alone.
    filters: usize,
    /// Reading the upper end of a range, where `[` may close it.
    range_end: bool,
}

type Parsed = Result<Expr, SyntaxError>;

/// Words that never begin or continue a name of their own accord.
const KEYWORDS: [&str; 9] = [
    "and",
    "or",
    "in",
    "between",
    "instance",
    "then",
    "else",
    "return",
    "satisfies",
];

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARE: u8 = 3;
const ADD: u8 = 4;
const MULTIPLY: u8 = 5;
const POWER: u8 = 6;

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: &'a [Token<'a>], variables: &'a Names, fields: &'a Names) -> Parser<'a> {
        Parser {
            text,
            tokens,
            at: 0,
            depth: 0,
            variables,
            fields,
            locals: Vec::new(),
            keys: Names::new(),
            filters: 0,
            range_end: false,
        }
    }

    /// `not(tests)` filling the whole cell; anything else is left to be read as an expression.
    fn negated_tests(&mut self) -> Option<UnaryTests> {
        if !self.peek().is_word("not") || !self.tokens[1].is("(") {
            return None;
        }
        self.at = 2;
        let tests = self.tests();
        let closed = self.take(")") && self.peek().kind == TokenKind::End;
        match tests {
            Ok(tests) if closed => Some(UnaryTests::NoneOf(tests)),
            _ => {
                self.at = 0;
                None
            }
        }
    }

    fn tests(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut tests = vec![self.test()?];
        while self.take(",") {
            tests.push(self.test()?);
        }
        Ok(tests)
    }

    /// `< 5`, or any expression.
    fn test(&mut self) -> Parsed {
        if self.compare_op().is_some() {
            self.comparison()
        } else {
            self.expression()
        }
    }

    fn comparison(&mut self) -> Parsed {
        let start = self.peek().start;
        let op = match self.compare_op() {
            Some(op) => op,
            None => return self.error("此处应为比较符号"),
        };
        self.at += 1;
        let operand = self.binary(ADD)?;
        Ok(self.node(start, Kind::Comparison(op, Box::new(operand))))
    }

    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let outer = std::mem::replace(&mut parser.range_end, false);
            let expression = parser.binary(OR);
            parser.range_end = outer;
            expression
        })
    }

    /// Runs `read` one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, SyntaxError>) -> Result<T, SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return self.error(format!("嵌套过深，上限为 {MAX_DEPTH} 层"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Operators that bind at least as tightly as `level`, left to right.
    fn binary(&mut self, level: u8) -> Parsed {
        let left = self.operand()?;
        self.continue_binary(left, level)
    }

    fn continue_binary(&mut self, mut left: Expr, level: u8) -> Parsed {
        let mut chained = 0;
        while let Some((operator, binds)) = self.operator() {
            if binds < level {
                break;
            }
            // A chain grows the tree to the left: evaluating it takes stack as nesting does.
            chained += 1;
            if chained > 4 * MAX_DEPTH {
                return self.error("一个表达式中的运算过多，请拆开");
            }
            left = self.apply(left, operator, binds)?;
        }
        Ok(left)
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        let token = self.peek();
        if token.kind == TokenKind::Word {
            return match token.text {
                "or" => Some((Operator::Or, OR)),
                "and" => Some((Operator::And, AND)),
                "between" => Some((Operator::Between, COMPARE)),
                "in" => Some((Operator::In, COMPARE)),
                _ => None,
            };
        }
        if let Some(op) = self.compare_op() {
            return Some((Operator::Compare(op), COMPARE));
        }
        if token.kind != TokenKind::Symbol {
            return None;
        }
        let (op, binds) = match token.text {
            "+" => (ArithmeticOp::Add, ADD),
            "-" => (ArithmeticOp::Subtract, ADD),
            "*" => (ArithmeticOp::Multiply, MULTIPLY),
            "/" => (ArithmeticOp::Divide, MULTIPLY),
            "**" => (ArithmeticOp::Power, POWER),
            _ => return None,
        };
        Some((Operator::Arithmetic(op), binds))
    }

    fn apply(&mut self, left: Expr, operator: Operator, binds: u8) -> Parsed {
        let start = left.span.start as usize;
        self.at += 1;
        let left = Box::new(left);
        let kind = match operator {
            Operator::Between => self.between(*left)?,
            Operator::In => Kind::In(left, self.in_tests()?),
            Operator::Or => Kind::Or(left, Box::new(self.binary(binds + 1)?)),
            Operator::And => Kind::And(left, Box::new(self.binary(binds + 1)?)),
            Operator::Compare(op) => Kind::Compare(op, left, Box::new(self.binary(binds + 1)?)),
            Operator::Arithmetic(op) => Kind::Arithmetic(op, left, Box::new(self.binary(binds + 1)?)),
        };
        Ok(self.node(start, kind))
    }

    fn between(&mut self, value: Expr) -> Result<Kind, SyntaxError> {
        let low = self.binary(ADD)?;
        if !self.take_word("and") {
            return self.error("between 之后缺少 and");
        }
        let high = self.binary(ADD)?;
        Ok(Kind::Between(Box::new([value, low, high])))
    }

    /// What stands after `in`: one test, or several in round brackets.
    fn in_tests(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        if self.compare_op().is_some() {
            return Ok(vec![self.comparison()?]);
        }
        if !self.peek().is("(") {
            return Ok(vec![self.binary(ADD)?]);
        }
        let start = self.peek().start;
        self.at += 1;
        let first = self.deeper(|parser| parser.test())?;
        if self.peek().is("..") {
            let range = self.range_from(start, first, false)?;
            let range = self.postfix(range)?;
            return Ok(vec![self.continue_binary(range, ADD)?]);
        }
        let mut tests = vec![first];
        while self.take(",") {
            tests.push(self.deeper(|parser| parser.test())?);
        }
        self.expect(")")?;
        if tests.len() == 1 && !matches!(tests[0].kind, Kind::Comparison(..)) {
            let single = tests.remove(0);
            let single = self.postfix(single)?;
            return Ok(vec![self.continue_binary(single, ADD)?]);
        }
        Ok(tests)
    }

    fn compare_op(&self) -> Option<CompareOp> {
        let token = self.peek();
        if token.kind != TokenKind::Symbol {
            return None;
        }
        match token.text {
            "=" => Some(CompareOp::Equal),
            "!=" => Some(CompareOp::NotEqual),
            "<" => Some(CompareOp::Less),
            "<=" => Some(CompareOp::LessOrEqual),
            ">" => Some(CompareOp::Greater),
            ">=" => Some(CompareOp::GreaterOrEqual),
            _ => None,
        }
    }

    fn peek(&self) -> Token<'a> {
        self.tokens[self.at]
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.peek().is(symbol);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_word(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.take(symbol) {
            return Ok(());
        }
        match self.peek().kind {
            TokenKind::End => self.error(format!("表达式没有写完，缺少 {symbol}")),
            _ => self.error(format!("此处应为 {symbol}，却是“{}”", self.peek().text)),
        }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.take_word(word) {
            Ok(())
        } else {
            self.error(format!("此处缺少 {word}"))
        }
    }

    fn end(&self) -> Result<(), SyntaxError> {
        match self.peek().kind {
            TokenKind::End => Ok(()),
            _ => self.error(format!("“{}”在此处多余", self.peek().text)),
        }
    }

    fn node(&self, start: usize, kind: Kind) -> Expr {
        let end = self.tokens[self.at.saturating_sub(1)].end();
        Expr {
            kind,
            span: Span {
                start: start as u32,
                end: end as u32,
            },
        }
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError::at(self.text, self.peek().start, message))
    }
}

#[derive(Clone, Copy)]
enum Operator {
    Or,
    And,
    Compare(CompareOp),
    Between,
    In,
    Arithmetic(ArithmeticOp),
}
