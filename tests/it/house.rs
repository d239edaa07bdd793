//! The rules of the house, held by reading the source: see ARCHITECTURE.md for the reasons.

mod order;
mod text;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use trailwatch::ui::theme::{Depth, Themes};

/// Files that may be longer than [`LINES`], and why.
const LONG: &[(&str, &str)] = &[];

const LINES: usize = 400;

/// A file of the source tree.
struct Source {
    /// From the root of the package, with slashes.
    path: String,
    text: String,
    /// The text without comments and strings.
    code: String,
    /// Only there for tests.
    for_tests: bool,
}

impl Source {
    /// The module right under the crate's root that the file belongs to.
    fn module(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
    }

    /// How many modules it is below the crate's root.
    fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") { folders - 1 } else { folders }
    }

    /// The code that is in the program.
    fn shipped(&self) -> String {
        if self.for_tests { String::new() } else { text::without_tests(&self.code) }
    }

    fn slip(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every Rust file under src.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(sources);

/// Reads them. Cargo runs tests in the folder of the package.
fn sources() -> Vec<Source> {
    let mut paths = files("src", "rs");
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.to_str().unwrap().replace('\\', "/");
        Source { path, code: text::code(&text), text, for_tests: false }
    };
    let mut sources: Vec<Source> = paths.into_iter().map(read).collect();
    let for_tests: Vec<String> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        // A module's own file, or those in its folder.
        let is_in = |file: &String| source.path.strip_prefix(file.trim_end_matches("rs").trim_end_matches('.'));
        source.for_tests = for_tests.iter().filter_map(is_in).any(|rest| rest == ".rs" || rest.starts_with('/'));
    }
    sources
}

/// The files that hold the modules that this one declares for tests alone.
fn test_files(source: &Source) -> Vec<String> {
    let folder = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
    text::test_files(&source.code).into_iter().map(|name| format!("{folder}/{name}.rs")).collect()
}

fn files(folder: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

/// Passes when every source is without a slip.
fn check(slips: impl Fn(&Source) -> Vec<String>) {
    let found: Vec<String> = SOURCES.iter().flat_map(slips).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_module_uses_only_what_stands_before_it() {
    check(|source| {
        // The root only names its modules.
        if source.module() == "lib" {
            return Vec::new();
        }
        let objection = |found: order::Use<'_>| Some((found.line, order::objection(source.module(), found.module)?));
        let uses = order::uses(&source.code).into_iter().filter_map(objection);
        uses.map(|(line, why)| source.slip(line, why)).collect()
    });
}

#[test]
fn another_module_is_named_from_the_root() {
    check(|source| {
        let found = order::lines_with_super_to_root(&source.shipped(), source.depth());
        found.into_iter().map(|line| source.slip(line, "write `crate::` where `super::` leaves the module")).collect()
    });
}

#[test]
fn every_module_has_its_row() {
    let declared = |line: &str| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    for module in fs::read_to_string("src/lib.rs").unwrap().lines().filter_map(declared) {
        let row = order::ROWS.iter().any(|row| row.contains(&&*module));
        assert!(row, "src/lib.rs: give `{module}` a row in tests/it/house/order.rs");
    }
}

#[test]
fn a_word_stands_only_where_it_may() {
    check(|source| {
        let code = source.shipped();
        let mut slips = Vec::new();
        for rule in words::RULES.iter().filter(|rule| rule.holds_for(&source.path)) {
            for word in rule.words {
                let slip = |line| source.slip(line, format!("`{word}` has no place here: {}", rule.instead));
                slips.extend(text::lines_with(&code, word).into_iter().map(slip));
            }
        }
        slips
    });
}

#[test]
fn one_file_alone_can_change_an_account_and_only_by_its_list() {
    check(|source| {
        let calls = words::changing_calls(&source.path, &source.shipped());
        let by_list = |path: &str, calls: &[&str], call: &str| source.path == path && calls.contains(&call);
        let allowed =
            |call: &str| by_list(words::GATE, &words::CHANGES, call) || by_list(words::SPEAKER, &words::SAYS, call);
        let slip = |(line, call)| source.slip(line, format!("`{call}` changes an account: {}", words::WHO_MAY));
        calls.into_iter().filter(|(_, call)| !allowed(call)).map(slip).collect()
    });
    let gate = SOURCES.iter().find(|source| source.path == words::GATE).unwrap();
    let found: Vec<String> =
        words::changing_calls(&gate.path, &gate.shipped()).into_iter().map(|(_, call)| call).collect();
    assert_eq!(found, words::CHANGES, "{}: the list of changes in tests/it/house/words.rs is another", words::GATE);
}

#[test]
fn every_exception_to_a_lint_has_its_reason() {
    check(|source| {
        let slip = |line| source.slip(line, "say why: #[expect(…, reason = \"…\")]");
        words::lines_with_bare_expect(&source.code).into_iter().map(slip).collect()
    });
}

#[test]
fn every_file_starts_with_a_sentence_about_itself() {
    check(|source| match opens_with_a_sentence(&source.text) {
        true => Vec::new(),
        false => vec![source.slip(1, "start with `//! ` and one sentence that says what the file is for")],
    });
}

/// Whether the first paragraph is a doc comment that ends as a sentence does.
fn opens_with_a_sentence(text: &str) -> bool {
    let doc = text.lines().map_while(|line| line.strip_prefix("//! "));
    doc.collect::<Vec<_>>().join(" ").ends_with(['.', ':'])
}

#[test]
fn no_file_is_too_long() {
    check(|source| {
        let lines = text::lines_without_tests(&source.code);
        let long = lines > LINES && !LONG.iter().any(|(path, _)| *path == source.path);
        let what = || format!("{lines} lines without tests are more than {LINES}: split it by what it does");
        long.then(|| source.slip(1, what())).into_iter().collect()
    });
}

#[test]
fn no_exception_to_the_length_is_needless() {
    for (path, reason) in LONG {
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text::lines_without_tests(&text::code(&text));
        assert!(lines > LINES && !reason.is_empty(), "{path} has {lines} lines: take it out of the table");
    }
}

#[test]
fn every_theme_file_is_in_the_table() {
    let themes = Themes::standard(Depth::True);
    for path in files("themes", "toml") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let known = themes.names().any(|known| known == name);
        assert!(known, "{}: add a line to THEMES in src/ui/theme/mod.rs", path.display());
    }
}

#[test]
fn every_pane_is_in_the_table() {
    let table = fs::read_to_string("src/ui/pane.rs").unwrap();
    check(|source| {
        let slip = || source.slip(1, "its SPEC is not used: add a line to PANES in src/ui/pane.rs");
        unlisted_pane(source, &table).then(slip).into_iter().collect()
    });
}

#[test]
fn every_path_that_the_documents_name_is_there() {
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(document).unwrap();
        for (line, path) in paths_in(&text) {
            assert!(Path::new(path).exists(), "{document}:{line}: {path} is not there: name what is");
        }
    }
}

