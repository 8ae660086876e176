#!/usr/bin/env python3
"""psrp_oracle: the server side of PowerShell remoting, for tests of our client side.

PyPI's psrpcore (server) reads what our client wrote and says what it read; on
request it writes what a server would. One JSON object a line on stdin, one a
line on stdout. Values are told as [tag, text]: the tag is the one of CLIXML.

    {"do": "receive", "hex", "pipeline", "first"}  -> {"events", "sent"}
    {"do": "say", "pipeline", "items", "amount"}   -> {"sent", "ids"}
    {"do": "pool", "what", ...}                    -> {"sent"}
"sent" is what psrpcore wants on the wire, in hex, in pieces of "amount" bytes.
"""

import json
import struct
import sys
import uuid

import psrpcore
import psrpcore.types as t
from psrpcore import PSRPPayload, ServerHostRequestor, ServerPipeline, StreamType

NUMBERS = {
    "By": t.PSByte, "SB": t.PSSByte, "U16": t.PSUInt16, "I16": t.PSInt16,
    "U32": t.PSUInt, "I32": t.PSInt, "U64": t.PSUInt64, "I64": t.PSInt64,
}
TEXTS = {"S": t.PSString, "URI": t.PSUri, "XD": t.PSXml, "SBK": t.PSScriptBlock}


def told(value):
    """What a value is, in the words of the tests."""
    if value is None:
        return ["Nil", ""]
    if isinstance(value, (bool, t.PSBool)):
        return ["B", "true" if value else "false"]
    if isinstance(value, t.PSEnumBase):
        return ["enum", str(int(value))]
    if isinstance(value, t.PSChar):
        return ["C", str(int(value))]
    for tag, kind in NUMBERS.items():
        if type(value) is kind:
            return [tag, str(int(value))]
    if isinstance(value, t.PSSingle):
        return ["Sg", struct.pack(">f", value).hex()]
    if isinstance(value, t.PSDouble):
        return ["Db", struct.pack(">d", value).hex()]
    if isinstance(value, t.PSDecimal):
        return ["D", str(value)]
    if isinstance(value, t.PSByteArray):
        return ["BA", bytes(value).hex()]
    if isinstance(value, t.PSSecureString):
        return ["SS", value.decrypt()]
    if isinstance(value, t.PSGuid):
        return ["G", str(uuid.UUID(int=value.int))]
    if isinstance(value, t.PSVersion):
        return ["Version", str(value)]
    for tag in ("URI", "XD", "SBK", "S"):
        if type(value) is TEXTS[tag]:
            return [tag, str(value)]
    if isinstance(value, t.PSCredential):
        return ["credential", value.UserName, value.Password.decrypt()]
    if isinstance(value, (list, t.PSList)):
        return ["LST", [told(item) for item in value]]
    if isinstance(value, (dict, t.PSDict)):
        return ["DCT", [[told(k), told(v)] for k, v in value.items()]]
    if isinstance(value, str):
        return ["S", str(value)]
    return ["?", type(value).__name__, repr(value)]


def made(value):
    """The value that the tests' words mean."""
    tag, text = value[0], value[1]
    if tag == "Nil":
        return None
    if tag == "B":
        return text == "true"
    if tag == "C":
        return t.PSChar(int(text))
    if tag in NUMBERS:
        return NUMBERS[tag](int(text))
    if tag in TEXTS:
        return TEXTS[tag](text)
    if tag == "Sg":
        return t.PSSingle(struct.unpack(">f", bytes.fromhex(text))[0])
    if tag == "Db":
        return t.PSDouble(struct.unpack(">d", bytes.fromhex(text))[0])
    if tag == "D":
        return t.PSDecimal(text)
    if tag == "BA":
        return t.PSByteArray(bytes.fromhex(text))
    if tag == "SS":
        return t.PSSecureString(text)
    if tag == "G":
        return t.PSGuid(text)
    if tag == "Version":
        return t.PSVersion(text)
    if tag == "LST":
        return t.PSList([made(item) for item in text])
    if tag == "DCT":
        return t.PSDict({made(k): made(v) for k, v in text})
    if tag == "big":
        return "é" * int(text)
    raise ValueError(tag)


