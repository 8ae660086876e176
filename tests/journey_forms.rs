//! Forms in the console itself, in a pseudo-terminal: how few keys it takes from a blog's line to a
//! copied command and from a server in the topology to its form; tables, the editor, and files that
//! change while csdeck runs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;
#[expect(dead_code, reason = "other journeys use the rest")]
#[path = "support/screen.rs"]
mod screen;

use std::os::unix::fs::PermissionsExt;

use csdeck::Csdeck;
use process::eventually;
use screen::Screen;

/// Behind SSH what is copied goes to the terminal and into a file, wherever the tests run.
const REMOTE: (&str, &str) = ("SSH_TTY", "/dev/pts/0");
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const CTRL_Y: &str = "\x19";
const CTRL_B: &str = "\x02";

#[test]
fn from_a_pasted_line_to_a_checked_and_copied_command() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 80, 24, &[REMOTE]);
    screen.wait_for("Singapore");
    // Four keys, the paste being one.
    screen.keys("2");
    screen.wait_for("Snippets 132");
    screen.keys("\x1b[200~Install-CsDatabase –CentralManagementDatabase –SqlServerFqdn sql01.kestrel.lan –SqlInstanceName “rtc”\x1b[201~");
    screen.wait_for("Pasted");
    screen.keys(ENTER);
    screen.wait_for("Command: change");
    screen.keys(CTRL_Y);
    let text = "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.kestrel.lan' -SqlInstanceName 'rtc'";
    screen.wait_for("1 line offered by OSC 52");
    let copied = eventually("the copy", || {
        std::fs::read_to_string(csdeck.data().join("clipboard.txt")).ok()
    });
    assert_eq!(copied, text);
    screen.keys(ESC);
    screen.wait_for("About");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn from_a_sql_server_in_the_topology_to_its_filled_form() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 80, 24, &[]);
    screen.wait_for("Singapore");
    screen.keys("/sgsql01");
    screen.wait_for("/sgsql01_");
    screen.keys(ENTER);
    // Two keys from the selected row.
    screen.keys("s");
    screen.wait_for("for sgsql01.kestrel.lan");
    screen.keys(ENTER);
    screen.wait_for("Command: change");
    screen.wait_for_joined(
        "Install-CsDatabase -DatabaseType Archiving -SqlServerFqdn 'sgsql01.kestrel.lan'",
    );
    screen.wait_for("from the topology");
    screen.keys(ESC);
    screen.wait_for("About");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_table_fills_the_form_in_and_all_rows_run_as_shown() {
    let csdeck = Csdeck::new();
    let table = csdeck.write(
        "servers.csv",
        "SqlServerFqdn;SqlInstanceName\r\nsgsql01.kestrel.lan;rtc\r\nmnlse01.kestrel.lan;rtc\r\n",
    );
    let mut screen = Screen::start(&csdeck, 100, 30, &[REMOTE]);
    screen.wait_for("Singapore");
    screen.keys("2/install-cms-database");
    screen.wait_for("/install-cms-database_");
    screen.keys(ENTER);
    screen.keys(ENTER);
    screen.wait_for("SqlServerFqdn: a value is required");
    screen.keys(CTRL_B);
    screen.wait_for("Fill in from a table");
    screen.keys(&table.display().to_string());
    screen.keys(ENTER);
    screen.wait_for("2 rows of servers.csv");
    screen.keys("y");
    let copied = eventually("the copy", || {
        std::fs::read_to_string(csdeck.data().join("clipboard.txt")).ok()
    });
    screen.keys("\x12");
    screen.wait_for("Type \"lab\" and press Enter");
    screen.keys("lab");
    screen.keys(ENTER);
    screen.wait_for("succeeded on lab");
    let journal = eventually("the job", || {
        let list = csdeck
            .run(["journal", "list", "--format", "json"])
            .code(0)
            .json();
        list[0]["text"].as_str().map(str::to_owned)
    });
    assert_eq!(journal, copied);
    assert_eq!(copied.lines().count(), 2, "{copied}");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn snippets_are_edited_and_files_that_change_are_noticed() {
    let csdeck = Csdeck::new();
    let editor = csdeck.write(
        "editor.sh",
        "#!/bin/sh\nsed -i 's/^Create the Central.*/Edited here/' \"$1\"\necho ran >> \"$0.log\"\n",
    );
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let editor = editor.display().to_string();
    let mut screen = Screen::start(&csdeck, 120, 40, &[("VISUAL", &editor)]);
    screen.wait_for("Singapore");
    screen.keys("2/install-cms-database");
    screen.wait_for("/install-cms-database_");
    screen.keys(ENTER);
    screen.keys("e");
    screen.wait_for("Copy to your own snippets");
    screen.keys(ENTER);
    // The editor ran on the copy, which took the built-in one's place.
    screen.wait_for("Edited here");
    screen.wait_for("own, in place of built in");
    // Again, on the own file; everything is drawn anew.
    screen.keys("e");
    eventually("the editor", || {
        let log = std::fs::read_to_string(csdeck.path("editor.sh.log")).ok()?;
        (log.lines().count() == 2).then_some(())
    });
    screen.wait_for(" About ");
    screen.wait_for("1 Topology");
    // From outside, while csdeck runs.
    let own = csdeck
        .config()
        .join("snippets/database/install-cms-database.ps1");
    let text = std::fs::read_to_string(&own).unwrap();
    std::fs::write(&own, text.replace("Edited here", "Changed by a colleague")).unwrap();
    screen.wait_for("Changed by a colleague");
    // A broken one is told, and the list says where to look.
    std::fs::write(&own, "param( 'no end").unwrap();
    screen.wait_for("files are broken");
    std::fs::remove_file(&own).unwrap();
    screen.wait_for("Create the Central Management store");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn an_interrupt_is_the_editors_while_it_has_the_terminal() {
    let csdeck = Csdeck::new();
    let editor = csdeck.write(
        "editor.sh",
        "#!/bin/sh\ntrap 'exit 3' INT\necho ran >> \"$0.log\"\nfor n in 1 2 3 4 5 6 7 8 9; do sleep 1; done\n",
    );
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let editor = editor.display().to_string();
    let mut screen = Screen::start(&csdeck, 120, 40, &[("VISUAL", &editor)]);
    screen.wait_for("Singapore");
    screen.keys("2");
    screen.wait_for("Snippets 132");
    screen.keys("e");
    screen.wait_for("Copy to your own snippets");
    screen.keys(ENTER);
    eventually("the editor", || {
        std::fs::read_to_string(csdeck.path("editor.sh.log")).ok()
    });
    screen.keys("\x03");
    // What the editor said stays in sight, and the copy in which nothing was changed is gone.
    screen.wait_for("ended with exit status: 3");
    screen.wait_for("Snippets 132");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
    assert!(
        !csdeck
            .config()
            .join("snippets/archiving/get-configuration.ps1")
            .exists()
    );
}
