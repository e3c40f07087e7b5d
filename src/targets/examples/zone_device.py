#!/usr/bin/env python3
"""ZONE_DEVICE private memory in one file, with the adapter that connects it to zone-device-conformance.

This is a teaching example and a second opinion: a whole implementation of the rules, written from the text of
spec/RULES.md and spec/protocol/ADAPTERS.md alone. Copy it, put your own memory where the sections `Memory` to
`Commands` are, and keep the last two.

    zdc doctor --target "stdio:python3 zone_device.py"

The sections, from the bottom of the world upwards:

    Profiles     what differs between the two sets of rules, as data
    Memory       pages of cells, and the filler that shows when nobody owns them
    Frames       pages of the device, with their counts
    Objects      one page of content, and the page-table entries that see it
    Injections   what is made to fail, and for whom
    Device       the driver's own free frames and its page_free callback
    World        what processes share, the moves between system and device, page_fault
    Commands     one short function for each command
    Snapshot     what an inspection shows
    Protocol     JSON lines in, JSON lines out

Most rules stand on one line of their own, so that each can be broken alone, to see what the suite says of it.

With `--fault-around N` the driver also brings back what the N pages behind a touched one have on the device.

Needs Python 3.9 and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

Json = Dict[str, Any]
Result = Union[int, str, List[str]]

# ---------------------------------------------------------------------------------------------------------------------
# Profiles
# ---------------------------------------------------------------------------------------------------------------------


class Profile(NamedTuple):
    """All that differs between the versions of the rules."""

    idle_count: int
    """References to a frame that nobody uses."""
    sigbus_poisons: bool
    """Whether a page that the device cannot give back is lost to the toucher, or may be asked for again."""
    fork_copies_pinned: bool
    """Whether a child gets its own copy of what a pin holds, so that the pin stays with the parent."""
    swap_areas: int
    """How many swap areas the special entries leave."""


PROFILES: Dict[str, Profile] = {
    "origin": Profile(idle_count=1, sigbus_poisons=True, fork_copies_pinned=False, swap_areas=27),
    "linux-6.1": Profile(idle_count=0, sigbus_poisons=False, fork_copies_pinned=True, swap_areas=22),
}

# ---------------------------------------------------------------------------------------------------------------------
# Memory
# ---------------------------------------------------------------------------------------------------------------------

FILLER = -1
"""What memory holds that belongs to nobody. It is no value, so whoever reads it shows that it read too late."""

CELLS = 2
"""Places in a page that are written and compared: its first and its last. More than one, or half a copy looks whole."""


class Page:
    """A page of memory, in the system or (see Frame) on the device."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: List[int] = [FILLER] * CELLS

    def write(self, value: int) -> None:
        """Puts the value into every cell."""
        self.cells = [value] * CELLS

    def copy_from(self, other: Page) -> None:
        """Takes over every cell as it is: a copy must not mend what was torn."""
        self.cells = list(other.cells)

    def scrub(self) -> None:
        """Nobody owns this page any more."""
        self.cells = [FILLER] * CELLS

    def read(self) -> Union[int, str]:
        """The value, if all cells agree that there is one."""
        first = self.cells[0]
        if any(cell != first for cell in self.cells):
            return "torn"
        return "stale" if first == FILLER else first


# ---------------------------------------------------------------------------------------------------------------------
# Frames
# ---------------------------------------------------------------------------------------------------------------------


class Frame(Page):
    """A page of the device. It begins idle, and free."""

    __slots__ = ("number", "refs", "maps", "least")

    def __init__(self, number: int, idle_count: int) -> None:
        super().__init__()
        self.number = number
        self.refs = idle_count
        self.maps = 0
        self.least = idle_count

    def get(self) -> None:
        """Takes one more reference."""
        self.refs += 1

    def put(self) -> None:
        """Gives one reference back, and notes how low the count ever was."""
        self.refs -= 1
        self.least = min(self.least, self.refs)

    def show(self) -> Json:
        """The counts for a snapshot; the least one is counted anew from what it is now."""
        shown = {"refs": self.refs, "maps": self.maps, "least": self.least}
        self.least = self.refs
        return shown


# ---------------------------------------------------------------------------------------------------------------------
# Objects
# ---------------------------------------------------------------------------------------------------------------------

