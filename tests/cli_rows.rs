//! Many rows of one form, and the forms of a copied command, as the program gives them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::{Csdeck, fixture};

const MOVE: &str = "users/move";
const INSTALL: &str = "database/install-cms-database";

fn fixture_rows(name: &str) -> String {
    fixture(&format!("rows/{name}"))
}

fn render<'a>(id: &'a str, table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["snippet", "render", id, "--rows", table];
    args.extend(more);
    args
}

#[test]
fn every_row_is_a_command_in_the_order_of_the_file() {
    let table = fixture_rows("databases-excel.csv");
    let ended = Csdeck::new().run(render(INSTALL, &table, &[])).code(0);
    assert_eq!(
        ended.stdout,
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.kestrel.lan' -SqlInstanceName 'rtc' -DatabasePaths 'E:\\CSLog','G:\\CSDB'\n\
         Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql02.kestrel.lan' -SqlInstanceName 'lync' -DatabasePaths 'G:\\CSDB, old'\n\
         Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql03.kestrel.lan'\n"
    );
    assert_eq!(ended.stderr, "");
}

#[test]
fn export_csv_in_utf16_and_standard_input_are_read() {
    let text = "#TYPE Selected.Microsoft.Rtc.Management\r\n\"SqlServerFqdn\"\t\"Sql Instance Name\"\r\n\"sql01\"\t\"J\u{fc}rgen\"\r\n";
    let bytes: Vec<u8> = "\u{feff}"
        .chars()
        .chain(text.chars())
        .flat_map(|c| (c as u16).to_le_bytes())
        .collect();
    let ended = Csdeck::new().feed(render(INSTALL, "-", &[]), bytes).code(0);
    assert!(ended.stdout.contains("-SqlInstanceName 'Jürgen'"));
}

#[test]
fn set_fills_in_what_a_row_leaves_empty() {
    let csdeck = Csdeck::new();
    let table = csdeck.write(
        "t.csv",
        "SqlServerFqdn,SqlInstanceName\nsql01,\nsql02,own\n",
    );
    let table = table.to_str().unwrap();
    csdeck
        .run(render(INSTALL, table, &["--set", "SqlInstanceName=all"]))
        .code(0)
        .prints("'sql01' -SqlInstanceName 'all'")
        .prints("'sql02' -SqlInstanceName 'own'");
}

#[test]
fn one_bad_row_and_nothing_is_printed() {
    let table = fixture_rows("databases-bad.csv");
    let ended = Csdeck::new()
        .run(render(INSTALL, &table, &[]))
        .code(2)
        .silent();
    let lines: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ended.stderr);
    let begins = |n: usize, what: &str| {
        let wanted = format!("{table}:{what}");
        assert!(
            lines[n].starts_with(&wanted),
            "{} is not {wanted}",
            lines[n]
        );
    };
    begins(0, "3: row 2, SQL Server FQDN: a value is required");
    begins(1, "5: row 3, Clean: \"perhaps\" is not true or false");
    begins(
        2,
        "6: row 4, column 4: \"G:\\\\CSDB\" stands under no heading",
    );
    begins(3, "7: row 5, SQL Server FQDN: ");
    assert!(lines[3].contains("line feed"), "{}", lines[3]);
}

#[test]
fn what_is_wrong_with_every_row_is_said_once() {
    let csdeck = Csdeck::new();
    let table = csdeck.write("t.csv", "SqlInstanceName\na\nb\nc\n");
    let ended = csdeck
        .run(render(INSTALL, table.to_str().unwrap(), &[]))
        .code(2)
        .silent();
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    ended.says("every row, SqlServerFqdn: a value is required");
}

#[test]
fn as_json_the_rows_stand_beside_the_text() {
    let csdeck = Csdeck::new();
    let good = fixture_rows("databases-excel.csv");
    let document = csdeck
        .run(render(INSTALL, &good, &["--format", "json"]))
        .code(0)
        .json();
    assert_eq!(document["text"].as_str().unwrap().lines().count(), 3);
    assert_eq!(document["risk"], "change");
    assert!(document["findings"].is_array());
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[2]["row"], &rows[2]["line"]), (&3.into(), &5.into()));
    assert!(rows[2]["text"].as_str().unwrap().contains("sql03"));
    assert_eq!(rows[2]["risk"], "change");
    assert!(rows[2]["findings"].is_array());

    let bad = fixture_rows("databases-bad.csv");
    let ended = csdeck
        .run(render(INSTALL, &bad, &["--format", "json"]))
        .code(2)
        .says("row 2, SQL Server FQDN");
    let document = ended.json();
    assert!(document["text"].is_null() && document["risk"].is_null());
    let wrong = &document["rows"][1];
    assert_eq!(wrong["errors"][0]["column"], "SQL Server FQDN");
    assert!(wrong["text"].is_null());
}

