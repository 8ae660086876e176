"""Command lines and pipelines of commands as the text that a handler sees."""
from __future__ import annotations

import base64
import re
import typing as t

import psrpcore.types as pst


def parse_command_line(line: str) -> t.Tuple[str, str]:
    """("powershell", script) for powershell.exe -EncodedCommand / -Command, else ("cmd", line)."""
    if re.match(r'^\s*"?[^"\s]*\b(powershell|pwsh)(\.exe)?"?(\s|$)', line, re.I):
        if m := re.search(r"\s-e(?:nc|ncodedcommand|c)?\s+\"?([A-Za-z0-9+/=]+)", line, re.I):
            return "powershell", base64.b64decode(m.group(1)).decode("utf-16-le")
        if m := re.search(r"\s-c(?:ommand)?\s+(.*)$", line, re.I | re.S):
            return "powershell", m.group(1).strip().strip('"')
    return "cmd", line.strip()


def render_pipeline(commands: t.List[t.Dict[str, t.Any]]) -> t.Tuple[str, bool]:
    """A pipeline as script text, without the wrapping Invoke-Expression / Out-String of some clients."""
    rest = list(commands)
    as_text = False
    if len(rest) > 1 and rest[-1]["name"].lower() == "out-string":
        rest.pop()
        as_text = True
    if len(rest) > 1 and rest[-1]["name"].lower() == "out-default":
        rest.pop()
    if len(rest) == 1 and rest[0]["name"].lower() == "invoke-expression":
        return next((str(v) for n, v in rest[0]["parameters"] if n in ("Command", None)), ""), as_text
    text = ""
    for at, c in enumerate(rest):
        words = [c["name"]]
        for name, value in c["parameters"]:
            word = "-" + str(name).strip("-").rstrip(":") if name else ""
            if name and isinstance(value, bool):  # a switch, or a Boolean: both take the colon
                words.append(f"{word}:{literal(value)}")
            else:
                words += [w for w in (word, "" if value is None and name else literal(value)) if w]
        text += " ".join(words)
        if at + 1 < len(rest):
            text += "\n" if c.get("last") else " | "
    return text, as_text


def literal(value: t.Any) -> str:
    """A parameter's value as PowerShell text."""
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, pst.PSSecureString):
        return "'***'"  # who needs it takes it from Request.commands
    if isinstance(value, dict):
        return "@{" + "; ".join(f"{literal(k)}={literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return ",".join(literal(v) for v in value) or "@()"
    text = str(value)
    return text if re.fullmatch(r"[A-Za-z0-9.:\\/][\w.:@\\/-]*", text) and not text[0].isdigit() else "'" + text.replace("'", "''") + "'"
