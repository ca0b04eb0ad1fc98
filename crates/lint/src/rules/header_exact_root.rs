//! `header /`: only the path `/`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::rules::exact_root::only_root;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "header-exact-root",
    severity: Severity::Suspicious,
    why: "`/` is the path `/` and nothing below it",
    instead: "write `header` without matcher for every path",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for placed in only_root(subject, &["header"]) {
        let word = &placed.line.args[0];
        let message = "`header /` is only about the path `/`";
        report(RULE.at(word.span, message, "exactly this path"));
    }
}
