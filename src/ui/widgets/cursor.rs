//! A cursor in a list: which row is chosen, and which rows show.

use super::super::command::Command;

/// The chosen row and the window over the list. Kept inside the list whenever its length changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The chosen row.
    pub at: usize,
    /// The first row that shows.
    pub top: usize,
    /// How many rows show, as of the last drawing.
    pub height: usize,
    /// The window stays where it is over the rows, though room be wasted below them: rows came above the chosen one.
    held: bool,
}

impl Cursor {
    /// Moves as the command says in a list of `len` rows; false for a command that does not move.
    pub fn go(&mut self, command: Command, len: usize) -> bool {
        let (half, page) = ((self.height / 2).max(1), self.height.saturating_sub(1).max(1));
        let to = match command {
            Command::Down => self.at.saturating_add(1),
            Command::Up => self.at.saturating_sub(1),
            Command::Top => 0,
            Command::Bottom => usize::MAX,
            Command::HalfDown => self.at.saturating_add(half),
            Command::HalfUp => self.at.saturating_sub(half),
            Command::PageDown => self.at.saturating_add(page),
            Command::PageUp => self.at.saturating_sub(page),
            _ => return false,
        };
        self.choose(to, len);
        true
    }

    /// Chooses a row, or the last one when there are fewer.
    pub fn choose(&mut self, row: usize, len: usize) {
        self.held = false;
        self.at = row.min(len.saturating_sub(1));
        self.reveal(len);
    }

    /// Chooses a row that came from elsewhere in the list, and keeps it on its line of the screen.
    pub fn hold(&mut self, row: usize) {
        self.top = row.saturating_sub(self.at - self.top.min(self.at));
        self.at = row;
        self.held = true;
    }

    /// Takes the height of the window and moves it so that the chosen row shows and no room is wasted.
    pub fn fit(&mut self, height: usize, len: usize) {
        self.height = height;
        self.at = self.at.min(len.saturating_sub(1));
        self.reveal(len);
    }

    /// The line of the window that the chosen row is on.
    pub fn line(&self) -> u16 {
        self.at.saturating_sub(self.top) as u16
    }

    fn reveal(&mut self, len: usize) {
        let height = self.height.max(1);
        let lowest = (self.at + 1).saturating_sub(height);
        let highest = if self.held { self.at } else { len.saturating_sub(height).max(lowest) };
        self.top = self.top.clamp(lowest, self.at).min(highest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_row_always_shows() {
        let mut cursor = Cursor::default();
        cursor.fit(5, 20);
        for (command, at, top) in [
            (Command::Down, 1, 0),
            (Command::HalfDown, 3, 0),
            (Command::PageDown, 7, 3),
            (Command::Bottom, 19, 15),
            (Command::Down, 19, 15),
            (Command::PageUp, 15, 15),
            (Command::Up, 14, 14),
            (Command::Top, 0, 0),
            (Command::Up, 0, 0),
        ] {
            assert!(cursor.go(command, 20));
            assert_eq!((cursor.at, cursor.top), (at, top), "{command:?}");
        }
    }

    #[test]
    fn a_held_row_stays_on_its_line() {
        let mut cursor = Cursor::default();
        cursor.fit(5, 4);
        cursor.choose(2, 4);
        cursor.hold(3);
        cursor.fit(5, 5);
        assert_eq!((cursor.at, cursor.top), (3, 1));
        cursor.go(Command::Up, 5);
        assert_eq!((cursor.at, cursor.top), (2, 0));
    }

    #[test]
    fn a_list_that_shrinks_keeps_its_cursor() {
        let mut cursor = Cursor::default();
        cursor.fit(5, 20);
        cursor.go(Command::Bottom, 20);
        cursor.fit(5, 3);
        assert_eq!((cursor.at, cursor.top), (2, 0));
        cursor.fit(5, 0);
        assert_eq!((cursor.at, cursor.top), (0, 0));
    }
}
