//! One cause, one finding: a variable that is not set makes its line wrong in some other way, and
//! what the reader must know is the variable.

use evenkeel_diagnostics::{Diagnostic, Severity, SourceMap, Span};

/// The finding about a variable without value.
const UNSET: &str = "unset-environment-variable";
/// The findings about a line that ends too early.
const TOO_SHORT: [&str; 1] = ["missing-argument"];

/// Joins each error that comes from a variable without value with the finding about the variable.
/// The order stays.
pub fn name_causes(mut findings: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let variables: Vec<usize> = (0..findings.len())
        .filter(|&at| findings[at].id == UNSET)
        .collect();
    let mut joined: Vec<usize> = Vec::new();
    for variable in variables {
        let Some(place) = findings[variable].span() else {
            continue;
        };
        let result = (0..findings.len())
            .find(|&at| !joined.contains(&at) && comes_from(&findings[at], place, sources));
        if let Some(result) = result {
            findings[variable] = join(&findings[variable], &findings[result]);
            joined.push(result);
        }
    }
    let mut number = 0;
    findings.retain(|_| {
        number += 1;
        !joined.contains(&(number - 1))
    });
    findings
}

/// Whether an error is there because nothing stands at `variable`.
fn comes_from(found: &Diagnostic, variable: Span, sources: &SourceMap) -> bool {
    let Some(span) = found.span() else {
        return false;
    };
    let (span, variable) = (sources.base(span), sources.base(variable));
    if found.severity != Severity::Error || found.id == UNSET || span.source != variable.source {
        return false;
    }
    let covers = span.start <= variable.start && variable.end <= span.end;
    let line = |span| sources.position(span).line;
    let is_short = TOO_SHORT.contains(&found.id) && line(span) == line(variable);
    // A span over several lines is a block, and says nothing about the variable.
    (covers && sources.end_position(span).line == line(variable)) || is_short
}

/// The finding about the variable, with what it leads to.
fn join(variable: &Diagnostic, result: &Diagnostic) -> Diagnostic {
    let mut found = variable.clone();
    found.severity = Severity::Error;
    if let Some(span) = result.span() {
        found = found.also(span, result.message.clone());
    }
    found.notes.extend(result.notes.iter().cloned());
    found.caddy.clone_from(&result.caddy);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(sources: &mut SourceMap, text: &str, part: &str) -> Span {
        let source = sources.add("Caddyfile", text);
        let start = u32::try_from(text.find(part).expect("in the text")).expect("short");
        Span::new(
            source,
            start,
            start + u32::try_from(part.len()).expect("short"),
        )
    }

    #[test]
    fn the_variable_is_the_cause_and_is_said_once() {
        let mut sources = SourceMap::new();
        let variable = place(&mut sources, "{\n\temail {$MAIL}\n}\n", "{$MAIL}");
        let line = Span {
            start: variable.start - 6,
            ..variable
        };
        let findings = vec![
            Diagnostic::error("missing-argument", "`email` needs an address").at(line, ""),
            Diagnostic::warning(UNSET, "the environment variable `MAIL` is not set")
                .at(variable, ""),
        ];
        let found = name_causes(findings, &sources);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].severity), (UNSET, Severity::Error));
        assert_eq!(found[0].labels[1].text, "`email` needs an address");
    }

    #[test]
    fn an_error_beside_the_variable_stays() {
        let mut sources = SourceMap::new();
        let text = "heder {$X}\n";
        let variable = place(&mut sources, text, "{$X}");
        let name = Span {
            start: 0,
            end: 5,
            ..variable
        };
        let findings = vec![
            Diagnostic::error("unknown-directive", "there is no directive `heder`").at(name, ""),
            Diagnostic::warning(UNSET, "the environment variable `X` is not set").at(variable, ""),
        ];
        assert_eq!(name_causes(findings.clone(), &sources), findings);
    }
}
