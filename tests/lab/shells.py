"""Remote shells: of command lines (MS-WSMV), and of runspaces (MS-PSRP, spoken by psrpcore)."""
from __future__ import annotations

import base64
import struct
import threading
import time
import typing as t
import uuid
import xml.etree.ElementTree as ET

import psrpcore
import psrpcore.types as pst

from commands import parse_command_line, render_pipeline
from runs import CmdRun, PsRun, Request
from soap import FRAGMENT, F_NO_COMMAND, F_NO_ERROR_SCHEMA, NS, WsFault

if t.TYPE_CHECKING:
    from runs import Run
    from service import Lab


class Shell:
    def __init__(self, server: "Lab", shell_id: str, resource: str, user: str, path: str) -> None:
        self.server, self.id, self.resource, self.user, self.path = server, shell_id, resource, user, path
        self.cond = threading.Condition()
        self.runs: t.Dict[str, Run] = {}
        self.closed = False
        self.connected = True
        self.session = ""  # SessionId of the client that holds it
        self.idle = server.args.idle  # seconds without a request after which it is gone
        self.busy, self.last = 0, time.monotonic()
        self.on_close: t.List[t.Callable[[], None]] = []  # for handlers

    def start(self, run: Run) -> None:
        self.runs[run.id] = run
        threading.Thread(target=run.go, args=(self.server.handler,), daemon=True).start()

    def find(self, command_id: str, receiving: bool = False) -> Run:
        run = self.runs.get(command_id.upper())
        if run is None or (receiving and run.ended):
            raise WsFault(F_NO_COMMAND, command_id)
        return run

    def close(self) -> None:
        with self.cond:
            self.closed = True
            for run in self.runs.values():
                run.cancelled = True
            self.cond.notify_all()
        for call in self.on_close:
            threading.Thread(target=call, daemon=True).start()


class CmdShell(Shell):
    def __init__(self, *args: t.Any, body: ET.Element, options: t.Dict[str, str]) -> None:
        super().__init__(*args)
        self.codepage = int(options.get("WINRS_CODEPAGE", "437"))
        self.directory = body.findtext("rsp:WorkingDirectory", "", NS)
        self.environment = {v.get("Name", ""): v.text or "" for v in body.iterfind("rsp:Environment/rsp:Variable", NS)}

    def command(self, body: ET.Element) -> str:
        line = body.findtext("rsp:Command", "", NS)
        raw = " ".join([line] + [a.text or "" for a in body.iterfind("rsp:Arguments", NS)])
        kind, script = parse_command_line(raw)
        request = Request(kind, script, raw, self.user, self.path, self.resource, environment=self.environment, directory=self.directory, codepage=self.codepage)
        run_id = (body.get("CommandId") or str(uuid.uuid4())).upper()
        with self.cond:
            self.start(CmdRun(self, run_id, request))
        return run_id

    def send(self, stream: ET.Element) -> None:
        with self.cond:
            run = self.find(stream.get("CommandId", ""))
            run.feed(base64.b64decode(stream.text or "") or None, stream.get("End", "").lower() in ("true", "1"))
            self.cond.notify_all()

    def signal(self, command_id: str, code: str) -> None:
        with self.cond:
            run = self.find(command_id)
            was_done = run.done
            run.cancelled = run.done = True
            if code.endswith("ctrl_c") and not was_done:  # a process that dies of Ctrl+C ends normally
                run.exit_code = -1073741510  # STATUS_CONTROL_C_EXIT
            elif code.endswith("terminate"):
                del self.runs[run.id]
            self.cond.notify_all()

    def poll(self, command_id: str, streams: t.List[str], limit: int) -> t.Optional[t.Tuple[t.List[t.Tuple[str, str, bytes]], t.Optional[Run], bool]]:
        run = self.find(command_id, receiving=True)
        chunks = [(name, run.id, data) for name, data in t.cast(CmdRun, run).take(limit, streams)]
        ended = run.done and not run.pending()
        return (chunks, run, ended) if chunks or ended else None


