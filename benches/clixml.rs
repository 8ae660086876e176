//! Reading and writing CLIXML: 50 MB of plain strings, of rows as a cmdlet gives them, and of
//! strings full of escapes; and a row in JSON.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use csdeck::powershell::clixml::{Value, document, read, to_json, write_document};

/// Bytes of each document, about.
const SIZE: usize = 50 << 20;

/// A document of one element again and again.
fn repeated(element: impl Fn(usize) -> String) -> String {
    let mut xml = String::from(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">",
    );
    let mut n = 0;
    while xml.len() < SIZE {
        xml += &element(n);
        n += 1;
    }
    xml + "</Objs>"
}

/// A line of a log file.
fn line(n: usize) -> String {
    format!(
        "<S>2026-11-24 14:57:{:02} fe01.kestrel.lan replicated {n} documents to the pool edge01 without a fault, the next one is due in 60 s</S>",
        n % 60
    )
}

/// What Get-CsUser gives of a user.
fn row(n: usize) -> String {
    let types = if n == 0 {
        "<TN RefId=\"0\"><T>Deserialized.Microsoft.Rtc.Management.ADConnect.Schema.OCSADUser</T><T>Deserialized.System.Object</T></TN>"
    } else {
        "<TNRef RefId=\"0\" />"
    };
    format!(
        "<Obj RefId=\"{n}\">{types}<ToString>CN=User {n},OU=Staff,DC=kestrel,DC=lan</ToString><Props>\
         <S N=\"Identity\">CN=User {n},OU=Staff,DC=kestrel,DC=lan</S><S N=\"SipAddress\">sip:user{n}@kestrel.lan</S>\
         <B N=\"Enabled\">true</B><B N=\"EnterpriseVoiceEnabled\">false</B><S N=\"LineURI\">tel:+4930{n:07}</S>\
         <Nil N=\"LineServerURI\" /><S N=\"RegistrarPool\">pool01.kestrel.lan</S><I32 N=\"HomeServer\">{n}</I32>\
         <DT N=\"WhenChanged\">2026-11-24T14:57:54.1234567+01:00</DT><G N=\"Guid\">792e5b37-4505-47ef-b7d2-8711bb7affa8</G></Props>\
         <MS><S N=\"PSComputerName\">fe01.kestrel.lan</S></MS></Obj>"
    )
}

fn clixml(criterion: &mut Criterion) {
    let documents = [
        ("strings", repeated(line)),
        ("rows", repeated(row)),
        (
            "escapes",
            repeated(|n| format!("<S>line {n}_x000D__x000A_a &lt; b &amp; c_x000A_</S>")),
        ),
        ("one", repeated(|_| format!("<S>{}</S>", "a".repeat(SIZE)))),
    ];
    let mut group = criterion.benchmark_group("clixml");
    group.sample_size(10);
    for (name, xml) in &documents {
        group.throughput(Throughput::Bytes(xml.len() as u64));
        group.bench_function(format!("read {name}"), |bencher| {
            bencher.iter_with_large_drop(|| document(black_box(xml)));
        });
    }
    let values: Vec<Value> = read(&documents[1].1).unwrap_or_default();
    group.throughput(Throughput::Bytes(documents[1].1.len() as u64));
    group.bench_function("write rows", |bencher| {
        bencher.iter_with_large_drop(|| write_document(black_box(&values)));
    });
    group.bench_function("rows to JSON", |bencher| {
        bencher.iter_with_large_drop(|| values.iter().map(to_json).collect::<Vec<_>>());
    });
    group.finish();
}

criterion_group!(benches, clixml);
criterion_main!(benches);