UNMAPPED, HOLE, PRESENT, POISON = "unmapped", "hole", "present", "poison"
READ, WRITE = "device entry, READ", "device entry, WRITE"
NO_ACCESS, READ_ONLY, WRITABLE = "none", "read", "write"


class Object:
    """One page of content: where it lives, which entries see it, how many pins hold it."""

    __slots__ = ("place", "entries", "pins", "host")

    def __init__(self, place: Page, host: bool = False) -> None:
        self.place = place
        self.entries: List[Entry] = []
        self.pins = 0
        self.host = host
        """Memory of the HOST type: nothing counts its entries, and it stays when nobody maps it."""

    @property
    def shared(self) -> bool:
        """Whether a write here would be seen by more than one process."""
        return len(self.entries) > 1

    @property
    def wanted(self) -> bool:
        """Whether anything holds it. A pin alone is enough."""
        return bool(self.entries) or self.pins > 0 or self.host


class Entry:
    """What one process has at one page: the entry of its page table, with the mapping around it."""

    __slots__ = ("process", "page", "state", "object", "protection")

    def __init__(self, process: Process, page: int) -> None:
        self.process = process
        self.page = page
        self.state = UNMAPPED
        self.object: Optional[Object] = None
        self.protection = NO_ACCESS
        """Of the mapping. Where nothing is mapped, nothing is permitted."""

    @property
    def readable(self) -> bool:
        return self.protection != NO_ACCESS

    @property
    def writable(self) -> bool:
        return self.protection == WRITABLE

    @property
    def host(self) -> bool:
        return self.object is not None and self.object.host

    @property
    def on_device(self) -> bool:
        return self.state in (READ, WRITE)

    def write_protect(self) -> None:
        """The device must ask before it writes through this entry."""
        if self.state == WRITE:
            self.state = READ

    def flavour(self, obj: Object) -> str:
        """WRITE where the process could write the object without a fault: alone with it, and permitted."""
        if obj.shared:
            return READ
        return WRITE if self.writable else READ

    def show(self) -> Union[str, Json]:
        """The entry for a snapshot."""
        if not self.on_device:
            return self.state
        return {"frame": self.object.place.number, "write": self.state == WRITE}


class Process:
    """A process slot: a row of entries, and how many of them hold an object of its own."""

    __slots__ = ("number", "alive", "rss", "entries")

    def __init__(self, number: int, pages: int) -> None:
        self.number = number
        self.alive = False
        self.rss = 0
        self.entries = [Entry(self, page) for page in range(pages)]


# ---------------------------------------------------------------------------------------------------------------------
# Injections
# ---------------------------------------------------------------------------------------------------------------------


class Injection:
    """A failure that waits for its victim."""

    __slots__ = ("victim", "remaining")

    def __init__(self, victim: Union[str, Json], remaining: Union[int, str]) -> None:
        self.victim = None if victim == "any" else (victim["process"], victim["page"])
        self.remaining = None if remaining == "until-healed" else int(remaining)

    def aims_at(self, seen_by: Iterable[Entry]) -> bool:
        """Whether one of these entries is the victim's. An object has many, and is hit through any of them."""
        return self.victim is None or any((e.process.number, e.page) == self.victim for e in seen_by)

    def use(self) -> bool:
        """One strike. Answers whether the injection is used up by it."""
        if self.remaining is None:
            return False
        self.remaining -= 1
        return self.remaining == 0


# ---------------------------------------------------------------------------------------------------------------------
# Device
# ---------------------------------------------------------------------------------------------------------------------


