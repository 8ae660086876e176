//! A stream of bytes, cut into lines.

/// The longest line, in bytes; a longer one is passed on in pieces, so that a stream without line
/// ends cannot fill the memory.
pub const LINE_LIMIT: usize = 1 << 20;

/// A line without its ending, or a piece of a very long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text; bytes that are not UTF-8 became U+FFFD.
    pub text: String,
    /// The line goes on in the next piece.
    pub cut: bool,
}

/// Gathers bytes until a line is whole. LF and CRLF end a line; a CR elsewhere is kept. Decoding
/// is done line by line, so a character split over two packets survives.
#[derive(Debug, Default)]
pub struct LineSplitter {
    rest: Vec<u8>,
}

impl LineSplitter {
    /// Takes more bytes; calls `line` for each line that is complete.
    pub fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(Line)) {
        while let Some(end) = bytes.iter().position(|&b| b == b'\n') {
            self.gather(&bytes[..end], &mut line);
            bytes = &bytes[end + 1..];
            let whole = std::mem::take(&mut self.rest);
            let whole = whole.strip_suffix(b"\r").unwrap_or(&whole);
            line(Line {
                text: String::from_utf8_lossy(whole).into_owned(),
                cut: false,
            });
        }
        self.gather(bytes, &mut line);
    }

    /// Ends the stream: what follows the last line ending is a line too.
    pub fn finish(&mut self) -> Option<Line> {
        let rest = std::mem::take(&mut self.rest);
        (!rest.is_empty()).then(|| Line {
            text: String::from_utf8_lossy(&rest).into_owned(),
            cut: false,
        })
    }

    fn gather(&mut self, bytes: &[u8], line: &mut impl FnMut(Line)) {
        self.rest.extend_from_slice(bytes);
        while self.rest.len() > LINE_LIMIT {
            let after = self.rest.split_off(cut_point(&self.rest));
            let piece = std::mem::replace(&mut self.rest, after);
            line(Line {
                text: String::from_utf8_lossy(&piece).into_owned(),
                cut: true,
            });
        }
    }
}

/// Where to cut a buffer longer than the limit: not inside a character.
fn cut_point(bytes: &[u8]) -> usize {
    // A UTF-8 character has at most three continuation bytes (10xxxxxx).
    (LINE_LIMIT - 3..=LINE_LIMIT)
        .rev()
        .find(|&at| bytes[at] & 0xc0 != 0x80)
        .unwrap_or(LINE_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(chunks: &[&[u8]]) -> Vec<Line> {
        let mut splitter = LineSplitter::default();
        let mut lines = Vec::new();
        for chunk in chunks {
            splitter.push(chunk, |l| lines.push(l));
        }
        lines.extend(splitter.finish());
        lines
    }

    fn texts(chunks: &[&[u8]]) -> Vec<String> {
        split(chunks).into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn endings() {
        assert_eq!(texts(&[b"a\r\nb\n\nc\rd\n"]), ["a", "b", "", "c\rd"]);
        assert_eq!(texts(&[b"a\r", b"\nb"]), ["a", "b"]);
        assert_eq!(texts(&[b""]), Vec::<String>::new());
    }

    #[test]
    fn a_character_split_over_packets_survives() {
        let text = "Zürich €😀\n".as_bytes();
        for at in 0..text.len() {
            assert_eq!(texts(&[&text[..at], &text[at..]]), ["Zürich €😀"]);
        }
    }

    #[test]
    fn what_is_no_utf8_is_replaced_in_its_line_alone() {
        assert_eq!(texts(&[b"a\xffb\nok\n"]), ["a\u{fffd}b", "ok"]);
    }

    #[test]
    fn a_long_line_comes_in_pieces_cut_between_characters() {
        let text = "é".repeat(LINE_LIMIT); // two bytes each
        let odd = format!("x{text}\nnext\n");
        let lines = split(&[odd.as_bytes()]);
        let (next, pieces) = lines.split_last().unwrap();
        assert_eq!(next.text, "next");
        assert!(pieces.len() > 2);
        assert!(
            pieces
                .iter()
                .all(|p| p.text.len() <= LINE_LIMIT && !p.text.contains('\u{fffd}'))
        );
        assert_eq!(
            pieces.iter().map(|p| p.cut).collect::<Vec<_>>(),
            [true, true, false]
        );
        assert_eq!(
            pieces.iter().map(|p| p.text.as_str()).collect::<String>(),
            format!("x{text}")
        );
    }

    proptest! {
        #[test]
        fn the_chunks_make_no_difference(text in "([a-zé€😀]|\r\n|\n){0,60}", at in 0usize..200) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            let expected: Vec<String> = text.lines().map(String::from).collect();
            prop_assert_eq!(texts(&[&bytes[..at], &bytes[at..]]), expected);
        }
    }
}