class PsShell(Shell):
    def __init__(self, *args: t.Any, body: ET.Element) -> None:
        super().__init__(*args)
        self.pool = psrpcore.ServerRunspacePool(
            application_private_data={
                "PSVersionTable": pst.PSPrimitiveDictionary(
                    {
                        "PSVersion": pst.PSVersion("5.1.14409.1018"),
                        "PSRemotingProtocolVersion": pst.PSVersion("2.3"),
                        "SerializationVersion": pst.PSVersion("1.1.0.1"),
                        "BuildVersion": pst.PSVersion("10.0.14409.1018"),
                        "CLRVersion": pst.PSVersion("4.0.30319.42000"),
                        "WSManStackVersion": pst.PSVersion("3.0"),
                    }
                )
            }
        )
        self.key_done = False
        self.answers: t.Dict[int, t.Any] = {}  # of the client's host, by call id
        self.queues: t.Dict[str, bytearray] = {"": bytearray()}
        creation = body.findtext("{%s}creationXml" % NS["pwsh"])
        if not creation:
            raise WsFault(F_NO_ERROR_SCHEMA, "creationXml is missing.")
        with self.cond:
            self.receive(base64.b64decode(creation))

    # -- psrpcore in and out
    def queued(self, key: str) -> int:
        return len(self.queues.get(key, b""))

    def pump(self) -> None:
        while payload := self.pool.data_to_send(FRAGMENT):
            key = str(payload.pipeline_id).upper() if payload.pipeline_id else ""
            self.queues.setdefault(key, bytearray()).extend(payload.data)

    def receive(self, data: bytes, pipeline_id: t.Optional[uuid.UUID] = None) -> None:
        self.pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, pipeline_id))
        while True:
            try:
                event = self.pool.next_event()
            except ValueError as e:  # a message type psrpcore does not know, such as psrp-rs's CloseRunspacePool
                if "PSRPMessageType" not in str(e):
                    raise
                self.server.unknown_messages.append(str(e))
                continue
            if event is None:
                break
            self.on_event(event)
        self.pump()
        self.cond.notify_all()

    def on_event(self, event: psrpcore.PSRPEvent) -> None:
        if isinstance(event, psrpcore.CreatePipelineEvent):
            self.begin(str(event.pipeline_id).upper(), event.pipeline)
        elif isinstance(event, psrpcore.GetCommandMetadataEvent):
            pipeline = self.pool.pipeline_table[event.pipeline_id]
            pipeline.start()
            pipeline.write_output(pst.CommandMetadataCount(Count=0))
            pipeline.complete()
            self.runs[str(event.pipeline_id).upper()].done = True
        elif isinstance(event, psrpcore.PipelineInputEvent):
            self.find(str(event.pipeline_id)).feed(event.data, False)
        elif isinstance(event, psrpcore.EndOfPipelineInputEvent):
            self.find(str(event.pipeline_id)).feed(None, True)
        elif isinstance(event, psrpcore.PublicKeyEvent):
            self.key_done = True
        elif isinstance(event, (psrpcore.PipelineHostResponseEvent, psrpcore.RunspacePoolHostResponseEvent)):
            self.answers[event.ci] = event
            if self.stream != "pr":
                self.server.unknown_messages.append(f"host response on stream {self.stream}")
        elif isinstance(event, psrpcore.GetAvailableRunspacesEvent):
            self.pool.runspace_availability_response(event.ci, self.pool.max_runspaces)
        elif isinstance(event, (psrpcore.SetMaxRunspacesEvent, psrpcore.SetMinRunspacesEvent, psrpcore.ResetRunspaceStateEvent)):
            self.pool.runspace_availability_response(event.ci, True)

    def begin(self, run_id: str, metadata: t.Any) -> None:
        run = t.cast(PsRun, self.runs[run_id])
        request = run.request
        commands = [
            {"name": c.command_text, "is_script": bool(c.is_script), "parameters": [(n, v) for n, v in c.parameters], "last": bool(c.end_of_statement)} for c in metadata.commands
        ]
        request.commands, (request.script, request.as_text) = commands, render_pipeline(commands)
        run.pipeline.start()
        if metadata.no_input:
            run.feed(None, True)
        if self.path.rstrip("/").lower() in self.server.restricted and any(c["is_script"] for c in commands):
            run.fail("The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.", id="ScriptsNotAllowed", category="ParserError")
            return
        threading.Thread(target=run.go, args=(self.server.handler,), daemon=True).start()

    # -- WS-Man verbs
    def command(self, body: ET.Element) -> str:
        data = base64.b64decode(body.findtext("rsp:Arguments", "", NS))
        # CommandId is the pipeline id; the message header inside the first fragment has it too
        pid = uuid.UUID(body.get("CommandId")) if body.get("CommandId") else uuid.UUID(bytes_le=bytes(data[45:61]))
        run_id = str(pid).upper()
        with self.cond:
            run = PsRun(self, run_id, Request("psrp", "", "", self.user, self.path, self.resource))
            run.pipeline = psrpcore.ServerPipeline(self.pool, pid)
            self.runs[run_id] = run
            self.receive(data, pid)
        return run_id

    def send(self, stream: ET.Element) -> None:
        command = stream.get("CommandId")
        with self.cond:
            self.stream = stream.get("Name", "")
            if command:
                self.find(command)
            self.receive(base64.b64decode(stream.text or ""), uuid.UUID(command) if command else None)

    def signal(self, command_id: str, code: str) -> None:
        with self.cond:
            run = t.cast(PsRun, self.find(command_id))
            if not run.done:
                run.cancelled = True
                if run.pipeline.state == pst.PSInvocationState.Running:
                    run.pipeline.stop()
                self.pump()
                run.done = True
            if code.endswith("terminate"):
                self.runs.pop(run.id, None)
                self.pool.pipeline_table.pop(run.pipeline.pipeline_id, None)
            self.cond.notify_all()

    def poll(self, command_id: str, streams: t.List[str], limit: int) -> t.Optional[t.Tuple[t.List[t.Tuple[str, str, bytes]], t.Optional[Run], bool]]:
        run = self.find(command_id, receiving=True) if command_id else None
        queue = self.queues.setdefault(run.id if run else "", bytearray())
        size = 0  # whole fragments only: header 21 bytes, length in the last 4
        while size < len(queue):
            step = 21 + struct.unpack(">I", queue[size + 17 : size + 21])[0]
            if size and size + step > limit:
                break
            size += step
        chunks = [("stdout", run.id if run else "", bytes(queue[:size]))] if size else []
        del queue[:size]
        ended = bool(run and run.done and not queue)
        return (chunks, run, ended) if chunks or ended else None

    def connect(self, body: ET.Element) -> str:
        """Connect (not Reconnect): a new client takes the disconnected pool over."""
        if body.get("CommandId"):  # to a pipeline of a pool that is connected
            self.find(body.get("CommandId", ""))
            return "<rsp:ConnectResponse/>"
        data = base64.b64decode(body.findtext("pwsh:connectXml", "", NS))
        with self.cond:
            self.pool.disconnect() if self.pool.state == pst.RunspacePoolState.Opened else None
            self.pool.connect()
            self.queues[""] = bytearray()
            self.receive(data)
            out, self.queues[""] = bytes(self.queues[""]), bytearray()
            self.connected = True
        return f'<rsp:ConnectResponse><pwsh:connectResponseXml xmlns:pwsh="{NS["pwsh"]}">{base64.b64encode(out).decode()}</pwsh:connectResponseXml></rsp:ConnectResponse>'
