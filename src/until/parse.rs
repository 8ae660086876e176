//! Reading an expression.

use std::str::FromStr;

use thiserror::Error;
use unicode_width::UnicodeWidthStr;

use super::goal::{Condition, Goal, Operator, Path, QUANTIFIERS, Test};
use super::lex::{Piece, Token, is_name, pieces};
use super::walk::VALUE;
use crate::near::did_you_mean;
use crate::text::visible_line;

/// The longest expression, in bytes.
const LONGEST: usize = 4096;

/// How deep brackets may go.
const DEEPEST: usize = 32;

/// Why a text is no goal. Shown, it is what is wrong, then the text with a caret under the place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {column}: {what}\n  {text}\n  {}^", " ".repeat(*before))]
pub struct ParseError {
    /// The place, in characters from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub what: String,
    /// The expression, safe to show.
    text: String,
    /// Columns of the terminal in front of the place.
    before: usize,
}

impl ParseError {
    fn new(text: &str, at: usize, what: impl Into<String>) -> ParseError {
        let before = text.get(..at).unwrap_or(text);
        ParseError {
            column: before.chars().count() + 1,
            what: what.into(),
            text: visible_line(text).into_owned(),
            before: visible_line(before).width(),
        }
    }
}

impl FromStr for Goal {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Goal, ParseError> {
        if text.len() > LONGEST {
            let what = format!("an expression has at most {LONGEST} characters");
            return Err(ParseError::new("", 0, what));
        }
        let all = pieces(text).map_err(|(at, what)| ParseError::new(text, at, what))?;
        let mut parser = Parser {
            text,
            all,
            next: 0,
            depth: 0,
        };
        let goal = parser.goals()?;
        match parser.peek() {
            None => Ok(goal),
            Some(Token::Close) => Err(parser.wrong("this ) has no (")),
            Some(_) => Err(parser.wrong("-and, -or or the end is wanted here")),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

/// What joins the parts between two brackets: one or the other. PowerShell gives both the same
/// precedence, other languages do not: who mixes them has to say what is meant.
type Joints = Option<Joint>;

pub(super) struct Parser<'t> {
    text: &'t str,
    all: Vec<Piece>,
    pub(super) next: usize,
    depth: usize,
}

const HOW_MANY: &str =
    "say of how many objects: all Status -eq Running, any ..., none ..., count -ge 3";

impl Parser<'_> {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.all.get(self.next).map(|piece| &piece.token)
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += usize::from(token.is_some());
        token
    }

    /// What is wrong at the next piece.
    pub(super) fn wrong(&self, what: impl Into<String>) -> ParseError {
        let at = self
            .all
            .get(self.next)
            .map_or(self.text.trim_end().len(), |piece| piece.at);
        ParseError::new(self.text, at, what)
    }

    /// What is wrong at the piece that was just taken.
    pub(super) fn wrong_before(&self, what: impl Into<String>) -> ParseError {
        let at = self
            .next
            .checked_sub(1)
            .and_then(|n| self.all.get(n))
            .map_or(0, |piece| piece.at);
        ParseError::new(self.text, at, what)
    }

