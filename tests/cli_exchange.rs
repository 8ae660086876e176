//! `csdeck snippet import` and `export`: files of other tools, in and out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::{Csdeck, Ended, fixture};
use serde_json::Value;

fn import(csdeck: &Csdeck, file: &str) -> Ended {
    let file = fixture(&format!("exchange/{file}"));
    csdeck.run(["snippet", "import", &file, "--format", "json"])
}

/// The strings of a key, of each element of a list.
fn all<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list");
    list.iter().filter_map(|one| one[key].as_str()).collect()
}

fn lines(list: &Value) -> Vec<u64> {
    let list = list.as_array().expect("a list");
    list.iter().filter_map(|one| one["line"].as_u64()).collect()
}

#[track_caller]
fn says(list: &Value, line: u64, words: &str) {
    let found = list.as_array().expect("a list").iter().any(|one| {
        one["line"] == line && one["message"].as_str().is_some_and(|m| m.contains(words))
    });
    assert!(found, "line {line}: {words:?} is not in {list:#}");
}

/// The text of an imported snippet, as it is rendered.
fn render(csdeck: &Csdeck, id: &str, set: &[&str]) -> String {
    let mut args = vec!["snippet", "render", id];
    for one in set {
        args.extend(["--set", one]);
    }
    let ended = csdeck.run(args).code(0);
    ended.stdout.trim_end().to_owned()
}

#[test]
fn a_cheat_sheet() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "lync.cheat").code(3).json();
    assert_eq!(
        all(&document["imported"], "id"),
        [
            "imported/show-a-user",
            "imported/enable-a-user-on-a-pool",
            "imported/install-the-central-management-store",
            "imported/users-into-a-file-errors-too",
            "imported/poke-a-replica-and-look-at-it",
            "imported/the-host-of-a-mark-up-report",
        ]
    );
    assert_eq!(lines(&document["imported"]), [4, 8, 18, 24, 31, 43]);
    assert_eq!(lines(&document["refused"]), [21, 38]);
    says(&document["refused"], 21, "df is a command of Unix");
    says(&document["refused"], 38, "bash");
    says(&document["notes"], 11, "not run");
    says(&document["notes"], 16, "@ lync, nowhere");
    says(&document["notes"], 43, "host is the field hostValue");

    assert_eq!(
        render(
            &csdeck,
            "imported/enable-a-user-on-a-pool",
            &["user=o'hara", "pool=pool01.kestrel.lan"]
        ),
        "Enable-CsUser -Identity 'o''hara' -RegistrarPool 'pool01.kestrel.lan' \
         -SipAddress 'sip:o''hara@contoso.com'"
    );
    // The values of the printf are all there are.
    csdeck
        .run([
            "snippet",
            "render",
            "imported/enable-a-user-on-a-pool",
            "--set",
            "user=a",
            "--set",
            "pool=other",
        ])
        .code(2)
        .says("pool01.kestrel.lan | pool02.kestrel.lan");
    // The suggestion of the sheet that @ names, which is a default.
    assert_eq!(
        render(
            &csdeck,
            "imported/install-the-central-management-store",
            &["sql_server=sql01"]
        ),
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01' -SqlInstanceName 'rtc'"
    );
    let lines = render(
        &csdeck,
        "imported/poke-a-replica-and-look-at-it",
        &["replica=fe01"],
    );
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let report = render(
        &csdeck,
        "imported/the-host-of-a-mark-up-report",
        &["hostValue=fe01"],
    );
    assert_eq!(report, "New-Item -Name '<b>report</b>' -Value 'host fe01'");
}

#[test]
fn snippets_of_pet_in_either_spelling() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "pet.toml").code(3).json();
    assert_eq!(lines(&document["imported"]), [2, 12]);
    assert_eq!(lines(&document["refused"]), [8, 22]);
    says(&document["notes"], 19, "Output is lost");
    says(&document["notes"], 20, "Shortcut is lost");
    assert_eq!(
        render(&csdeck, "imported/move-a-user-to-a-pool", &["user=anna"]),
        "Move-CsUser -Identity 'anna' -Target 'pool01.kestrel.lan'"
    );
    // The reference knows that the size is a number and the type a list.
    assert_eq!(
        render(
            &csdeck,
            "imported/request-a-certificate",
            &["type=Default", "type=internal", "server=fe01"]
        ),
        "Request-CsCertificate -New -Type 'Default','Internal' -KeySize 2048 \
         -FriendlyName 'fe01 front end'"
    );
    let document = import(&csdeck, "pet-lower.toml").code(0).json();
    assert_eq!(all(&document["imported"], "id"), ["imported/show-a-pool"]);
}

