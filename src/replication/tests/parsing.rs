use jiff::Timestamp;

use super::{at, fixture, singapore};
use crate::replication::{Form, Note, ParseError, Parsed, Place, parse, parse_frames};

fn read(text: &str) -> Parsed {
    parse(text, &singapore()).unwrap()
}

/// Rows without fractions of seconds and versions, which text forms lose.
fn whole_seconds(parsed: &Parsed) -> Vec<(String, bool, Option<i64>, Option<i64>)> {
    let seconds = |at: Option<Timestamp>| at.map(|at| at.as_second());
    let rows = parsed.rows.iter().map(|row| {
        (
            row.replica_fqdn.clone(),
            row.up_to_date,
            seconds(row.last_status_report),
            seconds(row.last_update_creation),
        )
    });
    rows.collect()
}

#[test]
fn every_form_of_one_frame_gives_the_same_rows() {
    let model = read(&fixture("05-plus-95s.ps51.json"));
    assert_eq!(model.rows.len(), 9);
    assert_eq!(model.rows[7].replica_fqdn, "sgedge02.kestrel.lan");
    assert_eq!(
        model.rows[7].last_status_report,
        Some(at("2025-10-11T04:01:59.6Z"))
    );
    assert_eq!(model.rows[8].last_status_report, None);
    assert_eq!(model.rows[8].product_version, None);
    for name in [
        "05-plus-95s.ps7.json",
        "05.remoting.ps51.json",
        "05.version-object.ps51.json",
        "our-own-wire-format.json",
    ] {
        assert_eq!(read(&fixture(name)).rows, model.rows, "{name}");
    }
    for name in ["05.export-clixml.xml", "05.remoting.export-clixml.xml"] {
        let exported = read(&fixture(name));
        assert_eq!(exported.form, Form::Clixml);
        assert_eq!(
            (exported.rows, exported.notes),
            (model.rows.clone(), vec![]),
            "{name}"
        );
    }
    for (name, form) in [
        ("05.convertto-csv.ps51.csv", Form::Csv),
        ("05.as-needed.ps7.csv", Form::Csv),
        ("05.remoting.ps51.csv", Form::Csv),
        ("05.export-csv.de-DE.csv", Form::Csv),
        ("05.remoting.format-list.txt", Form::List),
        ("05.format-list.txt", Form::List),
        ("05.format-list.de-DE.txt", Form::List),
        ("05.format-table-autosize.txt", Form::Table),
    ] {
        let parsed = read(&fixture(name));
        assert_eq!(parsed.form, form, "{name}");
        assert_eq!(whole_seconds(&parsed), whole_seconds(&model), "{name}");
        assert_eq!(
            parsed.rows[0].product_version.as_deref(),
            Some("6.0.9319.0"),
            "{name}"
        );
        assert_eq!(parsed.rows[8].product_version, None, "{name}");
        assert_eq!(
            parsed.notes,
            [Note::LocalTimes {
                zone: "UTC+08".into()
            }],
            "{name}"
        );
    }
}

#[test]
fn a_table_whose_first_row_has_no_report_is_read_by_position() {
    let mut rows = whole_seconds(&read(&fixture("05.null-first.format-table-autosize.txt")));
    let mut model = whole_seconds(&read(&fixture("05-plus-95s.ps51.json")));
    assert_eq!(
        (rows[0].0.as_str(), rows[0].2),
        ("cebsba01.kestrel.lan", None)
    );
    rows.sort();
    model.sort();
    assert_eq!(rows, model);
}

#[test]
fn a_table_cut_off_by_the_console_is_refused_with_the_way_out() {
    let error = parse(&fixture("05.format-table-80col.txt"), &singapore()).unwrap_err();
    assert!(
        matches!(
            error,
            ParseError::Truncated {
                place: Place::Line(2),
                ..
            }
        ),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("Get-CsManagementStoreReplicationStatus | ConvertTo-Json")
            && text.contains("Format-List"),
        "{text}"
    );
    // Whole headings do not make cut-off names whole; PowerShell 7 cuts with one character.
    for cut in ["sgfe01.kest...", "sgfe01.kestre\u{2026}"] {
        let text = fixture("05.format-table-autosize.txt").replace("sgfe01.kestrel.lan", cut);
        let error = parse(&text, &singapore()).unwrap_err();
        assert!(matches!(error, ParseError::Truncated { .. }), "{error:?}");
    }
    let json = r#"{"UpToDate":true,"ReplicaFqdn":"sgfe01.kest...","LastStatusReport":null,"LastUpdateCreation":null}"#;
    assert!(matches!(
        parse(json, &singapore()),
        Err(ParseError::Truncated { .. })
    ));
}

#[test]
fn no_output_is_an_answer_without_rows() {
    for text in [
        "",
        "\u{feff}",
        "\r\n\r\n",
        "[]",
        "null",
        "{\"rows\":[]}",
        "PS C:\\> Get-X\r\n",
    ] {
        assert_eq!(read(text).rows, [], "{text:?}");
    }
    assert_eq!(read(&fixture("empty-pipeline.ps51.json")).form, Form::Empty);
}