class Device:
    """The device and its driver: frames, which of them are free, what is made to fail."""

    def __init__(self, frames: int, idle_count: int, events: List[Json]) -> None:
        self.idle_count = idle_count
        self.frames = [Frame(number, idle_count) for number in range(frames)]
        self.free = self.frames[::-1]
        """Taken from the end: frame 0 first, and later the one that was freed last, which shows stale reads soonest."""
        self.attached = True
        self.injections: Dict[str, Injection] = {}
        self.events = events

    def take(self) -> Frame:
        """A free frame for the caller, who holds one reference and must put it."""
        frame = self.free.pop()
        frame.get()
        self.events.append({"event": "alloc", "frame": frame.number})
        return frame

    def put(self, frame: Frame) -> None:
        """Gives a reference back. The last one but the idle count frees the frame: here, and nowhere else."""
        frame.put()
        if frame.refs == self.idle_count:
            self.page_free(frame)

    def page_free(self, frame: Frame) -> None:
        """The callback: the frame is the driver's again."""
        self.events.append({"event": "free", "frame": frame.number, "refs": frame.refs, "maps": frame.maps})
        frame.scrub()
        self.free.append(frame)

    def map(self, frame: Frame) -> None:
        """One more entry names the frame."""
        frame.get()
        frame.maps += 1

    def unmap(self, frame: Frame) -> None:
        """One entry less names the frame. The map count falls first, so that page_free sees none."""
        frame.maps -= 1
        self.put(frame)

    def strikes(self, kind: str, seen_by: Iterable[Entry]) -> bool:
        """Whether an attempt on what these entries see fails; if so, one strike is used up."""
        injection = self.injections.get(kind)
        if injection is None or not injection.aims_at(seen_by):
            return False
        if injection.use():
            del self.injections[kind]
        return True


# ---------------------------------------------------------------------------------------------------------------------
# World
# ---------------------------------------------------------------------------------------------------------------------

MOVED, SKIPPED = "moved", "skipped"


