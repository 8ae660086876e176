#!/usr/bin/env python3
"""Write reference.txt, the catalogue that is part of the program, from the extracted facts.

Usage: generate.py cmdlets.json > reference.txt

The input is a JSON list of cmdlets with parameters, types, parameter sets and products, taken from
the reference pages of MicrosoftDocs/office-docs-powershell (see NOTICE). The output is one line a
cmdlet, parameter and parameter set; its format is described in its own head and read by parse.rs.
"""

import json
import sys

PRODUCTS = ["L2010", "L2013", "S2015", "S2019", "E2010", "E2013", "E2016", "E2019", "ESE"]
COMMON = {"WhatIf": "wi", "Confirm": "cf"}

HEAD = """\
# What Microsoft's reference says of every cmdlet: facts only, no text of the documentation.
# Source: {source}, commit {commit}, CC-BY-4.0.
# Made by generate.py. Fields are separated by |, trailing empty ones are left out.
#   C name|products|flags|default parameter set
#     products  a letter each: {letters}
#     flags     W: has -WhatIf and -Confirm in every set; X: Exchange Management Shell
#   P name|type|pipeline|products|aliases|values
#     type      empty: SwitchParameter
#     pipeline  v: by value, n: by property name
#     products  empty: as the cmdlet; - : none of those above (an online service only)
#     aliases   separated by commas
#     values    accepted values, separated by commas; a trailing ... : the list is not complete
#   S name|members
#     members   index of each parameter, from 0; ! required, @N position from 0
"""


def products(codes):
    return "".join(chr(ord("A") + n) for n, code in enumerate(PRODUCTS) if code in codes)


def line(kind, *fields):
    for field in fields:
        assert "|" not in field and "\n" not in field, field
    print(kind + " " + "|".join(fields).rstrip("|"))


def in_every_set(cmdlet, name):
    return all(any(m["name"] == name for m in s["parameters"]) for s in cmdlet["parameterSets"])


def values_of(parameter, enum_types):
    if "acceptedValues" in parameter:
        open_list = parameter["acceptedValuesFrom"] == "hand-open-list"
        values = parameter["acceptedValues"]
    else:
        # The same type elsewhere in the reference: a hint, complete or not.
        open_list = True
        values = enum_types.get(parameter["type"], {}).get("values", [])
    # Words that only say what null means there are no enumerators.
    if parameter["type"] in ("Boolean", "MultiValuedProperty") and any(v.startswith("$") for v in values):
        return ""
    return ",".join(values) + (",..." if values and open_list else "")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    meta = data["meta"]
    letters = " ".join(f"{chr(ord('A') + n)} {code}" for n, code in enumerate(PRODUCTS))
    print(HEAD.format(source=meta["source"], commit=meta["commit"], letters=letters), end="")
    for cmdlet in sorted(data["cmdlets"], key=lambda c: c["name"].lower()):
        common = cmdlet["supportsShouldProcess"] and all(in_every_set(cmdlet, n) for n in COMMON)
        flags = ("W" if common else "") + ("X" if "ExchangeManagementShell" in cmdlet["modules"] else "")
        default = next((s["name"] for s in cmdlet["parameterSets"] if s["default"]), "")
        line("C", cmdlet["name"], products(cmdlet["products"]), flags, default)
        parameters = [p for p in cmdlet["parameters"] if not (common and p["name"] in COMMON)]
        index = {p["name"]: n for n, p in enumerate(parameters)}
        for p in parameters:
            pipeline = ("v" if "ByValue" in p.get("pipeline", "") else "") + (
                "n" if "bypropertyname" in p.get("pipeline", "").lower() else "")
            own = ""
            if "products" in p:
                own = products(p["products"])
                own = "-" if not own else "" if own == products(cmdlet["products"]) else own
            kind = "" if p["type"] == "SwitchParameter" else p["type"]
            line("P", p["name"], kind, pipeline, own, ",".join(p.get("aliases", [])),
                 values_of(p, data["enumTypes"]))
        outside = [p["name"] for p in parameters if p.get("notInSyntax")]
        for s in cmdlet["parameterSets"]:
            members = []
            for m in s["parameters"]:
                if m["name"] in index:
                    position = f"@{m['position']}" if "position" in m else ""
                    members.append(f"{index[m['name']]}{'!' if m['required'] else ''}{position}")
            # The page describes them but its syntax block leaves them out: possible in every set.
            members += [str(index[name]) for name in outside]
            line("S", s["name"], " ".join(members))


main()
