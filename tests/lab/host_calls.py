"""Questions of a running pipeline to the client's host (MS-PSRP 2.2.3.17), for winrm_lab.py.

PowerShell's own cmdlets ask like this, and so do the scripts of BUILTIN:
    Read-Host                  ReadLine or ReadLineAsSecureString
    Read-Host 'X'              Prompt with one field of that name
    a missing parameter        Prompt with caption, message and a field for each
    Get-Credential             PromptForCredential1
    -Confirm                   PromptForChoice
A secret that comes back is never shown: scripts tell its length and the SHA-256 of its UTF-8 text.
"""
from __future__ import annotations

import hashlib
import time
import typing as t

import psrpcore
import psrpcore.types as pst

PATIENCE = 120.0  # seconds a question stays open
ENDS = ("&Yes", "Yes to &All", "&No", "No to A&ll", "&Suspend")
HELP = (
    "Continue with only the next step of the operation.",
    "Continue with all the steps of the operation.",
    "Skip this operation and proceed with the next operation.",
    "Skip this operation and all subsequent operations.",
    "Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.",
)


class Refused(Exception):
    """The client's host did not do what was asked of it; in its words."""


def field(name: str, kind: str = "System.String", label: str = "", help: str = "", mandatory: bool = True) -> pst.FieldDescription:
    """One field of a prompt; kind is a .NET type."""
    return pst.FieldDescription(
        Name=name, ParameterTypeName=kind.rsplit(".", 1)[-1], ParameterTypeFullName=kind,
        ParameterAssemblyFullName="mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089",
        Label=label, HelpMessage=help, IsMandatory=mandatory,
    )


def told(value: t.Any) -> str:
    """An answer as a line of output."""
    if isinstance(value, pst.PSSecureString):
        text = value.decrypt()
        return f"secret of {len(text)}, sha256 {hashlib.sha256(text.encode()).hexdigest()}"
    if isinstance(value, pst.PSObject) and getattr(value, "UserName", None) is not None:
        return f"{value.UserName}: {told(value.Password)}"
    return "nothing" if value is None else str(value)


class HostCalls:
    """The part of a PsRun that asks; needs `shell` (cond, pool, answers, pump), `pipeline`, `check`, `need_key`."""

    def call(self, ask: t.Callable[[t.Any], t.Optional[int]], secret: bool = False, pool: bool = False) -> t.Any:
        """Sends one host call and waits for its answer; None at once for a method without one."""
        shell = self.shell
        if secret and shell.server.faults.ask_key:
            self.need_key()
        with shell.cond:
            self.check()
            number = ask(psrpcore.ServerHostRequestor(shell.pool if pool else self.pipeline))
            shell.pump()
            shell.cond.notify_all()
            if number is None or number < 0:
                return None
            deadline = time.monotonic() + PATIENCE
            while number not in shell.answers:
                self.check()
                if time.monotonic() > deadline:
                    raise Refused("nobody answered")
                shell.cond.wait(1.0)
            event = shell.answers.pop(number)
        if event.error is not None:
            raise Refused(str(event.error))
        return event.result

    def read_line(self) -> str:
        return self.call(lambda host: host.read_line())

    def read_secure(self) -> pst.PSSecureString:
        return self.call(lambda host: host.read_line_as_secure_string(), secret=True)

    def prompt(self, fields: t.List[pst.FieldDescription], caption: str = "", message: str = "") -> t.Dict[str, t.Any]:
        secret = any("Secure" in f.ParameterTypeName or "Credential" in f.ParameterTypeName for f in fields)
        return dict(self.call(lambda host: host.prompt(caption, message, fields), secret=secret))

    def credential(self, user: str = "", message: str = "Enter your credentials.") -> t.Any:
        caption = "Windows PowerShell credential request"
        return self.call(lambda host: host.prompt_for_credential(caption, message, user, ""), secret=True)

    def choice(self, message: str, choices: t.Sequence[t.Tuple[str, str]], default: int, caption: str = "Confirm") -> int:
        described = [pst.ChoiceDescription(Label=label, HelpMessage=help) for label, help in choices]
        return int(self.call(lambda host: host.prompt_for_choice(caption, message, described, default)))

    def choices(self, message: str, choices: t.Sequence[t.Tuple[str, str]], defaults: t.List[int], caption: str = "") -> t.List[int]:
        described = [pst.ChoiceDescription(Label=label, HelpMessage=help) for label, help in choices]
        return [int(n) for n in self.call(lambda host: host.prompt_for_multiple_choice(caption, message, described, defaults))]


def lab_ask(run: t.Any, rest: str) -> None:
    run.output(told(run.prompt([field(rest)])[rest] if rest else run.read_line()))


def lab_ask_secret(run: t.Any, rest: str) -> None:
    run.output(told(run.prompt([field(rest, "System.Security.SecureString")])[rest] if rest else run.read_secure()))


def lab_fields(run: t.Any, rest: str) -> None:
    fields = [field("Identity", help="The user."), field("Pin", "System.Security.SecureString", label="&Pin"), field("Count", "System.Int32", mandatory=False)]
    got = run.prompt(fields, "cmdlet Set-LabUser at command pipeline position 1", "Supply values for the following parameters:")
    for name, value in got.items():
        run.output(f"{name}: {told(value)}")


def lab_credential(run: t.Any, rest: str) -> None:
    run.output(told(run.credential(rest)))


def lab_confirm(run: t.Any, rest: str) -> None:
    what = rest or "pool01.kestrel.lan"
    got = run.choice(f'Performing the operation "Remove-LabPool" on target "{what}".', list(zip(ENDS, HELP)), 0)
    run.output(f"chosen: {got} {ENDS[got].replace('&', '')}")


def lab_choices(run: t.Any, rest: str) -> None:
    names = [("&Registrar", "Signs users in."), ("&Edge", "Lets the outside in."), ("&Mediation", "")]
    got = run.choices("Which services?", names, [0, 2])
    run.output("chosen: " + ", ".join(names[n][0].replace("&", "") for n in got))


def lab_host_write(run: t.Any, rest: str) -> None:
    run.call(lambda host: host.write("no line end "))
    run.call(lambda host: host.write_line("plain"))
    run.call(lambda host: host.write_line("coloured", pst.ConsoleColor.Green, pst.ConsoleColor.Black))
    run.call(lambda host: host.write_error_line("an error line"))
    run.call(lambda host: host.write_warning_line("a warning line"))
    run.call(lambda host: host.write_verbose_line("a verbose line"))
    run.call(lambda host: host.write_debug_line("a debug line"))
    run.call(lambda host: host.write_progress(1, 0, "copying", "half"))
    run.call(lambda host: host.write_line("from the pool"), pool=True)
    run.output("written")


def lab_host_unknown(run: t.Any, rest: str) -> None:
    """A method that no console without a screen buffer has: ReadKey."""
    run.output(told(run.call(lambda host: host.read_key())))


BUILTIN: t.Dict[str, t.Callable[[t.Any, str], None]] = {
    "lab-ask": lab_ask, "lab-ask-secret": lab_ask_secret, "lab-fields": lab_fields, "lab-credential": lab_credential,
    "lab-confirm": lab_confirm, "lab-choices": lab_choices, "lab-host-write": lab_host_write, "lab-host-unknown": lab_host_unknown,
}
