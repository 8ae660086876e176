use super::*;
use crate::cmdlet::Risk;
use crate::snippet::{Layer, Library, Snippet, read as read_snippet};

const FORM: &str = "<#\n.SYNOPSIS\nEnable a user\n.EXAMPLE\n.\\x.ps1 -Identity a@kestrel.lan -Groups one,'two, three' -Force\n#>\n\
[CmdletBinding()]\nparam(\n\
[Parameter()][string]$RegistrarPool = 'pool01.kestrel.lan',\n\
[Parameter(Mandatory=$true)][string]$Identity,\n\
[Parameter()][string[]]$Groups,\n\
[Parameter()][int]$Count,\n\
[Parameter()][switch]$Force,\n\
[Parameter()][securestring]$Pin)\n\
$o = @{}\n\
if ($PSBoundParameters.ContainsKey('Groups')) { $o.Groups = $Groups }\n\
if ($PSBoundParameters.ContainsKey('Count')) { $o.Count = $Count }\n\
if ($Force) { $o.Force = $true }\n\
Set-Thing -Identity $Identity -RegistrarPool $RegistrarPool @o";

fn form() -> Snippet {
    read_snippet("own/x", FORM, Layer::BuiltIn).expect("reads")
}

fn rows(text: &str) -> Rows {
    Rows::read(text).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

fn filled(text: &str, base: &Values) -> Vec<Row> {
    let (form, rows) = (form(), rows(text));
    let columns = columns(&form, &rows, Unknown::Refused).expect("columns");
    fill(&form, base, &rows, &columns)
}

fn texts(text: &str) -> Vec<String> {
    filled(text, &Values::default())
        .into_iter()
        .map(|row| match row.result {
            Ok(rendered) => rendered.text,
            Err(errors) => errors.to_string(),
        })
        .collect()
}

fn refused(text: &str) -> Vec<String> {
    columns(&form(), &rows(text), Unknown::Refused)
        .expect_err("refused")
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn cells(rows: &Rows) -> Vec<&[String]> {
    rows.records.iter().map(|r| r.cells.as_slice()).collect()
}

#[test]
fn the_tables_that_people_have() {
    for text in [
        "Identity,Count\na,1\nb,2\n",
        "\u{feff}Identity,Count\r\na,1\r\nb,2\r\n",
        "Identity;Count\r\na;1\r\nb;2",
        "Identity\tCount\ra\t1\rb\t2\r",
        "#TYPE System.Management.Automation.PSCustomObject\r\n\"Identity\",\"Count\"\r\n\"a\",\"1\"\r\n\"b\",\"2\"\r\n",
        "sep=|\nIdentity|Count\na|1\nb|2",
        "\"sep=;\"\r\nIdentity;Count;;\r\na;1;;\r\n;;;\r\nb;2;;\r\n",
        "\n  \n Identity , Count \n\n a , 1\n   \n\"b\" ,2,,,\n",
    ] {
        let rows = rows(text);
        assert_eq!(rows.header(), ["Identity", "Count"], "{text:?}");
        assert_eq!(
            cells(&rows),
            [["a", "1"].map(String::from), ["b", "2"].map(String::from)],
            "{text:?}"
        );
    }
}

#[test]
fn lines_are_those_of_the_file() {
    let at = |text: &str| -> Vec<usize> { rows(text).records.iter().map(|r| r.line).collect() };
    assert_eq!(at("A,B\n1,2\n\n\n3,4\n"), [2, 5]);
    assert_eq!(at("#TYPE x\r\n\r\nA,B\r\n1,\"2\r\n3\"\r\n\r\n5,6"), [4, 7]);
    assert_eq!(at("sep=,\rA,B\r\r1,2\r3,4"), [4, 5]);
    assert_eq!(rows("\n\nA\n1").header_line, 3);
}

#[test]
fn files_that_are_no_table() {
    let fault = |text: &str| {
        let error = Rows::read(text).expect_err(text);
        (error.line, error.column, error.fault)
    };
    assert_eq!(fault(""), (1, None, RowsFault::NoHeader));
    assert_eq!(fault("\n;;\n"), (2, None, RowsFault::NoHeader));
    assert_eq!(fault("\nA,B\n,\n"), (2, None, RowsFault::NoRows));
    let tie = RowsFault::Separator {
        first: ',',
        second: ';',
    };
    assert_eq!(fault("A,B;C\n1"), (1, None, tie));
    let none = RowsFault::NoSeparator { found: "ab".into() };
    assert_eq!(fault("sep=ab\nA"), (1, None, none));
    assert_eq!(
        fault("A,B\n1,2\n3,\"4\n5,6\n"),
        (3, Some("B".into()), RowsFault::OpenQuote)
    );
    assert_eq!(
        fault("A,B\n\"a \"quoted\" word\",2"),
        (2, Some("A".into()), RowsFault::BehindQuote)
    );
    // Its quotes would be letters, and the comma in them the end of a cell.
    assert_eq!(
        fault("A,B\n1, \"2,3\""),
        (2, Some("B".into()), RowsFault::BlankBeforeQuote)
    );
    assert_eq!(
        fault("A,\"B\n1,2"),
        (1, Some("column 2".into()), RowsFault::OpenQuote)
    );
    let many = format!("A\n{}", "1\n".repeat(MAX_ROWS + 1));
    assert_eq!(fault(&many), (MAX_ROWS + 2, None, RowsFault::TooMany));
    assert_eq!(fault(&"a".repeat(MAX_BYTES + 1)).2, RowsFault::TooLong);
    assert_eq!(
        Rows::decode(b"Name\nJ\xfcrgen")
            .expect_err("code page")
            .fault,
        RowsFault::NotText
    );
}

#[test]
fn utf16_is_read() {
    let bytes: Vec<u8> = "\u{feff}Identity\tCount\r\nJürgen\t1\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let rows = Rows::decode(&bytes).expect("reads");
    assert_eq!(rows.separator(), '\t');
    assert_eq!(rows.records[0].cells[0], "Jürgen");
}

#[test]
fn headings_are_field_names_as_people_write_them() {
    let form = form();
    for heading in [
        "registrarpool",
        "Registrar Pool",
        "-RegistrarPool",
        "$registrar_pool",
        "registrar-pool",
    ] {
        let rows = rows(&format!("Identity,{heading}\na,b"));
        let columns = columns(&form, &rows, Unknown::Refused).expect(heading);
        assert!(columns.has("RegistrarPool") && columns.has("Identity") && !columns.has("Count"));
    }
}

#[test]
fn wrong_headings_are_all_told() {
    let errors = refused("Identety,RegistrarPool,Registrar Pool,Pin,zzz\na,b,c,d,e");
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert!(errors[0].starts_with("Identety: own/x has no such field. Did you mean Identity?"));
    assert!(errors[1].contains("Registrar Pool: the field RegistrarPool has a column already"));
    assert!(errors[2].starts_with("Pin: Pin is secret"));
    assert!(errors[3].contains("It has RegistrarPool, Identity, Groups, Count, Force."));
    let rows = rows("Identity,Note\na,b");
    let found = columns(&form(), &rows, Unknown::Ignored).expect("ignored");
    assert_eq!(found.ignored, ["Note"]);
    let filled = fill(&form(), &Values::default(), &rows, &found);
    assert!(filled[0].result.is_ok());
    // A secret is refused even where other columns are ignored.
    let rows = Rows::read("Identity,Pin\na,b").expect("reads");
    assert!(columns(&form(), &rows, Unknown::Ignored).is_err());
}

#[test]
fn cells_are_values() {
    assert_eq!(
        texts(
            "Identity;RegistrarPool;Groups;Force\n\
             a;;;\n\
             b;'';one, two;true\n\
             c;' x ';'one, two',it's;no\n\
             O'Brien;'it''s';'';\n"
        ),
        [
            "Set-Thing -Identity 'a' -RegistrarPool 'pool01.kestrel.lan'",
            "Set-Thing -Identity 'b' -RegistrarPool '' -Groups 'one','two' -Force",
            "Set-Thing -Identity 'c' -RegistrarPool ' x ' -Groups 'one, two','it''s'",
            "Set-Thing -Identity 'O''Brien' -RegistrarPool 'it''s' -Groups ''",
        ]
    );
}

#[test]
fn base_values_stand_where_the_row_has_none() {
    let mut base = Values::default();
    base.add("registrarpool", "pool02");
    base.add("Groups", "g1");
    base.add("Groups", "g2");
    let rows = filled("Identity,RegistrarPool,Groups\na,,\nb,pool03,g3", &base);
    let text = |n: usize| rows[n].result.as_ref().expect("renders").text.clone();
    assert_eq!(
        text(0),
        "Set-Thing -Identity 'a' -RegistrarPool 'pool02' -Groups 'g1','g2'"
    );
    assert_eq!(
        text(1),
        "Set-Thing -Identity 'b' -RegistrarPool 'pool03' -Groups 'g3'"
    );
}

#[test]
fn wrong_rows_are_named_with_line_row_and_heading() {
    let rows = filled(
        "Identity,count,Force\na,1,\n\n,x,maybe\nc,2,,more\n\"d\nRemove-CsUser x\",1,\n",
        &Values::default(),
    );
    let wrong: Vec<(usize, String)> = rows
        .iter()
        .filter_map(|row| row.result.as_ref().err().map(|e| (e.line, e.to_string())))
        .collect();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert_eq!(wrong[0].0, 4);
    let messages: Vec<&str> = wrong[0].1.lines().collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages[0].starts_with("row 2, Identity: a value is required"));
    assert!(messages[1].starts_with("row 2, count: \"x\" is not a whole number"));
    assert!(messages[2].starts_with("row 2, Force: \"maybe\" is not true or false"));
    assert!(
        wrong[1]
            .1
            .starts_with("row 3, column 4: \"more\" stands under no heading")
    );
    assert!(
        wrong[2]
            .1
            .contains("row 4, Identity: character 2 is a line feed")
    );
    assert_eq!(
        all(&rows),
        Err(BatchError::Rows {
            rows: vec![2, 3, 4],
            of: 4
        })
    );
}

#[test]
fn all_rows_are_one_text_judged_as_one() {
    let library = Library::built_in();
    let snippet = library.get("database/install-cms-database").expect("there");
    let table = rows("SqlServerFqdn,Clean\nsql01.kestrel.lan,\nsql02.kestrel.lan,true");
    let found = columns(snippet, &table, Unknown::Refused).expect("columns");
    let filled = fill(snippet, &Values::default(), &table, &found);
    let batch = all(&filled).expect("all are good");
    let lines: Vec<&str> = batch.text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].ends_with(" -Clean"));
    assert_eq!(filled[0].result.as_ref().map(|r| r.risk), Ok(Risk::Change));
    assert_eq!(batch.risk, Risk::Destructive);
    assert_eq!(all(&[]), Err(BatchError::Empty));
    let mut long = filled[0].clone();
    if let Ok(rendered) = &mut long.result {
        rendered.text = format!("Get-X '{}'", "a".repeat(MAX_BYTES / 2));
    }
    assert!(matches!(
        all(&[long.clone(), long]),
        Err(BatchError::TooLong { bytes }) if bytes > MAX_BYTES
    ));
}