#[test]
fn one_object_is_one_row_and_extras_name_the_source() {
    let single = read(&fixture("05.single-replica.ps51.json"));
    assert_eq!(single.rows.len(), 1);
    assert_eq!(single.source, None);
    for name in [
        "05.remoting.ps51.json",
        "05.remoting.ps51.csv",
        "05.remoting.format-list.txt",
        "05.remoting.export-clixml.xml",
    ] {
        let source = read(&fixture(name)).source;
        assert_eq!(source.as_deref(), Some("sgpool01.kestrel.lan"), "{name}");
    }
    let wire = read(&fixture("our-own-wire-format.json"));
    assert_eq!(wire.source.as_deref(), Some("sgfe01.kestrel.lan"));
    assert_eq!(wire.server_time, Some(at("2025-10-14T06:03:35Z")));
    assert_eq!((wire.form, wire.notes), (Form::Wire, vec![]));
}

#[test]
fn json_that_is_not_status_is_refused_with_its_place() {
    let error = |text: &str| parse(text, &singapore()).unwrap_err();
    assert!(matches!(
        error("[{\"UpToDate\":true}]"),
        ParseError::MissingProperty {
            place: Place::Row(1),
            property: "ReplicaFqdn"
        }
    ));
    assert!(matches!(
        error("{\"a\":1}"),
        ParseError::MissingProperty { .. }
    ));
    assert!(matches!(
        error("[1]"),
        ParseError::Shape {
            place: Place::Row(1),
            ..
        }
    ));
    assert!(matches!(error("\n\n[{"), ParseError::Json { line: 3, .. }));
    let sample = fixture("05-plus-95s.ps51.json");
    let rows = sample.trim();
    let cut = &rows[..rows.len() - 1];
    assert!(matches!(error(cut), ParseError::Json { .. }));
    assert!(matches!(
        error(&format!("{rows} x")),
        ParseError::Json { .. }
    ));
    let counted = |count: usize| format!("{{\"value\":{rows},\"Count\":{count}}}");
    assert_eq!(read(&counted(9)).rows.len(), 9);
    assert!(matches!(error(&counted(10)), ParseError::Shape { .. }));
    let twice = rows.replace("sgfe02.kestrel.lan", "SGFE01.Kestrel.LAN");
    assert!(matches!(
        error(&twice),
        ParseError::Duplicate {
            place: Place::Row(2),
            ..
        }
    ));
    let word = rows.replacen("\"UpToDate\":true", "\"UpToDate\":\"perhaps\"", 1);
    assert!(matches!(
        error(&word),
        ParseError::Value {
            property: "UpToDate",
            ..
        }
    ));
}

#[test]
fn a_null_up_to_date_counts_as_false_and_says_so() {
    let text =
        fixture("05.single-replica.ps51.json").replace("\"UpToDate\":false", "\"UpToDate\":null");
    let parsed = read(&text);
    assert!(!parsed.rows[0].up_to_date);
    assert_eq!(
        parsed.notes,
        [Note::NoUpToDate {
            replica: "sgedge02.kestrel.lan".into()
        }]
    );
}

#[test]
fn console_lines_are_tolerated_and_errors_are_not() {
    let table = fixture("05.format-table-autosize.txt");
    let text = format!(
        "Windows PowerShell\r\nCopyright (C) 2016 Microsoft Corporation. All rights reserved.\r\n\r\n\
         [sgfe01]: PS C:\\Users\\ops> Get-CsManagementStoreReplicationStatus | ft -a\r\n{table}PS C:\\>\r\n"
    );
    let parsed = read(&text);
    assert_eq!(parsed.rows.len(), 9);
    assert!(
        parsed.notes.contains(&Note::SkippedLines { count: 4 }),
        "{:?}",
        parsed.notes
    );
    let json = format!(
        "\u{feff}PS C:\\> x\r\n{}PS C:\\>",
        fixture("05-plus-95s.ps51.json")
    );
    assert_eq!(read(&json).rows.len(), 9);

    let failure = "Get-CsManagementStoreReplicationStatus : The term is not recognized\r\n";
    for (text, line) in [
        (format!("{failure}{table}"), 1),
        (format!("{table}{failure}"), 15),
        ("hello\r\nworld".to_owned(), 1),
        (format!("\r\nhello\r\n{}", fixture("05.format-list.txt")), 2),
        (
            format!("{}Access is denied.", fixture("05.format-list.txt")),
            57,
        ),
    ] {
        let error = parse(&text, &singapore()).unwrap_err();
        assert!(
            matches!(error, ParseError::Unrecognised { line: at, .. } if at == line),
            "{line}: {error:?}"
        );
    }
}

