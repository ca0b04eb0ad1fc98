//! `query`: parameters that must be there, each with one of its values. Caddy: `MatchQuery`.

use std::borrow::Cow;

use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::query::{Pair, pairs};
use crate::template::{Scope, Template, Unknown};

/// Parameters that must all be there; if there are none, the query must be empty.
pub(super) struct Query(Box<[(Template, Box<[Template]>)]>);

impl Query {
    pub(super) fn build<'p>(
        plan: impl IntoIterator<Item = (&'p String, &'p Vec<String>)>,
        cx: &BuildContext<'_>,
    ) -> Self {
        let template = |text: &String| Template::parse(text, Unknown::Empty, cx);
        let parameters = plan
            .into_iter()
            .map(|(key, values)| (template(key), values.iter().map(template).collect()));
        Self(parameters.collect())
    }

    /// A query that cannot be read in full has no parameters that could be relied on.
    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        let query = exchange.request.uri().query().unwrap_or_default();
        if self.0.is_empty() {
            return pairs(query.as_bytes()).all(|pair| pair.is_err());
        }
        let Ok(given) = pairs(query.as_bytes()).collect::<Result<Vec<Pair<'_>>, _>>() else {
            return false;
        };
        let scope = Scope::request(exchange);
        self.0.iter().all(|(key, wanted)| {
            let key = key.expand(&scope);
            let mut values = given.iter().filter(|(name, _)| *name == key).peekable();
            values.peek().is_some()
                && wanted.iter().any(|wanted| {
                    let wanted = wanted.expand(&scope);
                    wanted == Cow::Borrowed(&b"*"[..])
                        || values.clone().any(|(_, value)| *value == wanted)
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    /// Keys with their values.
    type Wanted = &'static [(&'static str, &'static [&'static str])];

    #[test]
    fn every_key_must_be_there_with_one_of_its_values() {
        let table: [(Wanted, &str, bool); 16] = [
            (&[("a", &["1"])], "a=1", true),
            (&[("a", &["1"])], "b=0&a=2&a=1", true),
            (&[("a", &["1", "2"])], "a=2", true),
            (&[("a", &["1"])], "a=2", false),
            (&[("a", &["*"])], "a", true),
            (&[("a", &["*"])], "b=a", false),
            (&[("a", &["1"]), ("b", &["2"])], "a=1", false),
            (&[("a", &["1"]), ("b", &["2"])], "b=2&a=1", true),
            (&[("a b", &["c+d"])], "a%20b=c%2bd", true),
            (&[("a", &["1 2"])], "a=1+2", true),
            (&[("a", &["1"])], "a=1&b=%zz", false),
            (&[("a", &["1"])], "a=1&b;c", false),
            (&[], "", true),
            (&[], "a", false),
            (&[], "&&%zz", true),
            (&[("q", &["{http.request.host}"])], "q=a.test", true),
        ];
        for (plan, query, expected) in table {
            let plan: Vec<(String, Vec<String>)> = plan
                .iter()
                .map(|(key, values)| {
                    let values = values.iter().map(|&value| value.to_owned());
                    ((*key).to_owned(), values.collect())
                })
                .collect();
            let plan = plan.iter().map(|(key, values)| (key, values));
            let matcher = trial::build(|cx| Query::build(plan, cx));
            let exchange = trial::exchange(trial::get("a.test", &format!("/?{query}")));
            assert_eq!(matcher.matches(&exchange), expected, "{query}");
        }
    }
}