#[test]
fn headings_that_name_no_field_are_refused_or_left_out() {
    let csdeck = Csdeck::new();
    let table = csdeck.write("t.csv", "SqlServerFqnd,Ticket\nsql01,4711\n");
    let table = table.to_str().unwrap();
    csdeck
        .run(render(INSTALL, table, &[]))
        .code(2)
        .silent()
        .says(&format!("{table}:1: SqlServerFqnd: "))
        .says("Did you mean SqlServerFqdn?")
        .says(&format!("{table}:1: Ticket: "))
        .says("--ignore-columns leaves such columns out");
    let table = csdeck.write("u.csv", "SqlServerFqdn,Ticket\nsql01,4711\n");
    csdeck
        .run(render(
            INSTALL,
            table.to_str().unwrap(),
            &["--ignore-columns"],
        ))
        .code(0)
        .says("left out: Ticket")
        .prints("'sql01'");
}

#[test]
fn doubtful_values_are_told_and_rendered() {
    let table = "Sql Server Fqdn\nsql01.kestrel.lan\nsql02\n";
    let ended = Csdeck::new()
        .feed(render(INSTALL, "-", &[]), table)
        .code(0)
        .prints("'sql02'")
        .says("standard input:3: row 2, Sql Server Fqdn: ");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    let document = Csdeck::new()
        .feed(render(INSTALL, "-", &["--format", "json"]), table)
        .code(0)
        .json();
    let message = document["doubts"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("row 2: "), "{message}");
    assert_eq!(document["rows"][0]["doubts"], serde_json::json!([]));
}

#[test]
fn secrets_and_files_that_are_no_table_are_refused() {
    let csdeck = Csdeck::new();
    let own = "<#\n.SYNOPSIS\nSet a PIN\n#>\nparam([string]$Identity, [securestring]$Pin)\nSet-CsClientPin -Identity $Identity -Pin $Pin";
    csdeck.write("config/snippets/own/pin.ps1", own);
    csdeck
        .feed(render("own/pin", "-", &[]), "Identity,Pin\na,1234\n")
        .code(2)
        .silent()
        .says("standard input:1: Pin: Pin is secret");
    csdeck
        .run(["snippet", "rows", "own/pin"])
        .code(0)
        .prints("Identity\n");
    csdeck
        .feed(render(INSTALL, "-", &[]), b"SqlServerFqdn\nJ\xfcrgen\n")
        .code(2)
        .silent()
        .says("standard input:1: the file is neither UTF-8 nor UTF-16")
        .says("CSV UTF-8");
    csdeck
        .feed(render(INSTALL, "-", &[]), "SqlServerFqdn\n\"sql01\nsql02\n")
        .code(2)
        .silent()
        .says("standard input:2: SqlServerFqdn: a double quote opens here");
    csdeck
        .run(render(INSTALL, "/nowhere/at/all.csv", &[]))
        .code(1)
        .silent();
    csdeck
        .run(["snippet", "render", INSTALL, "--ignore-columns"])
        .code(2);
}

#[test]
fn a_terminal_is_not_acted_upon_by_a_table() {
    let ended = Csdeck::new()
        .feed(
            render(INSTALL, "-", &[]),
            "SqlServerFqdn,\u{1b}]52;c;AAAA\u{7}\na,b\n",
        )
        .code(2)
        .silent();
    assert!(
        !ended.stderr.contains(['\u{1b}', '\u{7}']),
        "{:?}",
        ended.stderr
    );
}

#[test]
fn a_blank_table_is_written_once_and_read_back() {
    let csdeck = Csdeck::new();
    let header = csdeck.run(["snippet", "rows", INSTALL]).code(0);
    assert!(
        header.stdout.starts_with("SqlServerFqdn,"),
        "{}",
        header.stdout
    );
    assert_eq!(header.stdout.lines().count(), 1);
    let path = csdeck.path("out/move.csv");
    let path = path.to_str().unwrap();
    let write = ["snippet", "rows", INSTALL, "--example", "--output", path];
    csdeck.run(write).code(0).silent().says("written");
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbfSqlServerFqdn,"));
    assert!(bytes.ends_with(b"\r\n"));
    csdeck
        .run(render(INSTALL, path, &[]))
        .code(0)
        .prints("Install-CsDatabase");
    csdeck.run(write).code(1).silent().says("is there already");
    assert_eq!(std::fs::read(path).unwrap(), bytes);
}

