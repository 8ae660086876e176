"""The accounts of NTLM, for pyspnego."""
from __future__ import annotations

import base64
import os
import socket
import typing as t

from spnego._ntlm_raw.crypto import ntowfv1


def write_accounts(accounts: t.Dict[str, str], directory: str) -> str:
    """pyspnego's account file, with every domain spelling a client may send for a local account."""
    lines = []
    host = socket.gethostname()
    for name, password in accounts.items():
        domain, _, user = name.rpartition("\\")
        nt = base64.b16encode(ntowfv1(password)).decode()
        domains = {domain, ""} | ({"WORKSTATION", host, host.upper(), "."} if not domain else {domain.upper()})
        names = {f"{d}\\{user}" if d else user for d in domains}
        for n in sorted(names):
            lines.append(f"{n}:1000:{'0' * 32}:{nt}:[U]:LCT-0")
    path = os.path.join(directory, "accounts")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write("\n".join(lines) + "\n")
    return path