#[test]
fn snippets_of_an_editor() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "powershell.json").code(3).json();
    assert_eq!(lines(&document["imported"]), [3, 14, 17, 22]);
    assert_eq!(lines(&document["refused"]), [25, 29, 30]);
    says(&document["refused"], 25, "typescript");
    says(&document["refused"], 30, "never closed");
    says(&document["notes"], 14, "$CLIPBOARD");
    says(&document["notes"], 17, "holds another placeholder");
    says(&document["notes"], 22, "the transform is lost");
    assert_eq!(
        render(
            &csdeck,
            "imported/set-a-line-uri",
            &["Identity=anna", "number=15550100"]
        ),
        "Set-CsUser -Identity 'anna' -EnterpriseVoiceEnabled $true -LineURI 'tel:+15550100'"
    );
    let shown = csdeck
        .run([
            "snippet",
            "show",
            "imported/set-a-line-uri",
            "--format",
            "json",
        ])
        .code(0)
        .json();
    assert_eq!(shown["tags"][0], "lineuri");
    let description = shown["description"].as_str().unwrap();
    assert!(description.ends_with("\nThe user must be enabled for Enterprise Voice."));
}

#[test]
fn snippets_of_a_terminal_never_run_at_once() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "lync.wt.json").code(3).json();
    assert_eq!(lines(&document["imported"]), [5, 11, 15]);
    assert_eq!(lines(&document["refused"]), [16, 17]);
    says(&document["refused"], 16, "control characters");
    says(&document["notes"], 5, "ran at once");
    says(&document["notes"], 9, "icon");
    says(&document["notes"], 11, "way back");
    assert_eq!(
        render(&csdeck, "imported/show-a-pool", &["pool=p"]),
        "Get-CsPool -Identity 'p'"
    );

    let document = import(&csdeck, "settings.json").code(0).json();
    assert_eq!(
        all(&document["imported"], "title"),
        ["Enable the topology", "Sites"]
    );
    says(&document["notes"], 1, "2 actions send no input");
}

#[test]
fn workflows() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "workflows.yaml").code(3).json();
    assert_eq!(lines(&document["imported"]), [3, 24]);
    says(&document["refused"], 20, "zsh, bash");
    says(&document["notes"], 8, "author");
    says(&document["notes"], 17, "site");
    assert_eq!(
        render(&csdeck, "imported/fail-over-a-pool", &["pool=p"]),
        "Invoke-CsPoolFailOver -PoolFqdn 'p' -WaitTime '00:30:00'"
    );
    // Three braces are text.
    assert_eq!(
        render(&csdeck, "imported/users-of-an-office", &["office=Köln"]),
        "Get-CsUser -Filter 'LineURI -like \"*{{{0}}}*\"' -OU 'OU=Köln,DC=kestrel,DC=lan'"
    );
}

#[test]
fn any_script_with_parameters_is_taken_to_the_byte() {
    let csdeck = Csdeck::new();
    let document = import(&csdeck, "old-script.ps1").code(0).json();
    says(&document["notes"], 1, "no .SYNOPSIS");
    let path = document["imported"][0]["path"].as_str().unwrap();
    let original = std::fs::read(fixture("exchange/old-script.ps1")).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), original);
    let ended = csdeck.run(["snippet", "export", "imported/old-script", "--as", "ps1"]);
    assert_eq!(ended.code(0).stdout.into_bytes(), original);
}

