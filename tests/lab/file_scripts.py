"""What csdeck's own scripts for files do (src/execute/winrm/files.rs), done in a folder, for winrm_lab.py.

The texts are those of files.rs, character for character: a script that differs is not known here, and
the test that sent it fails. The folder is CSDECK_LAB_FILES: `C:\\Temp\\a` is Temp/a in its folder C, a
path that is not absolute counts from its folder home. Exceptions are .NET's, as PowerShell names them.
"""
from __future__ import annotations

import errno
import hashlib
import os
import re
import typing as t

import psrpcore.types as pst

RESOLVE = "$ErrorActionPreference='Stop'\n$p=$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($p)\n"
LOOK = "$f=New-Object IO.FileInfo $p\nif($f.Exists){'file';$f.Length;$f.LastWriteTimeUtc.ToFileTimeUtc()}elseif([IO.Directory]::Exists($p)){'folder'}"
READ = (
    "$s=[IO.File]::Open($p,'Open','Read','Read')\ntry{$s.Position=$at\n$b=New-Object byte[] $n\n$k=0\n"
    "while($k -lt $n){$r=$s.Read($b,$k,$n-$k);if($r -eq 0){break};$k+=$r}}finally{$s.Close()}\nif($k -lt $n){[Array]::Resize([ref]$b,$k)}\n,$b"
)
CREATE = "[IO.File]::Open($p,'CreateNew','Write').Close()"
WRITE = "$s=[IO.File]::Open($p,'Open','Write')\ntry{$s.Position=$at;$s.Write($b,0,$b.Length)}finally{$s.Close()}"
TOUCH = "[IO.File]::SetLastWriteTimeUtc($p,[DateTime]::FromFileTimeUtc($t))"
RENAME = (
    "$q=$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($q)\n"
    "if($over -and [IO.File]::Exists($q)){[IO.File]::Replace($p,$q,[NullString]::Value)}else{[IO.File]::Move($p,$q)}"
)
REMOVE = "[IO.File]::Delete($p)"
HASH = "$s=[IO.File]::OpenRead($p)\ntry{$h=[Security.Cryptography.SHA256]::Create().ComputeHash($s)}finally{$s.Close()}\n[BitConverter]::ToString($h)"

EPOCH = 11_644_473_600  # seconds between 1601, from which Windows counts, and 1970


def real(path: str) -> str:
    """Where a path of the server is in the folder."""
    root = os.environ["CSDECK_LAB_FILES"]
    drive, rest = re.fullmatch(r"(?:([A-Za-z]):)?(.*)", path, re.S).groups()  # type: ignore[union-attr]
    absolute = rest.startswith(("\\", "/"))
    below = os.path.normpath("/" + rest.replace("\\", "/"))[1:]
    return os.path.join(root, (drive or "C").upper() if drive or absolute else "home", below)


def look(run: t.Any, p: str) -> None:
    if os.path.isfile(real(p)):
        at = os.stat(real(p))
        for value in ("file", pst.PSInt64(at.st_size), pst.PSInt64(at.st_mtime_ns // 100 + EPOCH * 10_000_000)):
            run.output(value)
    elif os.path.isdir(real(p)):
        run.output("folder")


def read(run: t.Any, p: str, at: int, n: int) -> None:
    with open(real(p), "rb") as f:
        f.seek(at)
        run.output(pst.PSByteArray(f.read(n)))


def create(run: t.Any, p: str) -> None:
    os.close(os.open(real(p), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))


def write(run: t.Any, p: str, at: int, b: bytes) -> None:
    with open(real(p), "r+b") as f:
        f.seek(at)
        f.write(b)


def touch(run: t.Any, p: str, t: int) -> None:
    ns = (t - EPOCH * 10_000_000) * 100
    os.utime(real(p), ns=(ns, ns))


def rename(run: t.Any, p: str, q: str, over: bool) -> None:
    if os.path.exists(real(q)) and not (over and os.path.isfile(real(q))):
        raise FileExistsError(errno.EEXIST, "", q)
    os.rename(real(p), real(q))


def remove(run: t.Any, p: str) -> None:
    if os.path.exists(real(p)) or not os.path.isdir(os.path.dirname(real(p))):
        os.remove(real(p))


def hash_of(run: t.Any, p: str) -> None:
    with open(real(p), "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest().upper()
    run.output("-".join(digest[i : i + 2] for i in range(0, len(digest), 2)))


SCRIPTS: t.Dict[str, t.Callable[..., None]] = {
    RESOLVE + text: work
    for text, work in ((LOOK, look), (READ, read), (CREATE, create), (WRITE, write), (TOUCH, touch), (RENAME, rename), (REMOVE, remove), (HASH, hash_of))
}


def script_of(request: t.Any) -> t.Optional[t.Callable[..., None]]:
    """What the script of a request does here; None when it is none of them."""
    if len(request.commands) != 1 or "CSDECK_LAB_FILES" not in os.environ:
        return None
    head, _, body = request.commands[0]["name"].partition("\n")
    return SCRIPTS.get(body) if re.fullmatch(r"param\([\[\]$\w,]*\)", head) else None


def play(request: t.Any, run: t.Any) -> None:
    """Does what a script does; an error ends the pipeline as Stop has it."""
    given = dict(request.commands[0]["parameters"])
    path = str(given["p"])
    plain = {k: v if isinstance(v, (bool, bytes, int)) else str(v) for k, v in given.items()}
    try:
        script_of(request)(run, **plain)  # type: ignore[misc]
    except OSError as e:
        if e.errno == errno.ENOENT:
            there = os.path.isdir(os.path.dirname(real(path)))
            name, why = ("FileNotFoundException", f"Could not find file '{path}'.") if there else ("DirectoryNotFoundException", f"Could not find a part of the path '{path}'.")
        elif e.errno == errno.EEXIST:
            name, why = "IOException", f"The file '{e.filename or path}' already exists."
        elif e.errno in (errno.EACCES, errno.EPERM, errno.EISDIR):
            name, why = "UnauthorizedAccessException", f"Access to the path '{path}' is denied."
        elif e.errno == errno.ENOSPC:
            name, why = "IOException", "There is not enough space on the disk."
        else:
            name, why = "IOException", str(e)
        run.fail(f'Exception calling a method: "{why}"', id=name, category="NotSpecified", exception="System.Management.Automation.MethodInvocationException")
