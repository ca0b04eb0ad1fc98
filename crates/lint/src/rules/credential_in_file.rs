//! A password or token in the file itself.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::secret;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-file",
    severity: Severity::Security,
    why: "whoever reads the file, its backups or its repository has the credential",
    instead: "put it into the environment, and write `{$NAME}` or `{env.NAME}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let mut found = Vec::new();
    secret::each(subject.options, subject.sources, &mut found);
    for site in &subject.sites {
        secret::each(&site.block.lines, subject.sources, &mut found);
    }
    for secret in found {
        let owner = &secret.owner;
        let message = format!(
            "the credential for `{}` stands in the file",
            shorten(&owner.text)
        );
        report(RULE.at(owner.span, message, "written out behind this"));
    }
}