#[test]
fn nothing_is_written_over_and_a_dry_run_writes_nothing() {
    let csdeck = Csdeck::new();
    let file = fixture("exchange/pet-lower.toml");
    let run = |more: &[&str]| {
        let mut args = vec!["snippet", "import", file.as_str()];
        args.extend(more);
        csdeck.run(args)
    };
    run(&["--dry-run"])
        .code(0)
        .prints("imported/show-a-pool  1     pool    Show a pool")
        .says("read as pet, by its name");
    assert!(!csdeck.config().join("snippets").exists());
    run(&[]).code(0);
    let path = csdeck.config().join("snippets/imported/show-a-pool.ps1");
    std::fs::write(&path, "<#\n.SYNOPSIS\nMine\n#>\nGet-CsPool\n").unwrap();
    run(&[])
        .code(1)
        .silent()
        .says("pet-lower.toml:1: not imported: Show a pool: there is a snippet imported/show-a-pool (own) already")
        .says("nothing was imported");
    run(&["--dry-run"]).code(1);
    assert!(std::fs::read_to_string(&path).unwrap().contains("Mine"));
    run(&["--group", "kestrel/pools"])
        .code(0)
        .prints("kestrel/pools/show-a-pool");
    run(&["--group", "../up"])
        .code(2)
        .silent()
        .says("no snippet's name");
}

#[test]
fn what_is_built_in_is_not_hidden_by_an_import() {
    let sheet = "% a\n# List\nGet-CsWindowsService\n";
    Csdeck::new()
        .feed(
            [
                "snippet", "import", "-", "--as", "navi", "--group", "services",
            ],
            sheet,
        )
        .code(1)
        .says("there is a snippet services/list (built in) already");
}

#[test]
fn standard_input_tells_by_its_content() {
    let csdeck = Csdeck::new();
    let feed = |text: &str| csdeck.feed(["snippet", "import", "-", "--dry-run"], text);
    feed("% a\n# b\nGet-CsUser\n")
        .code(0)
        .says("standard input: read as navi, by its content");
    feed("Get-CsUser\n")
        .code(2)
        .says("Say it with --as: navi, pet");
    feed("% a\n; nothing\n")
        .code(1)
        .says("there is no entry in it");
}

#[test]
fn broken_files_say_where() {
    let csdeck = Csdeck::new();
    let feed =
        |format: &str, text: &[u8]| csdeck.feed(["snippet", "import", "-", "--as", format], text);
    let deep = |open: &str, close: &str| {
        let n = 5000;
        format!("{}{}", open.repeat(n), close.repeat(n)).into_bytes()
    };
    for (format, text, place) in [
        (
            "pet",
            b"[[snippets]]\ncommand = \"a".to_vec(),
            "line 2, column",
        ),
        ("vscode", b"{\n  \"a\": {,}\n}".to_vec(), "line 2, column"),
        ("vscode", b"[1]".to_vec(), "line 1, column 1"),
        ("vscode", deep("{\"a\":", "}"), "line 1, column"),
        ("terminal", b"{\"snippets\": [}".to_vec(), "line 1, column"),
        ("warp", b"name: a\ncommand: [\n".to_vec(), "line "),
        (
            "warp",
            b"name: a\ncommand: {a: b}\n".to_vec(),
            "line 2, column",
        ),
        ("warp", deep("[", "]"), "line 1, column"),
        (
            "pet",
            [b"a = ".to_vec(), deep("[", "]")].concat(),
            "line 1, column",
        ),
        ("ps1", b"Get-CsUser 'a\n".to_vec(), "line 1, column 12"),
        ("navi", b"% a\n\xff\xfe".to_vec(), "line 2, column 1"),
    ] {
        let ended = feed(format, &text).code(1).silent();
        assert!(ended.stderr.contains(place), "{format}: {}", ended.stderr);
        assert!(ended.stderr.len() < 600, "{format}: {}", ended.stderr);
    }
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &(b'b'..=b'k')
            .map(|c| {
                let (c, before) = (char::from(c), char::from(c - 1));
                let aliases = vec![format!("*{before}"); 9].join(",");
                format!("{c}: &{c} [{aliases}]\n")
            })
            .collect::<String>();
    feed("warp", bomb.as_bytes()).code(1).silent();
    feed("navi", &vec![b'a'; 1 << 21])
        .code(1)
        .says("larger than 1024 KiB");
}

#[test]
fn nothing_of_a_file_reaches_the_terminal_raw() {
    let sheet = "% a\n# \u{1b}[31mred\u{202e}\nGet-X \u{1b}]0;x\u{7} <a>\n# ok \u{9b}2J\nGet-CsUser\n$ a: echo \u{1b}[2J | x\n";
    let ended = Csdeck::new().feed(["snippet", "import", "-", "--as", "navi"], sheet);
    for output in [&ended.stdout, &ended.stderr] {
        assert!(
            !output.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}']),
            "{output:?}"
        );
    }
}