/// The words in code marks that are paths of the package, with their lines.
fn paths_in(text: &str) -> Vec<(usize, &str)> {
    let folders = ["src/", "tests/", "themes/", "benches/", "examples/", ".ci/"];
    let words = text.lines().zip(1..).flat_map(|(line, number)| line.split('`').map(move |word| (number, word)));
    let is_path = |word: &str| !word.contains([' ', '*']) && !word.chars().any(|c| c.is_uppercase());
    words.filter(|(_, word)| folders.iter().any(|folder| word.starts_with(folder)) && is_path(word)).collect()
}

/// Whether a file defines a pane that the table does not name.
fn unlisted_pane(source: &Source, table: &str) -> bool {
    let Some(name) = source.path.strip_prefix("src/ui/panes/").and_then(|name| name.strip_suffix(".rs")) else {
        return false;
    };
    source.code.contains("const SPEC: PaneSpec") && !table.contains(&format!("panes::{name}::SPEC"))
}

fn sample(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), code: text::code(text), text: text.to_owned(), for_tests: false }
}

#[test]
fn a_file_knows_its_module() {
    let at = |path| sample(path, "");
    assert_eq!((at("src/ui/panes/event.rs").module(), at("src/ui/panes/event.rs").depth()), ("ui", 3));
    assert_eq!((at("src/ui/mod.rs").module(), at("src/ui/mod.rs").depth()), ("ui", 1));
    assert_eq!((at("src/terminal.rs").module(), at("src/terminal.rs").depth()), ("terminal", 1));
}

#[test]
fn a_first_line_that_is_no_sentence_is_found() {
    assert!(opens_with_a_sentence("//! What a pane is,\n//! and more.\n\nuse x;"));
    assert!(!opens_with_a_sentence("//! stub\nuse x;"));
    assert!(!opens_with_a_sentence("use x;"));
}

#[test]
fn a_pane_outside_the_table_is_found() {
    let pane = sample("src/ui/panes/rules.rs", "pub const SPEC: PaneSpec = PaneSpec {};");
    assert!(unlisted_pane(&pane, "panes::events::SPEC"));
    assert!(!unlisted_pane(&pane, "panes::events::SPEC, panes::rules::SPEC"));
}

#[test]
fn a_path_in_a_document_is_found() {
    let text = "See `src/ui`,\n`src/ui/panes/NAME.rs`, `target/` and `.ci/run`.";
    assert_eq!(paths_in(text), [(1, "src/ui"), (2, ".ci/run")]);
}

#[test]
fn a_file_declared_for_tests_is_known_as_one() {
    let module = sample("src/history/mod.rs", "#[cfg(test)]\nmod samples;\n");
    assert_eq!(test_files(&module), ["src/history/samples.rs"]);
}
