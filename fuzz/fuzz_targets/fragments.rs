//! Fragments of PowerShell remoting from a server: put together, and their messages taken by a pool.

#![no_main]

use csdeck::execute::winrm::psrp::fragment::Assembler;
use csdeck::execute::winrm::psrp::{Guid, HostInfo, PipelineId, Pool, PoolOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut messages = Vec::new();
    let _ = Assembler::default().push(bytes, &mut messages);
    let total: usize = messages.iter().map(Vec::len).sum();
    assert!(total <= bytes.len());

    let mut pool = Pool::new(PoolOptions {
        id: Guid::from_wire([7; 16]),
        ..PoolOptions::new(HostInfo::none())
    });
    pool.adopt(PipelineId::new(Guid::from_wire([1; 16])), true);
    let mut events = Vec::new();
    // In two halves, as an answer may come.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    if pool.receive(first, &mut events).is_ok() {
        let _ = pool.receive(second, &mut events);
    }
    let _ = pool.receive(bytes, &mut events);
});
