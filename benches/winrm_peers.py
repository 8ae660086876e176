"""The same work by pypsrp and pywinrm, for benches/winrm.rs. Prints JSON: seconds of each run, and CPU seconds.

    winrm_peers.py pypsrp|pywinrm warm|new|big PORT USER PASSWORD COUNT TEXT
"""
import json
import resource
import sys
import time
import warnings

warnings.simplefilter("ignore")


def pypsrp(kind, port, user, password, text):
    from pypsrp.powershell import PowerShell, RunspacePool
    from pypsrp.wsman import WSMan

    def client():
        return WSMan("127.0.0.1", port=port, username=user, password=password, ssl=False, auth="negotiate", encryption="always")

    def run(pool):
        output = PowerShell(pool).add_script(text).invoke()
        assert output, "no output"

    if kind == "new":

        def once():
            with RunspacePool(client()) as pool:
                run(pool)

        return once
    pool = RunspacePool(client())
    pool.open()
    return lambda: run(pool)


def pywinrm(kind, port, user, password, text):
    import winrm

    session = winrm.Session(f"http://127.0.0.1:{port}/wsman", auth=(user, password), transport="ntlm", message_encryption="always")

    def once():  # a new shell each time: there is no other way
        assert session.run_ps(text).std_out, "no output"

    return once


def main():
    tool, kind, port, user, password, count, text = sys.argv[1:]
    once = {"pypsrp": pypsrp, "pywinrm": pywinrm}[tool](kind, int(port), user, password, text)
    once()
    times = []
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(int(count)):
        began = time.perf_counter()
        once()
        times.append(time.perf_counter() - began)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(json.dumps({"times": times, "cpu": cpu, "peak": after.ru_maxrss * 1024}))


main()
