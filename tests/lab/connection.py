"""HTTP: one connection with its log-in, sealed bodies, and the listener of them."""
from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import re
import select
import socket
import socketserver
import ssl
import struct
import sys
import time
import traceback
import typing as t
from http.server import BaseHTTPRequestHandler

import spnego
from spnego._ntlm_raw.messages import Authenticate, AvId, NTClientChallengeV2
from spnego.channel_bindings import GssChannelBindings

from control import control

if t.TYPE_CHECKING:
    from service import Lab


class Connection(BaseHTTPRequestHandler):
    """One TCP connection: authentication belongs to it, as on Windows."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Microsoft-HTTPAPI/2.0", ""
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: "LabServer"

    def version_string(self) -> str:
        return self.server_version

    def setup(self) -> None:
        self.lab = self.server.lab
        self.context: t.Any = None  # spnego acceptor in progress or done
        self.user: t.Optional[str] = None  # set once the connection is authenticated
        self.scheme = ""
        self.cbt_seen = False
        self.delegated: t.Optional[t.Dict[str, str]] = None  # what CredSSP brought
        self.sealed_before = b""
        if time.monotonic() < self.lab.outage_ends:
            self.reset()
            raise ConnectionResetError("outage")
        self.lab.connections.add(self)
        if self.server.tls is not None:
            self.request.settimeout(30)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.request.settimeout(600)
        super().setup()

    def log_message(self, *args: t.Any) -> None:
        if self.lab.args.verbose:
            sys.stderr.write("%s %s\n" % (self.client_address[1], args[0] % args[1:]))

    # -- answers
    def answer(self, status: int, body: bytes = b"", kind: str = "application/soap+xml;charset=UTF-8", headers: t.Iterable[t.Tuple[str, str]] = (), keep: t.Optional[float] = None) -> None:
        faults = self.lab.faults
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        if body:
            self.send_header("Content-Type", kind)
        if faults.chunked and body:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        body = body if keep is None else body[: int(len(body) * keep)]
        step = faults.trickle or (977 if faults.chunked else len(body) or 1)
        for at in range(0, len(body), step):
            piece = body[at : at + step]
            self.wfile.write(b"%x;x=y\r\n%s\r\n" % (len(piece), piece) if faults.chunked else piece)
            if faults.trickle:
                self.wfile.flush()
        if faults.chunked and body and keep is None:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        if keep is not None:
            self.cut()

    def cut(self) -> None:
        self.close_connection = True
        self.reset()

    def reset(self) -> None:
        """Ends the connection as a lost network does: no farewell, RST."""
        try:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.socket.shutdown(self.request, socket.SHUT_RDWR)
        except OSError:
            pass

    def alive(self) -> bool:
        """False when the client has gone while its request is answered."""
        try:
            return not select.select([self.request], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def unauthorized(self, token: t.Optional[bytes] = None) -> None:
        if token is not None:
            return self.answer(401, headers=[("WWW-Authenticate", f"{self.scheme} {base64.b64encode(token).decode()}")])
        self.user, self.context = None, None
        names = {"negotiate": "Negotiate", "kerberos": "Kerberos", "ntlm": "NTLM", "credssp": "CredSSP", "basic": 'Basic realm="WSMAN"'}
        self.answer(401, headers=[("WWW-Authenticate", names[a]) for a in names if a in self.lab.auth])

    # -- authentication. True: go on with the request; False: an answer was sent
    def authenticate(self) -> t.Tuple[bool, t.List[t.Tuple[str, str]]]:
        header = self.headers.get("Authorization", "")
        scheme, _, value = header.partition(" ")
        if header == "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual" and "certificate" in self.lab.auth and self.server.tls:
            cert = self.request.getpeercert()
            if cert:
                self.scheme = "Certificate"
                self.user = dict(x[0] for x in cert["subject"]).get("commonName", "certificate")
                return True, []
        elif scheme.lower() == "basic" and "basic" in self.lab.auth:
            try:
                raw = base64.b64decode(value)
                try:
                    name, _, password = raw.decode("utf-8").partition(":")
                except UnicodeDecodeError:  # clients differ; requests sends latin-1
                    name, _, password = raw.decode("latin-1").partition(":")
            except ValueError:
                name = password = ""
            expected = self.lab.accounts.get(name.lower())
            if expected is not None and hmac.compare_digest(expected.encode(), password.encode()):
                self.scheme, self.user = "Basic", name
                return True, []
        elif scheme.lower() in ("negotiate", "ntlm", "kerberos", "credssp") and scheme.lower() in self.lab.auth:
            return self.negotiate(scheme, base64.b64decode(value))
        elif not header and self.user is not None and self.scheme != "Basic":
            return True, []  # the connection was authenticated before
        self.unauthorized()
        return False, []

    def negotiate(self, scheme: str, token: bytes) -> t.Tuple[bool, t.List[t.Tuple[str, str]]]:
        self.scheme = scheme
        if self.context is None or self.context.complete:
            self.user = None
            protocol = "ntlm" if token.startswith(b"NTLMSSP") else scheme.lower() if scheme.lower() in ("kerberos", "credssp") else "negotiate"
            # wrapping_winrm also turns Kerberos sequence and replay checks off, as Windows does
            options = spnego.NegotiateOptions.wrapping_winrm if protocol == "ntlm" or self.lab.args.kerberos else spnego.NegotiateOptions.none
            self.context = spnego.server(protocol=protocol, options=options, **({"hostname": self.lab.args.realm_host, "service": "HTTP"} if self.lab.args.kerberos else {}), **credssp_options(protocol, self.lab.args))
            self.delegated = None
        try:
            out = self.context.step(token, channel_bindings=self.bindings(token))
        except Exception as e:
            # GSSAPI keeps its error, with the KRB-ERROR that tells the client why.
            inner = self.context
            while inner is not None and not hasattr(inner, "_last_err"):
                inner = getattr(inner, "_context", None)
            error = getattr(inner, "_last_err", None)
            self.log_message("authentication failed: %s: %s", type(e).__name__, error or e)
            self.unauthorized(getattr(error, "token", None) or None)
            return False, []
        if not self.context.complete:
            self.unauthorized(out or b"")
            return False, []
        inner = self.context
        while inner is not None and not hasattr(inner, "actual_flags") and self.context.negotiated_protocol == "kerberos":
            inner = getattr(inner, "_context", None)
        if hasattr(inner, "actual_flags"):
            self.cbt_seen = bool(int(inner.actual_flags) & 0x800)  # GSS_C_CHANNEL_BOUND_FLAG: sent, and right
            if self.lab.cbt is not None and self.lab.args.cbt == "strict" and not self.cbt_seen:
                self.unauthorized()
                return False, []
        self.user = self.context.client_principal or "unknown"
        credential = self.context.get_extra_info("client_credential") if scheme.lower() == "credssp" else None
        if credential is not None:
            self.delegated = {"domain": credential.domain_name, "user": credential.username, "password_sha256": hashlib.sha256(credential.password.encode()).hexdigest()}
        return True, [("WWW-Authenticate", f"{scheme} {base64.b64encode(out).decode()}")] if out else []

    def bindings(self, token: bytes) -> t.Optional[GssChannelBindings]:
        """The channel bindings to check this token against, by --cbt none / relaxed / strict."""
        cbt = self.lab.cbt
        at = token.find(b"NTLMSSP\x00\x03\x00\x00\x00")
        sent = False
        if at >= 0:
            try:
                reply = Authenticate.unpack(token[at:]).nt_challenge_response or b""
                pairs = NTClientChallengeV2.unpack(reply[16:]).av_pairs
                sent = pairs.get(AvId.channel_bindings, b"\x00" * 16) != b"\x00" * 16
            except Exception:
                pass
            self.cbt_seen = sent
        if cbt is None or self.lab.args.cbt == "none" or (self.lab.args.cbt == "relaxed" and at >= 0 and not sent):
            return None
        return cbt

    # -- sealing: multipart/encrypted of MS-WSMV 2.2.9.1
    def unseal(self, kind: str, data: bytes) -> bytes:
        if self.context is None or not self.context.complete:
            raise ValueError("sealed request on a connection without a security context")
        out = b""
        parts = [p for p in re.split(rb"--\s*Encrypted Boundary\r\n", data) if p]
        for head, payload in zip(parts[::2], parts[1::2]):
            payload = re.sub(rb"--\s*Encrypted Boundary--\r\n$", b"", payload)
            blob = payload.split(b"application/octet-stream\r\n", 1)[1]
            n = struct.unpack("<i", blob[:4])[0]
            plain = self.context.unwrap_winrm(blob[4 : 4 + n], blob[4 + n :])
            stated = int(re.search(rb"Length=(\d+)", head).group(1))  # type: ignore[union-attr]
            if stated != len(plain) and self.context.negotiated_protocol == "ntlm":
                raise ValueError(f"OriginalContent Length={stated}, sealed {len(plain)} bytes")
            out += plain
        return out

    def seal(self, data: bytes) -> t.Tuple[str, bytes]:
        names = {"kerberos": "application/HTTP-Kerberos-session-encrypted", "credssp": "application/HTTP-CredSSP-session-encrypted"}
        protocol = names.get(self.scheme.lower(), "application/HTTP-SPNEGO-session-encrypted")
        size = 16384 if self.scheme.lower() == "credssp" else len(data) or 1  # CredSSP: one TLS record each
        pieces = [data[at : at + size] for at in range(0, len(data) or 1, size)]
        body, last = b"", b"--Encrypted Boundary--\r\n"
        corrupt = self.lab.faults.hit("corrupt_seal")
        for piece in pieces:
            wrapped = self.context.wrap_winrm(piece)
            sealed = bytearray(wrapped.data)
            if corrupt:
                sealed[len(sealed) // 2] ^= 1
            body += (
                f"--Encrypted Boundary\r\n\tContent-Type: {protocol}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(piece) + wrapped.padding_length}\r\n"
                "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
            ).encode()
            body += struct.pack("<i", len(wrapped.header)) + wrapped.header + sealed
        if self.lab.faults.spaced_boundary:
            body, last = body.replace(b"--Encrypted Boundary\r\n", b"-- Encrypted Boundary\r\n"), b"-- Encrypted Boundary--\r\n"
        if self.lab.faults.hit("replay_seal"):
            body = self.sealed_before
        self.sealed_before = body
        kind = "multipart/x-multi-encrypted" if len(pieces) > 1 else "multipart/encrypted"
        return f'{kind};protocol="{protocol}";boundary="Encrypted Boundary"', body + last

    # -- the request
    def do_POST(self) -> None:
        lab, faults = self.lab, self.lab.faults
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        if lab.args.control and path.startswith("/lab/"):
            return self.control(path, body)
        if faults.latency:
            time.sleep(faults.latency)
        if faults.http_503 > 0:
            faults.http_503 -= 1
            return self.answer(503)
        if faults.always_401:
            return self.unauthorized()
        if path.rstrip("/").lower() not in lab.paths:
            return self.answer(404)
        ok, extra = self.authenticate()
        if not ok:
            return
        if not body:  # an empty POST only sets the security context up
            return self.answer(200, headers=extra)
        kind = self.headers.get("Content-Type", "")
        sealed = kind.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))
        if sealed:
            try:
                body = self.unseal(kind, body)
            except Exception as e:
                self.log_message("unsealing failed: %s: %s", type(e).__name__, e)
                return self.answer(400)
        elif self.server.tls is None and not lab.args.allow_unencrypted:
            # AllowUnencrypted = false; the log keeps the attempt, so that a test can prove nothing was sent in the clear
            lab.log.append({"action": "refused", "status": 401, "user": self.user, "scheme": self.scheme, "sealed": False, "tls": False, "bytes_in": len(body), "connection": self.client_address[1], "path": path})
            return self.unauthorized()
        if len(body) > lab.args.max_envelope:  # Windows' client makes fault 2150859025 of it
            return self.answer(413)
        for knob in ("drop_request", "hang_request"):
            if faults.hit(knob):
                if knob == "hang_request":
                    time.sleep(300)
                return self.cut()
        when = self.cut_at(body)
        if when == "before":
            return self.cut()
        done = lab.handle(body, self.user or "", path, self.alive)
        text, keep = done.text, {"after": 0.0, "inside": 0.5}.get(when, done.keep)
        if faults.hit("truncate_xml"):
            text = text[: len(text) // 2]
        lab.log.append(
            {
                "action": done.action, "status": done.status, "user": self.user, "scheme": self.scheme, "protocol": getattr(self.context, "negotiated_protocol", None) or self.scheme.lower(),
                "sealed": sealed, "tls": self.server.tls is not None, "cbt": self.cbt_seen, "bytes_in": len(body), "bytes_out": len(text), "connection": self.client_address[1], "path": path,
                "delegated": self.delegated, "repeated": done.repeated, "cut": when or ("inside" if keep is not None else ""),
            }
        )
        if when == "after":
            return self.cut()
        out, out_kind = text.encode("utf-8"), "application/soap+xml;charset=UTF-8"
        if sealed:
            out_kind, out = self.seal(out)
        self.answer(done.status, out, out_kind, extra, keep)

    def cut_at(self, body: bytes) -> str:
        """Where the connection is to be cut for this request; the knob is used up by it."""
        action, _, when = self.lab.faults.cut.partition("=")
        if not action or not re.search(rb"Action[^>]*>[^<]*/" + re.escape(action.encode()) + rb"\s*<", body):
            return ""
        self.lab.faults.cut = ""
        return when or "before"

    def do_GET(self) -> None:
        if self.lab.args.control and self.path.startswith("/lab/"):
            return self.control(self.path, b"")
        self.answer(405)

    def control(self, path: str, body: bytes) -> None:
        status, kind, out = control(self.lab, path, body)
        self.answer(status, out, kind)
    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError, TimeoutError, OSError, ValueError) as e:
            self.log_message("connection ended: %s: %s", type(e).__name__, e)

    def finish(self) -> None:
        self.lab.connections.discard(self)
        try:
            super().finish()
        except (OSError, ValueError):
            pass


def credssp_options(protocol: str, args: argparse.Namespace) -> t.Dict[str, t.Any]:
    """The TLS inside CredSSP, and what can be wrong with the server: --credssp."""
    if protocol != "credssp":
        return {}
    import spnego._credssp as credssp

    tls = credssp._create_tls_context("accept")
    if "tls1.2" in args.credssp:
        tls.context.maximum_version = ssl.TLSVersion.TLSv1_2
    if "old" in args.credssp:
        credssp._CREDSSP_VERSION = 4
    if "unbound" in args.credssp and not hasattr(credssp, "lab_patched"):
        true_auth = credssp._get_pub_key_auth
        # what somebody in between would send back: a hash of another key
        credssp._get_pub_key_auth = lambda key, usage, nonce=None: true_auth(key if usage == "initiate" else key[::-1], usage, nonce=nonce)
        credssp.lab_patched = True
    return {"credssp_tls_context": tls}


class LabServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: t.Tuple[str, int], lab: Lab, tls: t.Optional[ssl.SSLContext]) -> None:
        self.lab, self.tls = lab, tls
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Connection)

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        if self.lab.args.verbose:
            traceback.print_exc()