class Oracle:
    def __init__(self):
        self.pool = psrpcore.ServerRunspacePool()

    def sent(self, amount=None):
        out = []
        for _ in range(100000):
            payload = self.pool.data_to_send(amount)
            if payload is None:
                return out
            out.append(payload.data.hex())
        raise ValueError("psrpcore has no end of data")

    def receive(self, command):
        pipeline = command.get("pipeline")
        pipeline = uuid.UUID(pipeline) if pipeline else None
        if command.get("first"):
            ServerPipeline(self.pool, pipeline)
        self.pool.receive_data(
            PSRPPayload(bytes.fromhex(command["hex"]), StreamType.default, pipeline)
        )
        events = []
        while True:
            event = self.pool.next_event()
            if event is None:
                break
            events.append(self.event(event))
        return {"events": events, "sent": self.sent(command.get("amount"))}

    def event(self, event):
        kind = type(event).__name__
        out = {"kind": kind, "pipeline": str(event.pipeline_id or "")}
        if kind == "SessionCapabilityEvent":
            out["protocol"] = str(event.protocol_version)
        elif kind == "InitRunspacePoolEvent":
            host = event.host_info
            data = host.HostDefaultData
            out.update(
                min=event.min_runspaces,
                max=event.max_runspaces,
                host=not host.IsHostNull,
                size=[data.BufferSize.Width, data.WindowSize.Height] if data else None,
                title=data.WindowTitle if data else None,
                apartment=event.apartment_state.name,
            )
        elif kind == "ConnectRunspacePoolEvent":
            out.update(min=event.min_runspaces, max=event.max_runspaces)
        elif kind == "CreatePipelineEvent":
            shell = event.pipeline
            out.update(
                noInput=shell.no_input,
                history=shell.add_to_history,
                details=int(shell.remote_stream_options),
                commands=[
                    {
                        "text": command.command_text,
                        "script": command.is_script,
                        "end": command.end_of_statement,
                        "arguments": [[n, told(v)] for n, v in command.parameters],
                    }
                    for command in shell.commands
                ],
            )
            self.pool.pipeline_table[event.pipeline_id].start()
        elif kind == "PipelineInputEvent":
            out["value"] = told(event.data)
        elif kind in ("PipelineHostResponseEvent", "RunspacePoolHostResponseEvent"):
            out.update(
                id=event.ci,
                method=event.method_identifier.name,
                value=told(event.result),
                error=None
                if event.error is None
                else [str(event.error), event.error.CategoryInfo.Category.name],
            )
        return out

    def say(self, command):
        pipeline = self.pool.pipeline_table[uuid.UUID(command["pipeline"])]
        ids = [self.item(pipeline, item) for item in command["items"]]
        return {"sent": self.sent(command.get("amount")), "ids": ids}

    def item(self, to, item):
        what = item["what"]
        if what == "output":
            to.write_output(made(item["value"]))
        elif what == "error":
            to.write_error(
                t.NETException(item["message"]),
                category_info=t.ErrorCategoryInfo(
                    Category=t.ErrorCategory(item["category"]),
                    Activity=item["activity"],
                    Reason=item["reason"],
                    TargetName=item["target"],
                    TargetType="String",
                ),
                fully_qualified_error_id=item["id"],
                error_details=t.ErrorDetails(Message=item["details"], RecommendedAction="wait")
                if item.get("details")
                else None,
                script_stack_trace=item.get("stack"),
            )
        elif what in ("warning", "verbose", "debug"):
            getattr(to, "write_" + what)(item["text"])
        elif what == "information":
            data = item["text"]
            if item.get("host"):
                data = t.PSCustomObject(Message=data, NoNewLine=item["noNewLine"])
            to.write_information(data, item["source"], tags=item["tags"])
        elif what == "progress":
            to.write_progress(
                item["activity"],
                item["id"],
                item["status"],
                current_operation=item.get("operation"),
                parent_activity_id=item["parent"],
                percent_complete=item["percent"],
                record_type=t.ProgressRecordType(1 if item["done"] else 0),
                seconds_remaining=item["left"],
            )
        elif what == "complete":
            to.complete()
            to.close()
        elif what == "stop":
            to.stop()
            to.close()
        elif what == "fail":
            to._change_state(
                t.PSInvocationState.Failed,
                error=t.ErrorRecord(
                    Exception=t.NETException(item["text"]),
                    CategoryInfo=t.ErrorCategoryInfo(),
                    FullyQualifiedErrorId="Fatal",
                ),
            )
            to.close()
        else:
            return self.ask(to, item)
        return None

    def ask(self, to, item):
        host = ServerHostRequestor(to)
        what = item["what"]
        choices = [t.ChoiceDescription(label, help) for label, help in item.get("choices", [])]
        if what == "raw":
            return to.host_call(t.HostMethodIdentifier(item["method"]), item.get("parameters"))
        if what == "prompt":
            fields = [
                t.FieldDescription(
                    Name=f["name"],
                    ParameterTypeName=f["type"].split(".")[-1],
                    ParameterTypeFullName=f["type"],
                    ParameterAssemblyFullName="mscorlib",
                    Label=f["label"],
                    HelpMessage=f["help"],
                    IsMandatory=f["mandatory"],
                )
                for f in item["fields"]
            ]
            return host.prompt(item["caption"], item["message"], fields)
        if what == "credential":
            fixed = t.PSCredentialUIOptions.ReadOnlyUsername if item.get("fixed") else None
            return host.prompt_for_credential(
                item["caption"], item["message"], item["user"], item["target"], options=fixed
            )
        if what == "choice":
            return host.prompt_for_choice(item["caption"], item["message"], choices, item["default"])
        if what == "choices":
            return host.prompt_for_multiple_choice(
                item["caption"], item["message"], choices, item["defaults"]
            )
        if what == "hostProgress":
            return host.write_progress(1, 7, "copying", "half", percent_complete=50)
        return getattr(host, what)(*item.get("parameters", []))

    def of_pool(self, command):
        what = command["what"]
        if what == "broken":
            self.pool.set_broken(
                t.ErrorRecord(
                    Exception=t.NETException(command["text"]),
                    CategoryInfo=t.ErrorCategoryInfo(),
                    FullyQualifiedErrorId="RemoteRunspaceStateInfoReason",
                )
            )
        elif what == "close":
            self.pool.begin_close()
            self.pool._change_state(t.RunspacePoolState.Closed)
        elif what == "requestKey":
            self.pool.request_key()
        elif what == "disconnect":
            self.pool.disconnect()
            self.pool.connect()
        elif what == "item":
            return {"ids": [self.item(self.pool, command["item"])], "sent": self.sent()}
        else:
            raise ValueError(what)
        return {"sent": self.sent(command.get("amount"))}


def main():
    oracle = Oracle()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["do"] == "new":
                oracle = Oracle()
                answer = {}
            else:
                does = {"receive": oracle.receive, "say": oracle.say, "pool": oracle.of_pool}
                answer = does[command["do"]](command)
        except Exception as error:  # noqa: BLE001: the test shows it
            answer = {"failed": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
