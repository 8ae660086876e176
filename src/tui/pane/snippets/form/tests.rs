use super::*;
use crate::snippet::Library;

#[test]
fn the_preview_is_what_the_command_line_renders() {
    let library = Library::built_in();
    let snippet = library
        .get("database/install-cms-database")
        .expect("shipped");
    let mut form = Form::new(snippet);
    assert!(form.result.is_err());
    let at = |form: &Form, name: &str| {
        form.snippet
            .fields
            .iter()
            .position(|f| f.name == name)
            .expect("field")
    };
    form.focus = at(&form, "SqlServerFqdn");
    form.set_current("sql01.kestrel.lan");
    form.focus = at(&form, "DatabasePaths");
    form.set_current("E:\\L,F:\\D");
    let mut values = Values::default();
    values.add("SqlServerFqdn", "sql01.kestrel.lan");
    values.add("DatabasePaths", "E:\\L");
    values.add("DatabasePaths", "F:\\D");
    assert_eq!(form.result, render(snippet, &values));
    form.focus = at(&form, "SqlInstanceName");
    form.set_current("");
    assert!(
        form.result
            .as_ref()
            .is_ok_and(|r| !r.text.contains("SqlInstanceName"))
    );
    form.focus = at(&form, "Clean");
    form.cycle(1);
    assert!(
        form.result
            .as_ref()
            .is_ok_and(|r| r.text.ends_with(" -Clean"))
    );
    form.cycle(1);
    assert!(
        form.result
            .as_ref()
            .is_ok_and(|r| !r.text.contains("-Clean"))
    );
}