class World:
    """The world of one case: it begins with process 0 alive, nothing mapped, the device attached."""

    def __init__(self, profile: Profile, scope: Json, fault_around: int = 0) -> None:
        self.profile = profile
        self.fault_around = fault_around
        self.events: List[Json] = []
        self.device = Device(scope["frames"], profile.idle_count, self.events)
        self.processes = [Process(number, scope["pages"]) for number in range(scope["processes"])]
        self.processes[0].alive = True
        self.hosts: Dict[int, Object] = {}
        self.slots: List[Optional[Object]] = [None] * scope["slots"]
        self.charged = 0
        self.swap_areas = 0

    def entry(self, command: Json) -> Entry:
        """The entry that a command names."""
        return self.processes[command["process"]].entries[command["page"]]

    # Objects come and go.

    def new_object(self, place: Page) -> Object:
        """A new object, charged to the case. Somebody must take it at once."""
        self.charged += 1
        return Object(place)

    def system_object(self, value: int) -> Object:
        """A new object of this value in system memory."""
        page = Page()
        page.write(value)
        return self.new_object(page)

    def copy_of(self, obj: Object) -> Object:
        """A new object in system memory with the same content."""
        page = Page()
        page.copy_from(obj.place)
        return self.new_object(page)

    def host_object(self, page: int) -> Object:
        """The one host page that everybody sees there. It is made once, and kept."""
        if page not in self.hosts:
            self.hosts[page] = Object(Page(), host=True)
            self.hosts[page].place.write(0)
        return self.hosts[page]

    def release(self, obj: Object) -> None:
        """Ends an object that nobody holds any more."""
        if obj.wanted:
            return
        self.charged -= 1
        obj.place.scrub()

    # Entries gain and lose objects.

    def gain(self, entry: Entry, obj: Object, state: str) -> None:
        """The entry sees the object from now on, in system memory or on its frame."""
        entry.object = obj
        entry.state = state
        obj.entries.append(entry)
        entry.process.rss += 1
        if entry.on_device:
            self.device.map(obj.place)

    def lose(self, entry: Entry, becomes: str) -> None:
        """The entry sees nothing any more, whatever it was, and is a hole, poison or unmapped instead."""
        obj, was_on_device = entry.object, entry.on_device
        entry.object = None
        entry.state = becomes
        if obj is None or obj.host:
            return
        obj.entries.remove(entry)
        entry.process.rss -= 1
        if was_on_device:
            self.device.unmap(obj.place)
        self.release(obj)

    def make_own(self, entry: Entry) -> Object:
        """The object that this entry may write: its own one, after a hole is filled or sharing is broken.

        The others keep the old object, with its pins: a pin looks at a page, not at a process.
        """
        if entry.state == HOLE:
            self.gain(entry, self.system_object(0), PRESENT)
        elif entry.object.shared:
            copy = self.copy_of(entry.object)
            self.lose(entry, HOLE)
            self.gain(entry, copy, PRESENT)
        return entry.object

    # Objects move.

    def move_to_system(self, obj: Object) -> None:
        """The object comes back; every entry that sees it changes, in all processes; then the frame is freed."""
        frame = obj.place
        frame.get()  # Held by the move itself, so that the frame is freed at the end of it and only there.
        obj.place = Page()
        obj.place.copy_from(frame)
        for entry in obj.entries:
            entry.state = PRESENT
            self.device.unmap(frame)
        self.device.put(frame)

    def move_to_device(self, obj: Object, frame: Frame) -> None:
        """The object goes to a frame that was taken for it; every entry that sees it changes, in all processes."""
        page = obj.place
        frame.copy_from(page)
        obj.place = frame
        for entry in obj.entries:
            entry.state = entry.flavour(obj)
            self.device.map(frame)
        page.scrub()

    def fill_on_device(self, entry: Entry, frame: Frame) -> None:
        """A hole becomes an object of value 0 on a frame that was taken for it."""
        frame.write(0)
        obj = self.new_object(frame)
        self.gain(entry, obj, entry.flavour(obj))

    def bring_back(self, obj: Object) -> str:
        """Tries to bring an object back from the device: `moved`, or the kind of failure that struck.

        A system page is looked for first, so `oom` strikes first; after a strike nothing else is tried.
        """
        if self.device.strikes("oom", obj.entries):
            return "oom"
        if self.device.strikes("sigbus", obj.entries):
            return "sigbus"
        self.move_to_system(obj)
        return MOVED

    def page_to_system(self, entry: Entry) -> str:
        """A page of a migration to system memory."""
        if not entry.on_device:
            return SKIPPED
        return MOVED if self.bring_back(entry.object) == MOVED else SKIPPED

    def must_stay(self, entry: Entry) -> bool:
        """Whether a page may not go to the device, quite apart from what is made to fail."""
        if entry.state == UNMAPPED:
            return True
        if entry.state == POISON:
            return True
        if entry.on_device:
            return True
        if entry.host:
            return True
        if entry.object is not None and entry.object.pins > 0:
            return True
        if not self.device.attached:
            return True
        return not self.device.free

    def page_to_device(self, entry: Entry) -> str:
        """A page of a migration to the device. It is attempted only where nothing else keeps it."""
        if self.must_stay(entry):
            return SKIPPED
        seen_by = [entry] if entry.state == HOLE else entry.object.entries
        if self.device.strikes("no-frame", seen_by):
            return SKIPPED
        frame = self.device.take()
        moved = not self.device.strikes("no-copy", seen_by)
        if moved and entry.state == HOLE:
            self.fill_on_device(entry, frame)
        elif moved:
            self.move_to_device(entry.object, frame)
        self.device.put(frame)  # What the driver took. If no entry names the frame now, this frees it.
        return MOVED if moved else SKIPPED

    # The CPU touches memory.

    def page_fault(self, entry: Entry) -> Optional[str]:
        """The callback: the CPU touched an object on the device. Answers what went wrong, if anything did."""
        frame = entry.object.place.number
        self.events.append({"event": "fault", "process": entry.process.number, "page": entry.page, "frame": frame})
        outcome = self.bring_back(entry.object)
        if outcome == "oom":
            return "oom"
        if outcome == "sigbus":
            if self.profile.sigbus_poisons:
                self.lose(entry, POISON)
            return "SIGBUS"
        self.bring_back_around(entry)
        return None

    def bring_back_around(self, entry: Entry) -> None:
        """What a driver may do while it is at it. Whether it works is nothing to the touch."""
        behind = entry.page + 1
        for near in entry.process.entries[behind : behind + self.fault_around]:
            if near.on_device:
                self.bring_back(near.object)

    def touch(self, entry: Entry, permitted: bool) -> Optional[str]:
        """What stands before every touch by the CPU. Answers what went wrong, or nothing: then it may go on."""
        if not permitted:
            return "SIGSEGV"
        if entry.state == POISON:
            return "SIGBUS"
        if entry.on_device:
            return self.page_fault(entry)
        return None


# ---------------------------------------------------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------------------------------------------------


def spawn(world: World, command: Json) -> Result:
    """A new process with nothing mapped."""
    world.processes[command["process"]].alive = True
    return "ok"


def fork(world: World, command: Json) -> Result:
    """A child that sees what its parent sees."""
    parent, child = world.processes[command["process"]], world.processes[command["child"]]
    child.alive = True
    for mine, its in zip(parent.entries, child.entries):
        its.protection = mine.protection
        fork_entry(world, mine, its)
    return "ok"


