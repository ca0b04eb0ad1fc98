//! `vars` and `vars_regexp`: variables or placeholders, of which one must have one of its values.
//! Caddy: `VarsMatcher` and `MatchVarsRE`.

use std::borrow::Cow;

use evenkeel_plan::http::matchers::Regexp as Plan;

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::regexp::Regexp;
use crate::template::{Scope, Template, Unknown};

/// Values of which one must be that of its variable.
pub(super) struct Values(Box<[(Template, Box<[Template]>)]>);

impl Values {
    pub(super) fn build<'p>(
        plan: impl IntoIterator<Item = (&'p String, &'p Vec<String>)>,
        cx: &BuildContext<'_>,
    ) -> Self {
        let template = |text: &String| Template::parse(text, Unknown::Empty, cx);
        let variables = plan
            .into_iter()
            .map(|(name, values)| (subject(name, cx), values.iter().map(template).collect()));
        Self(variables.collect())
    }

    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        let scope = Scope::request(exchange);
        self.0.iter().any(|(subject, wanted)| {
            let value: Cow<'_, [u8]> = subject.expand(&scope);
            wanted.iter().any(|wanted| wanted.expand(&scope) == value)
        })
    }
}

/// Expressions of which one must be found in its variable.
pub(super) struct Patterns(Box<[(Template, Regexp)]>);

impl Patterns {
    pub(super) fn build<'p>(
        plan: impl IntoIterator<Item = (&'p String, &'p Plan)>,
        cx: &BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let patterns = plan
            .into_iter()
            .map(|(name, regexp)| Ok((subject(name, cx), Regexp::build(regexp, cx)?)));
        patterns.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> bool {
        self.0.iter().any(|(subject, regexp)| {
            let found = regexp.find(&subject.expand(&Scope::request(exchange)));
            found.is_some_and(|found| {
                regexp.note(found, exchange);
                true
            })
        })
    }
}

/// `{placeholder}`, or the name of a variable.
fn subject(name: &str, cx: &BuildContext<'_>) -> Template {
    let is_placeholder =
        name.starts_with('{') && name.ends_with('}') && name.matches('{').count() == 1;
    if is_placeholder {
        return Template::parse(name, Unknown::Empty, cx);
    }
    Template::variable(name)
}
