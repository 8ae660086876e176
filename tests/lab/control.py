"""/lab/...: knobs, log and shells, for the tests."""
from __future__ import annotations

import dataclasses
import json
import socketserver
import typing as t
from http.server import BaseHTTPRequestHandler

if t.TYPE_CHECKING:
    from service import Lab


def control(lab: Lab, path: str, body: bytes) -> t.Tuple[int, str, bytes]:
    """What /lab/... answers: (HTTP status, content type, body)."""
    if path == "/lab/faults":
        try:
            wanted = json.loads(body) if body else {}
            for k, v in wanted.items():
                lab.faults.set(k, v)
            lab.changed(wanted)
        except (ValueError, AttributeError) as e:
            return 400, "text/plain", str(e).encode()
        out: t.Any = dataclasses.asdict(lab.faults)
    elif path == "/lab/log":
        out, lab.log[:] = list(lab.log), []
    elif path == "/lab/unknown":
        out, lab.unknown_messages[:] = list(lab.unknown_messages), []
    elif path == "/lab/shells":
        out = [{"id": s.id, "resource": s.resource, "user": s.user, "connected": s.connected, "runs": len(s.runs), "running": sum(not r.done for r in s.runs.values())} for s in list(lab.shells.values())]
    else:
        return 404, "text/plain", b""
    return 200, "application/json", json.dumps(out).encode()


class Control(BaseHTTPRequestHandler):
    """The same on a listener of its own: plain HTTP whatever the lab itself speaks."""

    server: "ControlServer"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, kind, out = control(self.server.lab, self.path, body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    do_POST = do_GET

    def log_message(self, *args: t.Any) -> None:
        pass


class ControlServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, lab: Lab) -> None:
        self.lab = lab
        super().__init__(("127.0.0.1", port), Control)