def fork_entry(world: World, mine: Entry, its: Entry) -> None:
    """The child's entry for one of its parent's."""
    if mine.object is None or mine.host:
        its.state, its.object = mine.state, mine.object  # Holes, poison, host memory: nothing is counted.
    elif mine.object.pins > 0 and world.profile.fork_copies_pinned:
        world.gain(its, world.copy_of(mine.object), PRESENT)
    else:
        mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.
        world.gain(its, mine.object, mine.state)


def exit_process(world: World, command: Json) -> Result:
    """Every mapping goes, as in unmap."""
    process = world.processes[command["process"]]
    for entry in process.entries:
        unmap_entry(world, entry)
    process.alive = False
    return "ok"


def map_page(world: World, command: Json) -> Result:
    """A mapping: of nothing yet, or of the host page. The host page of a mapping is there at once."""
    entry = world.entry(command)
    entry.protection = command["protection"]
    if command["kind"] == "host":
        entry.state, entry.object = PRESENT, world.host_object(entry.page)
    else:
        entry.state = HOLE
    return "ok"


def unmap_page(world: World, command: Json) -> Result:
    """The mapping goes."""
    unmap_entry(world, world.entry(command))
    return "ok"


def unmap_entry(world: World, entry: Entry) -> None:
    """Nothing is here any more, and nothing permitted."""
    world.lose(entry, UNMAPPED)
    entry.protection = NO_ACCESS


def discard(world: World, command: Json) -> Result:
    """What a private page holds is thrown away, poison too. Host memory stays."""
    entry = world.entry(command)
    if not entry.host:
        world.lose(entry, HOLE)
    return "ok"


def protect(world: World, command: Json) -> Result:
    """A new protection of a mapping. The same one again leaves the entry as it is."""
    entry = world.entry(command)
    if entry.protection != command["protection"]:
        entry.write_protect()
    entry.protection = command["protection"]
    return "ok"


def load(world: World, command: Json) -> Result:
    """The CPU reads."""
    entry = world.entry(command)
    failure = world.touch(entry, entry.readable)
    if failure is not None:
        return failure
    return value_at(entry)


def value_at(entry: Entry) -> Result:
    """What a reader sees, wherever it is. A hole reads zero, and stays one."""
    return 0 if entry.state == HOLE else entry.object.place.read()


def store(world: World, command: Json) -> Result:
    """The CPU writes."""
    entry = world.entry(command)
    failure = world.touch(entry, entry.writable)
    if failure is not None:
        return failure
    world.make_own(entry).place.write(command["value"])
    return "ok"


def migrate_to_device(world: World, command: Json) -> Result:
    """The pages of a range, one after another, each as if alone."""
    return [world.page_to_device(entry) for entry in range_of(world, command)]


def migrate_to_system(world: World, command: Json) -> Result:
    """The way back."""
    return [world.page_to_system(entry) for entry in range_of(world, command)]


def range_of(world: World, command: Json) -> List[Entry]:
    """The entries of a migration's range."""
    first = command["page"]
    return world.processes[command["process"]].entries[first : first + command["count"]]


def device_load(world: World, command: Json) -> Result:
    """The device reads, wherever the page is. Nothing moves."""
    entry = world.entry(command)
    if not world.device.attached:
        return "ENODEV"
    if not entry.readable or entry.state == POISON:
        return "EFAULT"
    return value_at(entry)


def device_store(world: World, command: Json) -> Result:
    """The device writes. Through a READ entry it may not: there the object comes back first, as for a CPU."""
    entry = world.entry(command)
    if not world.device.attached:
        return "ENODEV"
    if not entry.readable:
        return "EFAULT"
    if not entry.writable:
        return "EPERM"
    if entry.state == POISON:
        return "EFAULT"
    if entry.state == READ:
        outcome = world.bring_back(entry.object)
        if outcome != MOVED:
            return "ENOMEM" if outcome == "oom" else "EFAULT"  # A device access never poisons.
    world.make_own(entry).place.write(command["value"])
    return "ok"


PIN_ERRORS = {"SIGSEGV": "EFAULT", "SIGBUS": "EFAULT", "oom": "ENOMEM"}
"""A pin is a touch that answers with an error number where the CPU would get a signal."""


