//! Puts rows to a filter, each distinct text only once.

use std::collections::HashMap;

use super::{
    events::History,
    filter::{Filter, Test, TextPattern},
    question::Question,
    records::BlockNo,
    row::{Column, RowId},
    segment::Segment,
};
use crate::model::Event;

/// How many blocks of records are kept unpacked: events of several Regions lie in turns in the blocks of each.
const UNPACKED: usize = 4;

/// Bytes that are unpacked, and bytes that are searched, in the time that a row of a filter on one column takes: about
/// 40 ns.
const UNPACKED_IN_A_ROW: usize = 32;
const SEARCHED_IN_A_ROW: usize = 16;

/// What is known so far of a filter and a history.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// By segment: rows in the order of time may alternate between segments.
    verdicts: HashMap<u32, Verdicts>,
    /// The segment looked at last, out of the map while it is in use.
    current: (u32, Verdicts),
    /// The blocks unpacked last, the latest at the end.
    unpacked: Vec<((u32, BlockNo), String)>,
    /// What records have cost since it was last asked for.
    spent: usize,
}

/// For each term of the filter and each column: which of the segment's texts match.
type Verdicts = Vec<[Vec<Verdict>; Column::COUNT]>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Verdict {
    #[default]
    Unknown,
    Yes,
    No,
}

impl Sieve {
    /// Whether a row gets through; no row that is evicted does.
    pub fn passes(&mut self, filter: &Filter, history: &History, id: RowId) -> bool {
        let Some((segment, slot)) = history.segment(id) else { return false };
        let Some(facts) = segment.facts(slot).filter(|facts| filter.admits(facts)) else { return false };
        let number = history.rows().split(id).0;
        filter.terms().iter().enumerate().all(|(at, term)| {
            let holds = match &term.test {
                Test::Plain(plain) => plain.holds(&facts),
                Test::Text(columns, text) => {
                    let verdicts = self.verdicts(number, filter.terms().len());
                    columns.iter().any(|&column| judge(&mut verdicts[at][column as usize], segment, slot, column, text))
                }
                Test::Id(regex) => regex.is_match(segment.id_text(slot, &mut [0; 36])),
                Test::Record(regex) => regex.is_match(self.record(segment, number, slot)),
                Test::Asked(question) => {
                    let may_hold = segment.row(slot, id).is_some_and(|row| question.may_hold(&row));
                    may_hold && self.ask(&**question, (segment, number, slot), &|| history.event(id))
                }
            };
            holds != term.negated
        })
    }

    fn verdicts(&mut self, segment: u32, terms: usize) -> &mut Verdicts {
        if self.current.0 != segment || self.current.1.is_empty() {
            let (last, verdicts) = std::mem::take(&mut self.current);
            self.verdicts.insert(last, verdicts);
            self.current = (segment, self.verdicts.remove(&segment).unwrap_or_default());
            self.current.1.resize_with(terms, Default::default);
        }
        &mut self.current.1
    }

    /// A question reads the whole record and then asks, which takes about as long again as a search.
    fn ask(
        &mut self,
        question: &dyn Question,
        (segment, number, slot): (&Segment, u32, u32),
        event: &dyn Fn() -> Option<Event>,
    ) -> bool {
        let record = self.record(segment, number, slot);
        let (holds, bytes) = (question.holds(record, event), record.len());
        self.spent += bytes / SEARCHED_IN_A_ROW;
        holds
    }

    fn record(&mut self, segment: &Segment, number: u32, slot: u32) -> &str {
        let block = segment.block_of(slot);
        let range = segment.record_range(slot, block);
        self.spent += range.len() / SEARCHED_IN_A_ROW;
        let key = (number, block);
        match self.unpacked.iter().position(|(known, text)| *known == key && text.len() >= range.end) {
            Some(at) => self.unpacked[at..].rotate_left(1),
            None => {
                self.unpacked.retain(|(known, _)| *known != key);
                self.unpacked.drain(..(self.unpacked.len() + 1).saturating_sub(UNPACKED));
                let text = segment.block_text(block).into_owned();
                self.spent += text.len() / UNPACKED_IN_A_ROW;
                self.unpacked.push((key, text));
            }
        }
        self.unpacked.last().and_then(|(_, text)| text.get(range)).unwrap_or_default()
    }

    /// What looking into records has cost since the last call, in rows of a filter on one column.
    pub fn take_spent(&mut self) -> usize {
        std::mem::take(&mut self.spent)
    }

    /// Gives back what a finished scan no longer needs.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Whether a row's text in a column matches, looking at a text for the first time only.
fn judge(verdicts: &mut Vec<Verdict>, segment: &Segment, slot: u32, column: Column, pattern: &TextPattern) -> bool {
    let (texts, number) = (segment.texts(column), segment.text_number(slot, column));
    if verdicts.len() <= usize::from(number) {
        let first = verdicts.len();
        verdicts.resize(texts.len(), if pattern.is_literal() { Verdict::No } else { Verdict::Unknown });
        if let Some(regex) = pattern.literal() {
            texts.matching(first, regex).into_iter().for_each(|at| verdicts[usize::from(at)] = Verdict::Yes);
        }
    }
    let verdict = &mut verdicts[usize::from(number)];
    if *verdict == Verdict::Unknown {
        *verdict = if pattern.matches(texts.get(number)) { Verdict::Yes } else { Verdict::No };
    }
    *verdict == Verdict::Yes
}
