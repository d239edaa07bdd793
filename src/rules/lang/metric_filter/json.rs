//! Patterns in braces, which ask the fields of a JSON record: `{ $.errorCode = "Access*" && $.readOnly IS FALSE }`.
//!
//! Source: CloudWatch Logs user guide, "Filter and pattern syntax", JSON log events.

use super::{
    ast::{Ask, Condition, Expr, Test},
    contradiction, explain,
    lexer::Token,
    lint,
    parser::Parser,
};
use crate::rules::{Clause, Fault, Gate, Key, Subject, gate::Word};

/// How many `[*]` and `.*` a pattern may hold.
///
/// Source: CloudWatch Logs user guide, "Filter and pattern syntax", quotas of wildcard selectors.
const WILDCARDS: usize = 3;

/// A pattern in braces.
#[derive(Debug)]
pub(super) struct Json(Expr<Condition>);

impl Json {
    pub(super) fn read(text: &str) -> Result<(Self, Vec<Fault>), Fault> {
        let mut parser = Parser::new(text)?;
        let open = parser.take().1;
        let expr = parser.expression(condition)?;
        if !parser.takes(&Token::Mark('}')) {
            return Err(unclosed(&parser, Fault::new(open, "the brace that opens here is not closed")));
        }
        if *parser.peek() != Token::End {
            let fault =
                Fault::new(parser.range().start..text.trim_end().len(), "the pattern is over, but the text goes on");
            return Err(fault.help("a pattern has one pair of braces: move `}` to its end"));
        }
        let wild = expr.leaves().into_iter().filter(|condition| condition.selector.is_wild()).nth(WILDCARDS);
        if let Some(condition) = wild {
            let fault =
                Fault::new(condition.field.clone(), format!("a pattern holds at most {WILDCARDS} `[*]` and `.*`"));
            return Err(fault.help("name the element or the member, or split the pattern"));
        }
        let mut warnings = parser.warnings;
        warnings.extend(lint::faults(&expr.leaves()));
        warnings.extend(contradiction::faults(&expr));
        warnings.sort_by_key(|fault| fault.range.start);
        Ok((Self(expr), warnings))
    }

    pub(super) fn conditions(&self) -> Vec<&Condition> {
        self.0.leaves()
    }

    pub(super) fn matches(&self, subject: &Subject) -> bool {
        self.0.holds(&|condition| condition.holds(subject))
    }

    pub(super) fn gate(&self) -> Gate {
        gate(&self.0)
    }

    pub(super) fn explain(&self, subject: &Subject) -> Vec<Clause> {
        let mut clauses = Vec::new();
        explain::put(&self.0, 0, &mut clauses, &|condition, depth| condition.explain(depth, subject));
        clauses
    }
}

impl Condition {
    fn holds(&self, subject: &Subject) -> bool {
        let mut values = self.selector.values(subject);
        match self.ask {
            Ask::Absent => values.next().is_none(),
            _ => values.any(|value| self.ask.holds(value)),
        }
    }

    fn explain(&self, depth: usize, subject: &Subject) -> Clause {
        // Of several values the one that the answer is about.
        let values = || self.selector.values(subject);
        let found = values().find(|value| self.ask.holds(*value)).or_else(|| values().next());
        Clause {
            range: self.range.clone(),
            depth,
            text: self.text.clone(),
            holds: self.holds(subject),
            found: found.map(|value| value.raw().to_owned()),
        }
    }

    /// What every record has at this field for which the condition holds.
    fn gate(&self) -> Gate {
        let key = self.selector.path().and_then(|path| Key::of_record(&path));
        match (key, &self.ask) {
            (Some(key), Ask::Is(Test::Text(text))) => Gate::one_of(key, [Word::is(text)]),
            (Some(key), Ask::Is(Test::Glob(glob))) => Gate::one_of(key, [Word::starts(glob.start())]),
            // A number is written in more than one way; what is absent or other than a text says nothing.
            _ => Gate::OPEN,
        }
    }
}

fn gate(expr: &Expr<Condition>) -> Gate {
    match expr {
        Expr::Leaf(condition) => condition.gate(),
        Expr::Group(group) if group.all => group.parts.iter().map(gate).fold(Gate::OPEN, Gate::and),
        Expr::Group(group) => group.parts.iter().map(gate).fold(Gate::SHUT, Gate::or),
    }
}

