"""A Kerberos realm of its own, made of MIT's KDC."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import typing as t
import uuid


def make_realm(directory: str, accounts: t.Dict[str, str], host: str, clock: str = "", realm: str = "LAB.TEST") -> t.Tuple[subprocess.Popen, t.Dict[str, str]]:
    """A Kerberos realm of its own on a loopback port, with HTTP/, WSMAN/ and host/ keys for `host`."""
    sbin = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    conf, keytab, ccache = (os.path.join(directory, n) for n in ("krb5.conf", "http.keytab", "ccache"))
    with open(conf, "w") as f:
        f.write(
            f"[libdefaults]\n default_realm = {realm}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n dns_canonicalize_hostname = false\n rdns = false\n"
            f" udp_preference_limit = 1\n request_timeout = 10\n[realms]\n {realm} = {{\n  kdc = 127.0.0.1:{port}\n }}\n[domain_realm]\n {host} = {realm}\n .{host} = {realm}\n"
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n"
            f"[dbmodules]\n {realm} = {{\n  db_library = db2\n  database_name = {directory}/principal\n }}\n"
        )
    kdc_conf = os.path.join(directory, "kdc.conf")
    with open(kdc_conf, "w") as f:
        f.write(
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n {realm} = {{\n  database_name = {directory}/principal\n"
            f"  key_stash_file = {directory}/stash\n  acl_file = {directory}/acl\n  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal\n }}\n"
        )
    env = {**os.environ, "PATH": sbin, "KRB5_CONFIG": conf, "KRB5_KDC_PROFILE": kdc_conf}

    def sh(*cmd: str, stdin: str = "") -> None:
        done = subprocess.run(cmd, env=env, input=stdin, text=True, capture_output=True)
        if done.returncode:
            raise SystemExit(f"winrm_lab: {cmd[0]} failed: {done.stderr.strip()}")

    if not shutil.which("krb5kdc", path=sbin):
        raise SystemExit("winrm_lab: --kerberos needs the Debian packages krb5-kdc, krb5-admin-server and krb5-user")
    sh("kdb5_util", "create", "-s", "-r", realm, "-P", uuid.uuid4().hex)
    for service in ("HTTP", "WSMAN", "host"):
        sh("kadmin.local", "-r", realm, "-q", f"addprinc -randkey {service}/{host}")
        sh("kadmin.local", "-r", realm, "-q", f"ktadd -k {keytab} {service}/{host}")
    users = [(name.rpartition("\\")[2].partition("@")[0], password) for name, password in accounts.items()]
    commands = [f'addprinc +requires_preauth -pw "{password}" {user}' for user, password in users]
    # Accounts that cannot log in, all with the first password.
    for user, option in (("locked", "-allow_tix"), ("expired", '-pwexpire "2001-01-01 00:00:00 UTC"')):
        commands.append(f'addprinc +requires_preauth {option} -pw "{users[0][1]}" {user}')
    sh("kadmin.local", "-r", realm, stdin="\n".join(commands) + "\n")
    # It ends with the lab, however that ends (setpriv is a part of util-linux).
    dies = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    kdc = subprocess.Popen([*dies, *(["faketime", "-f", clock] if clock else []), "krb5kdc", "-n", "-r", realm], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(50):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    user, password = users[0]
    brief = os.path.join(directory, "ccache-brief")
    if not clock:
        sh("kinit", "-c", f"FILE:{ccache}", f"{user}@{realm}", stdin=password + "\n")
        sh("kinit", "-l", "1s", "-c", f"FILE:{brief}", f"{user}@{realm}", stdin=password + "\n")
    os.environ.update({"KRB5_CONFIG": conf, "KRB5_KTNAME": f"FILE:{keytab}"})
    return kdc, {"realm": realm, "krb5_config": conf, "ccache": f"FILE:{ccache}", "expired_ccache": f"FILE:{brief}", "service_host": host, "principal": f"{user}@{realm}"}
