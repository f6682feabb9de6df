//! Work on all cores with results in a fixed order, on plain scoped threads.

use std::sync::Mutex;
use std::thread;

/// More threads than this gain little: the work is bound by memory.
const MAX_THREADS: usize = 8;
/// Fewer items are not worth a thread.
const FEW: usize = 2048;

fn threads() -> usize {
    thread::available_parallelism().map_or(1, |n| n.get().min(MAX_THREADS))
}

/// `f(0), f(1), … f(n - 1)`, written where they stay: fresh memory is what costs most here.
pub(super) fn map<R: Send + Default>(n: usize, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let (all, _) = fill(n, |first, piece: &mut [R]| {
        for (i, item) in piece.iter_mut().enumerate() {
            *item = f(first + i);
        }
    });
    all
}

/// Fills pieces of equal size, the last of which may be shorter: `f` gets the place of a piece's
/// first item and the piece. Returns the items and what `f` returned for each piece, in order.
pub(super) fn fill<R: Send + Default, E: Send>(
    n: usize,
    f: impl Fn(usize, &mut [R]) -> E + Sync,
) -> (Vec<R>, Vec<E>) {
    let mut all: Vec<R> = Vec::new();
    all.resize_with(n, R::default);
    let threads = threads();
    if threads == 1 || n < FEW {
        let extra = f(0, &mut all);
        return (all, vec![extra]);
    }
    // Small pieces, so that a costly one does not leave the other threads idle.
    let size = n.div_ceil(threads * 32);
    let pieces = Mutex::new(all.chunks_mut(size).enumerate());
    let extras = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    // A poisoned lock means that another thread panicked: the scope panics, too.
                    let next = pieces.lock().ok().and_then(|mut p| p.next());
                    let Some((at, items)) = next else { break };
                    let extra = f(at * size, items);
                    if let Ok(mut extras) = extras.lock() {
                        extras.push((at, extra));
                    }
                }
            });
        }
    });
    let mut extras = extras.into_inner().unwrap_or_default();
    extras.sort_unstable_by_key(|(at, _)| *at);
    (all, extras.into_iter().map(|(_, extra)| extra).collect())
}

/// Sorts as `sort_unstable` does.
pub(super) fn sort<T: Ord + Send>(items: &mut [T]) {
    sort_with(items, threads());
}

fn sort_with<T: Ord + Send>(items: &mut [T], threads: usize) {
    if threads < 2 || items.len() < 8 * FEW {
        items.sort_unstable();
        return;
    }
    let middle = items.len() / 2;
    items.select_nth_unstable(middle);
    let (low, high) = items.split_at_mut(middle);
    thread::scope(|scope| {
        scope.spawn(|| sort_with(low, threads / 2));
        sort_with(high, threads - threads / 2);
    });
}

/// Both results, worked out side by side.
pub(super) fn both<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(b);
        let here = a();
        match other.join() {
            Ok(there) => (here, there),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_come_in_order() {
        let squares = super::map(100_003, |i| i as u64 * i as u64);
        assert!(
            squares
                .iter()
                .enumerate()
                .all(|(i, s)| *s == (i as u64).pow(2))
        );
    }

    proptest::proptest! {
        #[test]
        fn sorting_is_sorting(seed in 0u64..50, n in 0usize..60_000) {
            let mut items: Vec<u64> = (0..n as u64).map(|i| (i ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            super::sort_with(&mut items, 4);
            proptest::prop_assert_eq!(items, expected);
        }
    }
}
