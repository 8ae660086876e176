"""JSON values as PowerShell's objects, and as the text that they are shown as."""
from __future__ import annotations

import base64
import decimal
import re
import typing as t
from xml.sax.saxutils import escape

import psrpcore.types as pst

if t.TYPE_CHECKING:
    from runs import Run


def to_ps(value: t.Any, run: t.Optional["Run"] = None) -> t.Any:
    """A JSON value as the psrpcore object that serialises like it."""
    if value is None or isinstance(value, (bool, str, pst.PSObject)):
        return value
    if isinstance(value, int):
        return pst.PSInt(value) if -(2**31) <= value < 2**31 else pst.PSInt64(value)
    if isinstance(value, float):
        return pst.PSDouble(value)
    if isinstance(value, (list, tuple)):
        return pst.PSList([to_ps(v, run) for v in value])
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, v = next(iter(value.items()))
        if tag == "_date":
            return pst.PSDateTime.fromisoformat(v.replace("Z", "+00:00"))
        if tag == "_guid":
            return pst.PSGuid(v)
        if tag == "_bytes":
            return pst.PSByteArray(base64.b64decode(v))
        if tag == "_secure":
            if run is not None:
                run.need_key()
            return pst.PSSecureString(v)
        if tag == "_long":
            return pst.PSInt64(v)
        if tag == "_xml":
            return pst.PSXml(v)
        if tag == "_decimal":
            return pst.PSDecimal(decimal.Decimal(v))
        if tag == "_version":
            return pst.PSVersion(v)
        if tag == "_duration":
            return pst.PSDuration(seconds=v)
    obj = pst.PSObject()
    obj.PSObject.type_names = list(value.get("_types") or ["System.Management.Automation.PSCustomObject", "System.Object"])
    for key, item in value.items():
        if key not in ("_types", "_str"):
            pst.add_note_property(obj, key, to_ps(item, run))
    if "_str" in value:
        obj.PSObject.to_string = value["_str"]
    return obj


def to_text(value: t.Any) -> t.List[str]:
    """One object as Out-String -Stream would about print it (format-list for records)."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value)]
    if isinstance(value, (list, tuple)):
        return [line for v in value for line in to_text(v)]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith("_"):
            return [str(next(iter(value.values())))]
        keys = [k for k in value if not k.startswith("_")]
        width = max([len(k) for k in keys] or [0])
        lines = [f"{k.ljust(width)} : {' '.join(to_text(value[k]))}" for k in keys]
        return ["", *lines, ""]
    return str(value).splitlines() or [""]


def clixml_text(text: str) -> str:
    """A string as CLIXML writes it: control characters as _xHHHH_."""
    text = re.sub(r"_(?=[xX][0-9A-Fa-f]{4}_)", "_x005F_", text)
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda m: "_x%04X_" % ord(m.group()), text)
    return escape(text)
