//! The words of an expression.

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a number, any bare word.
    Word(String),
    /// What stood in quotation marks.
    Quoted(String),
    /// `-eq`, `-and`, `>=`, as it was written.
    Operator(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `!`
    Bang,
}

/// A piece and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub token: Token,
    pub at: usize,
}

/// The quotation marks that PowerShell takes for single ones (its `CharTraits`); word processors
/// and chats put them in.
pub(super) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}')
}

fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201e}')
}

/// The dashes that PowerShell takes for one.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}'..='\u{2015}')
}

/// True for a character that a bare word goes on with.
fn is_of_word(c: char) -> bool {
    !(c.is_whitespace()
        || is_single_quote(c)
        || is_double_quote(c)
        || matches!(c, '(' | ')' | ',' | '=' | '<' | '>' | '!'))
}

/// True for a text that is one bare word when it is written without quotation marks.
pub(super) fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    let rest = characters.as_str();
    first.is_some_and(|c| is_of_word(c) && !is_dash(c) && !matches!(c, '$' | '@'))
        && rest.chars().all(is_of_word)
}

/// True for a name of a property that needs no quotation marks.
pub(super) fn is_name(text: &str) -> bool {
    is_plain(text) && !text.contains(['.', '[', ']', '*', '{', '}'])
}

/// Splits an expression. The error is what is wrong and where.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, (usize, String)> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (token, taken) = match c {
            _ if c.is_whitespace() => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '!' if !rest.starts_with("!=") => (Token::Bang, 1),
            '!' | '=' | '<' | '>' => {
                let length = 1 + rest[1..]
                    .find(|c: char| !matches!(c, '=' | '>'))
                    .unwrap_or(rest.len() - 1);
                (Token::Operator(rest[..length].to_owned()), length)
            }
            _ if is_single_quote(c) => quoted(rest, c, is_single_quote)
                .ok_or_else(|| (at, "this quotation mark has no end".to_owned()))?,
            _ if is_double_quote(c) => quoted(rest, c, is_double_quote)
                .ok_or_else(|| (at, "this quotation mark has no end".to_owned()))?,
            _ => {
                let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                let behind = word.get(c.len_utf8()..).unwrap_or_default();
                let token = match is_dash(c) && behind.starts_with(|c: char| c.is_alphabetic()) {
                    true => Token::Operator(format!("-{}", behind.to_lowercase())),
                    false => Token::Word(word.to_owned()),
                };
                (token, length)
            }
        };
        all.push(Piece { token, at });
        rest = &rest[taken..];
    }
    Ok(all)
}

/// What stands in quotation marks, a doubled one being the mark itself; and how many bytes that are.
fn quoted(text: &str, first: char, is_mark: fn(char) -> bool) -> Option<(Token, usize)> {
    let mut out = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    debug_assert!(is_mark(first));
    while let Some((at, c)) = characters.next() {
        if !is_mark(c) {
            out.push(c);
            continue;
        }
        match characters.peek() {
            Some((_, next)) if is_mark(*next) => {
                out.push(*next);
                characters.next();
            }
            _ => return Some((Token::Quoted(out), at + c.len_utf8())),
        }
    }
    None
}
