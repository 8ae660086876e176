"""Who answers: the lab's own commands, a table, or a file with handle(request, run)."""
from __future__ import annotations

import importlib.util
import json
import re
import typing as t

import file_scripts
import host_calls
from runs import PsRun, Request, Run

Handler = t.Callable[[Request, Run], t.Any]


def builtin_handler(request: Request, run: Run) -> t.Any:
    """The lab's own commands; a user handler that returns NotImplemented falls back to them."""
    if file_scripts.script_of(request):
        file_scripts.play(request, run)
        return None
    s = request.script.strip()
    word, _, rest = s.partition(" ")
    rest = rest.strip().strip("'\"")
    low = word.lower()
    if low in ("hostname", "hostname.exe", "$env:computername"):
        return {"output": ["LAB-FE01"]}
    if low in ("whoami", "whoami.exe"):
        return {"output": [request.user.lower()]}
    if low == "$psversiontable":
        return {"output": [{"PSVersion": {"_version": "5.1.14409.1018"}, "PSEdition": "Desktop", "WSManStackVersion": {"_version": "3.0"}}]}
    if low in ("echo", "write-output", "lab-echo"):
        return {"output": [rest]}
    if low in ("lab-sleep", "start-sleep", "ping"):
        digits = re.findall(r"[\d.]+", rest)
        run.sleep(float(digits[-1]) if digits else 1.0)
        return {"output": ["awake"] if low == "lab-sleep" else []}
    if low == "lab-count":  # lab-count N MILLISECONDS
        n, ms = (rest.split() + ["200"])[:2]
        for i in range(1, int(n) + 1):
            run.progress("counting", f"{i} of {n}", 100 * i // int(n))
            run.output(i)
            run.sleep(int(ms) / 1000)
        return None
    if low == "lab-big":  # lab-big MEGABYTES
        return {"big": {"bytes": int(float(rest or 50) * 1024 * 1024)}}
    if low == "lab-object":  # one single string of N MB: many fragments of one message
        return {"stdout": "x" * int(float(rest or 1) * 1024 * 1024)}
    if low == "lab-unicode":
        return {"output": ["Zürich Ωμέγα Привет 日本語 😀 ‮rtl‬ a\tb _x000D_"], "warning": ["naïve café"], "errors": ["Ошибка: 失敗"]}
    if low == "lab-streams":
        return {
            "output": ["out1", 42], "errors": [{"message": "something broke", "id": "Lab.Broken", "category": "InvalidOperation", "exception": "System.InvalidOperationException"}],
            "warning": ["careful"], "verbose": ["details"], "debug": ["dbg"], "information": ["info"],
            "progress": [{"activity": "working", "status": "half", "percent": 50}], "exit_code": 3,
        }
    if low == "lab-objects":
        return {
            "output": [
                {
                    "_types": ["Deserialized.Microsoft.Rtc.Management.Xds.DisplayPool", "Deserialized.System.Object"], "_str": "pool01.corp.example",
                    "Identity": "Registrar:pool01.corp.example", "Fqdn": "pool01.corp.example", "Services": ["Registrar", "UserServer"], "Count": 3, "Big": 2**40,
                    "Ratio": 0.5, "Enabled": True, "Nothing": None, "When": {"_date": "2026-11-05T10:20:30+00:00"},
                    "Id": {"_guid": "5b8f2c9a-0d1e-4f3a-8b7c-6d5e4f3a2b1c"}, "Blob": {"_bytes": "AAEC/w=="}, "Span": {"_duration": 95}, "Nested": {"A": 1, "B": {"C": "deep"}},
                },
                {"_version": "6.0.9319.0"}, {"_decimal": "12.50"},
            ]
        }
    if low == "lab-secure":
        return {"output": [{"_secure": rest or "s3cret-Ω"}]}
    if low == "lab-fail":
        return {"output": ["before"], "fail": rest or "terminating failure"}
    if low in ("exit", "lab-exit"):
        if isinstance(run, PsRun):  # what `exit` comes to there
            run.call(lambda host: host.set_should_exit(int(rest or 1)))
            return None
        return {"exit_code": int(rest or 1)}
    if low == "lab-drop":  # the connection is cut once this many bytes of output are out
        return {"big": {"bytes": 2_000_000}, "drop_after": int(rest or 100_000)}
    if low == "lab-cat":
        for item in run.stdin():
            run.stdout(item) if isinstance(item, bytes) else run.output(item)
        return None
    if low in ("set", "lab-env"):
        return {"stdout": "".join(f"{k}={v}\r\n" for k, v in request.environment.items()) + f"CD={request.directory}\r\n"}
    if low in host_calls.BUILTIN and isinstance(run, PsRun):
        try:
            host_calls.BUILTIN[low](run, rest)
        except host_calls.Refused as e:
            run.fail(str(e), id="HostCallRefused", exception="System.Management.Automation.Host.HostException")
        return None
    if low == "exit-pssession" or not s:
        return {}
    if request.kind == "cmd":
        return {"stderr": f"'{word}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", "exit_code": 1}
    return {
        "errors": [
            {
                "message": f"The term '{word}' is not recognized as the name of a cmdlet, function, script file, or operable program.",
                "id": "CommandNotFoundException", "category": "ObjectNotFound", "exception": "System.Management.Automation.CommandNotFoundException", "target": word,
            }
        ],
        "exit_code": 1,
    }


def load_handler(path: t.Optional[str]) -> Handler:
    if path is None:
        return builtin_handler
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as f:
            entries = [(re.compile(e["match"], re.I | re.S), e.get("kind"), e["reply"]) for e in json.load(f)["entries"]]

        def from_table(request: Request, run: Run) -> t.Any:
            for pattern, kind, reply in entries:
                if (kind is None or kind == request.kind) and pattern.search(request.script):
                    return reply
            return builtin_handler(request, run)

        return from_table
    spec = importlib.util.spec_from_file_location("winrm_lab_handler", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def from_file(request: Request, run: Run) -> t.Any:
        reply = module.handle(request, run)
        return builtin_handler(request, run) if reply is NotImplemented else reply

    return from_file