def pin(world: World, command: Json) -> Result:
    """Holds a page in a slot, ready to be written, so its sharing is broken first."""
    entry, slot = world.entry(command), command["slot"]
    if world.slots[slot] is not None:
        return "EBUSY"
    failure = world.touch(entry, entry.writable)
    if failure is not None:
        return PIN_ERRORS[failure]
    obj = world.make_own(entry)
    obj.pins += 1
    world.slots[slot] = obj
    return "ok"


def unpin(world: World, command: Json) -> Result:
    """Reads the page through the pin and lets it go."""
    obj = world.slots[command["slot"]]
    if obj is None:
        return "EINVAL"
    value = obj.place.read()
    world.slots[command["slot"]] = None
    obj.pins -= 1
    world.release(obj)
    return value


def inject(world: World, command: Json) -> Result:
    """Makes something fail, instead of what failed in this way before."""
    world.device.injections[command["kind"]] = Injection(command["victim"], command["remaining"])
    return "ok"


def heal(world: World, command: Json) -> Result:
    """Nothing fails any more."""
    world.device.injections.clear()
    return "ok"


def evict(world: World, command: Json) -> Result:
    """The driver wants the room that one object takes."""
    return [world.page_to_system(world.entry(command))]


def attach(world: World, command: Json) -> Result:
    """The device comes."""
    if world.device.attached:
        return "EBUSY"
    world.device.attached = True
    return "ok"


def detach(world: World, command: Json) -> Result:
    """The device goes, if everything on it comes back first. Each object is tried once, even after a failure."""
    if not world.device.attached:
        return "ENODEV"
    outcomes = [world.bring_back(obj) for obj in objects_on_device(world)]
    if any(outcome != MOVED for outcome in outcomes):
        return "EBUSY"
    world.device.attached = False
    return "ok"


def objects_on_device(world: World) -> List[Object]:
    """Each once, in the order of their frames."""
    entries = (entry for process in world.processes for entry in process.entries if entry.on_device)
    by_frame = {entry.object.place.number: entry.object for entry in entries}
    return [by_frame[frame] for frame in sorted(by_frame)]


def swap_on(world: World, command: Json) -> Result:
    """As many more swap areas as the limit leaves."""
    accepted = min(command["areas"], world.profile.swap_areas - world.swap_areas)
    world.swap_areas += accepted
    return accepted


def inspect(world: World, command: Json) -> Result:
    """Changes nothing. What it shows is added where a case asks for it."""
    return "ok"


COMMANDS: Dict[str, Callable[[World, Json], Result]] = {
    "spawn": spawn,
    "fork": fork,
    "exit": exit_process,
    "map": map_page,
    "unmap": unmap_page,
    "discard": discard,
    "protect": protect,
    "load": load,
    "store": store,
    "migrate-to-device": migrate_to_device,
    "migrate-to-system": migrate_to_system,
    "device-load": device_load,
    "device-store": device_store,
    "pin": pin,
    "unpin": unpin,
    "inject": inject,
    "heal": heal,
    "evict": evict,
    "attach": attach,
    "detach": detach,
    "swap-on": swap_on,
    "inspect": inspect,
}

# ---------------------------------------------------------------------------------------------------------------------
# Snapshot
# ---------------------------------------------------------------------------------------------------------------------


def show_process(process: Process) -> Optional[List[Union[str, Json]]]:
    """A row of entries; nothing for a process that is not alive."""
    return [entry.show() for entry in process.entries] if process.alive else None


def show_state(world: World) -> Json:
    """All there is to see. To look begins a new count of the least references."""
    return {
        "entries": [show_process(process) for process in world.processes],
        "frames": [frame.show() for frame in world.device.frames],
        "rss": [process.rss for process in world.processes],
        "charged": world.charged,
    }


# ---------------------------------------------------------------------------------------------------------------------
# Protocol
# ---------------------------------------------------------------------------------------------------------------------

HELLO: Json = {
    "type": "hello",
    "protocol": 1,
    "name": "zone_device.py",
    "version": "1.0",
    "profiles": list(PROFILES),
    "capabilities": [
        # Commands beyond the core.
        *("fork", "discard", "protect", "host", "device-load", "device-store", "pin", "evict", "attach", "swap-on"),
        *("inject-sigbus", "inject-oom", "inject-no-frame", "inject-no-copy"),
        # Ways to behave.
        *("device-copy-on-write", "oom-result"),
        # What is shown.
        *("callbacks", "allocations", "entries", "frames", "least-count", "accounting", "every-step"),
    ],
}

