use super::*;
use crate::snippet::Library;

fn meaning(id: &str, field: &str) -> Meaning {
    let library = Library::built_in();
    let snippet = library.get(id).expect(id);
    snippet.meaning_of(snippet.field(field).expect(field))
}

#[test]
fn fields_of_the_library_mean_what_the_field_calls_them() {
    for (id, field, wanted) in [
        (
            "database/install-cms-database",
            "SqlServerFqdn",
            Meaning::SqlServer,
        ),
        (
            "database/install-cms-database",
            "SqlInstanceName",
            Meaning::SqlInstance,
        ),
        (
            "database/install-cms-database",
            "DatabasePaths",
            Meaning::ServerPaths,
        ),
        (
            "cms/fail-over-management-server-disaster",
            "BackupSqlServerFqdn",
            Meaning::SqlServer,
        ),
        (
            "cms/fail-over-management-server-disaster",
            "BackupMirrorSqlInstanceName",
            Meaning::SqlInstance,
        ),
        ("users/move", "Identity", Meaning::User),
        ("users/move", "Target", Meaning::Pool),
        ("users/enable", "SipAddress", Meaning::SipAddress),
        ("users/enable", "RegistrarPool", Meaning::Pool),
        ("users/set-line", "LineURI", Meaning::TelUri),
        (
            "users/list-enterprise-voice",
            "OU",
            Meaning::OrganizationalUnit,
        ),
        ("replication/invoke", "ReplicaFqdn", Meaning::Replica),
        ("services/list", "ComputerName", Meaning::Computer),
        ("certificates/assign", "Thumbprint", Meaning::Thumbprint),
        ("archiving/get-configuration", "Identity", Meaning::Scope),
        ("logging/search", "StartTime", Meaning::Date),
        ("disaster/fail-over-pool", "WaitTime", Meaning::TimeSpan),
        ("voice/test-dial-plan", "DialedNumber", Meaning::Phone),
        (
            "voice/new-route",
            "PstnGatewayList",
            Meaning::Service("PstnGateway"),
        ),
    ] {
        assert_eq!(meaning(id, field), wanted, "{id} {field}");
    }
}

#[test]
fn what_looks_right_is_not_doubted() {
    for (meaning, values) in [
        (
            Meaning::SqlServer,
            &["sql01.kestrel.lan", "SQL-01.kestrel.lan."][..],
        ),
        (Meaning::SqlInstance, &["RTC", "lync_1", ""]),
        (Meaning::ServerPaths, &["D:\\CsData", "e:/logs"]),
        (Meaning::FileShare, &["\\\\fs01.kestrel.lan\\share"]),
        (
            Meaning::SipAddress,
            &["sip:ada@kestrel.lan", "SIP:o'brien@kestrel.lan"],
        ),
        (
            Meaning::TelUri,
            &[
                "tel:+6562345678",
                "tel:+6562345678;ext=678",
                "tel:678",
                "tel:678;phone-context=x",
            ],
        ),
        (Meaning::Phone, &["+6562345678", "911"]),
        (
            Meaning::OrganizationalUnit,
            &["OU=Sales,DC=kestrel,DC=lan", "kestrel.lan/Sales"],
        ),
        (
            Meaning::Scope,
            &[
                "global",
                "Global",
                "site:Singapore",
                "service:Registrar:p.kestrel.lan",
                "tag:Night",
                "Night",
                "Registrar:p.kestrel.lan",
            ],
        ),
        (
            Meaning::Thumbprint,
            &["0123456789abcdef0123456789ABCDEF01234567"],
        ),
    ] {
        for value in values {
            assert_eq!(meaning.doubt(value), None, "{meaning:?} {value:?}");
        }
    }
}

#[test]
fn what_looks_wrong_is_doubted_in_words() {
    for (meaning, value, words) in [
        (Meaning::SqlServer, "sql01\\rtc", "field of its own"),
        (Meaning::SqlServer, "sql01", "no dot"),
        (Meaning::Pool, "pool01 .kestrel.lan", "' '"),
        (Meaning::Pool, "pool01..lan", "empty"),
        (Meaning::SqlInstance, "sql01\\rtc", "without the server"),
        (Meaning::SqlInstance, "1rtc", "letter first"),
        (Meaning::ServerPaths, "\\\\fs\\x", "not a share"),
        (Meaning::ServerPaths, "CsData", "whole path"),
        (Meaning::ServerPaths, "D:\\a|b", "no Windows path"),
        (Meaning::SipAddress, "ada@kestrel.lan", "sip:"),
        (Meaning::SipAddress, "sip:ada", "user@domain"),
        (Meaning::TelUri, "+6562345678", "tel:"),
        (Meaning::TelUri, "tel:+65 6234 5678", "digits only"),
        (Meaning::TelUri, "tel:+6562345678;extension=1", ";ext="),
        (Meaning::TelUri, "tel:+1234567890123456", "15 digits"),
        (Meaning::Phone, "sip:911", "digits"),
        (Meaning::OrganizationalUnit, "Sales", "OU="),
        (Meaning::Scope, "sites:Singapore", "no scope"),
        (Meaning::Scope, "site:", "missing"),
        (
            Meaning::Thumbprint,
            "\u{200e}0123456789abcdef0123456789abcdef01234567",
            "U+200E",
        ),
        (
            Meaning::Thumbprint,
            "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
            "blanks",
        ),
        (Meaning::Thumbprint, "0123", "40 hex"),
        (Meaning::TimeSpan, "10", "00:10:00"),
    ] {
        let doubt = meaning.doubt(value);
        assert!(
            doubt.as_deref().is_some_and(|d| d.contains(words)),
            "{meaning:?} {value:?}: {doubt:?}"
        );
    }
}

#[test]
fn secrets_go_by_many_names() {
    for name in [
        "Pin",
        "PIN",
        "ClientPin",
        "CaPassword",
        "ClientSecret",
        "AccessTokens",
        "WebCredential",
        "ParticipantPasscode",
        "SaPwd",
        "SqlPass",
        "pin",
    ] {
        assert!(is_secret_name(name), "{name}");
    }
    for name in [
        "PoolFqdn",
        "Mapping",
        "PinPolicy",
        "Identity",
        "Opinion",
        "BypassDualWrite",
        "Compass",
        "EnablePasswordReset",
    ] {
        assert!(!is_secret_name(name), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_doubted(value in "\\PC{0,60}") {
        for (_, meaning) in BY_NAME.iter().chain(BY_TYPE).chain(BY_NOUN) {
            let _ = meaning.doubt(&value);
        }
    }
}
