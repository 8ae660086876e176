//! Where a WinRM target listens: host, port, path and session configuration.
//!
//! Addresses are those of `-ComputerName` and `-ConnectionUri` of New-PSSession, with their ports:
//! 5985 and 5986 for a host, 80 and 443 for a URI. A URI tells by its path what answers there: WinRM
//! itself at `/wsman`, the product's RBAC endpoint at `/OcsPowershell`, Exchange at `/PowerShell/`
//! (both take the configuration that New-PSSession takes for them).

use std::fmt;
use std::net::Ipv6Addr;

use thiserror::Error;

use crate::execute::target::Target;

/// The namespace of PowerShell's session configurations (MS-PSRP 3.1.5.3.1).
const SHELLS: &str = "http://schemas.microsoft.com/powershell/";

/// Where WinRM answers when the address has no path.
const PATH: &str = "/wsman";

/// An address taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// True inside TLS.
    pub tls: bool,
    /// The host's name in lower case, or its address; IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path with its query as given, beginning with `/`.
    pub path: String,
    /// The resource URI of the session configuration: what kind of shell is asked for.
    pub resource_uri: String,
    /// True when there is no language: only commands with parameters are taken, no script.
    pub restricted: bool,
    /// What answers there.
    pub kind: EndpointKind,
}

/// What answers at an endpoint, as far as the address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointKind {
    /// The Windows machine of this name, at `/wsman` or another path.
    Windows,
    /// `/OcsPowershell`: a front end or Director of the pool, with the caller's RBAC roles.
    Lync,
    /// `/PowerShell`: an Exchange server, with the caller's RBAC roles.
    Exchange,
}

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("address {address:?} {why}")]
pub struct AddressError {
    /// The address as given.
    pub address: String,
    /// What is wrong with it, and what to write.
    pub why: String,
}

impl Endpoint {
    /// The endpoint of a winrm target.
    pub fn of(target: &Target) -> Result<Endpoint, AddressError> {
        Endpoint::parse(&target.address, target.tls, target.configuration.as_deref())
    }

    /// Takes an address apart: `host`, `host:port`, `[v6]:port`, or `http(s)://host[:port]/path`.
    /// `tls` overrules what the port says, and must agree with a URI. `configuration` is the name of
    /// a session configuration, or its whole resource URI.
    pub fn parse(
        address: &str,
        tls: Option<bool>,
        configuration: Option<&str>,
    ) -> Result<Endpoint, AddressError> {
        let bad = |why: &str| AddressError {
            address: address.to_owned(),
            why: why.to_owned(),
        };
        let (scheme, rest) = scheme(address).map_err(|why| bad(&why))?;
        if let (Some(https), Some(tls)) = (scheme, tls)
            && https != tls
        {
            return Err(bad(&format!(
                "and tls = {tls} contradict each other: leave one of them out"
            )));
        }
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if scheme.is_none() && !path.is_empty() {
            return Err(bad(
                "has a path: write the whole URI, beginning with https:// or http://",
            ));
        }
        let (host, port) = host_and_port(authority).map_err(|why| bad(&why))?;
        let by_port = matches!(port, Some(443 | 5986));
        let tls = scheme.or(tls).unwrap_or(by_port);
        let port = port.unwrap_or(match (scheme.is_some(), tls) {
            (true, true) => 443,
            (true, false) => 80,
            (false, true) => 5986,
            (false, false) => 5985,
        });
        let path = checked_path(path).map_err(|why| bad(&why))?;
        let kind = kind(&path);
        let name = match (configuration, kind) {
            (Some(name), _) => name.trim(),
            (None, EndpointKind::Exchange) => "Microsoft.Exchange",
            (None, _) => "Microsoft.PowerShell",
        };
        let resource_uri = resource(name).map_err(|why| bad(&why))?;
        let last = resource_uri.rsplit('/').next().unwrap_or("");
        let restricted =
            kind != EndpointKind::Windows || last.eq_ignore_ascii_case("Microsoft.Exchange");
        Ok(Endpoint {
            tls,
            host,
            port,
            path,
            resource_uri,
            restricted,
            kind,
        })
    }

    /// `host:port`, an IPv6 address in brackets: for `Host` and for messages.
    pub fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

/// The URI: `https://fe01.kestrel.lan:5986/wsman`.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// Whether a URI's scheme is TLS; `None` without a scheme.
fn scheme(address: &str) -> Result<(Option<bool>, &str), String> {
    match address.split_once("://") {
        None => Ok((None, address)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => Ok((Some(true), rest)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => Ok((Some(false), rest)),
        Some((scheme, _)) => Err(format!(
            "begins with {scheme:?}: WinRM is reached with https or http"
        )),
    }
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), String> {
    if authority.contains('@') {
        return Err("holds a user: that is the key user".into());
    }
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, tail) = rest.split_once(']').ok_or("lacks the closing ]")?;
        let port = match tail.strip_prefix(':') {
            Some(port) => Some(number(port)?),
            None if tail.is_empty() => None,
            None => return Err("has something other than a port behind the ]".into()),
        };
        return Ok((v6(host)?, port));
    }
    if authority.matches(':').count() > 1 {
        return Ok((v6(authority)?, None));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(number(port)?)),
        None => (authority, None),
    };
    if host.is_empty() {
        return Err("names no host".into());
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match host.chars().find(|c| !fits(*c)) {
        Some(c) => Err(format!(
            "has {c:?} in the host's name, which holds letters, digits, - . and _ only"
        )),
        None => Ok((host.to_ascii_lowercase(), port)),
    }
}

fn v6(host: &str) -> Result<String, String> {
    let parsed: Result<Ipv6Addr, _> = host.parse();
    match parsed {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Err(format!(
            "has {host:?} where an IPv6 address was expected (with a port: [addr]:port)"
        )),
    }
}

fn number(port: &str) -> Result<u16, String> {
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse() {
        Ok(number) if digits && number > 0 => Ok(number),
        _ => Err("has a port that is not a number from 1 to 65535".into()),
    }
}

/// The path and query as they go into the request's first line.
fn checked_path(path: &str) -> Result<String, String> {
    if path.contains('#') {
        return Err("holds a #, and a part of a page is nothing to connect to".into());
    }
    if let Some(c) = path.chars().find(|c| !c.is_ascii_graphic()) {
        return Err(format!("has {c:?} in its path: write it as %XX"));
    }
    Ok(match path {
        "" | "/" => PATH.to_owned(),
        query if query.starts_with('?') => format!("{PATH}{query}"),
        path => path.to_owned(),
    })
}

fn kind(path: &str) -> EndpointKind {
    let path = path.split('?').next().unwrap_or("");
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    match last.to_ascii_lowercase().as_str() {
        "ocspowershell" => EndpointKind::Lync,
        "powershell" => EndpointKind::Exchange,
        _ => EndpointKind::Windows,
    }
}

/// The resource URI for the name of a session configuration.
fn resource(name: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"'&\\{}|^`".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "goes with configuration = {name:?}, which is not the name of a session configuration, such as Microsoft.PowerShell (Get-PSSessionConfiguration there names them)"
        ));
    }
    match name.contains("://") {
        true => Ok(name.to_owned()),
        false if name.contains('/') => Err(format!(
            "goes with configuration = {name:?}: a name has no /, a resource URI begins with {SHELLS}"
        )),
        false => Ok(format!("{SHELLS}{name}")),
    }
}

#[cfg(test)]
mod tests;
