use proptest::prelude::*;

use super::*;

fn at(address: &str) -> Endpoint {
    Endpoint::parse(address, None, None).expect(address)
}

fn why(address: &str) -> String {
    let error = Endpoint::parse(address, None, None).expect_err(address);
    error.to_string()
}

#[test]
fn hosts_have_the_ports_of_winrm_and_uris_those_of_http() {
    for (address, uri) in [
        ("fe01.kestrel.lan", "http://fe01.kestrel.lan:5985/wsman"),
        ("FE01:5986", "https://fe01:5986/wsman"),
        ("fe01:443", "https://fe01:443/wsman"),
        ("fe01:8080", "http://fe01:8080/wsman"),
        ("[fd00::1]:5986", "https://[fd00::1]:5986/wsman"),
        ("fd00:0::1", "http://[fd00::1]:5985/wsman"),
        ("[::1]", "http://[::1]:5985/wsman"),
        ("https://fe01", "https://fe01:443/wsman"),
        ("HTTP://fe01/", "http://fe01:80/wsman"),
        ("https://fe01:5986/wsman", "https://fe01:5986/wsman"),
        (
            "https://pool01.kestrel.lan/OcsPowershell",
            "https://pool01.kestrel.lan:443/OcsPowershell",
        ),
        (
            "http://ex01/PowerShell/?PSVersion=5.1",
            "http://ex01:80/PowerShell/?PSVersion=5.1",
        ),
        (
            "https://fe01?PSVersion=5.1",
            "https://fe01:443/wsman?PSVersion=5.1",
        ),
    ] {
        assert_eq!(at(address).to_string(), uri, "{address}");
    }
    let tls = |address, tls| Endpoint::parse(address, Some(tls), None);
    assert_eq!(
        tls("fe01", true).map(|e| e.to_string()),
        Ok("https://fe01:5986/wsman".into())
    );
    assert_eq!(tls("fe01:5986", false).map(|e| e.tls), Ok(false));
    assert!(tls("https://fe01/wsman", true).is_ok());
    assert!(tls("https://fe01/wsman", false).is_err_and(|e| e.why.contains("contradict")));
}

#[test]
fn the_path_tells_what_answers_and_which_configuration() {
    for (address, kind, restricted, resource) in [
        ("fe01", EndpointKind::Windows, false, "Microsoft.PowerShell"),
        (
            "https://p/ocspowershell/",
            EndpointKind::Lync,
            true,
            "Microsoft.PowerShell",
        ),
        (
            "http://ex01/PowerShell/?x=/wsman",
            EndpointKind::Exchange,
            true,
            "Microsoft.Exchange",
        ),
        (
            "https://fe01/other",
            EndpointKind::Windows,
            false,
            "Microsoft.PowerShell",
        ),
    ] {
        let found = at(address);
        assert_eq!((found.kind, found.restricted), (kind, restricted));
        assert_eq!(found.resource_uri, format!("{SHELLS}{resource}"));
    }
    let named = |name| Endpoint::parse("fe01", None, Some(name));
    assert_eq!(
        named(" Microsoft.PowerShell32 ").map(|e| e.resource_uri),
        Ok(format!("{SHELLS}Microsoft.PowerShell32"))
    );
    assert_eq!(
        named("http://schemas.microsoft.com/powershell/microsoft.exchange").map(|e| e.restricted),
        Ok(true)
    );
    for wrong in ["", "a b", "a/b", "<x>"] {
        assert!(
            named(wrong).is_err_and(|e| e.why.contains("configuration")),
            "{wrong}"
        );
    }
}

#[test]
fn what_is_no_address_is_told_with_a_reason() {
    for (address, words) in [
        ("", "names no host"),
        (":5985", "names no host"),
        ("https:///wsman", "names no host"),
        ("ftp://fe01/", "https or http"),
        ("fe01/wsman", "whole URI"),
        ("ops@fe01", "the key user"),
        ("https://ops:secret@fe01/wsman", "the key user"),
        ("fe01:0", "1 to 65535"),
        ("fe01:65536", "1 to 65535"),
        ("fe01:+80", "1 to 65535"),
        ("fe01:", "1 to 65535"),
        ("[::1", "closing ]"),
        ("[::1]5986", "behind the ]"),
        ("[fe01]:5986", "IPv6"),
        ("a:b:c", "IPv6"),
        ("fe 01", "' '"),
        ("https://fe01/a b", "%XX"),
        ("https://fe01/a\r\nHost: x", "%XX"),
        ("https://fe01/#x", "#"),
    ] {
        let text = why(address);
        assert!(text.contains(words), "{address}: {text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_address_or_has_a_reason(address in "\\PC{0,40}|(https?://)?[a-z0-9.\\[\\]:@/?#%-]{0,40}") {
        if let Ok(found) = Endpoint::parse(&address, None, None) {
            prop_assert!(found.port > 0 && !found.host.is_empty());
            prop_assert!(found.path.starts_with('/'));
            prop_assert!(found.to_string().chars().all(|c| c.is_ascii_graphic()));
        }
    }

    #[test]
    fn a_uri_read_again_is_the_same(
        host in "[a-z][a-z0-9.-]{0,20}|\\[fd00::[0-9a-f]{1,4}\\]",
        port in proptest::option::of(1u16..),
        path in "(/[A-Za-z0-9._%~-]{0,12}){0,3}/?(\\?[A-Za-z0-9=;.]{0,10})?",
        scheme in "https|http",
    ) {
        let port = port.map_or_else(String::new, |p| format!(":{p}"));
        let first = at(&format!("{scheme}://{host}{port}{path}"));
        let again = at(&first.to_string());
        prop_assert_eq!(&again, &first);
        prop_assert_eq!(format!("{}{}", first.host, first.tls), format!("{}{}", host.trim_matches(['[', ']']).parse::<Ipv6Addr>().map_or(host.clone(), |a| a.to_string()), scheme == "https"));
    }

    #[test]
    fn a_host_with_a_port_is_taken_apart(host in "[a-z0-9][a-z0-9.-]{0,30}", port in 1u16..) {
        let found = at(&format!("{host}:{port}"));
        prop_assert_eq!((found.host, found.port), (host, port));
        prop_assert_eq!(found.tls, port == 443 || port == 5986);
    }
}
