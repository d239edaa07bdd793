//! A text of several lines being typed: its lines, the cursor in them, and the keys that readline taught everybody.

#[cfg(test)]
mod tests;
mod view;

use unicode_segmentation::UnicodeSegmentation;

use super::text::columns;
use crate::{
    model::text::is_unsafe,
    ui::keys::{Code, Key},
};

/// Lines of text, of at most [`Editor::MOST`] bytes, and the cursor.
#[derive(Debug)]
pub struct Editor {
    /// Never empty.
    lines: Vec<String>,
    /// The line of the cursor.
    row: usize,
    /// The cursor's place in its line, in bytes; always between characters.
    at: usize,
    /// The column that the cursor would like to be in as it goes up and down.
    wish: Option<usize>,
    /// All bytes, with one for each break.
    bytes: usize,
    /// The first line and the first column that show.
    top: usize,
    left: usize,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It is no key of an editor.
    Ignored,
    Moved,
    Changed,
}

impl Editor {
    /// The bytes of the longest text: no rule of the three languages is nearly as long.
    pub const MOST: usize = 32 << 10;

    /// An editor of a text, with the cursor at its start. What is too long, or steers a terminal, is left out.
    pub fn new(text: &str) -> Self {
        let mut editor = Self { lines: vec![String::new()], row: 0, at: 0, wish: None, bytes: 0, top: 0, left: 0 };
        editor.insert(text);
        (editor.row, editor.at) = (0, 0);
        editor
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// How many lines there are; never 0.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Types a text at the cursor. Gives the number of characters that were left out: those that steer a terminal or
    /// cannot be seen, and those for which there is no room. A tab becomes blanks, as YAML wants them.
    pub fn insert(&mut self, text: &str) -> usize {
        let (mut left_out, mut last) = (0, ' ');
        for c in text.chars() {
            match c {
                '\n' if last == '\r' => {}
                '\n' | '\r' => left_out += usize::from(!self.type_char('\n')),
                '\t' => left_out += usize::from(!(0..4).all(|_| self.type_char(' '))),
                c if is_unsafe(c) => left_out += 1,
                c => left_out += usize::from(!self.type_char(c)),
            }
            last = c;
        }
        self.wish = None;
        left_out
    }

    fn type_char(&mut self, c: char) -> bool {
        if self.bytes + c.len_utf8() > Self::MOST {
            return false;
        }
        self.bytes += c.len_utf8();
        match c {
            '\n' => {
                let rest = self.lines[self.row].split_off(self.at);
                (self.row, self.at) = (self.row + 1, 0);
                self.lines.insert(self.row, rest);
            }
            c => {
                self.lines[self.row].insert(self.at, c);
                self.at += c.len_utf8();
            }
        }
        true
    }

    /// Does what a key says.
    pub fn key(&mut self, key: Key) -> Edit {
        let moves = match (key.ctrl, key.code) {
            (false, Code::Left) => self.left(),
            (false, Code::Right) => self.right(),
            (false, Code::Up) => return self.vertical(-1),
            (false, Code::Down) => return self.vertical(1),
            (false, Code::Home) | (true, Code::Char('a')) => self.go(0),
            (false, Code::End) | (true, Code::Char('e')) => self.go(usize::MAX),
            _ => return self.edit(key),
        };
        self.wish = None;
        moves
    }

    fn edit(&mut self, key: Key) -> Edit {
        let edit = match (key.ctrl, key.code) {
            (false, Code::Enter) => self.typed('\n'),
            (_, Code::Backspace) | (true, Code::Char('h')) => self.delete_back(),
            (false, Code::Delete) => self.delete(),
            (true, Code::Char('k')) if self.at == self.line().len() => self.delete(),
            (true, Code::Char('k')) => self.cut(self.at, self.line().len()),
            (true, Code::Char('u')) => self.cut(0, self.at),
            (true, Code::Char('w')) => self.cut(self.word_start(), self.at),
            _ => match key.typed() {
                Some(c) if !is_unsafe(c) => self.typed(c),
                _ => return Edit::Ignored,
            },
        };
        self.wish = None;
        edit
    }

    fn typed(&mut self, c: char) -> Edit {
        if self.type_char(c) { Edit::Changed } else { Edit::Moved }
    }

    fn line(&self) -> &str {
        &self.lines[self.row]
    }

    fn go(&mut self, at: usize) -> Edit {
        self.at = at.min(self.line().len());
        Edit::Moved
    }

    fn left(&mut self) -> Edit {
        match self.line()[..self.at].graphemes(true).next_back().map(str::len) {
            Some(length) => self.at -= length,
            None if self.row > 0 => (self.row, self.at) = (self.row - 1, self.lines[self.row - 1].len()),
            None => {}
        }
        Edit::Moved
    }

    fn right(&mut self) -> Edit {
        match self.line()[self.at..].graphemes(true).next().map(str::len) {
            Some(length) => self.at += length,
            None if self.row + 1 < self.lines.len() => (self.row, self.at) = (self.row + 1, 0),
            None => {}
        }
        Edit::Moved
    }

    fn vertical(&mut self, step: isize) -> Edit {
        let wish = self.wish.unwrap_or_else(|| columns(&self.line()[..self.at]));
        let Some(row) = self.row.checked_add_signed(step).filter(|row| *row < self.lines.len()) else {
            return self.go(if step < 0 { 0 } else { usize::MAX });
        };
        self.row = row;
        let mut used = 0;
        let fits = |cell: &&str| {
            used += columns(cell);
            used <= wish
        };
        self.at = self.lines[row].graphemes(true).take_while(fits).map(str::len).sum();
        self.wish = Some(wish);
        Edit::Moved
    }

    /// Where the word before the cursor starts.
    fn word_start(&self) -> usize {
        let before = self.line()[..self.at].trim_end();
        before.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| {
            let after = at + before[at..].chars().next().map_or(0, char::len_utf8);
            if after == before.len() { at } else { after }
        })
    }

    fn cut(&mut self, from: usize, to: usize) -> Edit {
        if from == to {
            return Edit::Moved;
        }
        self.bytes -= to - from;
        self.lines[self.row].replace_range(from..to, "");
        self.at = from;
        Edit::Changed
    }

    fn delete_back(&mut self) -> Edit {
        if (self.row, self.at) == (0, 0) {
            return Edit::Moved;
        }
        // One letter at a time where marks stand on it, so that a wrong mark can be taken off.
        match self.line()[..self.at].chars().next_back() {
            Some(c) => self.cut(self.at - c.len_utf8(), self.at),
            None => {
                self.left();
                self.delete()
            }
        }
    }

    fn delete(&mut self) -> Edit {
        match self.line()[self.at..].graphemes(true).next().map(str::len) {
            Some(length) => self.cut(self.at, self.at + length),
            None if self.row + 1 < self.lines.len() => {
                let next = self.lines.remove(self.row + 1);
                self.lines[self.row].push_str(&next);
                self.bytes -= 1;
                Edit::Changed
            }
            None => Edit::Moved,
        }
    }
}
