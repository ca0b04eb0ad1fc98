//! From words to a tree. Language: CEL's specification, "Syntax".

use super::Mistake;
use super::lexer::{Token, words};
use super::syntax::{Expr, Node, Operator};
use super::value::Value;

/// How deep an expression may be nested. CEL's own readers stop at 250.
const DEPTH: u32 = 100;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, Mistake> {
    let mut parser = Parser {
        words: words(text)?,
        next: 0,
        depth: 0,
    };
    let expr = parser.expr()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected()),
    }
}

struct Parser {
    words: Vec<(usize, Token)>,
    next: usize,
    depth: u32,
}

impl Parser {
    fn expr(&mut self) -> Result<Expr, Mistake> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Mistake::new(self.at(), "the expression is nested too deep"));
        }
        let condition = self.binary(1)?;
        let expr = if self.take("?") {
            let yes = self.expr()?;
            self.expect(":")?;
            let no = self.expr()?;
            let at = condition.at;
            let node = Node::Condition(Box::new(condition), Box::new(yes), Box::new(no));
            Expr { at, node }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(expr)
    }

    /// Operators that bind at least so strongly.
    fn binary(&mut self, least: u8) -> Result<Expr, Mistake> {
        let mut left = self.unary()?;
        loop {
            let Token::Sign(sign) = self.peek() else {
                return Ok(left);
            };
            let (operator, strength) = match Operator::written(sign) {
                Some((operator, strength)) if strength >= least => (operator, strength),
                _ => return Ok(left),
            };
            let at = self.at();
            self.next += 1;
            let right = self.binary(strength + 1)?;
            let node = Node::Binary(operator, Box::new(left), Box::new(right));
            left = Expr { at, node };
        }
    }

    fn unary(&mut self) -> Result<Expr, Mistake> {
        let at = self.at();
        if self.take("!") {
            let node = Node::Not(Box::new(self.nested(Self::unary)?));
            return Ok(Expr { at, node });
        }
        if !self.take("-") {
            return self.member();
        }
        if let Token::Int(value) = *self.peek() {
            self.next += 1;
            let value = 0i64.checked_sub_unsigned(value);
            let value = value.ok_or_else(|| Mistake::new(at, "the number is too small"))?;
            let literal = Expr {
                at,
                node: Node::Literal(Value::Int(value)),
            };
            return self.behind(literal);
        }
        let node = Node::Negate(Box::new(self.nested(Self::unary)?));
        Ok(Expr { at, node })
    }

    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Mistake::new(self.at(), "the expression is nested too deep"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn member(&mut self) -> Result<Expr, Mistake> {
        let primary = self.primary()?;
        self.behind(primary)
    }

    /// `.name`, `.name(…)` and `[…]` behind an expression.
    fn behind(&mut self, mut expr: Expr) -> Result<Expr, Mistake> {
        loop {
            let at = self.at();
            if self.take(".") {
                let name = self.name()?;
                let node = if self.take("(") {
                    Node::Call(Some(Box::new(expr)), name, self.list(")")?)
                } else {
                    Node::Select(Box::new(expr), name)
                };
                expr = Expr { at, node };
            } else if self.take("[") {
                let index = self.expr()?;
                self.expect("]")?;
                let node = Node::Index(Box::new(expr), Box::new(index));
                expr = Expr { at, node };
            } else {
                return Ok(expr);
            }
        }
    }

    fn primary(&mut self) -> Result<Expr, Mistake> {
        let (at, token) = self.words[self.next].clone();
        self.next += 1;
        let node = match token {
            Token::Int(value) => {
                let value = i64::try_from(value);
                let value = value.map_err(|_| Mistake::new(at, "the number is too great"))?;
                Node::Literal(Value::Int(value))
            }
            Token::Uint(value) => Node::Literal(Value::Uint(value)),
            Token::Double(value) => Node::Literal(Value::Double(value)),
            Token::Text(value) => Node::Literal(Value::Text(value.into())),
            Token::Bytes(value) => Node::Literal(Value::Bytes(value.into())),
            Token::Name(name) => match &*name {
                "true" | "false" => Node::Literal(Value::Bool(name == "true")),
                "null" => Node::Literal(Value::Null),
                _ if self.take("(") => Node::Call(None, name, self.list(")")?),
                _ => Node::Name(name),
            },
            Token::Sign("(") => {
                let expr = self.expr()?;
                self.expect(")")?;
                return Ok(expr);
            }
            Token::Sign("[") => Node::List(self.list("]")?),
            Token::Sign("{") => Node::Map(self.entries()?),
            Token::Sign(".") => return self.nested(Self::primary),
            Token::Sign(_) | Token::End => {
                self.next -= 1;
                return Err(self.unexpected());
            }
        };
        Ok(Expr { at, node })
    }

    /// Expressions up to a closing bracket, perhaps with a comma behind the last.
    fn list(&mut self, close: &'static str) -> Result<Vec<Expr>, Mistake> {
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.expr()?);
            if !self.take(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn entries(&mut self) -> Result<Vec<(Expr, Expr)>, Mistake> {
        let mut entries = Vec::new();
        while !self.take("}") {
            let key = self.expr()?;
            self.expect(":")?;
            entries.push((key, self.expr()?));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(entries)
    }

    fn name(&mut self) -> Result<String, Mistake> {
        let Token::Name(name) = self.peek() else {
            return Err(self.unexpected());
        };
        let name = name.clone();
        self.next += 1;
        Ok(name)
    }

    fn peek(&self) -> &Token {
        &self.words[self.next].1
    }

    fn at(&self) -> usize {
        self.words[self.next].0
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let is_there = *self.peek() == Token::Sign(sign);
        self.next += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Mistake> {
        if self.take(sign) {
            return Ok(());
        }
        Err(Mistake::new(self.at(), format!("`{sign}` is missing")))
    }

    fn unexpected(&self) -> Mistake {
        let message = match self.peek() {
            Token::End => "the expression ends too early".to_owned(),
            Token::Sign(sign) => format!("unexpected `{sign}`"),
            Token::Name(name) => format!("unexpected `{name}`"),
            _ => "unexpected value".to_owned(),
        };
        Mistake::new(self.at(), message)
    }
}
