//! Reading what stands right of an operator.

use super::compare::is_floating;
use super::goal::{Kind, Literal, Operand, Operator};
use super::lex::Token;
use super::parse::{ParseError, Parser};
use super::pattern::Pattern;

impl Parser<'_> {
    pub(super) fn operand(&mut self, operator: Operator) -> Result<Operand, ParseError> {
        match operator {
            Operator::In | Operator::NotIn => self.several().map(Operand::Several),
            Operator::Like | Operator::NotLike => self.pattern(Pattern::like),
            Operator::Match | Operator::NotMatch => self.pattern(Pattern::matching),
            _ => {
                let literal = self.literal()?;
                let ordered = matches!(
                    operator,
                    Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le
                );
                if ordered && matches!(literal.kind, Kind::Null | Kind::Truth(_)) {
                    return Err(
                        self.wrong_before(format!("nothing is more or less than {}", literal.text))
                    );
                }
                if ordered && is_floating(&literal.text) {
                    return Err(self.wrong_before("a point in time needs its offset, such as 2026-03-04T09:30:00Z or ...+08:00"));
                }
                Ok(Operand::One(literal))
            }
        }
    }

    /// `(a, b)`, `@(a, b)`, or without brackets.
    fn several(&mut self) -> Result<Vec<Literal>, ParseError> {
        if self.peek() == Some(&Token::Word("@".into())) {
            self.next += 1;
        }
        match self.peek() {
            Some(Token::Open) => self.bracketed(Self::literals),
            _ => self.literals(),
        }
    }

    fn literals(&mut self) -> Result<Vec<Literal>, ParseError> {
        let mut all = vec![self.literal()?];
        while self.peek() == Some(&Token::Comma) {
            self.next += 1;
            all.push(self.literal()?);
        }
        Ok(all)
    }

    fn literal(&mut self) -> Result<Literal, ParseError> {
        match self.take() {
            Some(Token::Quoted(text)) => Ok(Literal::quoted(text)),
            Some(Token::Word(word)) => {
                let literal = Literal::word(&word);
                match literal.kind == Kind::Text && word.starts_with(['$', '@']) {
                    true => Err(self.wrong_before("there are no variables here; text that begins so stands in quotation marks")),
                    false => Ok(literal),
                }
            }
            Some(_) => Err(self.wrong_before(
                "a value is wanted here; text that begins with a dash stands in quotation marks",
            )),
            None => Err(self.wrong("a value is wanted here")),
        }
    }

    fn pattern(
        &mut self,
        make: fn(&str) -> Result<Pattern, String>,
    ) -> Result<Operand, ParseError> {
        let text = self.literal()?.text;
        make(&text)
            .map(Operand::Pattern)
            .map_err(|why| self.wrong_before(format!("the pattern is not understood: {why}")))
    }
}