fn unclosed(parser: &Parser<'_>, open: Fault) -> Fault {
    match parser.peek() {
        Token::Mark(')') => {
            parser.fault("no parenthesis opens that this one could close").help("take it out, or write `(` before")
        }
        Token::End => open.help("write `}` at the end"),
        _ => parser.unjoined().unwrap_or_else(|| {
            let fault = parser.fault(format!("`{}` cannot stand here", parser.written()));
            fault.help("conditions are joined by `&&` and `||`; the pattern ends with `}`")
        }),
    }
}

/// Reads one comparison.
fn condition(parser: &mut Parser<'_>) -> Result<Condition, Fault> {
    let field = parser.range();
    let Token::Selector(selector) = parser.peek().clone() else { return Err(no_selector(parser)) };
    parser.take();
    let operator = parser.range();
    let (ask, value) = match *parser.peek() {
        Token::Sign(sign) => {
            parser.take();
            parser.comparison(sign)?
        }
        _ => {
            let ask = words(parser)?;
            (ask, operator.start..parser.end())
        }
    };
    let operator = if value.start > operator.start { &parser.text[operator] } else { "" };
    let written = parser.text[value.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    let written = if operator.is_empty() { written } else { parser.text[value.clone()].to_owned() };
    let text = [&parser.text[field.clone()], operator, &written].into_iter().filter(|part| !part.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    Ok(Condition { selector, ask, range: field.start..parser.end(), field, value, text })
}

/// What stands where a field should.
fn no_selector(parser: &Parser<'_>) -> Fault {
    let written = parser.written();
    match parser.peek() {
        Token::Word(word) if word.eq_ignore_ascii_case("not") => {
            parser.fault("`NOT` does not stand before a condition").help("write `!=`, or `$.field NOT EXISTS`")
        }
        Token::Word(word) => {
            let name = word.trim_start_matches('.');
            parser.fault(format!("a field starts with `$.`, and `{word}` does not")).help(format!("write `$.{name}`"))
        }
        Token::Quoted(_) | Token::Regex(_) => {
            parser.fault("a condition starts with a field").help(format!("write `$.field = {written}`"))
        }
        Token::End | Token::Mark(_) | Token::And | Token::Or => {
            parser.fault("a condition is missing here").help("write one: `$.eventName = \"ConsoleLogin\"`")
        }
        _ => parser.fault(format!("a field is missing before `{written}`")).help("write one: `$.eventName`"),
    }
}

/// Reads what is asked with words.
fn words(parser: &mut Parser<'_>) -> Result<Ask, Fault> {
    let start = parser.range().start;
    if parser.takes_word("IS") {
        return is(parser, start);
    }
    if parser.takes_word("NOT") {
        if parser.takes_word("EXISTS") {
            return Ok(Ask::Absent);
        }
        let fault = Fault::new(start..parser.range().end, "after `NOT` stands `EXISTS` alone");
        return Err(fault.help("write `NOT EXISTS`; for another value `!= …`"));
    }
    if parser.takes_word("EXISTS") {
        let fault = Fault::new(start..parser.end(), "there is no `EXISTS` without `NOT`");
        return Err(fault.help("write `= *`"));
    }
    let fault = parser.fault("a comparison is missing after the field");
    Err(fault.help("write `=`, `!=`, `<`, `<=`, `>`, `>=`, `IS NULL`, `IS TRUE`, `IS FALSE` or `NOT EXISTS`"))
}

fn is(parser: &mut Parser<'_>, start: usize) -> Result<Ask, Fault> {
    for (word, ask) in [("NULL", Ask::Null), ("TRUE", Ask::True), ("FALSE", Ask::False)] {
        if parser.takes_word(word) {
            return Ok(ask);
        }
    }
    if parser.takes_word("NOT") {
        let end = if matches!(parser.peek(), Token::Word(_)) { parser.range().end } else { parser.end() };
        let help = match parser.written().to_ascii_uppercase().as_str() {
            "TRUE" => "write `IS FALSE`",
            "FALSE" => "write `IS TRUE`",
            _ => "write `= *` for a text or a number that is there, `!= …` for another one",
        };
        return Err(Fault::new(start..end, "there is no `IS NOT`").help(help));
    }
    let fault = Fault::new(start..parser.range().end, "after `IS` stands `NULL`, `TRUE` or `FALSE` alone");
    Err(fault.help("compare a text or a number with `=`"))
}
