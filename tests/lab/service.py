"""The WS-Management service: one SOAP request in, one answer out."""
from __future__ import annotations

import argparse
import base64
import collections
import dataclasses
import socket
import sys
import threading
import time
import typing as t
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from spnego.channel_bindings import GssChannelBindings

from faults import Answer, Faults, Operation
from shells import CmdShell, PsShell
from soap import DropConnection, F_ABORTED, F_BAD_ACTION, F_BAD_HEADER, F_DENIED, F_DISCONNECTED, F_MAX_SHELLS, F_NOT_YOURS, F_NO_ERROR_SCHEMA, F_NO_RESOURCE, F_NO_SHELL, F_SMALL_ENVELOPE, F_TIMEOUT, NS, SHELL, STATE, URI_CMD, URI_CONFIG, URI_PS, WsFault, duration

if t.TYPE_CHECKING:
    from connection import Connection
    from handlers import Handler
    from shells import Shell


class Lab:
    """Everything the connections share: accounts, shells, handler, knobs, log."""

    def __init__(self, args: argparse.Namespace, accounts: t.Dict[str, str], handler: Handler) -> None:
        self.args, self.accounts, self.handler = args, accounts, handler
        self.auth: t.List[str] = args.auth
        self.faults = Faults()
        self.paths = {p.lower() for p in args.path}
        self.restricted = {p.lower() for p in args.restricted_path}
        self.paths |= self.restricted
        self.configurations = {c.lower() for c in args.configuration}
        self.shells: t.Dict[str, Shell] = {}
        self.operations: t.OrderedDict[str, Operation] = collections.OrderedDict()
        self.connections: t.Set["Connection"] = set()
        self.outage_ends = 0.0
        self.lock = threading.Lock()
        self.log: t.List[t.Dict[str, t.Any]] = []
        self.unknown_messages: t.List[str] = []
        self.cbt: t.Optional[GssChannelBindings] = None
        self.host = socket.gethostname().upper()[:15]

    def shell(self, header: ET.Element, user: str) -> Shell:
        shell_id = header.findtext("w:SelectorSet/w:Selector[@Name='ShellId']", "", NS)
        shell = self.shells.get(shell_id.upper())
        if shell is None or shell.closed:
            raise WsFault(F_NO_SHELL, shell_id)
        if shell.user.lower() != user.lower():
            raise WsFault(F_DENIED)
        return shell

    def operation(self, header: t.Optional[ET.Element]) -> t.Tuple[t.Optional[Operation], str, bool]:
        """The operation that a request belongs to, its id, and whether the request is a repetition."""
        element = header.find("p:OperationID", NS) if header is not None else None
        if element is None or not self.faults.redeliver:
            return None, "", False
        name = (element.text or "").strip()
        key = name.lower().rpartition(":")[2]
        again = element.get("{%s}mustUnderstand" % NS["s"], "").lower() in ("true", "1")
        with self.lock:
            known = self.operations.get(key)
            if known is not None and not again:
                raise WsFault(F_BAD_HEADER, name)
            if known is not None:
                return known, name, True
            made = self.operations[key] = Operation()
            while len(self.operations) > 64:
                self.operations.popitem(last=False)
            return made, name, False

    def handle(self, text: bytes, user: str, path: str, alive: t.Callable[[], bool]) -> Answer:
        """One SOAP request. `alive` tells whether the client still waits for the answer."""
        relates, action, name, named = "", "", "", ""
        operation: t.Optional[Operation] = None
        repeated, keep = False, None
        try:
            root = ET.fromstring(text)
            header, body = root.find("s:Header", NS), root.find("s:Body", NS)
            if body is None:
                raise WsFault(F_NO_ERROR_SCHEMA, "No SOAP body.")
            if body.find("{%s}Identify" % NS["id"]) is not None:
                return Answer(200, self.identify(), "Identify")
            if header is None:
                raise WsFault(F_NO_ERROR_SCHEMA, "No SOAP header.")
            action = header.findtext("a:Action", "", NS)
            relates = header.findtext("a:MessageID", "", NS)
            name = action.rsplit("/", 1)[-1]
            operation, named, repeated = self.operation(header)
            if repeated and operation is not None:
                operation.done.wait(600)
                return dataclasses.replace(operation.answer, keep=None, repeated=True)
            if self.faults.fault_action and self.faults.fault_action.split("=")[0] == name:
                code = int(self.faults.fault_action.split("=")[1])
                known = next((f for f in (F_TIMEOUT, F_NO_SHELL, F_ABORTED, F_DENIED, F_MAX_SHELLS) if f[0] == code), (code, "Receiver", "w:InternalError", "Injected fault."))
                raise WsFault(known, "injected")
            try:
                # What is kept for a client that asks again goes on when its connection is lost.
                out = self.dispatch(name, action, header, list(body), user, path, alive if operation is None else lambda: True)
            except DropConnection as e:
                out, keep = e.body, 0.5
            answer = Answer(200, self.envelope(action + "Response", relates, out, named), name, keep)
        except ET.ParseError as e:
            answer = Answer(500, self.fault(WsFault(F_NO_ERROR_SCHEMA, str(e)), relates, named), name)
        except WsFault as e:
            answer = Answer(500, self.fault(e, relates, named), name)
        finally:
            if operation is not None and not repeated:
                if not sys.exc_info()[1]:
                    operation.answer = answer
                operation.done.set()
        return answer

    def envelope(self, action: str, relates: str, body: str, operation: str = "") -> str:
        named = f'<p:OperationID s:mustUnderstand="false">{escape(operation)}</p:OperationID><p:SequenceId>1</p:SequenceId>' if operation else ""
        return (
            f'<s:Envelope xml:lang="en-US" xmlns:s="{NS["s"]}" xmlns:a="{NS["a"]}" xmlns:x="{NS["x"]}" xmlns:w="{NS["w"]}" xmlns:rsp="{NS["rsp"]}" xmlns:p="{NS["p"]}">'
            f"<s:Header><a:Action>{escape(action)}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
            f"<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>{named}<a:RelatesTo>{escape(relates)}</a:RelatesTo></s:Header>"
            f"<s:Body>{body}</s:Body></s:Envelope>"
        )

    def fault(self, f: WsFault, relates: str, operation: str = "") -> str:
        body = (
            f'<s:Fault><s:Code><s:Value>s:{f.soap}</s:Value><s:Subcode><s:Value>{f.subcode}</s:Value></s:Subcode></s:Code>'
            f'<s:Reason><s:Text xml:lang="en-US">{escape(f.text)} </s:Text></s:Reason>'
            f'<s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{f.code}" Machine="{self.host}">'
            f"<f:Message>{escape(f.text)} </f:Message></f:WSManFault></s:Detail></s:Fault>"
        )
        return self.envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", relates, body, operation)

    def identify(self) -> str:
        return (
            f'<s:Envelope xml:lang="en-US" xmlns:s="{NS["s"]}"><s:Header/><s:Body><wsmid:IdentifyResponse xmlns:wsmid="{NS["id"]}">'
            "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion><wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
            "<wsmid:ProductVersion>OS: 6.3.9600 SP: 0.0 Stack: 3.0</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body></s:Envelope>"
        )

    def dispatch(self, name: str, action: str, header: ET.Element, body: t.List[ET.Element], user: str, path: str, alive: t.Callable[[], bool]) -> str:
        resource = header.findtext("w:ResourceURI", "", NS)
        timeout = duration(header.findtext("w:OperationTimeout", None, NS), 60.0)
        asked = int(header.findtext("w:MaxEnvelopeSize", "153600", NS))
        if asked < 8192:
            raise WsFault(F_SMALL_ENVELOPE)
        envelope = min(asked, self.args.max_envelope)
        first = body[0] if body else ET.Element("none")
        if name == "Create":
            return self.create(resource, header, first, user, path)
        if name == "Get" and resource.startswith(URI_CONFIG):
            return f'<cfg:Config xmlns:cfg="{URI_CONFIG}"><cfg:MaxEnvelopeSizekb>{self.args.max_envelope // 1024}</cfg:MaxEnvelopeSizekb><cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms></cfg:Config>'
        if not (action.startswith(SHELL) or name in ("Delete", "Get")):
            raise WsFault(F_BAD_ACTION, action)
        shell = self.shell(header, user)
        shell.busy += 1
        try:
            return self.shell_verb(name, action, shell, header, first, timeout, envelope, alive)
        finally:
            shell.busy -= 1
            shell.last = time.monotonic()

    def shell_verb(self, name: str, action: str, shell: t.Any, header: ET.Element, body: ET.Element, timeout: float, envelope: int, alive: t.Callable[[], bool]) -> str:
        session = header.findtext("p:SessionId", "", NS)
        if name == "Delete" and self.faults.deaf == "delete":
            return ""
        if name == "Delete":
            shell.close()
            with self.lock:
                self.shells.pop(shell.id, None)
            return ""
        if name == "Get":
            return self.shell_xml(shell)
        if name == "Disconnect":
            with shell.cond:
                shell.connected = False
                shell.idle = min(duration(body.findtext("rsp:IdleTimeOut", None, NS), shell.idle), self.args.idle)
                shell.cond.notify_all()
            return "<rsp:DisconnectResponse/>"
        if name == "Reconnect":
            if session != shell.session:
                raise WsFault(F_NOT_YOURS)
            shell.connected = True
            return "<rsp:ReconnectResponse/>"
        if name == "Connect" and isinstance(shell, PsShell):
            if shell.connected and session != shell.session:
                raise WsFault(F_NOT_YOURS)
            shell.session = session
            return shell.connect(body)
        if not shell.connected:
            raise WsFault(F_DISCONNECTED)
        if name == "Command":
            return f"<rsp:CommandResponse><rsp:CommandId>{shell.command(body)}</rsp:CommandId></rsp:CommandResponse>"
        if name == "Send":
            for stream in body.iterfind("rsp:Stream", NS):
                shell.send(stream)
            return "<rsp:SendResponse/>"
        if name == "Signal":
            code = body.findtext("rsp:Code", "", NS)
            done = not self.faults.deaf or (self.faults.deaf == "stop" and code.endswith("terminate"))
            run = shell.find(body.get("CommandId", ""))
            if done or run.done:
                shell.signal(body.get("CommandId", ""), code)
            return "<rsp:SignalResponse/>"
        if name == "Receive":
            return self.receive(shell, body, timeout, max(4096, (envelope - 4096) * 3 // 4), alive)
        raise WsFault(F_BAD_ACTION, action)

    def reap(self) -> None:
        """Thread body: ends shells that nobody asked anything of for too long."""
        while True:
            time.sleep(0.1)
            with self.lock:
                idle = [s for s in self.shells.values() if not s.busy and time.monotonic() - s.last > s.idle]
                for shell in idle:
                    del self.shells[shell.id]
            for shell in idle:
                shell.close()

    def changed(self, names: t.Iterable[str]) -> None:
        """Does what some knobs do at once when they are set."""
        faults = self.faults
        if "outage" in names and faults.outage:
            self.outage_ends, faults.outage = time.monotonic() + faults.outage, 0.0
            for connection in list(self.connections):
                connection.reset()
        if "disconnect_shells" in names and faults.disconnect_shells:
            faults.disconnect_shells = False
            for shell in list(self.shells.values()):
                with shell.cond:
                    shell.connected = False
                    shell.cond.notify_all()
        if "forget_shells" in names and faults.forget_shells:
            faults.forget_shells = False
            with self.lock:
                gone, self.shells = list(self.shells.values()), {}
            for shell in gone:
                shell.close()

    def create(self, resource: str, header: ET.Element, body: ET.Element, user: str, path: str) -> str:
        with self.lock:
            if len(self.shells) >= self.args.max_shells:
                raise WsFault(F_MAX_SHELLS)
        shell_id = (body.get("ShellId") or str(uuid.uuid4())).upper()
        options = {o.get("Name", ""): o.text or "" for o in header.iterfind("w:OptionSet/w:Option", NS)}
        shell: Shell
        if resource.lower() == URI_CMD:
            shell = CmdShell(self, shell_id, resource, user, path, body=body, options=options)
        elif resource.startswith(URI_PS) and resource[len(URI_PS) :].lower() in self.configurations:
            shell = PsShell(self, shell_id, resource, user, path, body=body)
        else:
            raise WsFault(F_NO_RESOURCE, resource)
        shell.session = header.findtext("p:SessionId", "", NS)
        shell.idle = min(duration(body.findtext("rsp:IdleTimeOut", None, NS), shell.idle), self.args.idle)
        with self.lock:
            self.shells[shell_id] = shell
        created = (
            f"<x:ResourceCreated><a:Address>http://{self.args.host}{path}</a:Address><a:ReferenceParameters><w:ResourceURI>{escape(resource)}</w:ResourceURI>"
            f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
        )
        return created + self.shell_xml(shell)

    def shell_xml(self, shell: Shell) -> str:
        streams = ("stdin", "stdout stderr") if isinstance(shell, CmdShell) else ("stdin pr", "stdout")
        return (
            f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId><rsp:ResourceUri>{escape(shell.resource)}</rsp:ResourceUri><rsp:Owner>{escape(shell.user)}</rsp:Owner>"
            f"<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT{shell.idle:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>{streams[0]}</rsp:InputStreams>"
            f"<rsp:OutputStreams>{streams[1]}</rsp:OutputStreams><rsp:State>{'Connected' if shell.connected else 'Disconnected'}</rsp:State></rsp:Shell>"
        )

    def receive(self, shell: t.Any, body: ET.Element, timeout: float, limit: int, alive: t.Callable[[], bool]) -> str:
        desired = body.find("rsp:DesiredStream", NS)
        command = (desired.get("CommandId") if desired is not None else "") or ""
        streams = ((desired.text if desired is not None else None) or "stdout stderr").split()
        deadline = time.monotonic() + timeout
        if self.faults.receive_delay:
            if self.faults.receive_delay >= timeout:
                time.sleep(timeout)
                raise WsFault(F_TIMEOUT)
            time.sleep(self.faults.receive_delay)
        with shell.cond:
            while True:
                if shell.closed or not alive():
                    raise WsFault(F_ABORTED)
                if not shell.connected:
                    raise WsFault(F_DISCONNECTED)
                try:
                    got = shell.poll(command, streams, limit)
                except WsFault:
                    if command and time.monotonic() > deadline - timeout + 0.05:
                        raise WsFault(F_ABORTED) from None  # the command went away under this Receive
                    raise
                if got:
                    break
                left = deadline - time.monotonic()
                if left <= 0:
                    raise WsFault(F_TIMEOUT)
                shell.cond.wait(min(left, 0.2))
            shell.cond.notify_all()
        chunks, run, ended = got
        parts = []
        for name, run_id, data in chunks:
            where = f' CommandId="{run_id}"' if run_id else ""
            parts.append(f'<rsp:Stream Name="{name}"{where}>{base64.b64encode(data).decode()}</rsp:Stream>')
            if run:
                run.sent += len(data)
        if run and ended and isinstance(shell, CmdShell):
            parts += [f'<rsp:Stream Name="{n}" CommandId="{run.id}" End="true"/>' for n in streams]
        if run:
            run.ended = ended
            code = f"<rsp:ExitCode>{run.exit_code}</rsp:ExitCode>" if isinstance(shell, CmdShell) else ""
            state = "Done" if ended else "Running"
            parts.append(f'<rsp:CommandState CommandId="{run.id}" State="{STATE}{state}"' + (f">{code}</rsp:CommandState>" if ended and code else "/>"))
        out = f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"
        if (run and run.drop_after is not None and run.sent >= run.drop_after) or self.faults.hit("drop_receive"):
            raise DropConnection(out)
        return out
