//! Names with wildcards, as in Go's `path.Match` without brackets: `*` stands for any characters
//! but `/`, `?` for one, and a backslash takes the next character as it is.

/// Whether one part of a path has wildcards.
pub(super) fn is_wild(part: &str) -> bool {
    part.contains(['*', '?', '\\'])
}

/// Whether a name fits one part of a pattern; linear in their product.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<Part> = parts(pattern);
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut next) = (0, 0);
    // Where to go on if what follows the last star does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while at < name.len() {
        match pattern.get(next) {
            Some(Part::Many) => {
                next += 1;
                retry = Some((next, at));
                continue;
            }
            Some(Part::One) => (),
            Some(Part::Char(char)) if *char == name[at] => (),
            _ => {
                let Some((behind_star, from)) = retry else {
                    return false;
                };
                (next, at) = (behind_star, from + 1);
                retry = Some((behind_star, at));
                continue;
            }
        }
        at += 1;
        next += 1;
    }
    pattern[next..]
        .iter()
        .all(|part| matches!(part, Part::Many))
}

/// Whether a whole path fits a whole pattern.
pub(super) fn matches_path(pattern: &str, path: &str) -> bool {
    let (mut parts, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (parts.next(), names.next()) {
            (None, None) => return true,
            (Some(part), Some(name)) if matches(part, name) => {}
            _ => return false,
        }
    }
}

enum Part {
    Many,
    One,
    Char(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        parts.push(match char {
            '*' => Part::Many,
            '?' => Part::One,
            '\\' => Part::Char(chars.next().unwrap_or('\\')),
            char => Part::Char(char),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_what_is_within_a_part() {
        let table = [
            ("*", "", true),
            ("*.caddy", "a.caddy", true),
            ("*.caddy", ".caddy", true),
            ("a*b", "aXbXb", true),
            ("a*b", "aXbX", false),
            ("a?", "ab", true),
            ("a?", "a", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("ä?", "äö", true),
        ];
        for (pattern, name, fits) in table {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
        assert!(matches_path("a/*/c", "a/b/c"));
        assert!(!matches_path("a/*", "a/b/c"));
    }
}