#[test]
fn an_export_is_a_file_of_the_other_tool() {
    let csdeck = Csdeck::new();
    let id = "database/install-cms-database";
    let export = |format: &str| {
        csdeck
            .run(["snippet", "export", id, "--as", format])
            .code(0)
    };
    export("navi")
        .prints("# Create the Central Management store databases on a SQL Server instance\n")
        .prints("Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn '<SqlServerFqdn>' -SqlInstanceName '<SqlInstanceName>'\n")
        .prints("$ SqlInstanceName: echo 'rtc'\n")
        .says("optional fields are left out: DatabasePaths, UseDefaultSqlPaths, Clean");
    export("pet").prints("-SqlInstanceName '<SqlInstanceName=rtc>'");
    export("vscode").prints("-SqlServerFqdn '${1:SqlServerFqdn}' -SqlInstanceName ${2:'rtc'}");
    let terminal = export("terminal").says("the default stands in the text: SqlInstanceName");
    let terminal = terminal.json();
    let input = terminal["snippets"][0]["input"].as_str().unwrap();
    assert!(
        input.ends_with("-SqlServerFqdn '<SqlServerFqdn>' -SqlInstanceName 'rtc'"),
        "{input}"
    );
    export("warp")
        .prints("-SqlInstanceName '{{SqlInstanceName}}'")
        .prints("    default_value: \"rtc\"\n");
}

#[test]
fn a_group_goes_into_a_file_and_comes_back() {
    let csdeck = Csdeck::new();
    let file = csdeck.path("users.toml");
    let file = file.to_str().unwrap();
    let export = [
        "snippet", "export", "--group", "users", "--as", "pet", "--output", file,
    ];
    csdeck
        .run(export)
        .code(0)
        .silent()
        .says("users/move: no room for");
    csdeck.run(export).code(1).says("not written");
    let listed = csdeck
        .run(["snippet", "list", "--format", "json"])
        .code(0)
        .json();
    let users = all(&listed, "group")
        .into_iter()
        .filter(|g| *g == "users")
        .count();
    let document = csdeck
        .run(["snippet", "import", file, "--format", "json", "--dry-run"])
        .code(0)
        .json();
    assert_eq!(all(&document["imported"], "id").len(), users);
    assert_eq!(document["imported"][0]["path"], Value::Null);
}

#[test]
fn exports_that_cannot_be() {
    let csdeck = Csdeck::new();
    let export = |more: &[&str]| {
        let mut args = vec!["snippet", "export"];
        args.extend(more);
        csdeck.run(args)
    };
    export(&["users/mvoe", "--as", "pet"])
        .code(2)
        .silent()
        .says("users/move");
    export(&["--group", "none", "--as", "pet"]).code(2).silent();
    export(&["--as", "word"]).code(2).silent();
    export(&["users/move"]).code(2).silent();
    // A script is a file of its own.
    let two = export(&["users/move", "users/get", "--as", "ps1"]).code(3);
    let two = two.says("users/get: not exported");
    assert_eq!(
        two.stdout,
        std::fs::read_to_string("snippets/users/move.ps1").unwrap()
    );
    // A text that pet would fill in.
    csdeck.write(
        "config/snippets/mine/markup.ps1",
        "<#\n.SYNOPSIS\nMark-up\n#>\nNew-Item -Value '<b>x</b>'\n",
    );
    export(&["mine/markup", "--as", "pet"])
        .code(1)
        .silent()
        .says("mine/markup: not exported: its body holds what pet would take for a placeholder");
    export(&["mine/markup", "--as", "vscode"]).code(0);
}

#[test]
fn secrets_are_asked_for_and_never_a_placeholder() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/snippets/mine/secret.ps1",
        "<#\n.SYNOPSIS\nImport a key\n#>\nparam([Parameter(Mandatory)][string]$Path, [Parameter(Mandatory)][securestring]$Password)\nImport-PfxCertificate -FilePath $Path -Password $Password\n",
    );
    for format in ["navi", "pet", "vscode", "terminal", "warp"] {
        csdeck
            .run(["snippet", "export", "mine/secret", "--as", format])
            .code(0)
            .prints("-Password (Read-Host -AsSecureString 'Password')")
            .says("asked for when it runs: Password");
    }
}
