#!/usr/bin/env python3
"""csdeck's WinRM beside pypsrp and pywinrm: the same work, the same server, one after the other.

    python -m pip install -r tests/lab/requirements.txt -r benches/requirements.txt
    python benches/winrm.py [--rounds N] [--megabytes N] [--client PROGRAM]

The server is tests/lab/winrm_lab.py on loopback: HTTP, NTLM, every body sealed. Each client is a process
of its own that gets orders on its standard input and says when it is done. All is measured from outside,
the same way for each: the clock of the wall, the clock of the client's own CPU time (all threads, user and
system), the most memory it held (VmHWM), and the requests that the server counted. Linux only. Prints a
table in Markdown.
"""
from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import typing as t
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# pywinrm's package has this file's name.
sys.path.remove(str(ROOT / "benches"))
USER, PASSWORD = "ops", "Kestrel-7-Lab!"
ECHO = "Write-Output ready"
COMMANDS = 100
CLIENTS = ("csdeck", "pypsrp", "pypsrp-unreleased", "pywinrm")


# ---------------------------------------------------------------- the clients


class Pypsrp:
    """One runspace pool, as csdeck has one. Its server forgets a pipeline when `close` was called, which
    takes a request and is what csdeck does; `released` says whether it is called."""

    def __init__(self, port: int, released: bool = True) -> None:
        from pypsrp.powershell import PowerShell, RunspacePool
        from pypsrp.wsman import WSMan

        self.pool_of, self.shell_of, self.released = RunspacePool, PowerShell, released
        self.wsman = WSMan("127.0.0.1", port=port, ssl=False, auth="ntlm", username=USER, password=PASSWORD)

    def open(self) -> None:
        self.pool = self.pool_of(self.wsman)
        self.pool.open()

    def run(self, text: str) -> int:
        pipeline = self.shell_of(self.pool).add_script(text)
        output = pipeline.invoke()
        if self.released:
            pipeline.close()
        return sum(len(item) for item in output)

    def close(self) -> None:
        self.pool.close()
        self.wsman.close()


class Pywinrm:
    """One command shell; each command starts a PowerShell in it, as Session.run_ps does. (Session itself
    makes a shell for each command, which is two requests more.)"""

    def __init__(self, port: int) -> None:
        from winrm.protocol import Protocol

        self.protocol = Protocol(f"http://127.0.0.1:{port}/wsman", transport="ntlm", username=USER, password=PASSWORD)

    def open(self) -> None:
        self.shell = self.protocol.open_shell()

    def run(self, text: str) -> int:
        import base64

        encoded = base64.b64encode(text.encode("utf-16-le")).decode()
        command = self.protocol.run_command(self.shell, f"powershell -encodedcommand {encoded}")
        output, _, code = self.protocol.get_command_output(self.shell, command)
        self.protocol.cleanup_command(self.shell, command)
        assert code == 0, code
        return len(output)

    def close(self) -> None:
        self.protocol.close_shell(self.shell)


def be_client(name: str, port: int) -> None:
    """Obeys as benches/winrm.rs does."""
    client: t.Any = Pywinrm(port) if name == "pywinrm" else Pypsrp(port, released=name == "pypsrp")
    for order in sys.stdin:
        word, _, rest = order.rstrip("\n").partition(" ")
        if word == "open":
            client.open()
        elif word == "command":
            assert client.run(rest) > 0
        elif word == "repeat":
            times, _, text = rest.partition(" ")
            for _ in range(int(times)):
                assert client.run(text) > 0
        elif word == "output":
            least, _, text = rest.partition(" ")
            length = client.run(text)
            assert length >= int(least), length
        elif word == "close":
            client.close()
        print("done", flush=True)


# ---------------------------------------------------------------- the measuring


