//! "Did you mean": the candidate nearest to a word, if any is near.

/// Longer words are not compared: nobody misspells a name of that length by a letter or two, and
/// the work per candidate stays bounded whatever the text holds.
const LONGEST: usize = 64;

/// More edits than this never make a suggestion.
const MOST_EDITS: usize = 3;

/// The candidate that takes the fewest edits (insert, delete, replace, swap neighbours) to reach
/// from `word`: at most a third of its letters and never more than three. Case is no edit. Among
/// equally near candidates the first wins.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = letters(word)?;
    let mut limit = (word.len() / 3).min(MOST_EDITS);
    let mut best = None;
    for candidate in candidates {
        let Some(letters) = letters(candidate) else {
            continue;
        };
        if letters == word {
            return Some(candidate);
        }
        if limit == 0 || letters.len().abs_diff(word.len()) > limit {
            continue;
        }
        let edits = distance(&word, &letters);
        if edits <= limit {
            best = Some(candidate);
            limit = edits - 1;
        }
    }
    best
}

fn letters(word: &str) -> Option<Vec<char>> {
    if word.len() > LONGEST * 4 {
        return None;
    }
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    (letters.len() <= LONGEST).then_some(letters)
}

/// Damerau-Levenshtein distance in the restricted form: no letter takes part in two swaps.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in to.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            let mut edits = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && from[i - 1] == *other && *letter == to[j - 1] {
                edits = edits.min(before[j - 1] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = [
        "lb_policy",
        "lb_retries",
        "health_uri",
        "health_timeout",
        "to",
    ];

    #[test]
    fn finds_the_name_behind_a_slip() {
        assert_eq!(nearest("lb_polcy", NAMES), Some("lb_policy"));
        assert_eq!(nearest("lb_plociy", NAMES), Some("lb_policy"));
        assert_eq!(nearest("helth_url", NAMES), Some("health_uri"));
        assert_eq!(nearest("LB_Policy", NAMES), Some("lb_policy"));
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance(&['a', 'b', 'c'], &['b', 'a', 'c']), 1);
        assert_eq!(distance(&['a', 'b'], &[]), 2);
        assert_eq!(distance(&[], &['a']), 1);
    }

    #[test]
    fn says_nothing_when_nothing_is_near() {
        assert_eq!(nearest("frobnicate", NAMES), None);
        assert_eq!(nearest("do", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }

    #[test]
    fn prefers_the_nearer_then_the_earlier() {
        assert_eq!(nearest("abcdef", ["abcxyf", "abcdxf"]), Some("abcdxf"));
        assert_eq!(nearest("abcdef", ["abcdeg", "abcdeh"]), Some("abcdeg"));
    }

    #[test]
    fn does_not_compare_very_long_words() {
        let long = "x".repeat(1 << 20);
        assert_eq!(nearest(&long, ["x"]), None);
        assert_eq!(nearest("lb_policy", [long.as_str()]), None);
    }
}