SCOPE: Dict[str, Tuple[int, int]] = {"processes": (1, 8), "pages": (1, 16), "frames": (0, 32), "slots": (0, 8)}
"""The least and the most of each: a scope by mistake should not eat all the memory there is."""

OBSERVE = ("results", "inspect", "every-step")


class Refused(Exception):
    """A request that cannot be carried out, and why."""


def is_int(value: Any) -> bool:
    """JSON's true and false are ints to Python. Not here."""
    return isinstance(value, int) and not isinstance(value, bool)


def begin(request: Json, fault_around: int) -> World:
    """A fresh world for a case, or a word on what is wrong with the case."""
    profile, scope = request.get("profile"), request.get("scope")
    if profile not in list(PROFILES):
        raise Refused("unknown profile: %r" % (profile,))
    if not isinstance(scope, dict):
        raise Refused("the case has no scope")
    for name, (least, most) in SCOPE.items():
        if not is_int(scope.get(name)) or not least <= scope[name] <= most:
            raise Refused("the scope's %s should be %d to %d: %r" % (name, least, most, scope.get(name)))
    if request.get("observe") not in OBSERVE:
        raise Refused("unknown observe: %r" % (request.get("observe"),))
    if not isinstance(request.get("commands"), list):
        raise Refused("the case has no list of commands")
    return World(PROFILES[profile], scope, fault_around)


def run_command(world: World, command: Json, observe: str) -> Json:
    """One command, and what is seen of it."""
    run = COMMANDS.get(command["op"])
    observation: Json = {"result": "unsupported" if run is None else run(world, command)}
    if world.events:
        observation["events"] = world.events[:]
        world.events.clear()
    if observe == "every-step" or (observe == "inspect" and run is inspect):
        observation["state"] = show_state(world)
    return observation


def run_case(request: Json, fault_around: int) -> Json:
    """A whole case. Nothing of it outlives the answer."""
    case, step = request["id"], 0
    try:
        world = begin(request, fault_around)
    except Refused as why:
        return {"type": "error", "id": case, "message": str(why)}
    observations: List[Json] = []
    try:
        for step, command in enumerate(request["commands"]):
            observations.append(run_command(world, command, request["observe"]))
    except Exception as problem:  # A command without its fields, or a mistake of ours: either is told, not thrown.
        message = "%s: %s" % (type(problem).__name__, problem)
        return {"type": "error", "id": case, "step": step, "message": message}
    return {"type": "observations", "id": case, "observations": observations}


def answer(line: bytes, fault_around: int) -> Json:
    """The one reply to one line, whatever the line is."""
    try:
        request = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        return {"type": "error", "id": None, "message": "this line is not JSON: %s" % problem}
    if not isinstance(request, dict):
        return {"type": "error", "id": None, "message": "this line is not a JSON object"}
    if request.get("type") == "hello":
        return HELLO
    case = request["id"] if is_int(request.get("id")) else None
    if request.get("type") != "case":
        return {"type": "error", "id": case, "message": "unknown type: %r" % (request.get("type"),)}
    if case is None:
        return {"type": "error", "id": None, "message": "the case has no id"}
    return run_case(request, fault_around)


def serve(fault_around: int) -> None:
    """Answers line by line until the input ends. Bytes, so that no platform changes the ends of lines."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(line, fault_around), separators=(",", ":")).encode("utf-8") + b"\n")
        out.flush()


def option(arguments: List[str]) -> int:
    """The N of `--fault-around N`; 0 where it is not given."""
    if not arguments:
        return 0
    if len(arguments) == 2 and arguments[0] == "--fault-around" and arguments[1].isdecimal():
        return int(arguments[1])
    sys.exit("usage: zone_device.py [--fault-around N]")


def main() -> int:
    """Serves, and ends without noise: at the end of input, at Ctrl-C, when nobody reads any more."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fault_around = option(sys.argv[1:])
    try:
        serve(fault_around)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Or Python complains at its own exit.
    return 0


if __name__ == "__main__":
    sys.exit(main())
