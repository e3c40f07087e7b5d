import json
import os
import signal
import subprocess
import unittest
from typing import List

from table import TABLE
from walk import first_mismatch

# The time that the adapter has for the whole case, in seconds.
TIME_LIMIT = 10


class Conformance(unittest.TestCase):
    maxDiff = None

    def test_case(self) -> None:
        command = os.environ.get("ZDC_TARGET", "")
        self.assertNotEqual(command, "", "set ZDC_TARGET to the command that starts your adapter")
        lines = converse(command)
        self.assertGreaterEqual(len(lines), 2, "the adapter ended, or was silent for too long")
        hello, reply = json.loads(lines[0]), json.loads(lines[1])
        self.assertIn(TABLE["case"]["profile"], hello["profiles"])
        self.assertEqual([], [need for need in TABLE["needs"] if need not in hello["capabilities"]], "not declared")
        self.assertEqual(("observations", 0), (reply["type"], reply["id"]), reply)
        self.assertEqual(len(reply["observations"]), len(TABLE["steps"]), "an observation for each step")
        mismatch = first_mismatch(TABLE, reply["observations"], set(hello["capabilities"]))
        self.assertIsNone(mismatch, TABLE["title"])


def converse(command: str) -> List[str]:
    """Starts the adapter, sends hello and the case, and returns its replies. It ends when its input does."""
    requests = [
        {"type": "hello", "protocol": 1, "suite": TABLE["suite"]},
        {"type": "case", "id": 0, **TABLE["case"]},
    ]
    text = "".join(f"{json.dumps(request)}\n" for request in requests).encode()
    pipe = subprocess.PIPE
    adapter = subprocess.Popen(command, shell=True, stdin=pipe, stdout=pipe, start_new_session=True)
    try:
        output = adapter.communicate(text, timeout=TIME_LIMIT)[0]
    except subprocess.TimeoutExpired:
        # The adapter leads a process group of its own.
        os.killpg(adapter.pid, signal.SIGKILL)
        output = adapter.communicate()[0]
    return output.decode("utf-8", "replace").split("\n")[:-1]


if __name__ == "__main__":
    unittest.main()
