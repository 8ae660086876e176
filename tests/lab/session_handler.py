"""winrm_lab.py --handler session_handler.py: what only the tests of sessions ask for.

    Set-Lab...         what the commands of the request came as: one line for each parameter, with the
                       length and the SHA-256 of what is long or secret
    lab-kinds          one object with a property of every kind
    lab-error          an error record with everything in it
    lab-order          one record of each stream, in an order of its own
    lab-controls       text with every control character
    lab-work           progress of two activities, one a part of the other
"""
from __future__ import annotations

import hashlib
import typing as t

import psrpcore.types as pst


def shown(value: t.Any) -> str:
    """A parameter's value with its type, a secret as its length and hash."""
    if isinstance(value, pst.PSSecureString):
        text = value.decrypt()
        return f"secret of {len(text)}, sha256 {hashlib.sha256(text.encode()).hexdigest()}"
    if isinstance(value, str) and len(value) > 200:
        return f"text of {len(value)}, sha256 {hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(shown(v) for v in value) + "]"
    return f"{type(value).__name__} {value}"


def kinds() -> pst.PSObject:
    inner = pst.PSObject()
    inner.PSObject.type_names = ["Deserialized.Lab.Inner", "Deserialized.System.Object"]
    pst.add_note_property(inner, "Deep", pst.PSList([pst.PSInt(1), pst.PSList([pst.PSString("two")]), None]))
    queue = pst.PSQueue()
    queue.put(pst.PSString("first"))
    queue.put(pst.PSInt(2))
    values: t.Dict[str, t.Any] = {
        "Text": "Zoë", "Empty": "", "Char": pst.PSChar("é"), "Byte": pst.PSByte(255), "SByte": pst.PSSByte(-128),
        "UInt16": pst.PSUInt16(65535), "Int64": pst.PSInt64(-(2**63)), "UInt64": pst.PSUInt64(2**64 - 1),
        "Single": pst.PSSingle(0.1), "Double": pst.PSDouble(1e300), "Nan": pst.PSDouble(float("nan")), "Decimal": pst.PSDecimal("12.50"),
        "Long": pst.PSDecimal("79228162514264337593543950335"), "Guid": pst.PSGuid("5b8f2c9a-0d1e-4f3a-8b7c-6d5e4f3a2b1c"),
        "Uri": pst.PSUri("https://pool01.kestrel.lan/x?y=1&z"), "Version": pst.PSVersion("6.0.9319.0"), "Xml": pst.PSXml("<a b=\"c\">d</a>"),
        "Block": pst.PSScriptBlock("Get-CsPool | ft"), "Utc": pst.PSDateTime.fromisoformat("2026-11-05T10:20:30.123456+00:00"),
        "East": pst.PSDateTime.fromisoformat("2026-11-05T10:20:30+02:00"), "Span": pst.PSDuration(days=1, seconds=5),
        "Enum": pst.ConsoleColor.Green, "Category": pst.ErrorCategory.ObjectNotFound,
        "Table": pst.PSDict({"a": pst.PSInt(1), "b": pst.PSDict({"c": pst.PSBool(True) if hasattr(pst, "PSBool") else True})}),
        "Stack": pst.PSStack([pst.PSInt(1), pst.PSInt(2)]), "Queue": queue, "None": None, "Inner": inner, "Again": inner,
    }
    made = pst.PSObject()
    made.PSObject.type_names = ["Deserialized.Lab.Kinds", "Deserialized.System.Object"]
    made.PSObject.to_string = "all of it"
    for name, value in values.items():
        pst.add_note_property(made, name, value)
    return made


def error(run: t.Any) -> None:
    exc = pst.NETException(Message="The user \u201cnobody\u201d was not found.", HResult=-2146233087)
    exc.PSObject.type_names = ["Lab.NotFoundException", "System.Exception", "System.Object"]
    info = pst.ErrorCategoryInfo(Category=pst.ErrorCategory.ObjectNotFound, Activity="Get-LabUser", Reason="NotFoundException", TargetName="nobody", TargetType="UserIdParameter")
    place = pst.InvocationInfo(ScriptLineNumber=3, OffsetInLine=5, PositionMessage="At line:3 char:5\n+     Get-LabUser nobody\n+     ~~~~~~~~~~~~~~~~~~")
    run._do(lambda: run.pipeline.write_error(exception=exc, category_info=info, target_object="nobody", fully_qualified_error_id="Lab.NotFound,Get-LabUser", invocation_info=place))


def order(run: t.Any) -> None:
    for at in range(3):
        run.output(f"out {at}")
        run.warning(f"warning {at}")
        run.verbose(f"verbose {at}")
        run.progress("ordering", f"step {at}", at * 40)
        run.error(f"error {at}")
        run.debug(f"debug {at}")
        run.information(f"information {at}")


def work(run: t.Any) -> None:
    write = run.pipeline.write_progress
    run._do(lambda: write("Moving users", 1, "2 of 4", percent_complete=50, seconds_remaining=90))
    run._do(lambda: write("Moving ann", 2, "mailbox", current_operation="copying", parent_activity_id=1, percent_complete=150))
    run._do(lambda: write("Moving ann", 2, "mailbox", parent_activity_id=1, record_type=pst.ProgressRecordType.Completed))


def handle(request: t.Any, run: t.Any) -> t.Any:
    word = request.script.strip().partition(" ")[0].lower()
    if word.startswith("set-lab"):
        for command in request.commands:
            run.output(command["name"])
            for name, value in command["parameters"]:
                run.output(f"  {name}: {shown(value)}")
        return None
    if word == "lab-kinds":
        run.output(kinds())
        return None
    if word == "lab-controls":
        run.output("|".join(chr(c) for c in [*range(1, 10), 11, 12, *range(14, 32), 127, 128, 0x85, 0x9F, 0x2028, 0xFEFF, 0xFFFD]) + "_x0041_ _X0041_ _x005F_")
        return None
    simple = {"lab-error": error, "lab-order": order, "lab-work": work}
    if word in simple:
        simple[word](run)
        return None
    return NotImplemented
