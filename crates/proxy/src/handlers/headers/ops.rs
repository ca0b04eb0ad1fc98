//! Operations on header fields, names and expressions prepared. Caddy: `HeaderOps.ApplyTo`.

use evenkeel_plan::http::handlers::HeaderOps as Plan;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::deletion::Deletion;
use super::replacement::{Replacement, Target};
use super::value::{Name, Value, View, field_value};
use crate::error::BuildError;
use crate::graph::BuildContext;

/// Carried out in this order: delete everything, add, set, delete, replace.
pub(super) struct Ops {
    clear: bool,
    add: Box<[Assignment]>,
    set: Box<[Assignment]>,
    delete: Box<[Deletion]>,
    replace: Box<[(Target, Box<[Replacement]>)]>,
}

/// A field and values for it.
struct Assignment {
    name: Name,
    values: Box<[Value]>,
}

impl Ops {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let mut delete = Vec::with_capacity(plan.delete.len());
        for text in plan.delete.iter().filter(|text| *text != "*") {
            delete.push(Deletion::build(text, cx)?);
        }
        let mut replace = Vec::with_capacity(plan.replace.len());
        for (field, replacements) in &plan.replace {
            let target = Target::build(field, cx)?;
            let replacements = cx.within(format_args!("replace.{field}"), |cx| {
                replacements
                    .iter()
                    .map(|plan| Replacement::build(plan, cx))
                    .collect()
            })?;
            replace.push((target, replacements));
        }
        Ok(Self {
            clear: plan.delete.iter().any(|text| text == "*"),
            add: assignments(&plan.add, cx)?,
            set: assignments(&plan.set, cx)?,
            delete: delete.into(),
            replace: replace.into(),
        })
    }

    /// Carries the operations out. Placeholders see each other's effects.
    pub(super) fn apply(&self, headers: &mut HeaderMap, view: &View<'_>) {
        if self.clear {
            headers.clear();
        }
        for Assignment { name, values } in &self.add {
            let Some(name) = name.resolve(headers, view) else {
                continue;
            };
            for value in values {
                let value = value.resolve(headers, view);
                headers.append(&name, value);
            }
        }
        for Assignment { name, values } in &self.set {
            let Some(name) = name.resolve(headers, view) else {
                continue;
            };
            let value = joined(values, headers, view);
            headers.insert(name, value);
        }
        for deletion in &self.delete {
            deletion.apply(headers, view);
        }
        for (target, replacements) in &self.replace {
            for replacement in replacements {
                replacement.apply(target, headers, view);
            }
        }
    }

    /// Whether a field may be among what is edited.
    pub(super) fn touches(&self, field: &HeaderName) -> bool {
        self.clear
            || self
                .add
                .iter()
                .chain(&self.set)
                .any(|assignment| assignment.name.may_be(field))
            || self.delete.iter().any(|deletion| deletion.may_cover(field))
            || self
                .replace
                .iter()
                .any(|(target, _)| target.may_cover(field))
    }
}

fn assignments<'p>(
    plan: impl IntoIterator<Item = (&'p String, &'p Vec<String>)>,
    cx: &BuildContext<'_>,
) -> Result<Box<[Assignment]>, BuildError> {
    plan.into_iter()
        .map(|(name, values)| {
            let values = values.iter().map(|value| Value::build(value, cx)).collect();
            Ok(Assignment {
                name: Name::build(name, cx)?,
                values,
            })
        })
        .collect()
}

/// Several values set at once become one, separated by commas.
fn joined(values: &[Value], headers: &HeaderMap, view: &View<'_>) -> HeaderValue {
    if let [value] = values {
        return value.resolve(headers, view);
    }
    let values: Vec<_> = values
        .iter()
        .map(|value| value.resolve(headers, view))
        .collect();
    let values: Vec<_> = values.iter().map(HeaderValue::as_bytes).collect();
    field_value(&values.join(&b','))
}
