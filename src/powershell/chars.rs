//! PowerShell's character classes (the language specification's lexical grammar, section 2.3, and
//! `CharTraits` of the tokenizer): any member of a class stands for any other.

/// `'` and the typographic single quotes U+2018, U+2019, U+201A, U+201B.
pub fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
}

/// `"` and the typographic double quotes U+201C, U+201D, U+201E. The double prime U+2033 is not
/// one of them.
pub fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// `-` and the dashes U+2013, U+2014, U+2015: all start a parameter or an operator.
pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// White space within a line, among it the no-break space U+00A0. Not the line ends.
pub fn is_blank(c: char) -> bool {
    c != '\n' && c != '\r' && c.is_whitespace()
}
