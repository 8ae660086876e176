"""One command or pipeline that a handler answers: what it says, and in which stream."""
from __future__ import annotations

import dataclasses
import time
import traceback
import typing as t

import psrpcore
import psrpcore.types as pst

import host_calls
from objects import clixml_text, to_ps, to_text
from soap import Stopped

if t.TYPE_CHECKING:
    from handlers import Handler
    from shells import PsShell, Shell


@dataclasses.dataclass
class Request:
    """What the client asked to run."""

    kind: str  # psrp, powershell (powershell.exe in a cmd shell) or cmd
    script: str  # the script, the rendered pipeline, or the command line
    raw: str  # the command line as sent (cmd shell) or "" (psrp)
    user: str
    path: str  # URL path, e.g. /wsman
    resource: str  # resource URI of the shell
    commands: t.List[t.Dict[str, t.Any]] = dataclasses.field(default_factory=list)
    as_text: bool = False  # the pipeline ends in Out-String: output is rendered to lines
    environment: t.Dict[str, str] = dataclasses.field(default_factory=dict)
    directory: str = ""
    codepage: int = 437


class Run:
    """One running command or pipeline: what a handler writes to. Subclassed per shell."""

    def __init__(self, shell: "Shell", run_id: str, request: Request) -> None:
        self.shell, self.id, self.request = shell, run_id, request
        self.done = False
        self.cancelled = False
        self.ended = False  # the client has been told Done
        self.exit_code = 0
        self.sent = 0
        self.drop_after: t.Optional[int] = None
        self._stdin: t.List[t.Any] = []
        self._stdin_closed = False

    # -- control used by handlers
    def sleep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self.shell.cond:
            while not self.cancelled and (left := deadline - time.monotonic()) > 0:
                self.shell.cond.wait(min(left, 1.0))
        self.check()

    def check(self) -> None:
        if self.cancelled:
            raise Stopped()

    def exit(self, code: int) -> None:
        self.exit_code = code

    def stdin(self, timeout: float = 60.0) -> t.Iterator[t.Any]:
        """What the client sends on stdin (bytes) or as pipeline input (objects), until it ends it."""
        deadline = time.monotonic() + timeout
        while True:
            with self.shell.cond:
                while not self._stdin and not self._stdin_closed and not self.cancelled:
                    if not self.shell.cond.wait(max(0.0, deadline - time.monotonic())):
                        return
                self.check()
                if not self._stdin:
                    return
                item = self._stdin.pop(0)
            yield item

    def feed(self, item: t.Any, end: bool) -> None:
        if item is not None:
            self._stdin.append(item)
        self._stdin_closed = self._stdin_closed or end

    # -- streams, implemented below
    def output(self, value: t.Any) -> None: ...
    def error(self, message: str, **kw: t.Any) -> None: ...
    def warning(self, message: str) -> None: ...
    def verbose(self, message: str) -> None: ...
    def debug(self, message: str) -> None: ...
    def information(self, message: t.Any) -> None: ...
    def progress(self, activity: str, status: str = "", percent: int = -1, done: bool = False) -> None: ...
    def fail(self, message: str, **kw: t.Any) -> None: ...
    def stdout(self, data: t.Union[str, bytes]) -> None: ...
    def stderr(self, data: t.Union[str, bytes]) -> None: ...
    def need_key(self) -> None: ...
    def finish(self) -> None: ...
    def pending(self) -> bool: ...

    def play(self, reply: t.Dict[str, t.Any]) -> None:
        """Play a table reply."""
        self.drop_after = reply.get("drop_after", self.drop_after)
        if reply.get("delay"):
            self.sleep(reply["delay"])
        for name in ("verbose", "debug", "warning", "information"):
            for message in reply.get(name) or []:
                getattr(self, name)(message)
        for item in reply.get("progress") or []:
            self.progress(**item)
        text_only = "stdout" in reply and isinstance(self, CmdRun)
        for value in [] if text_only else reply.get("output") or []:
            if reply.get("item_delay"):
                self.sleep(reply["item_delay"])
            self.output(value)
        if reply.get("big"):
            line = reply["big"].get("line", "0123456789abcdef" * 4)
            left = int(reply["big"]["bytes"])
            block = (line + "\r\n") * max(1, 65536 // (len(line) + 2))
            while left > 0:
                self.stdout(block[:left])
                left -= len(block)
        if "stdout" in reply:
            self.stdout(reply["stdout"])
        for item in reply.get("errors") or []:
            self.error(**item) if isinstance(item, dict) else self.error(item)
        if "stderr" in reply:
            self.stderr(reply["stderr"])
        self.exit_code = int(reply.get("exit_code", self.exit_code))
        if reply.get("fail"):
            self.fail(reply["fail"])

    def go(self, handler: "Handler") -> None:
        """Thread body: run the handler, then end the command."""
        try:
            reply = handler(self.request, self)
            if reply is not None:
                self.play(reply if isinstance(reply, dict) else dataclasses.asdict(reply))
        except Stopped:
            pass
        except Exception as e:  # a handler's own mistake is a terminating error, as a script's is
            if not self.cancelled:
                traceback.print_exc()
                self.fail(f"{type(e).__name__}: {e}")
        with self.shell.cond:
            if not self.done:
                self.finish()
                self.done = True
            self.shell.cond.notify_all()


class CmdRun(Run):
    """A process in a cmd shell: two byte streams and an exit code."""

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self.buffers = {"stdout": bytearray(), "stderr": bytearray()}
        self._clixml: t.List[str] = []

    def _encode(self, data: t.Union[str, bytes]) -> bytes:
        if isinstance(data, bytes):
            return data
        page = self.request.codepage
        return data.encode("utf-8" if page == 65001 else f"cp{page}", "replace")

    def _write(self, name: str, data: t.Union[str, bytes]) -> None:
        raw = self._encode(data)
        with self.shell.cond:
            while len(self.buffers[name]) > 4_000_000 and not self.cancelled:
                self.shell.cond.wait(1.0)  # the client reads slower than we write
            self.check()
            self.buffers[name] += raw
            self.shell.cond.notify_all()

    def stdout(self, data: t.Union[str, bytes]) -> None:
        self._write("stdout", data)

    def stderr(self, data: t.Union[str, bytes]) -> None:
        self._write("stderr", data)

    def output(self, value: t.Any) -> None:
        self.stdout("".join(line + "\r\n" for line in to_text(value)))

    def _stream(self, stream: str, message: str, plain: str) -> None:
        if self.request.kind == "powershell":  # powershell.exe without a console: CLIXML on stderr
            self._clixml.append(f'<S S="{stream}">{clixml_text(message + chr(13) + chr(10))}</S>')
        else:
            self.stderr(plain + message + "\r\n")

    def error(self, message: str, id: str = "", category: str = "NotSpecified", **kw: t.Any) -> None:
        if self.request.kind == "powershell":
            for line in [f"lab : {message}", f"    + CategoryInfo          : {category}: (:) [], Exception", f"    + FullyQualifiedErrorId : {id or 'Lab'}", " "]:
                self._stream("Error", line, "")
        else:
            self.stderr(message + "\r\n")

    def fail(self, message: str, **kw: t.Any) -> None:
        self.error(message, **kw)
        self.exit_code = self.exit_code or 1

    def warning(self, message: str) -> None:
        self._stream("warning", message, "WARNING: ")

    def verbose(self, message: str) -> None:
        self._stream("verbose", message, "VERBOSE: ")

    def debug(self, message: str) -> None:
        self._stream("debug", message, "DEBUG: ")

    def information(self, message: t.Any) -> None:
        self.stdout(f"{message}\r\n")

    def progress(self, activity: str, status: str = "", percent: int = -1, done: bool = False) -> None:
        n = len(self._clixml)
        self._clixml.append(
            f'<Obj S="progress" RefId="{n}"><TN RefId="{n}"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>{clixml_text(activity)}</AV><AI>0</AI><Nil /><PI>-1</PI><PC>{percent}</PC><T>{"Completed" if done else "Processing"}</T><SR>-1</SR><SD>{clixml_text(status or " ")}</SD></PR></MS></Obj>'
        )

    def finish(self) -> None:
        if self._clixml and not self.cancelled:
            body = "".join(self._clixml)
            self.buffers["stderr"] += self._encode(f'#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">{body}</Objs>')

    def pending(self) -> bool:
        return any(self.buffers.values())

    def take(self, limit: int, streams: t.List[str]) -> t.List[t.Tuple[str, bytes]]:
        out = []
        for name in streams:
            chunk = bytes(self.buffers.get(name, b"")[:limit])
            if chunk:
                del self.buffers[name][: len(chunk)]
                out.append((name, chunk))
                limit -= len(chunk)
        return out


class PsRun(host_calls.HostCalls, Run):
    """A pipeline in a runspace pool; psrpcore writes the messages."""

    shell: "PsShell"
    pipeline: psrpcore.ServerPipeline

    def _do(self, call: t.Callable[[], t.Any], size: int = 0) -> None:
        with self.shell.cond:
            while self.shell.queued(self.id) > 4_000_000 and not self.cancelled:
                self.shell.cond.wait(1.0)
            self.check()
            call()
            self.shell.pump()
            self.shell.cond.notify_all()

    def need_key(self) -> None:
        pool = self.shell.pool
        with self.shell.cond:
            if not self.shell.key_done:
                pool.request_key()
                self.shell.pump()
                self.shell.cond.notify_all()
            deadline = time.monotonic() + 30
            while not self.shell.key_done and time.monotonic() < deadline:
                self.check()
                self.shell.cond.wait(1.0)

    def output(self, value: t.Any) -> None:
        if self.request.as_text:
            for line in to_text(value):
                self._do(lambda line=line: self.pipeline.write_output(line))
        else:
            obj = to_ps(value, self)
            self._do(lambda: self.pipeline.write_output(obj))

    def stdout(self, data: t.Union[str, bytes]) -> None:
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        lines = text.splitlines() if self.request.as_text else [text]
        for line in lines:
            self._do(lambda line=line: self.pipeline.write_output(line))

    def stderr(self, data: t.Union[str, bytes]) -> None:
        self.error(data.decode("utf-8", "replace") if isinstance(data, bytes) else data)

    def _record(self, message: str, id: str, category: str, exception: str, target: t.Any) -> t.Dict[str, t.Any]:
        exc = pst.NETException(Message=message, HResult=-2146233087)
        exc.PSObject.type_names = [exception, "System.Exception", "System.Object"]
        info = pst.ErrorCategoryInfo(Category=getattr(pst.ErrorCategory, category, pst.ErrorCategory.NotSpecified), Reason=exception.rsplit(".", 1)[-1], Activity="")
        return {"exception": exc, "category_info": info, "fully_qualified_error_id": id or "Lab", "target_object": to_ps(target)}

    def error(self, message: str, id: str = "", category: str = "NotSpecified", exception: str = "System.Exception", target: t.Any = None) -> None:
        kw = self._record(message, id, category, exception, target)
        self._do(lambda: self.pipeline.write_error(**kw))

    def fail(self, message: str, id: str = "", category: str = "OperationStopped", exception: str = "System.Management.Automation.RuntimeException", target: t.Any = None) -> None:
        kw = self._record(message, id, category, exception, target)
        record = pst.ErrorRecord(
            Exception=kw["exception"], CategoryInfo=kw["category_info"], TargetObject=kw["target_object"], FullyQualifiedErrorId=kw["fully_qualified_error_id"]
        )
        with self.shell.cond:
            self.check()
            # psrpcore has no public call for a failed pipeline: a terminating error is its Failed state
            self.pipeline._change_state(pst.PSInvocationState.Failed, error=record)
            self.shell.pump()
            self.done = True
            self.shell.cond.notify_all()

    def _informational(self, kind: str, message: str) -> None:
        """psrpcore's write_warning and its kin leave ToString out; Windows sends it, and pypsrp shows it."""
        record = pst.PSObject()
        record.PSObject.type_names = [f"System.Management.Automation.{kind}", "System.Management.Automation.InformationalRecord", "System.Object"]
        record.PSObject.to_string = message
        pst.add_note_property(record, "InformationalRecord_Message", message)
        pst.add_note_property(record, "InformationalRecord_SerializeInvocationInfo", False)
        self._do(lambda: self.pipeline.prepare_message(record, message_type=getattr(pst.PSRPMessageType, kind)))

    def warning(self, message: str) -> None:
        self._informational("WarningRecord", message)

    def verbose(self, message: str) -> None:
        self._informational("VerboseRecord", message)

    def debug(self, message: str) -> None:
        self._informational("DebugRecord", message)

    def information(self, message: t.Any) -> None:
        theirs = getattr(self.shell.pool.their_capability, "protocolversion", None)
        if theirs is not None and theirs >= pst.PSVersion("2.3"):
            self._do(lambda: self.pipeline.write_information(message, "winrm_lab"))

    def progress(self, activity: str, status: str = "", percent: int = -1, done: bool = False) -> None:
        kind = pst.ProgressRecordType.Completed if done else pst.ProgressRecordType.Processing
        self._do(lambda: self.pipeline.write_progress(activity, 0, status or " ", percent_complete=percent, record_type=kind))

    def finish(self) -> None:
        if self.cancelled:
            if self.pipeline.state == pst.PSInvocationState.Running:
                self.pipeline.stop()
        elif self.pipeline.state == pst.PSInvocationState.Running:
            self.pipeline.complete()
        self.shell.pump()

    def pending(self) -> bool:
        return self.shell.queued(self.id) > 0
