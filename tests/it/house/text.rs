//! A source text with what is no code blanked out, so that words can be looked for in it.

use std::ops::Range;

/// The text with comments and strings replaced by blanks; every line keeps its place.
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match no_code(rest, out.ends_with(in_word)) {
            0 => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
            length => {
                out.push_str(&blank(&rest[..length]));
                rest = &rest[length..];
            }
        }
    }
    out
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// The length of the comment, string or character that the text starts with; 0 when it starts with code.
fn no_code(text: &str, inside_word: bool) -> usize {
    match text.as_bytes() {
        [b'/', b'/', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => text.find("*/").map_or(text.len(), |end| end + 2),
        [b'"', ..] => quoted(text, '"'),
        // A lifetime has no closing quote.
        [b'\'', b'\\', ..] => quoted(text, '\''),
        [b'\'', ..] if text.chars().nth(2) == Some('\'') => quoted(text, '\''),
        [b'r', ..] | [b'b', b'r', ..] if !inside_word => raw(text),
        _ => 0,
    }
}

/// The length of the raw string that the text starts with; 0 when it starts with none.
fn raw(text: &str) -> usize {
    let start = text.find('r').map_or(0, |at| at + 1);
    let hashes = text[start..].bytes().take_while(|b| *b == b'#').count();
    let inside = start + hashes + 1;
    if !text[start + hashes..].starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[inside..].find(&close).map_or(text.len(), |end| inside + end + close.len())
}

/// The length of a quoted text, its quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The code with its modules for tests blanked out.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(module) = test_module(&out) {
        let blanks = blank(&out[module.clone()]);
        out.replace_range(module, &blanks);
    }
    out
}

/// How many lines of the code are none of a module for tests.
pub fn lines_without_tests(code: &str) -> usize {
    let all = code.lines().count();
    match test_module(code) {
        None => all,
        Some(module) => {
            let rest = format!("{}{}", &code[..module.start], &code[module.end..]);
            lines_without_tests(&rest)
        }
    }
}

/// Where the first `#[cfg(test)] mod … { … }` stands.
fn test_module(code: &str) -> Option<Range<usize>> {
    code.match_indices(TEST).map(|(at, _)| at).find_map(|start| {
        let item = code[start + TEST.len()..].trim_start();
        let body = code[start..].find(['{', ';']).filter(|at| code[start + at..].starts_with('{'))?;
        item.starts_with("mod ").then(|| start..closing(code, start + body))
    })
}

const TEST: &str = "#[cfg(test)]";

/// The place after the brace that closes the one at `open`.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The names of the modules that are in files of their own and only there for tests.
pub fn test_files(code: &str) -> Vec<&str> {
    let after = code.split(TEST).skip(1);
    after.filter_map(|rest| rest.trim_start().strip_prefix("mod ")?.split_once(';')).filter_map(name).collect()
}

fn name<'a>((name, _): (&'a str, &str)) -> Option<&'a str> {
    name.chars().all(in_word).then_some(name)
}

/// The lines, counted from 1, on which the word stands by itself. A word that ends in no letter may go on: `aws_sdk_`.
pub fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let goes_on = !word.ends_with(char::is_alphanumeric);
    let stands = |(at, _): &(usize, &str)| {
        let starts = !word.starts_with(in_word) || !code[..*at].ends_with(in_word);
        starts && (goes_on || !code[at + word.len()..].starts_with(in_word))
    };
    code.match_indices(word).filter(stands).map(|(at, _)| line_of(code, at)).collect()
}

/// The line, counted from 1, of a place in the text.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[test]
fn comments_and_strings_are_no_code() {
    assert_eq!(code("a // dbg!\nb"), "a        \nb");
    assert_eq!(code("a /* x\ny */ b"), "a     \n     b");
    assert_eq!(code(r#"f("a\"b", c)"#), "f(      , c)");
    assert_eq!(code("r#\"a\"b\"# c"), "         c");
    assert_eq!(code("var\"x\""), "var   ");
    assert_eq!(code("&'a str, '\\'', '\"', 'é'"), "&'a str,     ,    ,    ");
}

#[test]
fn a_module_for_tests_is_left_out() {
    let text = "a\n#[cfg(test)]\nmod tests {\n  fn f() { x.unwrap() }\n}\nb\n";
    assert_eq!(without_tests(text).split_whitespace().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(without_tests(text).lines().count(), 6);
    assert_eq!(lines_without_tests(text), 3);
    assert_eq!(without_tests("#[cfg(test)]\nfn f() {}"), "#[cfg(test)]\nfn f() {}");
}

#[test]
fn a_module_for_tests_in_a_file_of_its_own_is_found() {
    assert_eq!(test_files("mod a;\n#[cfg(test)]\nmod samples;\n#[cfg(test)]\nmod tests { fn f() {} }"), ["samples"]);
}

#[test]
fn a_word_is_found_where_it_stands_by_itself() {
    assert_eq!(lines_with("Colour\nColor::Red\nMyColor", "Color"), [2]);
    assert_eq!(lines_with("use aws_sdk_s3;\nx_aws_sdk_", "aws_sdk_"), [1]);
    assert_eq!(lines_with("a.unwrap()\na.unwrap_or(b)", ".unwrap()"), [1]);
}