#[test]
fn findings_name_their_row_and_stand_at_their_place() {
    let source = FORM.replace("Set-Thing", "Set-CsUser");
    let form = read_snippet("own/x", &source, Layer::BuiltIn).expect("reads");
    let table = rows("Identity\na\nb");
    let found = columns(&form, &table, Unknown::Refused).expect("columns");
    let batch = all(&fill(&form, &Values::default(), &table, &found)).expect("good");
    // Set-CsUser has no -RegistrarPool.
    let places: Vec<(usize, &str)> = batch
        .findings
        .iter()
        .map(|f| (f.line, f.message.split(':').next().unwrap_or("")))
        .collect();
    assert_eq!(places, [(1, "row 1"), (2, "row 2")]);
}

#[test]
fn a_blank_table_has_every_field_and_its_example_reads_back() {
    assert_eq!(
        blank(&form(), false),
        "Identity,RegistrarPool,Groups,Count,Force\n"
    );
    assert_eq!(
        blank(&form(), true).lines().nth(1),
        Some("a@kestrel.lan,pool01.kestrel.lan,\"one,'two, three'\",,true")
    );
    let mut rendered = 0;
    for snippet in Library::built_in().iter() {
        let text = blank(snippet, true);
        assert_eq!(blank(snippet, false).lines().count(), 1, "{}", snippet.id);
        let Ok(table) = Rows::read(&text) else {
            continue;
        };
        let found = columns(snippet, &table, Unknown::Refused).expect(&snippet.id);
        for row in fill(snippet, &Values::default(), &table, &found) {
            row.result
                .unwrap_or_else(|e| panic!("{}: {e}\n{text}", snippet.id));
            rendered += 1;
        }
    }
    // The rest have neither an example with values nor defaults.
    assert!(rendered >= 90, "{rendered}");
}

mod properties;
