"""CLIXML as seen by psrpcore, which others wrote.

A JSON request on each line of standard input, a JSON answer on each line of standard output:

{"read": [XML, ..]}          -> [DESCRIPTION or {"error": ..}, ..]: what psrpcore reads
{"make": N, "seed": SEED}    -> [[XML, DESCRIPTION], ..]: what psrpcore writes for N random values

A description is [TAG, TEXT] for a primitive, with the element's name as TAG and its value as a text
that has one form only; ["Nil", ""]; and for an object {"types", "words", "body", "adapted",
"extended"}: type names without Deserialized., ToString or null, null or a primitive or
["LST", [..]] or ["DCT", [[KEY, VALUE], ..]], and properties as [[NAME, VALUE], ..].

What psrpcore is known to do otherwise than MS-PSRP and .NET, and what therefore is not made here:
- ToString and type names are written without escapes, type names are read without (2.2.5.3.2 has
  them for every string; .NET's serialiser does it).
- A high surrogate from U+D900 on that stands alone is not escaped.
- A duration loses zeros at the end of its seconds (10 s are written as PT1S).
- Years before 1000 are written with fewer than four digits.
- Not-a-number is written NAN; XML Schema and .NET know only NaN.
- A decimal may be written with an exponent, which xs:decimal does not have.
- Two objects that Python calls equal are written as one and a reference, whatever they are.
"""

import base64
import datetime
import enum
import json
import math
import queue
import random
import re
import struct
import sys
import uuid
from xml.etree import ElementTree

from psrpcore import types as ps
from psrpcore.types import PSCryptoProvider, PSNoteProperty
from psrpcore.types import deserialize, serialize


class Plain(PSCryptoProvider):
    """What is sealed stays as it is."""

    def decrypt(self, value):
        return value

    def encrypt(self, value):
        return value


# --- descriptions ---------------------------------------------------------------------------


def text(value):
    """A string, with U+FFFD for surrogates that stand alone: Rust's strings have none."""
    pairs = str(value).encode("utf-16-le", "surrogatepass")
    return pairs.decode("utf-16-le", "replace")


def single(value):
    return "NaN" if math.isnan(value) else struct.pack(">f", value).hex()


def double(value):
    return "NaN" if math.isnan(value) else struct.pack(">d", value).hex()