#[test]
fn run_approves_and_runs_one_text_of_all_rows() {
    let csdeck = Csdeck::new();
    let table = csdeck.write(
        "t.csv",
        "SqlServerFqdn\nsql01.kestrel.lan\nsql02.kestrel.lan\n",
    );
    let table = table.to_str().unwrap();
    let run = |more: &[&str]| {
        let mut args = vec![
            "run",
            "--lab",
            "--target",
            "lab",
            "--snippet",
            INSTALL,
            "--rows",
            table,
        ];
        args.extend(more);
        csdeck.run(args)
    };
    let journal = || {
        csdeck
            .run(["journal", "list", "--format", "json"])
            .code(0)
            .json()
    };
    run(&[])
        .code(4)
        .silent()
        .says("'sql01.kestrel.lan'")
        .says("'sql02.kestrel.lan'");
    run(&["--set", "Nothing=1", "--yes"])
        .code(2)
        .silent()
        .says("every row, Nothing");
    assert_eq!(journal(), serde_json::json!([]));
    run(&["--yes"]);
    let entries = journal();
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let text = entries[0]["text"].as_str().unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    csdeck
        .run([
            "run",
            "--lab",
            "--target",
            "lab",
            "--rows",
            table,
            "--",
            "Get-CsPool",
        ])
        .code(2)
        .says("--rows fills in a snippet");
}

#[test]
fn the_forms_of_a_rendered_command() {
    let csdeck = Csdeck::new();
    let table = csdeck.write("t.csv", "SqlServerFqdn\nsql01\nsql02-ü\n");
    let table = table.to_str().unwrap();
    let text = csdeck.run(render(INSTALL, table, &[])).code(0).stdout;
    let form = |form: &str| {
        csdeck
            .run(render(INSTALL, table, &["--as", form]))
            .code(0)
            .stdout
    };
    assert_eq!(form("command"), text);
    assert_eq!(
        form("line"),
        format!("{}\n", text.trim_end().replace('\n', "; "))
    );
    let script = form("script");
    assert!(
        script.starts_with("\u{feff}<#\r\n.SYNOPSIS\r\n"),
        "{script:?}"
    );
    assert!(script.contains(&format!("from {INSTALL} and 2 rows of {table}.\r\n")));
    assert!(script.ends_with(&text.replace('\n', "\r\n")));
    let encoded = form("encoded");
    assert!(encoded.starts_with("powershell.exe -NoProfile -EncodedCommand "));
    assert_eq!(
        ::csdeck::powershell::encoded::decode_line(&encoded).as_deref(),
        Ok(text.trim_end())
    );
    // Into a file: what a console's own > would write in another encoding.
    let path = csdeck.path("install.ps1");
    let file = path.to_str().unwrap();
    let to_file = ["--as", "script", "--output", file];
    csdeck
        .run(render(INSTALL, table, &to_file))
        .code(0)
        .silent();
    assert_eq!(std::fs::read(&path).unwrap(), script.as_bytes());
    csdeck
        .run(render(INSTALL, table, &to_file))
        .code(1)
        .says("is there already");
    // Without rows as well, and in JSON.
    let one = [
        "snippet",
        "render",
        INSTALL,
        "--set",
        "SqlServerFqdn=a",
        "--as",
        "encoded",
    ];
    csdeck.run(one).code(0).prints("-EncodedCommand");
    let document = csdeck
        .run(one.iter().copied().chain(["--format", "json"]))
        .code(0)
        .json();
    assert!(
        document["text"]
            .as_str()
            .unwrap()
            .starts_with("powershell.exe ")
    );
    assert!(document["findings"].is_array());
}

#[test]
fn a_command_that_has_no_such_form_says_why() {
    let csdeck = Csdeck::new();
    let rows: String = (0..300)
        .map(|n| format!("sql{n:03}.kestrel.lan\n"))
        .collect();
    let ended = csdeck
        .feed(
            render(INSTALL, "-", &["--as", "encoded"]),
            format!("SqlServerFqdn\n{rows}"),
        )
        .code(1)
        .silent();
    ended.says("32766").says("copied as a script");
    let own = "<#\n.SYNOPSIS\nA text of two lines\n#>\nparam([string]$Name)\nWrite-Output @'\na\n'@\nGet-CsPool -Identity $Name";
    csdeck.write("config/snippets/own/lines.ps1", own);
    csdeck
        .run([
            "snippet",
            "render",
            "own/lines",
            "--set",
            "Name=a",
            "--as",
            "line",
        ])
        .code(1)
        .silent()
        .says("a text goes over several lines here");
}

#[test]
fn other_snippets_take_rows_too() {
    let csdeck = Csdeck::new();
    let list = csdeck
        .run(["snippet", "list", "--format", "json"])
        .code(0)
        .json();
    let known = list.as_array().unwrap().iter().any(|s| s["id"] == MOVE);
    assert!(known, "{MOVE}");
    csdeck
        .run(["snippet", "rows", MOVE])
        .code(0)
        .prints("Identity");
}
