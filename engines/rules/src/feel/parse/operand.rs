//! What stands between operators: literals, names, brackets, calls, paths, filters, conditions.

use super::super::ast::{Arguments, Entry, Expr, FunctionExpr, Iteration, Kind, Parameter, Quantifier, RangeExpr};
use super::super::lexer::{self, TokenKind};
use super::super::type_names::TypeParser;
use super::super::{Names, SyntaxError, Type};
use super::{ADD, Parsed, Parser};
use crate::number::Number;
use crate::value::Value;
use std::sync::Arc;

/// Most entries of one context literal: each sees all before it.
const MAX_ENTRIES: usize = 5_000;

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Parsed {
        let start = self.peek().start;
        if self.peek().is("-") {
            self.at += 1;
            let operand = self.deeper(|parser| parser.operand())?;
            return Ok(self.node(start, Kind::Negate(Box::new(operand))));
        }
        let primary = self.primary()?;
        self.postfix(primary)
    }

    /// Paths, filters, calls and `instance of` after an operand.
    pub(super) fn postfix(&mut self, mut left: Expr) -> Parsed {
        let start = left.span.start as usize;
        let mut chained = 0;
        loop {
            chained += 1;
            if chained > super::MAX_DEPTH {
                return self.error("一个表达式中的路径过长，请拆开");
            }
            let token = self.peek();
            let kind = if token.is(".") {
                self.at += 1;
                Kind::Path(Box::new(left), self.field_name()?)
            } else if token.is("[") && !self.closes_range() {
                self.at += 1;
                let condition = self.filter_condition()?;
                Kind::Filter(Box::new(left), Box::new(condition))
            } else if token.is("(") {
                self.at += 1;
                Kind::Call(Box::new(left), self.arguments()?)
            } else if token.is_word("instance") && self.tokens[self.at + 1].is_word("of") {
                self.at += 2;
                Kind::InstanceOf(Box::new(left), self.type_expression()?)
            } else {
                return Ok(left);
            };
            left = self.node(start, kind);
        }
    }

    /// Whether `[` here ends a range (`[1..10[`) rather than opening a filter.
    fn closes_range(&self) -> bool {
        let next = self.tokens[self.at + 1];
        self.range_end
            && match next.kind {
                TokenKind::End => true,
                TokenKind::Word => super::KEYWORDS.contains(&next.text),
                TokenKind::Symbol => !matches!(next.text, "(" | "[" | "{" | "@"),
                _ => false,
            }
    }

    fn filter_condition(&mut self) -> Parsed {
        self.filters += 1;
        let condition = self.expression();
        self.filters -= 1;
        let condition = condition?;
        self.expect("]")?;
        Ok(condition)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.peek();
        match token.kind {
            TokenKind::Number => self.number(),
            TokenKind::String => {
                self.at += 1;
                let value = lexer::unescape(self.text, token.start, token.text)?;
                Ok(self.node(token.start, Kind::String(value.into())))
            }
            TokenKind::Word => self.word(),
            TokenKind::Symbol => match token.text {
                "(" => self.round(),
                "[" => self.square(),
                "]" => self.open_range(),
                "{" => self.context(),
                "@" => self.at_literal(),
                _ => self.error(format!("“{}”不能放在这里", token.text)),
            },
            TokenKind::End => self.error("表达式没有写完"),
        }
    }

    fn number(&mut self) -> Parsed {
        let token = self.peek();
        match Number::parse(token.text) {
            Ok((value, true)) => {
                self.at += 1;
                Ok(self.node(token.start, Kind::Number(value)))
            }
            Ok((_, false)) => self.error("数超过 34 位有效数字，无法精确表示"),
            Err(error) => self.error(error.to_string()),
        }
    }

    fn at_literal(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        let token = self.peek();
        if token.kind != TokenKind::String {
            return self.error("@ 之后应为带引号的日期、时间或时长");
        }
        self.at += 1;
        let text = lexer::unescape(self.text, token.start, token.text)?;
        let value = Value::from_temporal_text(&text);
        Ok(self.node(start, Kind::At(text.into(), value)))
    }

    /// `(expression)`, `(low..high]`, `(> 5)`.
    fn round(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        if self.compare_op().is_some() {
            let comparison = self.deeper(|parser| parser.comparison())?;
            self.expect(")")?;
            return Ok(comparison);
        }
        let inner = self.expression()?;
        if self.peek().is("..") {
            return self.range_from(start, inner, false);
        }
        self.expect(")")?;
        Ok(inner)
    }

    /// `[a, b]` or `[low..high]`.
    fn square(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        let mut items = Vec::new();
        if !self.take("]") {
            items.push(self.list_item()?);
            if self.peek().is("..") {
                let low = items.remove(0);
                return self.range_from(start, low, true);
            }
            while self.take(",") {
                items.push(self.list_item()?);
            }
            self.expect("]")?;
        }
        Ok(self.node(start, Kind::List(items)))
    }

    fn list_item(&mut self) -> Parsed {
        if self.compare_op().is_some() {
            return self.deeper(|parser| parser.comparison());
        }
        self.expression()
    }

    /// `]low..high]`
    fn open_range(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        let low = self.expression()?;
        self.range_from(start, low, false)
    }

    pub(super) fn range_from(&mut self, start: usize, low: Expr, low_included: bool) -> Parsed {
        self.expect("..")?;
        let outer = std::mem::replace(&mut self.range_end, true);
        let high = self.deeper(|parser| parser.binary(ADD));
        self.range_end = outer;
        let high = high?;
        let high_included = match self.peek().text {
            "]" => true,
            ")" | "[" => false,
            _ => return self.error("区间没有写完，应以 ]、) 或 [ 结束"),
        };
        self.at += 1;
        let range = RangeExpr {
            low,
            low_included,
            high,
            high_included,
        };
        Ok(self.node(start, Kind::Range(Box::new(range))))
    }

    fn context(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        self.locals.push(Names::new());
        let entries = self.deeper(|parser| parser.entries());
        self.locals.pop();
        let entries = entries?;
        Ok(self.node(start, Kind::Context(entries)))
    }

    fn entries(&mut self) -> Result<Vec<Entry>, SyntaxError> {
        let mut entries: Vec<Entry> = Vec::new();
        if self.take("}") {
            return Ok(entries);
        }
        loop {
            let key = self.key()?;
            self.expect(":")?;
            let value = self.expression()?;
            self.bind(&key);
            self.keys.add(&key);
            entries.push(Entry { key, value });
            if entries.len() > MAX_ENTRIES {
                return self.error("上下文的项过多");
            }
            if !self.take(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(entries)
    }

    fn key(&mut self) -> Result<Arc<str>, SyntaxError> {
        let token = self.peek();
        if token.kind == TokenKind::String {
            self.at += 1;
            return Ok(lexer::unescape(self.text, token.start, token.text)?.into());
        }
        self.name_until(&[":"])
    }

    fn word(&mut self) -> Parsed {
        let token = self.peek();
        if let Some(name) = self.known_name() {
            return Ok(self.node(token.start, Kind::Name(name)));
        }
        let literal = match token.text {
            "null" => Some(Kind::Null),
            "true" => Some(Kind::Boolean(true)),
            "false" => Some(Kind::Boolean(false)),
            _ => None,
        };
        if let Some(kind) = literal {
            self.at += 1;
            return Ok(self.node(token.start, kind));
        }
        match token.text {
            "if" => self.deeper(|parser| parser.condition()),
            "for" => self.deeper(|parser| parser.iteration()),
            "some" => self.deeper(|parser| parser.quantified(Quantifier::Some)),
            "every" => self.deeper(|parser| parser.quantified(Quantifier::Every)),
            "function" => self.deeper(|parser| parser.function()),
            word if super::KEYWORDS.contains(&word) => self.error(format!("“{word}”不能放在这里")),
            _ => {
                let name = self.unknown_name();
                Ok(self.node(token.start, Kind::Name(name)))
            }
        }
    }

    fn condition(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        let condition = self.expression()?;
        self.expect_word("then")?;
        let yes = self.expression()?;
        self.expect_word("else")?;
        let no = self.expression()?;
        Ok(self.node(start, Kind::If(Box::new([condition, yes, no]))))
    }

    fn iteration(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        self.locals.push(Names::new());
        let parts = self.iterations_then("return");
        self.locals.pop();
        let (iterations, body) = parts?;
        Ok(self.node(start, Kind::For(iterations, Box::new(body))))
    }

    fn quantified(&mut self, quantifier: Quantifier) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        self.locals.push(Names::new());
        let parts = self.iterations_then("satisfies");
        self.locals.pop();
        let (iterations, body) = parts?;
        Ok(self.node(start, Kind::Quantified(quantifier, iterations, Box::new(body))))
    }

    fn iterations_then(&mut self, word: &str) -> Result<(Vec<Iteration>, Expr), SyntaxError> {
        let mut iterations = Vec::new();
        loop {
            let name = self.name_until(&["in"])?;
            self.expect_word("in")?;
            let domain = self.expression()?;
            let high = if self.take("..") {
                Some(self.expression()?)
            } else {
                None
            };
            self.bind(&name);
            iterations.push(Iteration { name, domain, high });
            if !self.take(",") {
                break;
            }
        }
        self.expect_word(word)?;
        self.bind("partial");
        Ok((iterations, self.expression()?))
    }

    fn function(&mut self) -> Parsed {
        let start = self.peek().start;
        self.at += 1;
        self.expect("(")?;
        self.locals.push(Names::new());
        let function = self.function_rest();
        self.locals.pop();
        let function = function?;
        Ok(self.node(start, Kind::Function(Arc::new(function))))
    }

    fn function_rest(&mut self) -> Result<FunctionExpr, SyntaxError> {
        let mut parameters = Vec::new();
        while !self.peek().is(")") {
            let name = self.name_until(&[":", ",", ")"])?;
            let declared = if self.take(":") {
                self.type_expression()?
            } else {
                Type::Any
            };
            self.bind(&name);
            parameters.push(Parameter { name, declared });
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        let external = self.take_word("external");
        let body = self.expression()?;
        Ok(FunctionExpr {
            parameters,
            body,
            external,
        })
    }

    fn type_expression(&mut self) -> Result<Type, SyntaxError> {
        let mut at = self.at;
        let parser = TypeParser {
            text: self.text,
            tokens: self.tokens,
            at: &mut at,
            depth: 0,
        };
        let kind = { parser }.parse()?;
        self.at = at;
        Ok(kind)
    }

    fn arguments(&mut self) -> Result<Arguments, SyntaxError> {
        if self.take(")") {
            return Ok(Arguments::Positional(Vec::new()));
        }
        let arguments = if self.argument_is_named() {
            let mut named = vec![self.named_argument()?];
            while self.take(",") {
                named.push(self.named_argument()?);
            }
            Arguments::Named(named)
        } else {
            let mut items = vec![self.list_item()?];
            while self.take(",") {
                items.push(self.list_item()?);
            }
            Arguments::Positional(items)
        };
        self.expect(")")?;
        Ok(arguments)
    }

    /// `name :` ahead; a colon inside brackets belongs to something else.
    fn argument_is_named(&self) -> bool {
        let ahead = self.tokens[self.at..].iter();
        for token in ahead.take(30) {
            match token.kind {
                TokenKind::End | TokenKind::String => return false,
                TokenKind::Symbol if token.text == ":" => return true,
                TokenKind::Symbol if "()[]{},".contains(token.text) => return false,
                _ => {}
            }
        }
        false
    }

    fn named_argument(&mut self) -> Result<(Arc<str>, Expr), SyntaxError> {
        let name = self.name_until(&[":"])?;
        self.expect(":")?;
        Ok((name, self.list_item()?))
    }
}
