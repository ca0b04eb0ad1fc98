//! `map`: gives placeholders values by that of another text. They are looked up when somebody
//! asks. Caddy: `modules/caddyhttp/map/map.go`.

use std::borrow::Cow;

use evenkeel_plan::http::handlers::{Map as Plan, Mapping};
use regex::bytes::Regex;

use super::Flow;
use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::regexp;
use crate::template::{Natural, Scope, Template, Unknown};

/// The handler.
pub(crate) struct Map {
    source: Template,
    /// Names of placeholders, without braces.
    destinations: Box<[Box<str>]>,
    rows: Box<[Row]>,
    defaults: Box<[Template]>,
}

struct Row {
    input: Input,
    /// One for each destination; a row without a value is not looked at for it.
    outputs: Box<[Option<Output>]>,
}

enum Input {
    Text(Box<str>),
    Pattern(Regex),
}

enum Output {
    Template(Template),
    /// With `$1` for what the pattern captured.
    Expanded(Box<str>),
}

impl Map {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let rows = cx.all(plan.mappings.iter(), |cx, at, row| {
            cx.within(format_args!("mappings[{at}]"), |cx| {
                Row::build(row, plan.destinations.len(), cx)
            })
        })?;
        let template = |text: &String| Template::parse(text, Unknown::Empty, cx);
        Ok(Self {
            source: template(&plan.source),
            destinations: plan
                .destinations
                .iter()
                .map(|name| name_of(name).into())
                .collect(),
            rows,
            defaults: plan.defaults.iter().map(template).collect(),
        })
    }

    pub(super) fn handle<'g>(&'g self, exchange: &mut Exchange<'g>) -> Flow {
        exchange.notes_mut().maps.push(self);
        Flow::Next
    }

    /// The value of a placeholder, if it is one of these.
    pub(crate) fn value(&self, name: &str, scope: &Scope<'_>) -> Option<(Vec<u8>, Natural)> {
        let place = self
            .destinations
            .iter()
            .position(|known| **known == *name)?;
        let source = self.source.expand(scope);
        let found = self.rows.iter().find_map(|row| {
            let output = row.outputs.get(place)?.as_ref()?;
            row.value(&source, output, scope)
        });
        Some(found.unwrap_or_else(|| match self.defaults.get(place) {
            Some(default) => (default.expand(scope).into_owned(), Natural::Text),
            None => (Vec::new(), Natural::Nothing),
        }))
    }
}

impl Row {
    fn build(plan: &Mapping, width: usize, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        if plan.outputs.len() > width {
            return Err(cx.error("there are more outputs than destinations"));
        }
        let (input, expands) = match plan.input_regexp.as_str() {
            "" => (Input::Text(plan.input.as_str().into()), false),
            pattern => (Input::Pattern(regexp::compile(pattern, cx)?), true),
        };
        let outputs = plan.outputs.iter().map(|output| {
            let natural = Natural::from_plan(output);
            let text = output
                .as_str()
                .map_or_else(|| Cow::Owned(output.to_string()), Cow::Borrowed);
            match natural {
                Natural::Nothing => None,
                _ if expands => Some(Output::Expanded(text.into())),
                _ => {
                    let template = Template::parse(&text, Unknown::Empty, cx);
                    Some(Output::Template(template))
                }
            }
        });
        Ok(Self {
            input,
            outputs: outputs.collect(),
        })
    }

    /// What an output gives, if the row is for this source.
    fn value(
        &self,
        source: &[u8],
        output: &Output,
        scope: &Scope<'_>,
    ) -> Option<(Vec<u8>, Natural)> {
        match (&self.input, output) {
            (Input::Text(text), Output::Template(template)) => {
                let is_same = text.as_bytes() == source;
                is_same.then(|| (template.expand(scope).into_owned(), Natural::Text))
            }
            (Input::Pattern(regex), Output::Expanded(output)) => {
                let captures = regex.captures(source)?;
                let mut expanded = Vec::new();
                captures.expand(output.as_bytes(), &mut expanded);
                Some((expanded, Natural::Text))
            }
            (Input::Text(_), Output::Expanded(_)) | (Input::Pattern(_), Output::Template(_)) => {
                None
            }
        }
    }
}

/// The name of a placeholder without its braces.
pub(crate) fn name_of(destination: &str) -> &str {
    destination.trim_start_matches('{').trim_end_matches('}')
}