class Measured(t.NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds
    requests: int
    rss: int  # most memory held so far, KiB


class Client:
    """A running client."""

    def __init__(self, name: str, program: str, lab: Lab) -> None:
        self.name, self.lab = name, lab
        if name == "csdeck":
            argv = [program]
        else:
            argv = [sys.executable, __file__, "--be", name, "--port", str(lab.port)]
        env = dict(
            os.environ,
            CSDECK_BENCH_WINRM_PORT=str(lab.port),
            CSDECK_BENCH_WINRM_USER=USER,
            CSDECK_BENCH_WINRM_PASSWORD=PASSWORD,
        )
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.order("nothing" if name != "csdeck" else "open")  # until its modules are loaded

    def order(self, text: str) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer != "done\n":
            raise SystemExit(f"{self.name} failed at {text!r}")

    def cpu(self) -> float:
        # The CPU clock of another process: MAKE_PROCESS_CPUCLOCK of the kernel.
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def rss(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    def measure(self, *orders: str) -> Measured:
        self.lab.requests()
        wall, cpu = time.perf_counter(), self.cpu()
        for order in orders:
            self.order(order)
        wall, cpu = time.perf_counter() - wall, self.cpu() - cpu
        return Measured(wall, cpu, self.lab.requests(), self.rss())

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        if self.process.wait(30):
            raise SystemExit(f"{self.name} ended with {self.process.returncode}")


class Lab:
    """The server."""

    def __init__(self, folder: str) -> None:
        argv = [sys.executable, str(ROOT / "tests/lab/winrm_lab.py"), "--stdin-eof", "--control-port", "0"]
        argv += ["--auth", "ntlm,negotiate", "--user", USER, "--password", PASSWORD]
        env = dict(os.environ, TMPDIR=folder, CSDECK_LAB_FILES=folder, PYTHONDONTWRITEBYTECODE="1")
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the server does not start: are the packages of tests/lab/requirements.txt there?")
        info = json.loads(line)
        self.port, self.control = info["port"], info["control_port"]

    def requests(self) -> int:
        """Requests since the last call. Those of a log-in that carry nothing are not among them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/lab/log") as answer:
            log = json.load(answer)
        open_ones = [entry for entry in log if not entry["sealed"]]
        assert not open_ones, f"not sealed: {open_ones[:3]}"
        return len(log)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def build() -> str:
    """csdeck's client, as a release is built."""
    argv = ["cargo", "bench", "--bench", "winrm", "--no-run", "--message-format=json"]
    built = subprocess.run(argv, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in built.splitlines():
        message = json.loads(line)
        if message.get("target", {}).get("name") == "winrm" and message.get("executable"):
            return message["executable"]
    raise SystemExit("cargo built no client")


def least(kept: t.Optional[Measured], new: Measured) -> Measured:
    """What another program on the machine took away does not count; the memory is the most."""
    if kept is None:
        return new
    return Measured(min(kept.wall, new.wall), min(kept.cpu, new.cpu), new.requests, max(kept.rss, new.rss))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="of the small works; the least counts")
    parser.add_argument("--big-rounds", type=int, default=2, help="of the big output")
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--client", help="csdeck's client when it is built already")
    parser.add_argument("--only", choices=CLIENTS, action="append", help="leave the others out")
    parser.add_argument("--be", choices=CLIENTS[1:], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.be:
        be_client(args.be, args.port)
        return
    program, names = args.client or build(), args.only or list(CLIENTS)
    found: t.Dict[t.Tuple[str, str], Measured] = {}

    def keep(work: str, client: Client, *orders: str) -> None:
        key = (work, client.name)
        found[key] = least(found.get(key), client.measure(*orders))

    with tempfile.TemporaryDirectory(prefix="csdeck-bench") as folder:
        lab = Lab(folder)
        for name in names * args.rounds:
            client = Client(name, program, lab)
            keep("open", client, "open", f"command {ECHO}", "close")
            client.end()
            client = Client(name, program, lab)
            client.measure("open", f"command {ECHO}")
            keep("commands", client, f"repeat {COMMANDS} {ECHO}")
            client.measure("close")
            client.end()
        for name in names * args.big_rounds:
            client = Client(name, program, lab)
            client.measure("open", f"command {ECHO}")
            keep("big", client, f"output {args.megabytes * 1_000_000} lab-big {args.megabytes}")
            client.measure("close")
            client.end()
        lab.end()

    def row(title: str, cells: t.Iterable[t.Tuple[str, float]]) -> None:
        cells = list(cells)
        first = cells[0][1]
        ratio = [f"; {value / first:.2g}" if i and first else "" for i, (_, value) in enumerate(cells)]
        print(f"| {title} | " + " | ".join(text + r for (text, _), r in zip(cells, ratio)) + " |")

    def rows(title: str, work: str, per: int, unit: str, scale: float) -> None:
        results = [found[work, name] for name in names]
        row(f"{title}: requests", [(f"{m.requests / per:g}", m.requests) for m in results])
        row(f"{title}: client's CPU", [(f"{m.cpu / per * scale:.2f} {unit}", m.cpu) for m in results])
        row(f"{title}: wall", [(f"{m.wall / per * scale:.2f} {unit}", m.wall) for m in results])

    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    rows("one command on an open session", "commands", COMMANDS, "ms", 1000)
    rows("open, one command, close", "open", 1, "ms", 1000)
    rows(f"{args.megabytes} MB of output", "big", 1, "s", 1)
    row(f"{args.megabytes} MB of output: memory", [(f"{m.rss / 1024:.0f} MB", m.rss) for m in (found["big", n] for n in names)])


if __name__ == "__main__":
    main()
