//! Another layout for the languages written with braces.
//!
//! Not here: any change of a token. Where leaving out a blank could join two tokens, the blank stays.

use super::style::Style;
use crate::language::Language;
use crate::lex::{Kind, Token, lex, may_touch};

/// What an open bracket is, which decides how its inside is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A parenthesis or square bracket; `true` when it holds the condition of `if`, `for`, `while`, `switch`.
    Round(bool),
    /// Statements, one to a line.
    Block,
    /// The members of a structure in C, which a name may follow.
    Record,
    /// Members, one to a line.
    List,
    /// A short literal inside a line.
    Inline,
}

struct Page<'a> {
    language: Language,
    style: &'a Style,
    out: String,
    line: String,
    /// Further indentation of the line under way, for a statement under a condition and for broken lines.
    extra: usize,
    open: Vec<Open>,
    last: Option<Token<'a>>,
    /// The code token before `last`.
    before_last: Option<Token<'a>>,
    label: bool,
    /// What the brace behind `struct` or `enum` opens.
    members: Option<Open>,
}

/// Lays `text` out in `style`.
pub(super) fn lay_out(language: Language, text: &str, style: &Style) -> String {
    let tokens = lex(language, text);
    let mut page = Page {
        language,
        style,
        out: String::with_capacity(text.len() + text.len() / 4),
        line: String::new(),
        extra: 0,
        open: Vec::new(),
        last: None,
        before_last: None,
        label: false,
        members: None,
    };
    let mut place = 0;
    let mut lines_before = 1;
    let mut touching = false;
    while let Some(&token) = tokens.get(place) {
        match token.kind {
            Kind::Blank => {
                lines_before += token.text.matches('\n').count();
                touching = false;
                place += 1;
                continue;
            }
            Kind::Punct if token.text == "#" && language == Language::C && lines_before > 0 => {
                let end = directive_end(&tokens, place);
                page.end_line();
                page.line = tokens[place..end].iter().map(|token| token.text).collect();
                page.end_bare_line();
                place = end;
            }
            Kind::LineComment | Kind::BlockComment => {
                page.comment(token, lines_before > 0);
                place += 1;
            }
            _ => {
                let next = tokens[place + 1..].iter().find(|token| token.is_code());
                page.code(token, lines_before > 0, touching, next, ends_line(&tokens, place));
                place += 1;
            }
        }
        if lines_before > 1
            && token.kind != Kind::Blank
            && page.line.is_empty()
            && !page.out.ends_with("\n\n")
            && !page.out.is_empty()
        {
            page.out.push('\n');
        }
        lines_before = 0;
        touching = true;
    }
    page.end_line();
    page.out
}

