//! A stable sort that gives Go's result even for comparisons that contradict themselves, which
//! Caddy's do (a route without a single path compares equal to routes that are not equal).
//! Go: `stable_func` and its neighbours in `sort/zsortfunc.go`.

/// Go sorts blocks of this size by insertion before it merges them.
const BLOCK: usize = 20;

/// Sorts by "comes before". Never panics, whatever `less` says.
pub(crate) fn sort_stable<T>(items: &mut [T], less: &impl Fn(&T, &T) -> bool) {
    let mut block = BLOCK;
    for chunk in items.chunks_mut(block) {
        insertion_sort(chunk, less);
    }
    while block < items.len() {
        for pair in items.chunks_mut(2 * block) {
            if pair.len() > block {
                merge(pair, block, less);
            }
        }
        block *= 2;
    }
}

fn insertion_sort<T>(items: &mut [T], less: &impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && less(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Merges `items[..middle]` and `items[middle..]` in place (Kim and Kutzner's symmetric merge).
fn merge<T>(items: &mut [T], middle: usize, less: &impl Fn(&T, &T) -> bool) {
    let len = items.len();
    if middle == 0 || middle == len {
        return;
    }
    if middle == 1 {
        let place = partition(1, len, |at| less(&items[at], &items[0]));
        items[..place].rotate_left(1);
        return;
    }
    if len - middle == 1 {
        let place = partition(0, middle, |at| !less(&items[middle], &items[at]));
        items[place..].rotate_right(1);
        return;
    }
    let half = len / 2;
    let sum = half + middle;
    let (low, high) = if middle > half {
        (sum - len, half)
    } else {
        (0, middle)
    };
    let start = partition(low, high, |at| !less(&items[sum - 1 - at], &items[at]));
    let end = sum - start;
    if start < middle && middle < end {
        items[start..end].rotate_left(middle - start);
    }
    let (left, right) = items.split_at_mut(half);
    if 0 < start && start < half {
        merge(left, start, less);
    }
    if half < end && end < len {
        merge(right, end - half, less);
    }
}

/// The first index in `low..high` for which `holds` is false, by halving.
fn partition(mut low: usize, mut high: usize, holds: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_like_the_standard_library_where_the_comparison_is_sound() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        for len in [0, 1, 2, 19, 20, 21, 40, 63, 200, 501] {
            let items: Vec<(u32, usize)> = (0..len).map(|index| (next() % 16, index)).collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_stable(&mut ours, &|a, b| a.0 < b.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs, "{len} items");
        }
    }

    #[test]
    fn survives_a_comparison_that_contradicts_itself() {
        let mut items: Vec<u32> = (0..100).collect();
        sort_stable(&mut items, &|a, b| (a * 7 + b * 3) % 5 < 2);
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
