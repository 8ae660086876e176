use super::*;

const SAMPLE: Signature = Signature {
    name: "Install-CsDatabase",
    class: "Microsoft.Rtc.Management.Deployment.InstallDatabaseCmdlet",
    sets: &[
        "CentralManagementDatabase!? SqlServerFqdn! SqlInstanceName Clean?",
        "DatabaseType! SqlServerFqdn! SqlInstanceName Clean? Limit#",
    ],
    should_process: true,
};

fn p(name: &str) -> Given {
    Given::Parameter(name.into(), None)
}

fn v(text: &str) -> Given {
    Given::Value(Value::from(text), text.into())
}

fn id(given: &[Given]) -> String {
    SAMPLE.bind(given).map_or_else(
        |e| e.id.split(',').next().unwrap_or("").to_owned(),
        |_| "ok".to_owned(),
    )
}

#[test]
fn what_fits_is_bound() {
    let given = [
        p("Cent"),
        p("sqlserverfqdn"),
        v("a.b"),
        p("SqlI"),
        v("rtc"),
        p("Verbose"),
        p("wi"),
    ];
    let bound = SAMPLE.bind(&given).expect("fits");
    assert!(bound.on("CentralManagementDatabase") && bound.on("WhatIf"));
    assert_eq!(bound.text("SqlInstanceName").as_deref(), Some("rtc"));
}

#[test]
fn what_does_not_fit_is_told_in_the_shells_words() {
    let server = [p("SqlServerFqdn"), v("a.b")];
    assert_eq!(
        id(&[
            p("Central"),
            p("SqlServerFqdn"),
            p("SqlInstanceName"),
            v("x")
        ]),
        "MissingArgument"
    );
    assert_eq!(
        id(&[p("CentralManagementDatabase")]),
        "MissingMandatoryParameter"
    );
    assert_eq!(id(&server), "AmbiguousParameterSet");
    assert_eq!(id(&[p("Nonsense"), v("x")]), "NamedParameterNotFound");
    assert_eq!(id(&[p("Sql"), v("x")]), "AmbiguousParameter");
    assert_eq!(
        id(&[p("Central"), v("UseDefaultSQL")]),
        "PositionalParameterNotFound"
    );
    assert_eq!(id(&[p("Clean"), p("Clean")]), "ParameterAlreadyBound");
    assert_eq!(
        id(&[p("Limit"), v("many")]),
        "CannotConvertArgumentNoMessage"
    );
    assert_eq!(
        id(&[p("Central"), p("SqlServerFqdn"), v("")]),
        "ParameterArgumentValidationErrorEmptyStringNotAllowed"
    );
    assert_eq!(
        id(&[
            p("Central"),
            p("DatabaseType"),
            v("User"),
            p("SqlServerFqdn"),
            v("a")
        ]),
        "AmbiguousParameterSet"
    );
}

#[test]
fn a_missing_argument_names_the_type() {
    let error = SAMPLE.bind(&[p("SqlServerFqdn")]).expect_err("no value");
    let sample = include_str!("../../../../tests/fixtures/shell/errors.txt").replace("\r\n", "\n");
    assert!(sample.contains(&error.lines(None).join("\n")), "{error:?}");
}
