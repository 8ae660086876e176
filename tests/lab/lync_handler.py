"""winrm_lab.py --handler lync_handler.py: the answers of csdeck's simulated deployment.

Each runspace is a process `csdeck lab runspace` (src/lab/standin/runspace.rs), which keeps its
variables as a runspace does; what it leaves comes out as objects with types. CSDECK_LAB_PROGRAM is
the program, CSDECK_DATA_DIR the folder of the deployment. Scripts that begin with `lab-`,
and csdeck's scripts for files, stay the lab's own.
"""
from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import typing as t

import file_scripts
import host_calls

PATIENCE = 10.0  # seconds a process has to end its text after a stop


class Runspace:
    """One process, asked and answering in JSON lines."""

    def __init__(self) -> None:
        program = os.environ.get("CSDECK_LAB_PROGRAM")
        if not program:
            raise RuntimeError("CSDECK_LAB_PROGRAM names no csdeck program")
        self.process = subprocess.Popen([program, "lab", "runspace"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.lines: "queue.Queue[t.Optional[str]]" = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)
        self.lines.put(None)

    def say(self, **what: t.Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        try:
            self.process.stdin.close()  # type: ignore[union-attr]
        except OSError:
            pass
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, text: str, run: t.Any) -> bool:
        """Runs a text; false when the process is of no use any more."""
        self.say(run=text)
        told = False
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE if told else 0.05)
            except queue.Empty:
                if told:
                    return False
                if run.cancelled:
                    told = True
                    self.say(stop=True)
                continue
            if line is None:
                run.fail("csdeck lab runspace ended")
                return False
            said = json.loads(line)
            if "end" in said:
                return True
            if not run.cancelled:
                self.play(said, run)

    def play(self, said: t.Dict[str, t.Any], run: t.Any) -> None:
        kind, value = next(iter(said.items()))
        if kind == "output":
            run.output(value)
        elif kind == "error":
            run.error(value.get("message") or value["text"], id=value.get("id") or "", category=value.get("category") or "NotSpecified", target=value.get("target"))
        elif kind == "progress":
            run.progress(value["activity"], value.get("status") or "", value.get("percent", -1), value.get("done", False))
        elif kind == "ask":
            try:
                kind = "System.Security.SecureString" if said["secret"] else "System.String"
                answer = run.prompt([host_calls.field(value, kind)])[value] if value else run.read_secure() if said["secret"] else run.read_line()
                self.say(answer=str(answer.decrypt()) if said["secret"] else str(answer))
            except host_calls.Refused:
                self.say(refuse=True)
        else:
            getattr(run, kind)(value)


def handle(request: t.Any, run: t.Any) -> t.Any:
    if request.kind != "psrp" or file_scripts.script_of(request) or request.script.strip().lower().startswith("lab-"):
        return NotImplemented
    shell = run.shell
    with shell.cond:
        free = shell.__dict__.setdefault("runspaces", [])
        runspace = free.pop() if free else None
    if runspace is None:
        runspace = Runspace()
        shell.on_close.append(runspace.close)
    try:
        fit = runspace.run(request.script, run)
    except BaseException:
        runspace.process.kill()
        raise
    if fit:
        with shell.cond:
            free.append(runspace)
    else:
        runspace.process.kill()
    return None