/// Where the directive that starts at `place` ends: the blank with its line end, or a comment before it.
fn directive_end(tokens: &[Token<'_>], place: usize) -> usize {
    tokens[place..].iter().position(Token::ends_line).map_or(tokens.len(), |length| place + length)
}

/// Tells whether a line end follows the token at `place`.
fn ends_line(tokens: &[Token<'_>], place: usize) -> bool {
    tokens.get(place + 1).is_some_and(Token::ends_line)
}

impl<'a> Page<'a> {
    fn comment(&mut self, token: Token<'a>, starts_line: bool) {
        if starts_line {
            self.end_line();
        } else if !self.line.is_empty() {
            self.line.push(' ');
        }
        self.line.push_str(token.text);
        // A comment on several lines may have ended a statement of JavaScript.
        if token.kind == Kind::LineComment || starts_line || token.text.contains('\n') {
            self.end_line();
        }
    }

    fn code(
        &mut self,
        token: Token<'a>,
        starts_line: bool,
        touching: bool,
        next: Option<&Token<'a>>,
        ends_line: bool,
    ) {
        if starts_line && self.language == Language::JavaScript && self.may_end_statement(token) {
            self.end_line();
        }
        if matches!(token.text, "}") && token.kind == Kind::Punct {
            self.close_brace();
        } else if token.is("{")
            && self.style.brace_below
            && self.language == Language::C
            && self.brace(ends_line) == Open::Block
        {
            self.end_line();
        }
        if self.gap(token, touching) && !self.line.is_empty() {
            self.line.push(' ');
        }
        let broken = self.breaks_before(token);
        if broken {
            self.end_line();
            self.extra = 2;
        }
        self.line.push_str(token.text);
        self.follow(token, next, ends_line);
        self.before_last = self.last;
        self.last = Some(token);
    }

    /// Opens and closes brackets, and ends the line behind `token` where the style wants it.
    fn follow(&mut self, token: Token<'a>, next: Option<&Token<'a>>, ends_line: bool) {
        match token.text {
            "case" | "default" if token.kind == Kind::Word => self.label = self.language != Language::Rust,
            "enum" if token.kind == Kind::Word => self.members = Some(Open::List),
            "struct" | "union" | "class" if token.kind == Kind::Word => self.members = Some(Open::Record),
            "else" | "do" if token.kind == Kind::Word => self.body_below(next),
            _ if token.kind != Kind::Punct => {}
            "(" | "[" => {
                let condition = self
                    .last
                    .is_some_and(|last| matches!(last.text, "if" | "for" | "while" | "switch" | "catch"));
                self.members = None;
                self.open.push(Open::Round(condition && token.text == "("));
            }
            ")" | "]" => {
                let closed =
                    if matches!(self.open.last(), Some(Open::Round(_))) { self.open.pop() } else { None };
                if closed == Some(Open::Round(true)) && self.language != Language::Rust {
                    self.body_below(next);
                }
            }
            "{" => {
                let kind = self.brace(ends_line);
                self.open.push(kind);
                self.label = false;
                self.members = None;
                if kind != Open::Inline && !next.is_some_and(|next| next.is("}")) {
                    self.indent_from(self.depth() - 1);
                }
            }
            "}" => {
                let closed = if matches!(self.open.last(), None | Some(Open::Round(_))) {
                    None
                } else {
                    self.open.pop()
                };
                let goes_on = next.is_some_and(|next| {
                    next.kind == Kind::Punct
                        && matches!(next.text, ")" | "," | ";" | "." | "]" | "(" | "?" | "[")
                        || closed == Some(Open::Record) && !next.is("}")
                        || self.style.else_beside
                            && matches!(next.text, "else" | "while" | "catch" | "finally")
                });
                if matches!(closed, Some(Open::Block | Open::Record)) && !goes_on {
                    self.end_line();
                }
            }
            ";" if self.inside_statements() => {
                self.label = false;
                self.members = None;
                self.end_line();
            }
            "=" => self.members = None,
            "," if self.open.last() == Some(&Open::List) || self.rust_block() => self.end_line(),
            ":" if self.label && self.inside_statements() => {
                self.label = false;
                self.end_line();
            }
            _ => {}
        }
    }

    /// Tells what the brace that comes next opens.
    fn brace(&self, ends_line: bool) -> Open {
        let Some(last) = self.last else { return Open::Block };
        let statement = matches!(last.kind, Kind::Punct)
            && matches!(last.text, ")" | ";" | "{" | "}" | "=>" | ">" | "]")
            || matches!(last.text, "else" | "do" | "try" | "finally" | "unsafe" | "loop" | "const")
            || self.language == Language::C
                && (last.is(":") || last.kind == Kind::Word && last.text != "return");
        let literal =
            matches!(self.open.last(), Some(Open::Inline | Open::List)) && self.language == Language::C;
        if self.language == Language::Rust {
            Open::Block
        } else if let (Language::C, Some(members)) = (self.language, self.members) {
            members
        } else if statement && !literal {
            Open::Block
        } else if ends_line {
            Open::List
        } else {
            Open::Inline
        }
    }

    fn inside_statements(&self) -> bool {
        matches!(self.open.last(), None | Some(Open::Block | Open::Record | Open::List))
    }

    fn rust_block(&self) -> bool {
        self.language == Language::Rust && self.open.last() == Some(&Open::Block)
    }

    /// Starts the closing brace's line, unless its literal is inside one.
    fn close_brace(&mut self) {
        match self.open.last() {
            Some(Open::Block | Open::Record | Open::List) if !self.last.is_some_and(|last| last.is("{")) => {
                self.end_line();
                self.extra = 0;
            }
            _ => {}
        }
    }

    /// Sends the statement under a condition to the next line if the style wants it there.
    fn body_below(&mut self, next: Option<&Token<'_>>) {
        let braced = next.is_some_and(|next| matches!(next.text, "{" | ";" | "if"));
        // `do while` and a loop that is the tail of `do` look alike here: leave both.
        if self.style.body_below && !braced && self.inside_statements() {
            self.end_line();
            self.extra = 1;
        }
    }

    /// Tells whether a line end between the last token and `next` might end a statement of JavaScript.
    fn may_end_statement(&self, next: Token<'_>) -> bool {
        let Some(last) = self.last else { return false };
        let open = last.kind == Kind::Punct && !matches!(last.text, ")" | "]" | "}" | "++" | "--");
        let goes_on = next.kind == Kind::Punct
            && matches!(next.text, ")" | "]" | "}" | "," | ";" | "." | "?." | "&&" | "||" | "?" | ":" | "=");
        !(open || goes_on)
    }

    /// Tells whether a blank stands before `token`.
    fn gap(&self, token: Token<'_>, touching: bool) -> bool {
        let Some(last) = self.last else { return false };
        let wanted = self.wants_gap(last, token, touching);
        // A backslash may have taken the line end in, and a slash may start an expression: keep what was.
        if !wanted && !touching {
            // Three operators may join where two do not, as the points of an ellipsis.
            let operator = |token: Token<'_>| token.kind == Kind::Punct && !"()[]{},;".contains(token.text);
            let slash = token.text.starts_with('/') || last.text.ends_with('/');
            return slash
                || operator(last) && operator(token)
                || !may_touch(self.language, last.text, token.text);
        }
        if wanted && touching && (token.is("!") || last.is("#") || last.is("@") || token.is("#")) {
            return false;
        }
        wanted
    }

    fn wants_gap(&self, last: Token<'_>, token: Token<'_>, touching: bool) -> bool {
        let value = last.kind != Kind::Punct && !is_operator_word(self.language, last.text)
            || matches!(last.text, ")" | "]" | "}");
        match (last.text, token.text) {
            _ if last.kind != Kind::Punct && token.kind != Kind::Punct => true,
            ("(" | "[", _) | (_, ")" | "]" | "," | ";") => false,
            (_, "{") | ("{", _) | (_, "}") | ("," | ";", _) => true,
            ("." | "->" | "::" | "?.", _) | (_, "." | "->" | "::" | "?.")
                if !matches!(
                    (self.language, last.text, token.text),
                    (Language::Rust, "->", _) | (Language::Rust, _, "->")
                ) =>
            {
                false
            }
            ("if" | "for" | "while" | "switch" | "catch", "(") => self.style.keyword_gap,
            ("return" | "case" | "in" | "of" | "typeof" | "sizeof" | "as", "(") => last.text != "sizeof",
            (_, "(" | "[") if value => false,
            ("<" | ">" | "&" | "'" | "#" | "$" | "@" | "?", _) | (_, "<" | ">" | "?" | ":")
                if self.language != Language::C =>
            {
                !touching
            }
            ("!" | "~", _) => false,
            ("*" | "&" | "-" | "+" | "++" | "--" | "&&", _) if self.unary() => false,
            (_, "++" | "--") if value => false,
            _ if last.kind == Kind::Punct && token.kind == Kind::Punct && !value => true,
            (_, "*" | "&" | "!") if self.language != Language::JavaScript => true,
            _ => {
                self.style.airy
                    || last.kind == Kind::Word && is_operator_word(self.language, last.text)
                    || matches!(token.text, "=" | "=>" | "->")
            }
        }
    }

    /// Tells whether the last token is an operator before its only operand.
    fn unary(&self) -> bool {
        match self.before_last {
            None => true,
            Some(before) => {
                before.kind == Kind::Punct && !matches!(before.text, ")" | "]" | "}" | "++" | "--")
                    || is_operator_word(self.language, before.text)
            }
        }
    }

    /// Tells whether the line is full and may be broken before `token`.
    fn breaks_before(&self, token: Token<'_>) -> bool {
        let width = self.depth() * self.style.indent.len() + self.line.len() + token.text.len();
        let Some(last) = self.last else { return false };
        let breakable =
            last.kind == Kind::Punct && matches!(last.text, "," | "&&" | "||" | "=" | "+" | "?" | "(");
        width > self.style.width && breakable && !self.line.trim().is_empty() && token.kind != Kind::Punct
    }

    /// Levels of indentation: parentheses make none.
    fn depth(&self) -> usize {
        self.open.iter().filter(|open| !matches!(open, Open::Round(_))).count()
    }

    fn end_line(&mut self) {
        self.indent_from(self.depth());
    }

    /// Ends the line, which belongs at `depth` brackets.
    fn indent_from(&mut self, depth: usize) {
        let line = self.line.trim();
        if !line.is_empty() {
            let depth = depth.min(40);
            for _ in 0..depth + self.extra {
                self.out.push_str(self.style.indent);
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
        self.line.clear();
        self.extra = 0;
    }

    /// Ends a line that stands at the margin.
    fn end_bare_line(&mut self) {
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
        self.extra = 0;
    }
}

/// Tells whether a word stands before a value like an operator.
fn is_operator_word(language: Language, word: &str) -> bool {
    match word {
        "return" | "case" | "else" | "do" | "in" | "if" | "while" => true,
        "typeof" | "of" | "delete" | "void" | "throw" | "new" | "await" | "yield" | "instanceof" => {
            language == Language::JavaScript
        }
        "as" | "mut" | "match" | "let" => language == Language::Rust,
        _ => false,
    }
}
