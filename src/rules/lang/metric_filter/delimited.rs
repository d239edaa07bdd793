//! Patterns in brackets, which name the fields of a line: `[ip, user, ..., status = 4*, bytes > 1000]`.
//!
//! Source: CloudWatch Logs user guide, "Filter and pattern syntax", space-delimited log events.

use std::ops::Range;

use super::{
    ast::{Ask, Expr},
    explain,
    lexer::Token,
    parser::Parser,
};
use crate::rules::{Clause, Fault};

/// A pattern in brackets.
#[derive(Debug)]
pub(super) struct Delimited {
    columns: Vec<Column>,
    /// Before which of the columns `...` stands for any number of fields.
    dots: Option<usize>,
    range: Range<usize>,
}

/// One name between commas, with what is asked of its field.
#[derive(Debug)]
struct Column {
    name: String,
    expr: Option<Expr<Cell>>,
}

#[derive(Debug)]
struct Cell {
    name: String,
    /// `None`: the field must be there.
    ask: Option<Ask>,
    range: Range<usize>,
    text: String,
}

impl Delimited {
    pub(super) fn read(text: &str) -> Result<(Self, Vec<Fault>), Fault> {
        let mut parser = Parser::new(text)?;
        let open = parser.take().1;
        let (mut columns, mut dots) = (Vec::new(), None);
        loop {
            let range = parser.range();
            if !parser.takes(&Token::Dots) {
                columns.push(column(&mut parser)?);
            } else if dots.replace(columns.len()).is_some() {
                let fault = Fault::new(range, "`...` stands in a pattern once");
                return Err(fault.help("name the fields between the two, or take one out"));
            }
            if !parser.takes(&Token::Mark(',')) {
                break;
            }
        }
        if !parser.takes(&Token::Mark(']')) {
            return Err(unclosed(&parser, open));
        }
        let range = 0..parser.end();
        match parser.peek() {
            Token::End => Ok((Self { columns, dots, range }, parser.warnings)),
            _ => Err(parser.fault("the pattern is over, but the text goes on").help("move `]` to its end")),
        }
    }

    /// The names, in their order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    pub(super) fn matches(&self, line: &str) -> bool {
        let count = fields(line).count();
        let holds = |(field, column): (&str, &Column)| {
            column.expr.as_ref().is_none_or(|expr| expr.holds(&|cell| cell.holds(field)))
        };
        self.fits(count) && self.paired(line, count).all(holds)
    }

    /// Whether so many fields can have these names.
    fn fits(&self, count: usize) -> bool {
        if self.dots.is_some() { count >= self.columns.len() } else { count == self.columns.len() }
    }

    /// The fields of a line of so many with their columns; without those for which `...` stands.
    fn paired<'a>(&'a self, line: &'a str, count: usize) -> impl Iterator<Item = (&'a str, &'a Column)> {
        let before = self.dots.unwrap_or(self.columns.len());
        let skipped = count.saturating_sub(self.columns.len());
        fields(line).enumerate().filter_map(move |(at, field)| {
            let at = if at < before { at } else { at.checked_sub(skipped).filter(|at| *at >= before)? };
            Some((field, self.columns.get(at)?))
        })
    }

    pub(super) fn explain(&self, line: &str) -> Vec<Clause> {
        let count = fields(line).count();
        let (least, more) = (self.columns.len(), if self.dots.is_some() { " or more" } else { "" });
        let clause = |depth, text, holds, found| Clause { range: self.range.clone(), depth, text, holds, found };
        let many = format!("the line has {least}{more} fields");
        let mut clauses = vec![
            clause(0, "all of these".to_owned(), self.matches(line), None),
            clause(1, many, self.fits(count), Some(count.to_string())),
        ];
        for (field, column) in self.paired(line, count) {
            if let Some(expr) = &column.expr {
                explain::put(expr, 1, &mut clauses, &|cell, depth| cell.explain(depth, field));
            }
        }
        clauses
    }
}

impl Cell {
    fn holds(&self, field: &str) -> bool {
        self.ask.as_ref().is_none_or(|ask| ask.holds_text(field))
    }

    fn explain(&self, depth: usize, field: &str) -> Clause {
        Clause {
            range: self.range.clone(),
            depth,
            text: self.text.clone(),
            holds: self.holds(field),
            found: Some(serde_json::Value::from(field).to_string()),
        }
    }
}

fn unclosed(parser: &Parser<'_>, open: Range<usize>) -> Fault {
    match parser.peek() {
        Token::End => Fault::new(open, "the bracket that opens here is not closed").help("write `]` at the end"),
        Token::Mark(')') => parser.fault("no parenthesis opens that this one could close").help("take it out"),
        _ => parser.unjoined().unwrap_or_else(|| {
            parser.fault(format!("`{}` cannot stand here", parser.written())).help("fields are parted by commas")
        }),
    }
}

/// Reads what stands between two commas.
fn column(parser: &mut Parser<'_>) -> Result<Column, Fault> {
    let expr = parser.expression(cell)?;
    let cells = expr.leaves();
    let name = cells.first().map(|cell| cell.name.clone()).unwrap_or_default();
    if let Some(other) = cells.iter().find(|cell| cell.name != name) {
        let fault =
            Fault::new(other.range.clone(), format!("`{}` stands where only `{name}` can be asked for", other.name));
        return Err(fault.help("conditions between two commas are about one field: part the fields by commas"));
    }
    let asked = cells.iter().any(|cell| cell.ask.is_some());
    Ok(Column { name, expr: asked.then_some(expr) })
}

fn cell(parser: &mut Parser<'_>) -> Result<Cell, Fault> {
    let start = parser.range();
    let name = match parser.peek() {
        Token::Word(word) if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') => *word,
        Token::Selector(_) => {
            let fault = parser.fault("a field of a line is named without `$`");
            return Err(fault.help("write its name alone; for JSON records write braces: `{ $.field = … }`"));
        }
        Token::End => return Err(parser.fault("the pattern ends too early").help("write `]` at the end")),
        _ => {
            let fault = parser.fault(format!("a field's name is missing before `{}`", parser.written()));
            return Err(
                fault.help("name it with letters, digits, `_` and `-`, or write `...` for any number of fields")
            );
        }
    };
    parser.take();
    let ask = match *parser.peek() {
        Token::Sign(sign) => {
            parser.take();
            Some(parser.comparison(sign)?.0)
        }
        _ => None,
    };
    let range = start.start..parser.end();
    Ok(Cell { name: name.to_owned(), ask, text: parser.text[range.clone()].to_owned(), range })
}

/// The fields of a line: what spaces part, except in brackets and quotes, which belong to no field.
fn fields(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let close = match rest.as_bytes().first()? {
            b'[' => Some(']'),
            b'"' => Some('"'),
            _ => None,
        };
        let enclosed = close.and_then(|close| rest[1..].find(close)).map(|end| (&rest[1..=end], end + 2));
        let (field, length) = enclosed.unwrap_or_else(|| {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (&rest[..end], end)
        });
        rest = &rest[length..];
        Some(field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_quotes_hold_a_field_together() {
        let line = r#" 10.0.0.1  - [10/Oct/2026 -0700] "GET / HTTP/1.0" "" é ["open "#;
        let expected = ["10.0.0.1", "-", "10/Oct/2026 -0700", "GET / HTTP/1.0", "", "é", "[\"open"];
        assert_eq!(fields(line).collect::<Vec<_>>(), expected);
    }
}