def date(value):
    """Clock, ticks of the second, and the zone in minutes."""
    ticks = value.microsecond * 10 + getattr(value, "nanosecond", 0) // 100
    offset = value.utcoffset()
    zone = "none" if offset is None else str(int(offset.total_seconds()) // 60)
    clock = (value.year, value.month, value.day, value.hour, value.minute, value.second)
    return " ".join(str(part) for part in (*clock, ticks, zone))


def ticks(value):
    whole = value // datetime.timedelta(microseconds=1)
    return str(whole * 10 + getattr(value, "nanoseconds", 0) // 100)


TAGS = {
    ps.PSString: ("S", text),
    ps.PSChar: ("C", lambda v: str(int(v))),
    ps.PSByte: ("By", lambda v: str(int(v))),
    ps.PSSByte: ("SB", lambda v: str(int(v))),
    ps.PSUInt16: ("U16", lambda v: str(int(v))),
    ps.PSInt16: ("I16", lambda v: str(int(v))),
    ps.PSUInt: ("U32", lambda v: str(int(v))),
    ps.PSInt: ("I32", lambda v: str(int(v))),
    ps.PSUInt64: ("U64", lambda v: str(int(v))),
    ps.PSInt64: ("I64", lambda v: str(int(v))),
    ps.PSSingle: ("Sg", single),
    ps.PSDouble: ("Db", double),
    ps.PSDecimal: ("D", lambda v: format(v, "f")),
    ps.PSDateTime: ("DT", date),
    ps.PSDuration: ("TS", ticks),
    ps.PSByteArray: ("BA", lambda v: base64.b64encode(v).decode()),
    ps.PSGuid: ("G", str),
    ps.PSUri: ("URI", text),
    ps.PSVersion: ("Version", str),
    ps.PSXml: ("XD", text),
    ps.PSScriptBlock: ("SBK", text),
    ps.PSSecureString: ("SS", str),
}


def primitive(value):
    """The description of a primitive without its properties, or None."""
    if value is None:
        return ["Nil", ""]
    if isinstance(value, bool):
        return ["B", str(value).lower()]
    if type(value) in TAGS:
        tag, form = TAGS[type(value)]
        return [tag, form(value)]
    return None


def bare(name):
    """psrpcore puts a Deserialized. in front of those that are there."""
    return re.sub(r"^(Deserialized\.)+", "", text(name))


def words(meta):
    """ToString as it was read: the property itself falls back to Python's."""
    return None if meta._to_string is None else text(meta._to_string)


def body(value):
    if isinstance(value, dict):
        return ["DCT", [[described(k), described(v)] for k, v in value.items()]]
    if isinstance(value, queue.Queue):
        return ["QUE", [described(item) for item in list(value.queue)]]
    if isinstance(value, list):
        kinds = {ps.PSStack: "STK", ps.PSIEnumerable: "IE"}
        tag = next((tag for kind, tag in kinds.items() if isinstance(value, kind)), "LST")
        return [tag, [described(item) for item in value]]
    return primitive(value)


def described(value):
    """The description of what psrpcore has read. It keeps no note of whether a primitive was an
    object's, so one counts as an object when it has anything that only an object has."""
    if isinstance(value, ps.ProgressRecord):
        return progress(value)
    if isinstance(value, enum.Enum):
        return enumeration(value)
    meta = getattr(value, "PSObject", None)
    plain = primitive(value)
    if plain is not None:
        own = type(value).PSObject.type_names if meta else []
        bare_primitive = (
            meta is None
            or not meta.adapted_properties
            and not meta.extended_properties
            and meta.type_names == own
            and words(meta) is None
        )
        if bare_primitive:
            return plain
    return {
        "types": [bare(name) for name in meta.type_names],
        "words": words(meta),
        "body": body(value),
        "adapted": [[text(p.name), described(p.get_value(value))] for p in meta.adapted_properties],
        "extended": [[text(p.name), described(p.get_value(value))] for p in meta.extended_properties],
    }


def progress(record):
    current = record.CurrentOperation
    return {
        "types": ["System.Management.Automation.ProgressRecord"],
        "words": None,
        "body": None,
        "adapted": [
            ["Activity", ["S", text(record.Activity)]],
            ["ActivityId", ["I32", str(int(record.ActivityId))]],
            ["CurrentOperation", ["Nil", ""] if current is None else ["S", text(current)]],
            ["ParentActivityId", ["I32", str(int(record.ParentActivityId))]],
            ["PercentComplete", ["I32", str(int(record.PercentComplete))]],
            ["Type", ["S", record.RecordType.name]],
            ["SecondsRemaining", ["I32", str(int(record.SecondsRemaining))]],
            ["StatusDescription", ["S", text(record.StatusDescription)]],
        ],
        "extended": [],
    }


def enumeration(value):
    return {
        "types": [*ps.ConsoleColor.PSObject.type_names],
        "words": value.name,
        "body": ["I32", str(int(value))],
        "adapted": [],
        "extended": [],
    }


# --- random values --------------------------------------------------------------------------

PIECES = [
    "a", "x", "X", "_", "_x", "_X", "_x0041_", "_x005F_", "_X000a_", "000D", "x000A_", " ", "\t", "\r",
    "\n", "\0", "\x1b", "\x7f", "\x85", "\x9f", "<", ">", "&", "'", '"', "]]>", "&amp;", "é", "ß",
    "\u4e2d", "\ue000", "\ufffd", "😀", "\U0010ffff", "\ud83d", "\ude00", "\udfff",
]


class Maker:
    """Values with their descriptions, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0

    def string(self):
        return "".join(self.random.choices(PIECES, k=self.random.randrange(10)))

    def whole(self, kind):
        edges = [kind.MinValue, kind.MaxValue, 0, 1]
        anything = self.random.randint(kind.MinValue, kind.MaxValue)
        return kind(self.random.choice([*edges, anything, anything]))

    def float(self, width):
        while True:
            bits = self.random.getrandbits(width * 8).to_bytes(width, "big")
            (value,) = struct.unpack(">f" if width == 4 else ">d", bits)
            if not math.isnan(value):
                return value

    def date(self):
        zone = self.random.choice([None, datetime.timezone.utc, "offset"])
        if zone == "offset":
            minutes = self.random.choice([60, 330, -570, 840, -1])
            zone = datetime.timezone(datetime.timedelta(minutes=minutes))
        return ps.PSDateTime(
            self.random.randint(1000, 9999), self.random.randint(1, 12), self.random.randint(1, 28),
            self.random.randrange(24), self.random.randrange(60), self.random.randrange(60),
            self.random.choice([0, 5, 120000, 999999, self.random.randrange(1000000)]),
            tzinfo=zone, nanosecond=self.random.choice([0, 100, 900]),
        )

    def duration(self):
        seconds = self.random.randrange(1, 60)
        if seconds % 10 == 0:
            seconds += 1
        sign = self.random.choice([1, -1])
        days = self.random.choice([0, 1, self.random.randrange(10_000_000)])
        return ps.PSDuration(
            days=sign * days, hours=sign * self.random.randrange(24),
            minutes=sign * self.random.randrange(60), seconds=sign * seconds,
            microseconds=sign * self.random.choice([0, 0, self.random.randrange(1_000_000)]),
        )

    def decimal(self):
        digits = str(self.random.randrange(10 ** self.random.randint(1, 20)))
        places = self.random.randrange(6)
        return ps.PSDecimal(digits if not places else f"{digits}.{digits[:places]}")

    def primitive(self):
        numbers = [
            ps.PSByte, ps.PSSByte, ps.PSUInt16, ps.PSInt16, ps.PSUInt, ps.PSInt, ps.PSUInt64, ps.PSInt64,
        ]
        return self.random.choice([
            lambda: None,
            lambda: self.random.choice([True, False]),
            lambda: ps.PSString(self.string()),
            lambda: ps.PSString(self.string()),
            lambda: ps.PSChar(self.random.randrange(65536)),
            lambda: self.whole(self.random.choice(numbers)),
            lambda: ps.PSSingle(self.float(4)),
            lambda: ps.PSDouble(self.float(8)),
            self.decimal,
            self.date,
            self.duration,
            lambda: ps.PSByteArray(self.random.randbytes(self.random.randrange(20))),
            lambda: ps.PSGuid(str(uuid.UUID(int=self.random.getrandbits(128)))),
            lambda: ps.PSUri("http://kestrel.lan/" + self.string()),
            lambda: ps.PSVersion(".".join(
                str(self.random.randrange(10000)) for _ in range(self.random.randint(2, 4)))),
            lambda: ps.PSXml("<a>" + self.string() + "</a>"),
            lambda: ps.PSScriptBlock(self.string()),
            lambda: ps.PSSecureString(
                base64.b64encode(self.random.randbytes(16)).decode(), cipher=Plain()),
        ])()

    def types(self):
        self.count += 1
        return [f"Kestrel.Type{self.random.randrange(20)}", "System.Object"]

    def members(self, depth):
        made = []
        for n in range(self.random.randrange(4)):
            value, description = self.value(depth - 1)
            made.append((PSNoteProperty(f"{n}{self.string()}", value), description))
        return made

    def value(self, depth):
        """A value and its description."""
        if depth <= 0 or self.random.random() < 0.5:
            value = self.primitive()
            return value, primitive(value)
        kind = self.random.choice(["LST", "IE", "STK", "QUE", "DCT", "object", "enum", "PR", "extended"])
        if kind == "PR":
            return self.progress()
        if kind == "enum":
            return self.enum()
        if kind == "extended":
            return self.extended(depth)
        types = self.types()
        description = {"types": types, "words": None, "body": None}
        if kind in ("LST", "IE", "STK", "QUE"):
            value = {"LST": ps.PSList, "IE": ps.PSIEnumerable, "STK": ps.PSStack, "QUE": ps.PSQueue}[kind]()
            items = [self.value(depth - 1) for _ in range(self.random.randrange(4))]
            for item, _ in items:
                value.put(item) if kind == "QUE" else value.append(item)
            description["body"] = [kind, [d for _, d in items]]
        elif kind == "DCT":
            value = ps.PSDict()
            entries = []
            for n in range(self.random.randrange(4)):
                key = ps.PSString(f"{n}{self.string()}") if self.random.random() < 0.7 else ps.PSInt(n)
                inner, inner_description = self.value(depth - 1)
                value[key] = inner
                entries.append([primitive(key), inner_description])
            description["body"] = ["DCT", entries]
        else:
            value = ps.PSObject()
            if self.random.random() < 0.5:
                description["words"] = f"words of {self.count}"
                value.PSObject.to_string = description["words"]
        value.PSObject.type_names = list(types)
        for place in ("adapted", "extended"):
            made = self.members(depth) if kind == "object" else []
            getattr(value.PSObject, f"{place}_properties").extend(p for p, _ in made)
            description[place] = [[text(p.name), d] for p, d in made]
        return value, description

    def progress(self):
        record = ps.ProgressRecord(
            ActivityId=self.random.randrange(9), Activity="a" + self.string(),
            StatusDescription="s" + self.string(),
            CurrentOperation=self.random.choice([None, "c" + self.string()]),
            ParentActivityId=-1, PercentComplete=self.random.randrange(101),
            RecordType=self.random.choice(list(ps.ProgressRecordType)), SecondsRemaining=-1,
        )
        return record, progress(record)

    def enum(self):
        value = self.random.choice(list(ps.ConsoleColor))
        return value, enumeration(value)

    def extended(self, depth):
        """A primitive with properties; each is of another value."""
        self.count += 1
        value = self.random.choice([
            lambda: ps.PSString(f"{self.count} {self.string()}"),
            lambda: ps.PSInt64(self.count * 1_000_000_007),
        ])()
        inner, description = self.value(depth - 1)
        value.PSObject.extended_properties.append(PSNoteProperty("PSPath", inner))
        return value, {
            "types": [], "words": None, "body": primitive(value),
            "adapted": [], "extended": [["PSPath", description]],
        }


# --- requests -------------------------------------------------------------------------------


def read(xml):
    try:
        return described(deserialize(ElementTree.fromstring(xml), Plain()))
    except Exception as error:  # Whatever it says is an answer, too.
        return {"error": f"{type(error).__name__}: {error}"}


def make(count, seed):
    made = []
    for n in range(count):
        value, description = Maker(f"{seed} {n}").value(4)
        xml = ElementTree.tostring(serialize(value, Plain()), encoding="unicode")
        made.append([xml, description])
    return made


def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "make" in request:
            answer = make(request["make"], request["seed"])
        else:
            answer = [read(xml) for xml in request["read"]]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
