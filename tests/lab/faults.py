"""The knobs by which winrm_lab.py fails on purpose, and the answers that it keeps."""
from __future__ import annotations

import dataclasses
import threading
import typing as t


@dataclasses.dataclass
class Answer:
    """The answer to one SOAP request."""

    status: int
    text: str
    action: str
    keep: t.Optional[float] = None  # the part of it that is sent before the connection is cut
    repeated: bool = False


class Operation:
    """A request that named itself with an OperationID: its answer is kept (MS-WSMV 3.1.4.1.39)."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer = Answer(500, "", "")


@dataclasses.dataclass
class Faults:
    """Knobs, set with --fault name=value or POSTed to /lab/faults with --control."""

    always_401: bool = False  # every request answers 401
    http_503: int = 0  # the next N requests answer 503
    latency: float = 0.0  # seconds before each answer
    receive_delay: float = 0.0  # hold output this long per Receive (over OperationTimeout: w:TimedOut)
    drop_receive: int = 0  # cut the connection in the body of the N-th Receive answer from now
    drop_request: int = 0  # cut the connection instead of answering the N-th SOAP request from now
    hang_request: int = 0  # never answer the N-th SOAP request from now
    corrupt_seal: int = 0  # flip one bit in the N-th sealed answer from now
    replay_seal: int = 0  # the N-th sealed answer from now is the one before it, once more
    truncate_xml: int = 0  # cut the SOAP text of the N-th answer from now in half
    fault_action: str = ""  # "Command=5": answer that action with WSManFault code 5
    cut: str = ""  # "Command=before|after|inside": cut the connection once at that action: not done; done, no answer; half an answer
    outage: float = 0.0  # set: for so many seconds from now no connection is left alive and none comes up
    forget_shells: bool = False  # set: every shell is gone, as after a restart of the service
    disconnect_shells: bool = False  # set: every shell is disconnected, as a server does that lost its client
    deaf: str = ""  # stop, terminate or delete: that and what comes before it is answered and not done
    redeliver: bool = True  # keep answers for a client that asks again (Robust Connection, MS-WSMV 3.1.4.1.39)
    ask_key: bool = True  # ask for the session's key before a secret is asked (before protocol 2.2), else the client has to begin
    spaced_boundary: bool = False  # "-- Encrypted Boundary", as IIS writes it
    chunked: bool = False  # answers in chunks, of odd sizes
    trickle: int = 0  # answers in pieces of so many bytes, each in a packet of its own

    def set(self, name: str, value: t.Any) -> None:
        field = next((f for f in dataclasses.fields(self) if f.name == name), None)
        if field is None:
            raise ValueError(f"no fault named {name}")
        kind = type(field.default)
        if kind is bool and isinstance(value, str):
            value = value.lower() not in ("0", "false", "no", "")
        setattr(self, name, kind(value))

    def hit(self, name: str) -> bool:
        """Count a knob of the N-th-from-now kind down; true when it is its turn."""
        left = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
            return left == 1
        return False
