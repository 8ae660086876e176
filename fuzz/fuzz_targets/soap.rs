//! The body of an HTTP answer: an envelope of WS-Management, or a fault.

#![no_main]

use csdeck::execute::winrm::wsman::{Answer, AnswerError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    match Answer::read(body) {
        Ok(answer) => {
            let size: usize = answer.streams.iter().map(|stream| stream.data.len()).sum();
            assert!(size <= body.len());
        }
        Err(AnswerError::Fault(fault)) => {
            fault.meaning();
            fault.advice();
        }
        Err(error) => {
            error.to_string();
        }
    }
});
