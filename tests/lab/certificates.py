"""Certificates for TLS and for log-ins, made anew each time."""
from __future__ import annotations

import datetime
import hashlib
import ipaddress
import os
import ssl
import typing as t


def make_tls(directory: str, hosts: t.List[str], certificate_auth: bool, expired: bool = False, newest: str = "1.3") -> t.Tuple[ssl.SSLContext, bytes, t.Dict[str, str]]:
    """A throw-away CA, a server certificate it signs, and with certificate auth a client one."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.timezone.utc)

    def name(cn: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])

    def issue(cn: str, issuer: t.Any, issuer_key: t.Any, ca: bool, usage: t.Any = None, names: t.Iterable[str] = (), days: int = 30) -> t.Tuple[t.Any, t.Any]:
        key = rsa.generate_private_key(65537, 2048)
        b = x509.CertificateBuilder().subject_name(name(cn)).issuer_name(issuer.subject if issuer else name(cn)).public_key(key.public_key())
        b = b.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=30)).not_valid_after(now + datetime.timedelta(days=days))
        b = b.add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
        b = b.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        signer = (issuer_key or key).public_key()
        b = b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False)
        b = b.add_extension(x509.KeyUsage(not ca, False, not ca, False, False, ca, ca, False, False), True)
        if usage:
            b = b.add_extension(x509.ExtendedKeyUsage([usage]), False)
        alts: t.List[x509.GeneralName] = []
        for n in names:
            try:
                alts.append(x509.IPAddress(ipaddress.ip_address(n)))
            except ValueError:
                alts.append(x509.DNSName(n))
        if alts:
            b = b.add_extension(x509.SubjectAlternativeName(alts), False)
        return b.sign(issuer_key or key, hashes.SHA256()), key

    def save(label: str, cert: t.Any, key: t.Any) -> t.Tuple[str, str]:
        paths = os.path.join(directory, label + ".pem"), os.path.join(directory, label + ".key")
        with open(paths[0], "wb") as f:
            f.write(cert.public_bytes(serialization.Encoding.PEM))
        with open(os.open(paths[1], os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return paths

    ca, ca_key = issue("winrm_lab CA", None, None, True)
    cert, key = issue(hosts[0], ca, ca_key, False, ExtendedKeyUsageOID.SERVER_AUTH, hosts, -1 if expired else 30)
    ca_pem, _ = save("ca", ca, ca_key)
    pem, pem_key = save("server", cert, key)
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(pem, pem_key)
    if newest == "1.2":
        ctx.maximum_version = ssl.TLSVersion.TLSv1_2
    der = cert.public_bytes(serialization.Encoding.DER)
    info = {"ca_pem": ca_pem, "cert_pem": pem, "cert_sha256": hashlib.sha256(der).hexdigest()}
    if certificate_auth:
        client, client_key = issue("labclient", ca, ca_key, False, ExtendedKeyUsageOID.CLIENT_AUTH)
        info["client_cert_pem"], info["client_key_pem"] = save("client", client, client_key)
        ctx.load_verify_locations(ca_pem)
        ctx.verify_mode = ssl.CERT_OPTIONAL
    return ctx, b"tls-server-end-point:" + hashlib.sha256(der).digest(), info
