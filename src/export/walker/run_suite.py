"""Runs a suite with allowed outcomes (zdc suite --outcomes --output FILE) on an adapter: run_suite.py FILE COMMAND.

Exit code: 0 if every case that the adapter can execute conforms, 1 if one does not, 2 for wrong usage.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any, Dict, List

from walk import first_mismatch

# The time that the adapter has for a case, in seconds.
TIME_LIMIT = 10


class Adapter:
    """An adapter that is started again after it has ended or was silent for too long."""

    def __init__(self, command: str, suite: str) -> None:
        self.command, self.suite = command, suite
        self.start()

    def start(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(self.command, shell=True, stdin=pipe, stdout=pipe, start_new_session=True)
        self.hello = self.ask({"type": "hello", "protocol": 1, "suite": self.suite})

    def ask(self, request: Dict[str, Any]) -> Dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        limit = threading.Timer(TIME_LIMIT, self.kill)
        limit.start()
        try:
            self.process.stdin.write(f"{json.dumps(request)}\n".encode())
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            limit.cancel()
        reply: Dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        return reply

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def failure_of(adapter: Adapter, number: int, table: Dict[str, Any]) -> str:
    """The reason why a case does not conform; empty if it does."""
    reply = adapter.ask({"type": "case", "id": number, **table["case"]})
    if (reply.get("type"), reply.get("id")) != ("observations", number):
        adapter.kill()
        adapter.start()
        return f"no observations: {json.dumps(reply)}"
    if len(reply["observations"]) != len(table["steps"]):
        return "not an observation for each step"
    return first_mismatch(table, reply["observations"], set(adapter.hello["capabilities"])) or ""


def main(arguments: List[str]) -> int:
    if len(arguments) != 2:
        print("usage: run_suite.py FILE COMMAND", file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as lines:
        tables = [json.loads(line) for line in lines]
    cases = [table for table in tables if "omitted" not in table]
    if not cases:
        print("the file has no cases", file=sys.stderr)
        return 2
    adapter = Adapter(arguments[1], cases[0]["suite"])
    run, failed = 0, 0
    for number, table in enumerate(cases):
        is_declared = set(table["needs"]) <= set(adapter.hello["capabilities"])
        if not is_declared or table["case"]["profile"] not in adapter.hello["profiles"]:
            continue
        run += 1
        failure = failure_of(adapter, number, table)
        if failure:
            failed += 1
            print(f"FAIL {table['title']}: {failure}")
    adapter.kill()
    skipped, omitted = len(cases) - run, len(tables) - len(cases)
    print(f"{run} cases run, {failed} failed, {skipped} not for this adapter, {omitted} without outcomes")
    return 1 if failed or not run else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
