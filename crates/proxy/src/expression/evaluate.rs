//! The value of a compiled expression for one exchange.

use std::borrow::Cow;
use std::time::UNIX_EPOCH;

use super::Fault;
use super::compile::Code;
use super::functions;
use super::macros::{Fold, Into};
use super::operators;
use super::syntax::Operator;
use super::value::{Span, Value};
use crate::exchange::Exchange;
use crate::template::{Natural, Placeholder, Scope};

/// Evaluates an expression.
pub(super) fn evaluate<'g>(
    code: &'g Code,
    exchange: &mut Exchange<'g>,
) -> Result<Value<'g>, Fault> {
    Evaluation {
        exchange,
        locals: Vec::new(),
    }
    .value(code)
}

struct Evaluation<'x, 'g> {
    exchange: &'x mut Exchange<'g>,
    locals: Vec<Value<'g>>,
}

impl<'g> Evaluation<'_, 'g> {
    fn value(&mut self, code: &'g Code) -> Result<Value<'g>, Fault> {
        Ok(match code {
            Code::Constant(value) => value.borrowed(),
            Code::Placeholder(placeholder) => self.placeholder(placeholder),
            Code::Matches(set) => {
                let matches = set.matches(self.exchange);
                Value::Bool(matches.map_err(Fault::Matcher)?)
            }
            Code::Local(place) => self.locals[*place].clone(),
            Code::List(items) => {
                let items = items.iter().map(|item| self.value(item));
                Value::list(items.collect::<Result<_, _>>()?)
            }
            Code::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Ok((self.value(key)?, self.value(value)?)));
                let entries: Result<Vec<_>, Fault> = entries.collect();
                Value::Map(super::value::Items::Owned(entries?))
            }
            Code::Field(of, field) => {
                let of = self.value(of)?;
                of.get(field).cloned().ok_or(Fault::Key)?
            }
            Code::Has(of, field) => Value::Bool(self.value(of)?.get(field).is_some()),
            Code::Index(parts) => {
                let (of, index) = (self.value(&parts[0])?, self.value(&parts[1])?);
                at(&of, &index)?
            }
            Code::Not(inner) => Value::Bool(!self.condition(inner)?),
            Code::Negate(inner) => match self.value(inner)? {
                Value::Int(value) => Value::Int(value.checked_neg().ok_or(Fault::Overflow)?),
                Value::Double(value) => Value::Double(-value),
                _ => return Err(Fault::Overload("-")),
            },
            Code::Binary(Operator::And, parts) => Value::Bool(!self.any(parts, false)?),
            Code::Binary(Operator::Or, parts) => Value::Bool(self.any(parts, true)?),
            Code::Binary(operator, parts) => {
                let (left, right) = (self.value(&parts[0])?, self.value(&parts[1])?);
                operators::apply(*operator, left, right)?
            }
            Code::Condition(parts) => {
                let [condition, yes, no] = &**parts;
                let chosen = if self.condition(condition)? { yes } else { no };
                self.value(chosen)?
            }
            Code::Call(call, args) => {
                let args = args.iter().map(|arg| self.value(arg));
                let args: Result<Vec<_>, Fault> = args.collect();
                call(&args?)?
            }
            Code::Found(of, regex) => match self.value(of)? {
                Value::Text(text) => Value::Bool(regex.is_match(&text)),
                _ => return Err(Fault::Overload("matches")),
            },
            Code::Fold(fold) => self.fold(fold)?,
            Code::Bind(parts) => {
                let bound = self.value(&parts[0])?;
                self.with_local(bound, &parts[1])?
            }
        })
    }

    fn condition(&mut self, code: &'g Code) -> Result<bool, Fault> {
        match self.value(code)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Fault::Overload("a condition")),
        }
    }

    /// Whether one of two conditions is as wanted. A fault of one does not count if the other
    /// decides. CEL's specification, "Logical operators".
    fn any(&mut self, parts: &'g [Code; 2], wanted: bool) -> Result<bool, Fault> {
        let first = self.condition(&parts[0]);
        if first.as_ref().is_ok_and(|value| *value == wanted) {
            return Ok(true);
        }
        if self.condition(&parts[1])? == wanted {
            return Ok(true);
        }
        first.map(|_| false)
    }

    fn with_local(&mut self, value: Value<'g>, body: &'g Code) -> Result<Value<'g>, Fault> {
        self.locals.push(value);
        let result = self.value(body);
        self.locals.pop();
        result
    }

    fn fold(&mut self, fold: &'g Fold) -> Result<Value<'g>, Fault> {
        let items = match self.value(&fold.over)? {
            Value::List(items) => items.into_vec(),
            Value::Map(entries) => entries.into_vec().into_iter().map(|(key, _)| key).collect(),
            _ => return Err(Fault::Overload("a macro")),
        };
        match fold.into {
            Into::Mapped => self.mapped(fold, items),
            Into::Sorted => self.sorted(fold, items),
            Into::Filtered => {
                let mut taken = Vec::new();
                for item in items {
                    if self.holds(&fold.body, &item)? {
                        taken.push(item);
                    }
                }
                Ok(Value::list(taken))
            }
            Into::ExistsOne => {
                let mut number = 0;
                for item in items {
                    number += u32::from(self.holds(&fold.body, &item)?);
                }
                Ok(Value::Bool(number == 1))
            }
            Into::All | Into::Exists => {
                let (wanted, mut fault) = (fold.into == Into::Exists, None);
                for item in items {
                    match self.holds(&fold.body, &item) {
                        Ok(value) if value == wanted => return Ok(Value::Bool(wanted)),
                        Ok(_) => {}
                        Err(error) => fault = Some(error),
                    }
                }
                fault.map_or(Ok(Value::Bool(!wanted)), Err)
            }
        }
    }

    fn mapped(&mut self, fold: &'g Fold, items: Vec<Value<'g>>) -> Result<Value<'g>, Fault> {
        let mut mapped = Vec::with_capacity(items.len());
        for item in items {
            if let Some(filter) = &fold.filter
                && !self.holds(filter, &item)?
            {
                continue;
            }
            mapped.push(self.with_local(item, &fold.body)?);
        }
        Ok(Value::list(mapped))
    }

    fn sorted(&mut self, fold: &'g Fold, items: Vec<Value<'g>>) -> Result<Value<'g>, Fault> {
        let keyed = items
            .into_iter()
            .map(|item| Ok((self.with_local(item.clone(), &fold.body)?, item)));
        let keyed: Result<Vec<_>, Fault> = keyed.collect();
        functions::sorted(keyed?)
    }

    fn holds(&mut self, body: &'g Code, item: &Value<'g>) -> Result<bool, Fault> {
        match self.with_local(item.clone(), body)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Fault::Overload("a condition")),
        }
    }

    /// Null if it has no value here.
    fn placeholder(&self, placeholder: &Placeholder) -> Value<'g> {
        let scope = Scope::request(self.exchange);
        let natural = placeholder.natural(&scope);
        if natural == Natural::Moment {
            let now = self.exchange.local.world.clock.now();
            let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            return Value::Timestamp(since);
        }
        let mut text = Vec::new();
        if !placeholder.write(&scope, &mut text) {
            return Value::Null;
        }
        let text = match String::from_utf8_lossy(&text) {
            Cow::Owned(text) => text,
            Cow::Borrowed(text) => text.to_owned(),
        };
        let read = match natural {
            Natural::Whole => text.parse().ok().map(Value::Int),
            Natural::Fraction => text.parse().ok().map(Value::Double),
            Natural::Truth => text.parse().ok().map(Value::Bool),
            Natural::Span => functions::span(&text).map(|span| Value::Duration(Span(span))),
            Natural::Nothing => Some(Value::Null),
            Natural::Text | Natural::Moment => None,
        };
        read.unwrap_or_else(|| Value::text(text))
    }
}

/// What is at a place of a list, or under a key of a map.
fn at<'g>(of: &Value<'g>, index: &Value<'_>) -> Result<Value<'g>, Fault> {
    match of {
        Value::Map(_) => of.get(index).cloned().ok_or(Fault::Key),
        Value::List(items) => {
            let place = match index {
                Value::Int(place) => usize::try_from(*place).ok(),
                Value::Uint(place) => usize::try_from(*place).ok(),
                _ => return Err(Fault::Overload("_[_]")),
            };
            let found = place.and_then(|place| items.get(place));
            found.cloned().ok_or(Fault::Index)
        }
        _ => Err(Fault::Overload("_[_]")),
    }
}
