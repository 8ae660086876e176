"""What the PowerShell grammar of the package vetter sees in a command.

Standard input: a JSON string with a command on each line. Standard output: a JSON value for each,
in order: {"name": .., "elements": [..]} for a text that is one command, else {"error": ..}.

An element is {"parameter": NAME}, {"strings": [..]} for a string or an array of them,
{"table": [[KEY, [..]], ..]}, or {"word": ..} for a number, a variable and whatever else has no
quotes. Strings are unquoted by vetter's own functions: nothing here knows PowerShell's quotes.

Known faults of the grammar, as far as these commands come near them: of two different quotes in a
row within a string it keeps the first where PowerShell keeps the second (csdeck always doubles the
same one), and outside of strings it takes neither U+0085 nor U+2003 for a blank (csdeck writes
only U+0020 there).
"""

import json
import signal
import sys

import zgram
from vetter.shells.powershell import syntax

# How long one command may take, in seconds; it takes well under a millisecond.
PATIENCE = 30


class NotOurs(Exception):
    """The text is something else than one command with constants."""


def only(node, rule=None):
    """The one child of a node."""
    children = list(node.children())
    if len(children) != 1 or rule not in (None, children[0].rule()):
        raise NotOurs(f"{node.rule()} with {[child.rule() for child in children]}")
    return children[0]


def strings(nodes):
    """The values of strings in a row, or of an empty array."""
    nodes = list(nodes)
    if [node.rule() for node in nodes] == ["array_expr"]:
        if list(only(nodes[0], "statements").children()):
            raise NotOurs("an array that is not empty")
        return []
    for node in nodes:
        if node.rule() != "sq_string":
            raise NotOurs(f"{node.rule()} instead of a string")
    return [syntax.sq_value(node.text()) for node in nodes]


def entry(node):
    """A key with its strings."""
    key, statement = node.children()
    if key.rule() not in ("sq_string", "name_chars"):
        raise NotOurs(f"a key that is {key.rule()}")
    name = syntax.sq_value(key.text()) if key.rule() == "sq_string" else key.text()
    expression = only(only(only(statement, "pipeline"), "pipe"), "expression")
    values = []
    for n, part in enumerate(expression.children()):
        if n % 2 == 0:
            values.append(only(only(part, "postfix_expr")))
        elif (part.rule(), part.text()) != ("binop", ","):
            raise NotOurs(f"{part.text()} between values")
    return [name, strings(values)]


def argument(node):
    """The value of an argument."""
    children = list(node.children())
    if len(children) == 1:
        inner = children[0]
        if inner.rule() == "postfix_expr_arg":
            inner = only(inner)
        if inner.rule() == "hashtable":
            return {"table": [entry(child) for child in inner.children()]}
        if inner.rule() in ("number", "bareword", "variable"):
            return {"word": inner.text()}
        children = [inner]
    return {"strings": strings(children)}


def elements(node):
    """Parameters and values in order; what hangs on a parameter by a colon comes behind it."""
    if node.rule() == "argument":
        yield argument(node)
    elif node.rule() == "parameter":
        name, *values = node.children()
        yield {"parameter": name.text()}
        for value in values:
            yield argument(value)
    else:
        raise NotOurs(f"{node.rule()}: {node.text()}")


def seen(text):
    """The one command that a text is."""
    statement = only(only(syntax.PS.parse(text), "statements"), "statement")
    command = only(only(only(statement, "pipeline"), "pipe"), "command")
    if command.text() != text:
        raise NotOurs(f"a command and something around it: {command.text()}")
    name, *rest = command.children()
    if name.rule() != "cmd_name":
        raise NotOurs(f"a name that is {name.rule()}")
    return {
        "name": syntax.literal_word(name.text()),
        "elements": [element for node in rest for element in elements(node)],
    }


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        # Deep brackets that stand in no string can keep the grammar busy for ever. Then the
        # signal ends this, and the test says at which command.
        if hasattr(signal, "alarm"):
            signal.alarm(PATIENCE)
        try:
            answer = seen(json.loads(line))
        except (NotOurs, zgram.ParseError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
