//! Lists of small numbers, one a row, in two flat arrays (compressed sparse rows).

/// Row `r` is `items[starts[r]..starts[r + 1]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    starts: Vec<usize>,
    items: Vec<u32>,
}

impl Rows {
    /// Rows from pairs `(row, item)`; `pairs` is asked twice and gives the same both times. Items
    /// keep their order within a row.
    pub fn of<I: Iterator<Item = (u32, u32)>>(rows: usize, pairs: impl Fn() -> I) -> Rows {
        let mut starts = vec![0usize; rows + 2];
        for (row, _) in pairs() {
            starts[row as usize + 2] += 1;
        }
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut items = vec![0u32; starts[rows + 1]];
        for (row, item) in pairs() {
            let at = &mut starts[row as usize + 1];
            items[*at] = item;
            *at += 1;
        }
        starts.pop();
        Rows { starts, items }
    }

    /// Room for so many items, which are then pushed row by row.
    pub fn with_room(items: usize) -> Rows {
        Rows {
            starts: Vec::new(),
            items: Vec::with_capacity(items),
        }
    }

    /// Rows in the making: pushes to the last one.
    pub fn push(&mut self, item: u32) {
        self.items.push(item);
    }

    /// Ends the row that was pushed to.
    pub fn end_row(&mut self) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.starts.push(self.items.len());
    }

    pub fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.items[self.starts[row]..self.starts[row + 1]]
    }

    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Rows with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u32])> {
        (0..self.len() as u32).map(|r| (r, self.row(r)))
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn rows_hold_what_was_put_in() {
        let pairs = [(2, 7), (0, 5), (2, 6), (3, 1)];
        let rows = Rows::of(4, || pairs.iter().copied());
        assert_eq!(
            (rows.len(), rows.row(0), rows.row(1)),
            (4, &[5][..], &[][..])
        );
        assert_eq!((rows.row(2), rows.row(3)), (&[7, 6][..], &[1][..]));
    }

    #[test]
    fn rows_made_one_after_the_other() {
        let mut rows = Rows::default();
        assert_eq!(rows.len(), 0);
        rows.push(3);
        rows.end_row();
        rows.end_row();
        assert_eq!(
            (rows.len(), rows.row(0), rows.row(1)),
            (2, &[3][..], &[][..])
        );
        assert_eq!(Rows::of(0, std::iter::empty).len(), 0);
    }
}
