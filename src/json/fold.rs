//! Folding, and the rows that show. A step to the next or previous one takes the same time anywhere.

use super::{
    row::{Kind, RowNo},
    tree::{Tree, some},
};

impl Tree {
    pub fn is_folded(&self, at: RowNo) -> bool {
        self.row(at).folded
    }

    /// Whether there is anything to fold in a row.
    pub fn can_fold(&self, at: RowNo) -> bool {
        let row = self.row(at);
        row.kind.opens() && row.children > 0
    }

    /// Folds the value of a row, or unfolds it; of a closing row that which it closes. Returns the row that is folded.
    pub fn set_folded(&mut self, at: RowNo, folded: bool) -> RowNo {
        let at = self.value_of(at);
        if self.can_fold(at) {
            self.rows[at].folded = folded;
        }
        at
    }

    /// Folds what is open and opens what is folded. Returns the row that is now the cursor's.
    pub fn toggle(&mut self, at: RowNo) -> RowNo {
        let at = self.value_of(at);
        self.set_folded(at, !self.is_folded(at))
    }

    /// Opens the containers that are less than `level` deep and folds the others; 0 leaves one row. Embedded JSON
    /// stays folded.
    pub fn fold_to(&mut self, level: u32) {
        for row in &mut self.rows {
            row.folded = row.children > 0 && (row.depth >= level || row.kind == Kind::Embedded);
        }
    }

    /// Opens everything, embedded JSON too.
    pub fn unfold_all(&mut self) {
        self.rows.iter_mut().for_each(|row| row.folded = false);
    }

    /// Opens all that hides a row.
    pub fn reveal(&mut self, at: RowNo) {
        let mut up = self.parent(at);
        while let Some(row) = up {
            self.rows[row].folded = false;
            up = self.parent(row);
        }
    }

    /// The row itself when it shows, or the outermost folded one that hides it.
    pub fn visible(&self, at: RowNo) -> RowNo {
        let start = self.value_of(at);
        let mut found = if self.is_folded(start) { start } else { at };
        let mut up = self.parent(at);
        while let Some(row) = up {
            if self.is_folded(row) {
                found = row;
            }
            up = self.parent(row);
        }
        found
    }

    /// The row that shows below a row that shows.
    pub fn next_visible(&self, at: RowNo) -> Option<RowNo> {
        let next = match self.is_folded(at) {
            true => self.pair(at)? + 1,
            false => at + 1,
        };
        (next < self.len()).then_some(next)
    }

    /// The row that shows above a row that shows.
    pub fn previous_visible(&self, at: RowNo) -> Option<RowNo> {
        let above = at.checked_sub(1)?;
        if !self.row(above).kind.closes() {
            return Some(above);
        }
        // Above stands the end of a container, or of a string's JSON, that may be folded.
        let open = self.value_of(above);
        let string =
            some(self.row(open).parent).filter(|&up| self.row(up).kind == Kind::Embedded && self.is_folded(up));
        Some(string.unwrap_or(if self.is_folded(open) { open } else { above }))
    }

    /// The last row that shows.
    pub fn last_visible(&self) -> RowNo {
        self.visible(self.len() - 1)
    }
}
