//! The lines of a text that labels mark, cleaned and cut, with the ranges of the labels moved along.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::floor_boundary;
use crate::text::visible;
use crate::{Label, SourceId, SourceMap};

/// Characters kept behind the last mark of a line; the renderer shows fewer.
const BEHIND: usize = 200;
/// Lines around a marked one that are kept, in case the renderer shows rather than folds them.
const AROUND: u32 = 3;

/// Consecutive lines; those far from every mark are blank, and the renderer folds them away.
pub(super) struct Excerpt {
    /// The lines.
    pub(super) text: String,
    /// Number of the first line, from 1.
    pub(super) first_line: usize,
    /// Where each label lies in `text`, in the order of the labels.
    pub(super) ranges: Vec<Range<usize>>,
}

/// A label cut to the line it starts on, as a byte range of its text.
struct Mark {
    line: u32,
    start: usize,
    end: usize,
}

impl Excerpt {
    pub(super) fn new(labels: &[&Label], id: SourceId, sources: &SourceMap) -> Self {
        let marks: Vec<Mark> = labels
            .iter()
            .map(|label| mark(label, id, sources))
            .collect();
        let first = marks.iter().map(|mark| mark.line).min().unwrap_or(1);
        let last = marks.iter().map(|mark| mark.line).max().unwrap_or(1);
        let mut by_line: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, mark) in marks.iter().enumerate() {
            by_line.entry(mark.line).or_default().push(index);
        }

        let mut excerpt = Self {
            text: String::new(),
            first_line: first as usize,
            ranges: vec![0..0; marks.len()],
        };
        for line in first..=last {
            if line > first {
                excerpt.text.push('\n');
            }
            if by_line
                .range(line.saturating_sub(AROUND)..=line + AROUND)
                .next()
                .is_some()
            {
                let on_line = by_line.get(&line).map_or(&[][..], Vec::as_slice);
                let is_hidden = |at| sources.is_hidden(id, at);
                excerpt.push_line(sources.line(id, line), &marks, on_line, &is_hidden);
            }
        }
        excerpt
    }

    /// Appends one line and places the marks (indices into `marks`) that lie on it. What is in
    /// front of a mark stays: the renderer counts columns from it.
    fn push_line(
        &mut self,
        (start, line): (usize, &str),
        marks: &[Mark],
        on_line: &[usize],
        is_hidden: &dyn Fn(usize) -> bool,
    ) {
        let last = on_line.iter().map(|&index| marks[index].end - start).max();
        let mut behind = line[last.unwrap_or(0)..].char_indices();
        let to = behind
            .nth(BEHIND)
            .map_or(line.len(), |(at, _)| last.unwrap_or(0) + at);
        // For every character boundary that is shown, where it went.
        let mut moved = Vec::with_capacity(to + 1);
        for (at, char) in line[..to].char_indices() {
            moved.push((start + at, self.text.len()));
            match char {
                // Has no column.
                '\u{feff}' if start + at == 0 => {}
                _ if is_hidden(start + at) => self.text.push('*'),
                // Left to the renderer, which knows how wide it is.
                '\t' => self.text.push(char),
                _ => self.text.push(visible(char)),
            }
        }
        let end = self.text.len();
        let find = |offset: usize| {
            let index = moved.partition_point(|&(from, _)| from < offset);
            moved.get(index).map_or(end, |&(_, to)| to)
        };
        for &index in on_line {
            self.ranges[index] = find(marks[index].start)..find(marks[index].end);
        }
    }
}

fn mark(label: &Label, id: SourceId, sources: &SourceMap) -> Mark {
    let line = sources.position(label.span).line;
    let (line_start, text) = sources.line(id, line);
    let line_end = line_start + text.len();
    let whole = sources.text(id);
    let start = floor_boundary(whole, label.span.start).clamp(line_start, line_end);
    let end = floor_boundary(whole, label.span.end).clamp(start, line_end);
    Mark { line, start, end }
}
