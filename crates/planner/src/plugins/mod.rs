//! Words of plugins of Caddy that people have in their files, and of releases of Caddy long gone:
//! which plugin it is, and what serves instead. None of them is built in; whoever meets an unknown
//! word asks here before it calls the word a slip.

pub(crate) mod dns;
mod gone;
mod lines;
mod modules;

/// What kind of word it is: where in a Caddyfile it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first word of a line in a site.
    Directive,
    /// The first word of a line in the options block.
    Option,
    /// The name of a module in this place of Caddy, as `dns.providers`.
    Module(&'static str),
}

/// A word that Caddy knows only with a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plugin {
    /// Where the word stands.
    pub(crate) kind: Kind,
    /// The word.
    pub(crate) word: &'static str,
    /// Where on GitHub the plugin is developed: owner and name.
    pub(crate) repository: &'static str,
    /// What to do instead, as advice; empty where nothing here serves.
    pub(crate) instead: &'static str,
}

/// The same as a row of a table, in that order.
type Row = (Kind, &'static str, &'static str, &'static str);

/// A word of older releases of Caddy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone {
    /// Where the word stood.
    pub(crate) kind: Kind,
    /// The word.
    pub(crate) word: &'static str,
    /// The last release that had it.
    pub(crate) until: &'static str,
    /// What to write now, as advice.
    pub(crate) instead: &'static str,
}

/// The plugin that a word belongs to.
pub(crate) fn find(kind: Kind, word: &str) -> Option<Plugin> {
    let row = rows().find(|row| row.0 == kind && row.1 == word);
    row.map(|&(kind, word, repository, instead)| Plugin {
        kind,
        word,
        repository,
        instead,
    })
}

fn rows() -> impl Iterator<Item = &'static Row> {
    lines::LINES.iter().chain(modules::MODULES)
}

/// What became of a word of an older Caddy.
pub(crate) fn gone(kind: Kind, word: &str) -> Option<Gone> {
    let mut rows = gone::GONE.iter();
    let row = rows.find(|row| row.kind == kind && row.word == word);
    row.copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{directives, matchers, options};

    #[test]
    fn no_word_of_a_plugin_is_built_in() {
        let plugin = rows().map(|row| (row.0, row.1));
        let gone = gone::GONE.iter().map(|row| (row.kind, row.word));
        for (kind, word) in plugin.chain(gone) {
            let known = match kind {
                Kind::Directive => directives::words(),
                Kind::Option => options::words(),
                Kind::Module("http.matchers") => matchers::words(),
                Kind::Module(_) => continue,
            };
            assert!(known.iter().all(|known| known.name != word), "{word}");
        }
    }

    #[test]
    fn every_word_is_listed_once_with_a_repository_and_advice_in_form() {
        let rows: Vec<&Row> = rows().collect();
        for (index, (kind, word, repository, instead)) in rows.iter().enumerate() {
            let is_same = |row: &&Row| row.0 == *kind && row.1 == *word;
            assert!(!rows[..index].iter().any(is_same), "{word} is listed twice");
            assert_eq!(repository.split('/').count(), 2, "{repository}");
            assert!(!instead.ends_with('.'), "{instead}");
        }
    }
}