    fn quantifier(&self, at: usize) -> Option<&'static str> {
        match self.all.get(at).map(|piece| &piece.token) {
            Some(Token::Word(word)) => QUANTIFIERS
                .into_iter()
                .find(|q| q.eq_ignore_ascii_case(word)),
            _ => None,
        }
    }

    /// The joint at a place.
    fn joint(&self, at: usize) -> Option<Joint> {
        match self.all.get(at).map(|piece| &piece.token) {
            Some(Token::Operator(word)) if word == "-and" => Some(Joint::And),
            Some(Token::Operator(word)) if word == "-or" => Some(Joint::Or),
            _ => None,
        }
    }

    /// Takes a joint, which has to be the one that joins here.
    fn take_joint(&mut self, joints: &mut Joints) -> Result<Option<Joint>, ParseError> {
        let Some(joint) = self.joint(self.next) else {
            return Ok(None);
        };
        if joints.is_some_and(|j| j != joint) {
            return Err(self.wrong(
                "-and and -or stand beside each other: put what belongs together in brackets",
            ));
        }
        *joints = Some(joint);
        self.next += 1;
        Ok(Some(joint))
    }

    /// What stands between brackets, the opening one being next.
    pub(super) fn bracketed<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == DEEPEST {
            return Err(self.wrong(format!("brackets go at most {DEEPEST} deep")));
        }
        self.next += 1;
        self.depth += 1;
        let value = inner(self)?;
        self.depth -= 1;
        match self.peek() {
            Some(Token::Close) => {
                self.next += 1;
                Ok(value)
            }
            None => Err(self.wrong("a ) is missing")),
            Some(_) => Err(self.wrong("-and, -or or ) is wanted here")),
        }
    }

    fn goals(&mut self) -> Result<Goal, ParseError> {
        let mut joints = None;
        let mut parts = vec![self.goal(&mut joints)?];
        let mut joined = None;
        while let Some(joint) = self.take_joint(&mut joints)? {
            joined = Some(joint);
            parts.push(self.goal(&mut joints)?);
        }
        Ok(match joined {
            None => parts.swap_remove(0),
            Some(Joint::And) => Goal::And(parts),
            Some(Joint::Or) => Goal::Or(parts),
        })
    }

    fn goal(&mut self, joints: &mut Joints) -> Result<Goal, ParseError> {
        if self.takes_not()? {
            return Ok(Goal::Not(Box::new(self.bracketed(Self::goals)?)));
        }
        if self.peek() == Some(&Token::Open) {
            return self.bracketed(Self::goals);
        }
        let Some(quantifier) = self.quantifier(self.next) else {
            return Err(self.wrong(HOW_MANY));
        };
        self.next += 1;
        if quantifier == "count" {
            return self.count();
        }
        let condition = self.conditions(joints)?;
        Ok(match quantifier {
            "all" => Goal::All(condition),
            "any" => Goal::Any(condition),
            _ => Goal::None(condition),
        })
    }

    /// Takes `-not` or `!`, which brackets have to follow.
    fn takes_not(&mut self) -> Result<bool, ParseError> {
        let is_not = match self.peek() {
            Some(Token::Bang) => true,
            Some(Token::Operator(word)) => word == "-not",
            _ => false,
        };
        if !is_not {
            return Ok(false);
        }
        self.next += 1;
        match self.peek() {
            Some(Token::Open) => Ok(true),
            _ => Err(self.wrong("behind -not a ( is wanted: what is not to be stands in brackets")),
        }
    }

    fn count(&mut self) -> Result<Goal, ParseError> {
        let condition = match self.peek() {
            Some(Token::Open) => Some(self.bracketed(|p| p.conditions(&mut None))?),
            _ => None,
        };
        let operator = self.operator("count")?;
        if !matches!(
            operator,
            Operator::Eq | Operator::Ne | Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le
        ) {
            return Err(
                self.wrong_before("count is held against a number: -eq, -ne, -gt, -ge, -lt, -le")
            );
        }
        let number = match self.peek() {
            Some(Token::Word(word)) => word.parse().ok(),
            _ => None,
        };
        let Some(number) = number else {
            return Err(self.wrong("count is held against a whole number, as in count -ge 3"));
        };
        self.next += 1;
        Ok(Goal::Count(condition, operator, number))
    }

    /// Conditions, up to one that begins a goal of its own.
    fn conditions(&mut self, joints: &mut Joints) -> Result<Condition, ParseError> {
        let mut parts = vec![self.condition()?];
        let mut joined = None;
        while self.joint(self.next).is_some() && !self.begins_goal(self.next + 1) {
            joined = self.take_joint(joints)?;
            parts.push(self.condition()?);
        }
        Ok(match joined {
            None => parts.swap_remove(0),
            Some(Joint::And) => Condition::And(parts),
            Some(Joint::Or) => Condition::Or(parts),
        })
    }

    /// True when `all`, `any`, `none` or `count` is the next word, whatever brackets and negations
    /// stand in front of it.
    fn begins_goal(&self, from: usize) -> bool {
        let skipped = self
            .all
            .iter()
            .skip(from)
            .take_while(|piece| match &piece.token {
                Token::Open | Token::Bang => true,
                Token::Operator(word) => word == "-not",
                _ => false,
            });
        self.quantifier(from + skipped.count()).is_some()
    }

    fn condition(&mut self) -> Result<Condition, ParseError> {
        if self.takes_not()? {
            let inner = self.bracketed(|p| p.conditions(&mut None))?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.peek() == Some(&Token::Open) {
            return self.bracketed(|p| p.conditions(&mut None));
        }
        let path = self.path()?;
        let operator = self.operator(&path.to_string())?;
        let operand = self.operand(operator)?;
        Ok(Condition::Test(Test {
            path,
            operator,
            operand,
        }))
    }

    fn path(&mut self) -> Result<Path, ParseError> {
        let word = match self.take() {
            Some(Token::Quoted(name)) if name.is_empty() => {
                return Err(self.wrong_before("the name of a property is wanted here"));
            }
            Some(Token::Quoted(name)) => return Ok(Path(vec![name])),
            Some(Token::Word(word)) => word,
            Some(_) => return Err(self.wrong_before("the name of a property is wanted here")),
            None => return Err(self.wrong("the name of a property is wanted here")),
        };
        let of_object = ["$_.", "$psitem."].into_iter().find(|own| {
            word.get(..own.len())
                .is_some_and(|w| w.eq_ignore_ascii_case(own))
        });
        if word == "$_" {
            return Ok(Path(vec![VALUE.to_owned()]));
        }
        let names = &word[of_object.map_or(0, str::len)..];
        if names.starts_with('$') {
            return Err(self.wrong_before("there are no variables here but $_, the object"));
        }
        if names
            .split('.')
            .any(|name| !name.is_empty() && !is_name(name))
        {
            return Err(self.wrong_before("the name of a property is wanted here; one with such characters stands in quotation marks"));
        }
        let names: Vec<String> = names.split('.').map(str::to_owned).collect();
        match names.iter().any(String::is_empty) {
            true => Err(self.wrong_before("between two dots stands the name of a property")),
            false => Ok(Path(names)),
        }
    }

    fn operator(&mut self, behind: &str) -> Result<Operator, ParseError> {
        let missing = || {
            format!(
                "behind {behind} an operator is wanted: -eq, -ne, -gt, -ge, -lt, -le, -like, -match, -in, -contains"
            )
        };
        let Some(Token::Operator(word)) = self.peek() else {
            return Err(self.wrong(missing()));
        };
        // -ieq is -eq said aloud.
        let word = match word.strip_prefix("-i") {
            Some(rest) if rest != "n" => format!("-{rest}"),
            _ => word.clone(),
        };
        let found = match word.as_str() {
            "=" | "==" => Some(Operator::Eq),
            "!=" | "<>" => Some(Operator::Ne),
            ">" => Some(Operator::Gt),
            ">=" => Some(Operator::Ge),
            "<" => Some(Operator::Lt),
            "<=" => Some(Operator::Le),
            word => Operator::ALL.into_iter().find(|o| o.word() == word),
        };
        let Some(operator) = found else {
            let all = Operator::ALL.map(Operator::word);
            let without_case = word
                .strip_prefix("-c")
                .is_some_and(|rest| all.iter().any(|o| o[1..] == *rest));
            return Err(self.wrong(match without_case {
                true => format!("{word} is not there: case never matters here"),
                false => format!("{word} is no operator.{}", did_you_mean(&word, all)),
            }));
        };
        self.next += 1;
        Ok(operator)
    }
}
