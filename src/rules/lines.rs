//! Where the lines of a text start, for whoever asks for many places of one text.

/// The starts of a text's lines, in bytes.
#[derive(Clone, Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// The lines of a text, which has one at least.
    pub fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect())
    }

    /// The line, from 1, that a byte stands in.
    pub fn number(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }

    /// Where a line starts, by its number from 1; the last one's start for a number beyond.
    pub fn start(&self, number: usize) -> usize {
        let at = number.saturating_sub(1).min(self.0.len() - 1);
        self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_stands_in_a_line_and_a_line_starts_at_a_byte() {
        let lines = Lines::of("ab\n\ncd\n");
        assert_eq!([0, 2, 3, 4, 6, 7, 99].map(|byte| lines.number(byte)), [1, 1, 2, 3, 3, 4, 4]);
        assert_eq!([0, 1, 2, 3, 4, 9].map(|number| lines.start(number)), [0, 0, 3, 4, 7, 7]);
        assert_eq!((Lines::of("").number(0), Lines::of("").start(1)), (1, 0));
    }
}
