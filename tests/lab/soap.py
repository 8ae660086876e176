"""What stands in WS-Management's envelopes: names, faults, durations."""
from __future__ import annotations

import re
import typing as t

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "pwsh": "http://schemas.microsoft.com/powershell",
    "id": "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
}
SHELL = NS["rsp"] + "/"
TRANSFER = NS["x"] + "/"
URI_CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
URI_PS = "http://schemas.microsoft.com/powershell/"
URI_CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
STATE = SHELL + "CommandState/"
SIGNAL_PS_CTRL_C = "http://schemas.microsoft.com/powershell/signal/crtl_c"  # the protocol's own spelling
FRAGMENT = 32768

# code, SOAP code, subcode, text: values of winerror.h / MS-WSMV
F_TIMEOUT = (2150858793, "Receiver", "w:TimedOut", "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.")
F_NO_SHELL = (2150858843, "Sender", "w:InvalidSelectors", "The request for the Windows Remote Shell with ShellId {0} failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation.")
F_NO_COMMAND = (2150858843, "Sender", "w:InvalidSelectors", "The request for the Windows Remote Shell with CommandId {0} failed because the command was not found on the server.")
F_ABORTED = (995, "Receiver", "w:InternalError", "The I/O operation has been aborted because of either a thread exit or an application request.")
F_DENIED = (5, "Sender", "w:AccessDenied", "Access is denied.")
F_NO_RESOURCE = (2150858752, "Sender", "a:DestinationUnreachable", "The WS-Management service cannot process the request. The resource URI ({0}) was not found in the WS-Management catalog.")
F_BAD_ACTION = (2150858753, "Sender", "a:ActionNotSupported", "The WS-Management service cannot process the request because the request contained an invalid action URI ({0}).")
F_MAX_SHELLS = (2150859173, "Receiver", "w:QuotaLimit", "The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded. Close existing shells or raise the quota for this user.")
F_DISCONNECTED = (2150859230, "Receiver", "w:InternalError", "The WS-Management service cannot process the request because the stream is currently disconnected.")
F_NOT_YOURS = (2150859213, "Receiver", "w:InternalError", "The shell is connected to another client session.")
F_BAD_HEADER = (2150858767, "Sender", "a:InvalidMessageInformationHeader", "The WS-Management service cannot process the request because the OperationID {0} was used before.")
F_SMALL_ENVELOPE = (2150858805, "Sender", "w:EncodingLimit", "The WS-Management service cannot process the request because MaxEnvelopeSize is smaller than 8192 octets.")
F_NO_ERROR_SCHEMA = (2150858817, "Sender", "w:SchemaValidationError", "The SOAP XML in the message does not match the corresponding XML schema definition. {0}")


class WsFault(Exception):
    def __init__(self, fault: t.Tuple[int, str, str, str], *args: t.Any) -> None:
        self.code, self.soap, self.subcode, text = fault
        self.text = text.format(*args)
        super().__init__(self.text)


class DropConnection(Exception):
    """Cut the TCP connection inside the answer with this body."""

    def __init__(self, body: str) -> None:
        self.body = body


class Stopped(Exception):
    """The client ended the command; raised inside a handler."""


def duration(text: t.Optional[str], default: float) -> float:
    """xs:duration (PT60S, PT60.000S, PT1M) in seconds."""
    m = re.fullmatch(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", text or "")
    if not m or not text:
        return default
    d, h, mi, s = (float(g or 0) for g in m.groups())
    return ((d * 24 + h) * 60 + mi) * 60 + s
