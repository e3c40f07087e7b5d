#!/usr/bin/env python3
"""A skeleton of an adapter for zone-device-conformance. MIT; standard library only; copy it and change it.

It answers hello, executes the core on a table in memory, and answers every other command with "unsupported". Replace the
methods of World by calls of your implementation, and declare each capability that you add.

    npx zone-device-conformance doctor --target "stdio:python3 adapter.py"
"""

import json
import sys

NAME = "my-memory"
PROFILES = ["linux-6.12"]
CAPABILITIES = []  # Add "fork" once fork works, and so on.


class World:
    """The world of one case: process 0 is alive, no page is mapped, the device is empty."""

    def __init__(self, scope):
        self.free_frames = scope["frames"]
        self.pages = {}  # (process, page) -> [value, on the device, protection]

    def spawn(self, process):
        return "ok"

    def exit(self, process):
        for place in [place for place in self.pages if place[0] == process]:
            self.unmap(*place)
        return "ok"

    def map(self, process, page, kind, protection):
        if kind != "private":
            return "unsupported"
        self.pages[process, page] = [0, False, protection]
        return "ok"

    def unmap(self, process, page):
        if self.pages.pop((process, page))[1]:
            self.free_frames += 1
        return "ok"

    def load(self, process, page):
        cell = self.pages.get((process, page))
        if cell is None or cell[2] == "none":
            return "SIGSEGV"
        self.move(cell, False)  # page_fault: a page on the device migrates back.
        return cell[0]

    def store(self, process, page, value):
        cell = self.pages.get((process, page))
        if cell is None or cell[2] != "write":
            return "SIGSEGV"
        self.move(cell, False)
        cell[0] = value
        return "ok"

    def migrate_to_device(self, process, page, count):
        return [self.move(self.pages.get((process, one)), True) for one in range(page, page + count)]

    def migrate_to_system(self, process, page, count):
        return [self.move(self.pages.get((process, one)), False) for one in range(page, page + count)]

    def inspect(self):
        return "ok"

    def move(self, cell, to_device):
        if cell is None or cell[1] == to_device or (to_device and self.free_frames == 0):
            return "skipped"
        cell[1] = to_device
        self.free_frames += -1 if to_device else 1
        return "moved"


def execute(world, command):
    arguments = {name: value for name, value in command.items() if name != "op"}
    method = getattr(world, command["op"].replace("-", "_"), None)
    return "unsupported" if method is None else method(**arguments)


def reply_to(request):
    if request["type"] == "hello":
        return {"type": "hello", "protocol": 1, "name": NAME, "profiles": PROFILES, "capabilities": CAPABILITIES}
    world = World(request["scope"])
    observations = [{"result": execute(world, command)} for command in request["commands"]]
    return {"type": "observations", "id": request["id"], "observations": observations}


for line in sys.stdin:
    print(json.dumps(reply_to(json.loads(line))), flush=True)
