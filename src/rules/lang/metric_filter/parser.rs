//! Tokens as conditions: what the JSON and the space-delimited patterns have in common.

use std::ops::Range;

use super::{
    ast::{Ask, Expr, Group, Test},
    lexer::{self, Sign, Spanned, Token, tokens},
    search,
};
use crate::rules::Fault;

/// How deep parentheses may stand in each other.
const DEPTH: usize = 100;

/// How many regular expressions a JSON or space-delimited pattern may hold.
///
/// Source: CloudWatch Logs user guide, "Supported regular expressions (regex) syntax", quotas.
const REGEXES: usize = 2;

/// What is left of a pattern's tokens.
pub(super) struct Parser<'t> {
    pub text: &'t str,
    tokens: Vec<Spanned<'t>>,
    at: usize,
    depth: usize,
    regexes: usize,
    pub warnings: Vec<Fault>,
}

/// Reads one condition.
pub(super) type Leaf<'t, L> = fn(&mut Parser<'t>) -> Result<L, Fault>;

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self, Fault> {
        Ok(Self { text, tokens: tokens(text)?, at: 0, depth: 0, regexes: 0, warnings: Vec::new() })
    }

    pub(super) fn peek(&self) -> &Token<'t> {
        &self.tokens[self.at].0
    }

    /// Where the next token stands.
    pub(super) fn range(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    /// Where the last token that was taken ends.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |last| self.tokens[last].1.end)
    }

    /// Takes the next token; the end stays.
    pub(super) fn take(&mut self) -> Spanned<'t> {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Takes the next token if it is this one.
    pub(super) fn takes(&mut self, token: &Token<'_>) -> bool {
        let found = self.peek() == token;
        if found {
            self.take();
        }
        found
    }

    /// Takes the next token if it is this word, which AWS writes in capitals.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let Token::Word(found) = *self.peek() else { return false };
        if !found.eq_ignore_ascii_case(word) {
            return false;
        }
        if found != word {
            let fault = Fault::warning(self.range(), format!("AWS documents `{word}` in capitals only"));
            self.warnings.push(fault.help(format!("write `{word}`")));
        }
        self.take();
        true
    }

    /// What is wrong with the next token; at the end, with what is missing there.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.range(), message)
    }

    /// The text of the next token as it is written.
    pub(super) fn written(&self) -> &'t str {
        &self.text[self.range()]
    }

    /// Conditions joined by `||`, which binds less than `&&`.
    pub(super) fn expression<L>(&mut self, leaf: Leaf<'t, L>) -> Result<Expr<L>, Fault> {
        self.joined(&Token::Or, false, |parser| parser.joined(&Token::And, true, |parser| parser.part(leaf)))
    }

    fn joined<L>(
        &mut self,
        word: &Token<'_>,
        all: bool,
        mut part: impl FnMut(&mut Self) -> Result<Expr<L>, Fault>,
    ) -> Result<Expr<L>, Fault> {
        let start = self.range().start;
        let first = part(self)?;
        if self.peek() != word {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.takes(word) {
            parts.push(part(self)?);
        }
        Ok(Expr::Group(Group { all, parts, range: start..self.end() }))
    }

    fn part<L>(&mut self, leaf: Leaf<'t, L>) -> Result<Expr<L>, Fault> {
        let open = self.range();
        if !self.takes(&Token::Mark('(')) {
            return Ok(Expr::Leaf(leaf(self)?));
        }
        if self.depth == DEPTH {
            let fault = Fault::new(open, format!("parentheses stand in each other more than {DEPTH} deep"));
            return Err(fault.help("take out those that join nothing"));
        }
        self.depth += 1;
        let inner = self.expression(leaf)?;
        self.depth -= 1;
        match self.takes(&Token::Mark(')')) {
            true => Ok(inner),
            false => Err(self.unjoined().unwrap_or_else(|| {
                Fault::new(open, "the parenthesis that opens here is not closed").help("write `)` where the group ends")
            })),
        }
    }

    /// What is wrong when something else than `&&` and `||` stands between conditions.
    pub(super) fn unjoined(&self) -> Option<Fault> {
        let token = self.peek();
        let instead = match token {
            Token::Word(word) if word.eq_ignore_ascii_case("and") => "&&",
            Token::Word(word) if word.eq_ignore_ascii_case("or") => "||",
            Token::Mark(',') => "&&",
            Token::Selector(_) | Token::Mark('(') => {
                return Some(self.fault("`&&` or `||` is missing before this condition").help("write `&&` or `||`"));
            }
            Token::Word(_) | Token::Quoted(_) | Token::Regex(_) => {
                let fault = self.fault(format!("the condition is over before `{}`", self.written()));
                return Some(fault.help(
                    "a text with spaces stands in quotes: `\"two words\"`; conditions are joined by `&&` and `||`",
                ));
            }
            Token::Sign(_) => {
                let fault = self.fault(format!("the condition is over before `{}`", self.written()));
                return Some(fault.help("a condition compares once: write two, joined by `&&`"));
            }
            _ => return None,
        };
        Some(self.fault(format!("`{}` joins no conditions", self.written())).help(format!("write `{instead}`")))
    }

    /// The comparison of which `sign` is the sign; gives where its value stands too.
    pub(super) fn comparison(&mut self, sign: Sign) -> Result<(Ask, Range<usize>), Fault> {
        let range = self.range();
        let ask = match sign {
            Sign::Equal => Ask::Is(self.test()?),
            Sign::Unequal => Ask::Not(self.test()?),
            sign => Ask::Order(sign, self.limit()?),
        };
        Ok((ask, range))
    }

    /// What stands behind `=` and `!=`.
    fn test(&mut self) -> Result<Test, Fault> {
        let test = match self.peek() {
            Token::Quoted(text) => Test::quoted(text.clone()),
            Token::Word(word) => Test::bare(word),
            Token::Regex(source) => Test::Regex(search::compile(source, self.range().start + 1)?),
            Token::Selector(_) => {
                let fault = self.fault("a field is compared with a text or a number, not with another field");
                return Err(fault.help("for the text itself write it in quotes"));
            }
            _ => {
                let fault = self.fault("a value is missing here");
                return Err(
                    fault.help("write a text, a number or a `%regular expression%`; `*` for any, `\"\"` for none")
                );
            }
        };
        if matches!(test, Test::Regex(_)) {
            self.regexes += 1;
            if self.regexes > REGEXES {
                let fault = self.fault(format!("a pattern holds at most {REGEXES} regular expressions"));
                return Err(fault.help("join them in one with `|`, or write texts with `*`"));
            }
        }
        self.take();
        Ok(test)
    }

    /// The number behind `<` and the like.
    fn limit(&mut self) -> Result<f64, Fault> {
        let written = self.written();
        let bare = if let Token::Word(word) = self.peek() { lexer::number(word) } else { None };
        let fault = || self.fault("`<`, `<=`, `>` and `>=` compare numbers alone");
        let limit = bare.ok_or_else(|| match self.peek() {
            Token::Quoted(text) if lexer::number(text).is_some() => {
                fault().help(format!("write the number without quotes: {text}"))
            }
            Token::Quoted(_) | Token::Word(_) | Token::Regex(_) => {
                fault().help(format!("write a number, or compare the text with `=` or `!=`: `= {written}`"))
            }
            _ => fault().help("write a number: `> 100`"),
        })?;
        self.take();
        Ok(limit)
    }
}