#[test]
fn lists_tolerate_extras_and_broken_lines_of_long_names() {
    let long =
        "a-very-long-name-of-a-server.in.a.deep.domain.of.a.company.that.likes.names.example";
    let text = format!(
        "UpToDate           : True\n{:<18} : {}\n{:21}{}\nLastStatusReport   : \n\
         LastUpdateCreation : 14.10.2025 14:02:02\nProductVersion     : \nRunspaceId : 5f0d\n\
         PSComputerName     : sgfe01\n",
        "ReplicaFqdn",
        &long[..58],
        "",
        &long[58..]
    );
    let parsed = read(&text);
    assert_eq!(parsed.rows[0].replica_fqdn, long);
    assert_eq!(parsed.source.as_deref(), Some("sgfe01"));
    let partial = "ReplicaFqdn : a.b\nUpToDate : True\n";
    assert!(matches!(
        parse(partial, &singapore()),
        Err(ParseError::MissingProperty {
            place: Place::Line(1),
            property: "LastStatusReport"
        })
    ));
}

#[test]
fn tables_tolerate_any_order_and_extra_columns_but_not_missing_ones() {
    let text = "\
ReplicaFqdn PSComputerName UpToDate LastUpdateCreation  LastStatusReport
----------- -------------- -------- ------------------  ----------------
a.b         sgfe01             True 14.10.2025 14:02:02 14.10.2025 14:02:24
c.d         sgfe01            False 14.10.2025 14:02:02";
    let parsed = read(text);
    assert_eq!(
        parsed.rows[0].last_status_report,
        Some(at("2025-10-14T06:02:24Z"))
    );
    assert_eq!(
        (parsed.rows[1].up_to_date, parsed.rows[1].last_status_report),
        (false, None)
    );
    assert_eq!(parsed.source.as_deref(), Some("sgfe01"));
    let two = text.replace("c.d         sgfe01", "c.d         sgfe02");
    assert_eq!(read(&two).source, None);
    let text = "ReplicaFqdn UpToDate\n----------- --------\na.b             True\n";
    assert!(matches!(
        parse(text, &singapore()),
        Err(ParseError::MissingProperty { .. })
    ));
    // A wrapped table (-Wrap) breaks names over lines.
    let wrapped = "\
UpToDate ReplicaFqdn LastStatusReport    LastUpdateCreation
-------- ----------- ----------------    ------------------
    True sgfe01.kest 14.10.2025 14:02:24 14.10.2025 14:02:02
         rel.lan";
    assert!(parse(wrapped, &singapore()).is_err());
}

#[test]
fn recordings_of_several_answers() {
    let names = [
        "00-before-publish",
        "01-just-published",
        "08-all-up-to-date",
    ];
    for form in ["ps51.json", "ps7.json"] {
        let text: String = names
            .iter()
            .map(|name| fixture(&format!("{name}.{form}")))
            .collect();
        let frames = parse_frames(&text, &singapore()).unwrap();
        assert_eq!(frames.len(), 3);
        assert!(frames.iter().all(|frame| frame.rows.len() == 9));
        assert!(matches!(
            parse(&text, &singapore()),
            Err(ParseError::SeveralFrames { count: 3 })
        ));
    }
    let lists = fixture("05.format-list.txt") + &fixture("08.format-list.txt");
    let tables = fixture("05.format-table-autosize.txt").repeat(2);
    for text in [lists, tables] {
        let sizes: Vec<usize> = parse_frames(&text, &singapore())
            .unwrap()
            .iter()
            .map(|f| f.rows.len())
            .collect();
        assert_eq!(sizes, [9, 9]);
    }
    // A row per line, as a pipeline with ForEach-Object writes it.
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&fixture("05-plus-95s.ps51.json")).unwrap();
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    assert_eq!(read(&lines).rows.len(), 9);
    assert_eq!(
        parse_frames(&lines.repeat(2), &singapore()).unwrap().len(),
        2
    );
}

#[test]
fn clixml_of_a_host_a_list_and_one_that_is_broken() {
    let row = |name: &str| {
        format!(
            "<Obj RefId=\"0\"><Props><B N=\"UpToDate\">true</B><S N=\"ReplicaFqdn\">{name}</S>\
             <DT N=\"LastStatusReport\">2025-10-14T06:02:02Z</DT><DT N=\"LastUpdateCreation\">2025-10-14T14:02:02</DT>\
             <Nil N=\"ProductVersion\" /></Props><MS><S N=\"PSComputerName\">fe01.kestrel.lan</S></MS></Obj>"
        )
    };
    let text = format!(
        "#< CLIXML\n<Objs><Obj><LST>{}{}</LST></Obj><S S=\"warning\">old</S></Objs>\n",
        row("a.kestrel.lan"),
        row("b.kestrel.lan")
    );
    let parsed = read(&text);
    assert_eq!(parsed.rows.len(), 2);
    assert_eq!(parsed.source.as_deref(), Some("fe01.kestrel.lan"));
    assert_eq!(
        parsed.rows[0].last_status_report,
        parsed.rows[0].last_update_creation
    );
    let nothing = read("<Objs></Objs>");
    assert_eq!((nothing.form, nothing.rows.len()), (Form::Clixml, 0));
    let cut = parse(&text[..text.len() - 20], &singapore());
    assert!(matches!(cut, Err(ParseError::Clixml { .. })), "{cut:?}");
    let word = parse("<Objs><S>no row</S></Objs>", &singapore());
    assert!(matches!(word, Err(ParseError::Shape { .. })), "{word:?}");
}
