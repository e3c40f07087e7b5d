"""The slice as a user of Hypothesis would model it with RuleBasedStateMachine.

    hypothesis_peer.py MAX_COMMANDS SEEDS SHRUNK BUG,BUG... SERVER...

starts the server of the system under test, searches for each bug with the seeds 1 to SEEDS, shrinks the failures of the
seeds up to SHRUNK, and prints one JSON object for each search. Seconds are processor time, with the server.
"""

import json
import subprocess
import sys
import time

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

FRAMES = 2
# The default of Hypothesis.
STEPS = 50


class Kernel:
    """The system under test, one line for each command."""

    def __init__(self, command_line):
        self.process = subprocess.Popen(command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.executed = 0

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().rstrip("\n")

    def execute(self, line):
        self.executed += 1
        return self.ask(line)

    def seconds(self):
        return time.process_time() + int(self.ask("cpu")) / 1e6


class Search:
    """The counts of one search."""

    def __init__(self, bug, max_commands):
        self.bug = bug
        self.max_commands = max_commands
        self.began = kernel.seconds()
        self.executed_before = kernel.executed
        self.found = None
        self.length = None

    @property
    def commands(self):
        return kernel.executed - self.executed_before

    @property
    def seconds(self):
        return kernel.seconds() - self.began

    def fails(self, length):
        if self.found is None:
            self.found = (self.commands, self.seconds)
        self.length = length


class Content:
    def __init__(self, value, on_device):
        self.value = value
        self.on_device = on_device


class Entry:
    def __init__(self, may_write, content=None, writable=False):
        self.may_write = may_write
        self.content = content
        self.writable = writable


# Arguments do not depend on the state, and a rule whose arguments are not valid does nothing: counterexamples shrink
# better than with arguments drawn from the state, and bugs are found in half as many commands.
processes = st.integers(0, 1)
places = st.tuples(processes, st.integers(0, 1))
values = st.integers(1, 2)


class Memory(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.entries = {}
        self.known = set()
        self.living = {0}
        self.steps = 0
        kernel.ask(f"reset {search.bug}")

    def contents_on_device(self):
        return {entry.content for entry in self.entries.values() if entry.content is not None and entry.content.on_device}

    def sharers(self, content):
        return sum(entry.content is content for entry in self.entries.values())

    def view(self):
        frames = []
        words = []
        for place in ((0, 0), (0, 1), (1, 0), (1, 1)):
            entry = self.entries.get(place)
            if entry is None:
                words.append("unmapped")
            elif entry.content is None:
                words.append("hole")
            elif not entry.content.on_device:
                words.append("present")
            else:
                if entry.content not in frames:
                    frames.append(entry.content)
                words.append(f"{'WRITE' if entry.writable else 'READ'}-{'AB'[frames.index(entry.content)]}")
        return " ".join(words)

    def expect(self, line, result):
        self.steps += 1
        if search.found is None and search.commands >= search.max_commands:
            raise Exhausted
        reply = kernel.execute(line)
        expected = f"{result} {self.view()}"
        if reply != expected:
            search.fails(self.steps)
        assert reply == expected

    def clear(self, process):
        for page in (0, 1):
            self.entries.pop((process, page), None)
            self.known.discard((process, page))

    @precondition(lambda self: len(self.living) < 2)
    @rule(process=processes)
    def spawn(self, process):
        if process in self.living:
            return
        self.living.add(process)
        self.expect(f"spawn {process}", "ok")

    @precondition(lambda self: len(self.living) == 1)
    @rule(parent=processes)
    def fork(self, parent):
        if parent not in self.living:
            return
        child = 1 - parent
        self.living.add(child)
        for page in (0, 1):
            if (parent, page) in self.known:
                self.known.add((child, page))
            entry = self.entries.get((parent, page))
            if entry is not None:
                entry.writable = False
                self.entries[child, page] = Entry(entry.may_write, entry.content)
        self.expect(f"fork {parent} {child}", "ok")

    @precondition(lambda self: self.living)
    @rule(process=processes)
    def exit(self, process):
        if process not in self.living:
            return
        self.living.remove(process)
        self.clear(process)
        self.expect(f"exit {process}", "ok")

    @precondition(lambda self: self.living)
    @rule(place=places, may_write=st.booleans())
    def map(self, place, may_write):
        if place[0] not in self.living or place in self.entries:
            return
        self.known.add(place)
        self.entries[place] = Entry(may_write)
        self.expect(f"map {place[0]} {place[1]} {'write' if may_write else 'read'}", "ok")

    @precondition(lambda self: self.entries)
    @rule(place=places)
    def unmap(self, place):
        if place not in self.entries:
            return
        del self.entries[place]
        self.expect(f"unmap {place[0]} {place[1]}", "ok")

    @precondition(lambda self: self.known)
    @rule(place=places)
    def load(self, place):
        if place not in self.known:
            return
        entry = self.entries.get(place)
        if entry is None:
            result = "SIGSEGV"
        elif entry.content is None:
            result = "0"
        else:
            entry.content.on_device = False
            result = entry.content.value
        self.expect(f"load {place[0]} {place[1]}", result)

    @precondition(lambda self: self.known)
    @rule(place=places, value=values)
    def store(self, place, value):
        if place not in self.known:
            return
        entry = self.entries.get(place)
        result = "SIGSEGV"
        if entry is not None and entry.may_write:
            result = "ok"
            if entry.content is not None:
                entry.content.on_device = False
            if entry.content is None or self.sharers(entry.content) > 1:
                entry.content = Content(value, on_device=False)
            else:
                entry.content.value = value
            entry.writable = True
        self.expect(f"store {place[0]} {place[1]} {value}", result)

    @precondition(lambda self: self.entries)
    @rule(place=places)
    def migrate_to_device(self, place):
        if place not in self.entries:
            return
        entry = self.entries[place]
        on_device = self.contents_on_device()
        result = "skipped"
        if entry.content not in on_device and len(on_device) < FRAMES:
            result = "moved"
            if entry.content is None:
                entry.content = Content(0, on_device=True)
                entry.writable = entry.may_write
            else:
                entry.content.on_device = True
        self.expect(f"migrate-to-device {place[0]} {place[1]}", result)

    @precondition(lambda self: self.entries)
    @rule(place=places)
    def migrate_to_system(self, place):
        if place not in self.entries:
            return
        content = self.entries[place].content
        result = "skipped"
        if content is not None and content.on_device:
            content.on_device = False
            result = "moved"
        self.expect(f"migrate-to-system {place[0]} {place[1]}", result)


class Exhausted(BaseException):
    """The search has reached its number of commands. It is no Exception, so that Hypothesis does not shrink it."""


def run(bug, number, max_commands, is_shrunk):
    global search
    search = Search(bug, max_commands)
    config = settings(
        max_examples=max_commands,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if is_shrunk else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    try:
        run_state_machine_as_test(seed(number)(type("Memory", (Memory,), {})), settings=config)
    except (Exhausted, AssertionError):
        pass
    all_seconds = search.seconds
    commands, seconds = search.found or (search.commands, all_seconds)
    return {
        "bug": bug,
        "seed": number,
        "isFound": search.found is not None,
        "commands": commands,
        "seconds": seconds,
        "allCommands": search.commands,
        "allSeconds": all_seconds,
        "length": search.length if is_shrunk else None,
    }


max_commands, seeds, shrunk, bugs, *command_line = sys.argv[1:]
kernel = Kernel(command_line)
search = None
for bug in bugs.split(","):
    for number in range(1, int(seeds) + 1):
        print(json.dumps(run(bug, number, int(max_commands), number <= int(shrunk))), flush=True)
