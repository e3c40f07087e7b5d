#!/usr/bin/env python3
"""ZONE_DEVICE private memory in one file, with the adapter that connects it to zone-device-conformance.

This is a teaching example and a second opinion: a whole implementation of the rules, written from the text of
spec/RULES.md and spec/protocol/ADAPTERS.md alone. Copy it, put your own memory where the sections `Memory` to
`Commands` are, and keep the last two.

    zdc doctor --target "stdio:python3 zone_device.py"

The sections, from the bottom of the world upwards:

    Profiles     what differs between the sets of rules, as data
    Memory       pages of cells, and the filler that shows when nobody owns them
    Frames       pages of a device, with their counts
    Groups       control groups: who is charged for a page, and up to how many
    Objects      one page of content, and who is charged for it; large folios, which are objects that lie together
    Entries      the page-table entries that see objects, and the mappings around them
    Injections   what is made to fail, and for whom
    Devices      a device, the driver's own free frames and its page_free callback
    World        what processes share, the moves between system and device, page_fault
    Commands     one short function for each command
    Snapshot     what an inspection shows
    Protocol     JSON lines in, JSON lines out

Where the rules leave a choice, this takes the simplest that is not Linux's: the suite must let both pass. Each choice
says so. Most rules stand on one line of their own, so that each can be broken alone, to see what the suite says of it.

With `--fault-around N` the driver also brings back what the N pages behind a touched one have on the same device. With
`--coverage` every answer also has the lines of this file that the case ran.

Needs Python 3.9 and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from types import FrameType
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple, Union

Json = Dict[str, Any]
Result = Union[int, str, List[str], Dict[str, Any]]
Failure = Optional[str]
"""The word that a command answers when something went wrong; None when nothing did."""

# ---------------------------------------------------------------------------------------------------------------------
# Profiles
# ---------------------------------------------------------------------------------------------------------------------


class Profile(NamedTuple):
    """All that differs between the versions of the rules."""

    idle_count: int
    """References to a frame that nobody uses."""
    idle_reference_is_passed_on: bool
    """Whether whoever takes a frame gets the idle reference, instead of one beside it."""
    sigbus_poisons: bool
    """Whether a page that the device cannot give back is lost to the toucher, or may be asked for again."""
    fork_copies_pinned: bool
    """Whether a child gets its own copy of what a pin holds, so that the pin stays with the parent."""
    read_pin_unshares: bool
    """Whether a pin for reading gives its process a page of its own, or holds the one that is shared."""
    swap_areas: int
    """How many swap areas the special entries leave."""
    foreign_access_faults: bool
    """Whether a device that meets another's page has it brought back, or makes do with what it can reach."""
    foreign_error_tells_cause: bool
    """Whether a device access that cannot bring another device's page back says why."""
    tracks_moves: bool
    """Whether a page that moves is as soft-dirty as before, or dirty in any case."""
    tells_sole_mapper: bool
    """Whether the page map says that a process is alone with a page on the device."""
    join_moves_charges: bool
    """Whether charges follow a process that joins another control group."""
    large_folios: bool
    """Whether a case may have large folios."""


ORIGIN = Profile(
    idle_count=1,
    idle_reference_is_passed_on=False,
    sigbus_poisons=True,
    fork_copies_pinned=False,
    read_pin_unshares=False,
    swap_areas=27,
    foreign_access_faults=False,
    foreign_error_tells_cause=False,
    tracks_moves=False,
    tells_sole_mapper=True,
    join_moves_charges=True,
    large_folios=False,
)
LINUX_4_14 = ORIGIN._replace(sigbus_poisons=False)
LINUX_5_18 = LINUX_4_14._replace(
    idle_reference_is_passed_on=True,
    fork_copies_pinned=True,
    read_pin_unshares=True,
    swap_areas=25,
    tracks_moves=True,
)
LINUX_6_1 = LINUX_5_18._replace(
    idle_count=0, idle_reference_is_passed_on=False, swap_areas=22, foreign_access_faults=True
)
LINUX_6_12 = LINUX_6_1._replace(tells_sole_mapper=False, swap_areas=23)
LINUX_6_19 = LINUX_6_12._replace(swap_areas=24, join_moves_charges=False, large_folios=True)
LINUX_7_3 = LINUX_6_19._replace(foreign_error_tells_cause=True)

PROFILES: Dict[str, Profile] = {
    "origin": ORIGIN,
    "linux-4.14": LINUX_4_14,
    "linux-5.18": LINUX_5_18,
    "linux-6.1": LINUX_6_1,
    "linux-6.12": LINUX_6_12,
    "linux-6.19": LINUX_6_19,
    "linux-7.3": LINUX_7_3,
}

# ---------------------------------------------------------------------------------------------------------------------
# Memory
# ---------------------------------------------------------------------------------------------------------------------

FILLER = -1
"""What memory holds that belongs to nobody. It is no value, so whoever reads it shows that it read too late."""

CELLS = 2
"""Places in a page that are written and compared: its first and its last. More than one, or half a copy looks whole."""

FILE_VALUE = 30000
"""What page 0 of the file holds; page p holds p more."""


class Page:
    """A page of memory, in the system or (see Frame) on a device."""

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
    """A page of a device. It begins idle, and free. The first frame of a large folio counts for all of them."""

    __slots__ = ("device", "number", "head", "refs", "maps", "least")

    def __init__(self, device: Device, number: int, idle_count: int) -> None:
        super().__init__()
        self.device = device
        self.number = number
        self.head = self
        """The first frame of the large folio that is on this frame; the frame itself for a base page."""
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
        """The counts for a snapshot, which are those of the large folio if there is one."""
        return {"refs": self.head.refs, "maps": self.head.maps, "least": self.head.least}

    def begin_least(self) -> None:
        """The least count is counted anew from what the count is now."""
        self.least = self.refs


# ---------------------------------------------------------------------------------------------------------------------
# Groups
# ---------------------------------------------------------------------------------------------------------------------

GROUPS = 2
"""Control groups in every world. A process begins in the first."""


class Group:
    """A control group: how many objects it is charged for, and how many it may be."""

    __slots__ = ("charged", "limit")

    def __init__(self) -> None:
        self.charged = 0
        self.limit: Optional[int] = None

    @property
    def full(self) -> bool:
        """Whether nothing new may be charged. It may be more than full: a limit takes nothing away."""
        return self.limit is not None and self.charged >= self.limit


# ---------------------------------------------------------------------------------------------------------------------
# Objects
# ---------------------------------------------------------------------------------------------------------------------


class Object:
    """One page of content: where it lives, which entries see it, how many pins hold it, who is charged for it."""

    __slots__ = ("place", "entries", "pins", "group", "folio")

    def __init__(self, place: Page, group: Optional[Group]) -> None:
        self.place = place
        self.entries: List[Entry] = []
        self.pins = 0
        self.group = group
        """None for common memory, host or shared: nothing counts its entries, and it stays when nobody maps it."""
        self.folio: Optional[Folio] = None
        """The large folio that it is part of; None for a base page."""

    @property
    def common(self) -> bool:
        """Whether it is host or shared memory."""
        return self.group is None

    @property
    def shared(self) -> bool:
        """Whether a write here would be seen by another process that must not see it."""
        return len(self.entries) > 1

    @property
    def held(self) -> bool:
        """Whether an entry or a pin holds it. A pin alone is enough."""
        return bool(self.entries) or self.pins > 0

    @property
    def parts(self) -> List[Object]:
        """The objects of its large folio; the object alone for a base page."""
        return [self] if self.folio is None else self.folio.objects

    @property
    def wanted(self) -> bool:
        """Whether anything holds it. The pages of a large folio exist as long as the folio."""
        return self.common or any(part.held for part in self.parts)

    def charge_to(self, group: Group) -> None:
        """From now on this group pays for it, and not the one before."""
        self.group.charged -= 1
        self.group = group
        group.charged += 1


class Folio:
    """A large folio: the objects of a block, which lie together, in system memory or on a block of frames."""

    __slots__ = ("objects",)

    def __init__(self, objects: List[Object]) -> None:
        self.objects = objects
        for obj in objects:
            obj.folio = self

    @property
    def seen_by(self) -> List[Entry]:
        """All entries that see one of its pages."""
        return [entry for obj in self.objects for entry in obj.entries]

    @property
    def pinned(self) -> bool:
        return any(obj.pins > 0 for obj in self.objects)

    @property
    def places(self) -> List[Page]:
        return [obj.place for obj in self.objects]


# ---------------------------------------------------------------------------------------------------------------------
# Entries
# ---------------------------------------------------------------------------------------------------------------------

UNMAPPED, HOLE, PRESENT, POISON, EXCLUSIVE = "unmapped", "hole", "present", "poison", "exclusive"
FILE_PAGE = "the page of the file"
READ, WRITE = "device entry, READ", "device entry, WRITE"
NO_ACCESS, READ_ONLY, WRITABLE = "none", "read", "write"
NOT_WATCHED, MISSING, WRITE_PROTECT = "none", "missing", "write-protect"
COPY, NONE, ZERO = "copy", "none", "zero"


class Entry:
    """What one process has at one page: the entry of its page table, with the mapping around it."""

    __slots__ = (
        *("process", "page", "kind", "state", "object", "protection", "locked", "watch", "dirty", "inherited"),
        *("whole", "prefers_large"),
    )

    def __init__(self, process: Process, page: int) -> None:
        self.process = process
        self.page = page
        self.kind = "private"
        self.state = UNMAPPED
        self.object: Optional[Object] = None
        self.protection = NO_ACCESS
        """Of the mapping. Where nothing is mapped, nothing is permitted."""
        self.locked = False
        self.watch = NOT_WATCHED
        self.dirty = True
        """Soft-dirty. Where the rules leave it open, it is dirty: so whoever copies what is dirty misses nothing."""
        self.inherited = COPY
        """What the child of a fork gets of the mapping."""
        self.whole = False
        """Whether it is part of a whole entry: one entry for all pages of a block, with one permission."""
        self.prefers_large = False
        """Whether a map of the whole block made the mapping, or the one that it was forked or moved from."""

    def map(self, kind: str, protection: str) -> None:
        """A new mapping, with nothing of its own yet."""
        self.kind = kind
        self.prefers_large = False
        self.state = self.bare_state
        self.protection = protection
        self.locked = False
        self.watch = NOT_WATCHED
        self.dirty = True
        self.inherited = COPY

    def map_like(self, other: Entry) -> None:
        """The mapping that a child gets: locked and watched by nobody."""
        self.kind = other.kind
        self.prefers_large = other.prefers_large
        self.protection = other.protection
        self.locked = False
        self.watch = NOT_WATCHED
        self.dirty = other.dirty
        self.inherited = other.inherited

    @property
    def readable(self) -> bool:
        return self.protection != NO_ACCESS

    @property
    def writable(self) -> bool:
        return self.protection == WRITABLE

    @property
    def common(self) -> bool:
        return self.object is not None and self.object.common

    @property
    def counted(self) -> bool:
        """Whether it holds an object of the process's own, in system memory or on a device."""
        return self.object is not None and not self.object.common

    @property
    def on_device(self) -> bool:
        return self.state in (READ, WRITE)

    def is_on(self, device: Device) -> bool:
        """Whether it is this device that has the page."""
        return self.on_device and self.object.place.device is device

    @property
    def bare_state(self) -> str:
        """What a mapping of this kind is without an object of its own."""
        return FILE_PAGE if self.kind == "file" else HOLE

    @property
    def bare_value(self) -> int:
        """What it reads then."""
        return FILE_VALUE + self.page if self.kind == "file" else 0

    @property
    def block(self) -> List[Entry]:
        """The entries of the process for the pages of its block; this one alone if it is in no block."""
        return self.process.block_of(self.page)

    @property
    def starts_block(self) -> bool:
        return self.block[0] is self

    @property
    def counts(self) -> bool:
        """Whether its frame counts it: of a whole entry, the first page stands for all."""
        return not self.whole or self.starts_block

    @property
    def seen_by(self) -> List[Entry]:
        """All entries that see what is here; a page without an object is seen by this one alone."""
        return [self] if self.object is None else self.object.entries

    @property
    def needs_object(self) -> bool:
        """Whether there must be a new object before anything is written here."""
        return self.object is None or self.object.shared

    def traps(self, writes: bool) -> bool:
        """Whether a touch has to wait for whoever watches the page."""
        if self.state == HOLE:
            return self.watch == MISSING
        return writes and self.watch == WRITE_PROTECT

    def write_protect(self) -> None:
        """The device must ask before it writes through this entry."""
        if self.state == WRITE:
            self.state = READ

    def take_back(self) -> None:
        """No device has the page to itself any more."""
        if self.state == EXCLUSIVE:
            self.state = PRESENT

    def flavour(self, obj: Object) -> str:
        """WRITE where the process could write the object without a fault: alone with it, permitted, not watched."""
        if obj.shared:
            return READ
        return WRITE if self.writable and self.watch != WRITE_PROTECT else READ

    def read(self) -> Result:
        """What a reader sees, wherever it is. A hole reads zero, and stays one."""
        return self.bare_value if self.object is None else self.object.place.read()

    def write(self, value: int) -> None:
        """A store, once nothing stands in its way."""
        self.object.place.write(value)
        self.dirty = True

    def show(self) -> Union[str, Json]:
        """The entry for a snapshot."""
        if self.on_device:
            return {"frame": self.object.place.number, "write": self.state == WRITE}
        return PRESENT if self.state == FILE_PAGE else self.state


class Process:
    """A process slot: a row of entries, how many of them hold an object of its own, and who pays for new ones."""

    __slots__ = ("number", "alive", "rss", "entries", "group", "block")

    def __init__(self, number: int, pages: int, group: Group, block: int) -> None:
        self.number = number
        self.block = block
        self.alive = False
        self.rss = 0
        self.entries = [Entry(self, page) for page in range(pages)]
        self.group = group

    def block_of(self, page: int) -> List[Entry]:
        """The entries of the block of a page. Pages after the last complete block belong to none."""
        first = page - page % self.block
        if first + self.block > len(self.entries):
            return [self.entries[page]]
        return self.entries[first : first + self.block]


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


class Injections:
    """What is made to fail, one injection of a kind at a time."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: Dict[str, Injection] = {}

    def strikes(self, kind: str, seen_by: Iterable[Entry]) -> bool:
        """Whether an attempt on what these entries see fails; if so, one strike is used up."""
        injection = self.waiting.get(kind)
        if injection is None or not injection.aims_at(seen_by):
            return False
        if injection.use():
            del self.waiting[kind]
        return True


# ---------------------------------------------------------------------------------------------------------------------
# Devices
# ---------------------------------------------------------------------------------------------------------------------


class Device:
    """A device and its driver: frames, and which of them are free."""

    def __init__(self, number: int, frames: int, profile: Profile, events: List[Json], block: int) -> None:
        self.number = number
        self.block = block
        self.profile = profile
        self.frames = [Frame(self, number * frames + index, profile.idle_count) for index in range(frames)]
        self.free = self.frames[::-1]
        """Taken from the end: frame 0 first, and later the one that was freed last, which shows stale reads soonest."""
        self.freed_at = 0 if profile.idle_reference_is_passed_on else profile.idle_count
        """The count at which a frame has no user left."""
        self.attached = True
        self.open = True
        self.range_is_taken = False
        """Whether somebody added memory where a detached device had its own."""
        self.events = events

    @property
    def works(self) -> bool:
        """Whether it takes pages and answers accesses. It gives pages back all the same."""
        return self.attached and self.open

    def take(self) -> Frame:
        """A free frame for the caller, who holds one reference and must put it."""
        frame = self.free.pop()
        if not self.profile.idle_reference_is_passed_on:
            frame.get()
        self.events.append({"event": "alloc", "frame": frame.number})
        return frame

    def free_block(self) -> Optional[List[Frame]]:
        """The first block of which all frames are free. Frames after the last complete block belong to none."""
        for first in range(0, len(self.frames) - self.block + 1, self.block):
            frames = self.frames[first : first + self.block]
            if all(frame in self.free for frame in frames):
                return frames
        return None

    def take_block(self, frames: List[Frame]) -> None:
        """A free block for a large folio. The caller holds one reference to its first frame and must put it."""
        head = frames[0]
        for frame in frames:
            self.free.remove(frame)
            frame.head = head
        head.get()
        self.events.append({"event": "alloc", "frame": head.number, "large": True})

    def put(self, frame: Frame) -> None:
        """Gives a reference back. The last one but the idle count frees the frame: here, and nowhere else."""
        frame.head.put()
        if frame.head.refs == self.freed_at:
            self.page_free(frame.head)

    def page_free(self, head: Frame) -> None:
        """The callback: the frame, or each frame of a large folio, is the driver's again."""
        frames = [frame for frame in self.frames if frame.head is head]
        event = {"event": "free", "frame": head.number, "refs": head.refs, "maps": head.maps}
        self.events.append({**event, "large": True} if len(frames) > 1 else event)
        for frame in frames:
            frame.scrub()
            frame.head = frame
            frame.refs = self.profile.idle_count
            self.free.append(frame)

    def map(self, frame: Frame) -> None:
        """One more entry names the frame."""
        frame.head.get()
        frame.head.maps += 1

    def unmap(self, frame: Frame) -> None:
        """One entry less names the frame. The map count falls first, so that page_free sees none."""
        frame.head.maps -= 1
        self.put(frame)


# ---------------------------------------------------------------------------------------------------------------------
# World
# ---------------------------------------------------------------------------------------------------------------------

MOVED, SKIPPED, WHOLE, SPLIT = "moved", "skipped", "whole", "split"


class World:
    """The world of one case: it begins with process 0 alive, nothing mapped, every device attached and open."""

    def __init__(self, profile: Profile, scope: Json, fault_around: int = 0) -> None:
        self.profile = profile
        self.fault_around = fault_around
        self.block: int = scope.get("block", 1)
        """How many pages a large folio has; 1 in a world without large folios."""
        self.events: List[Json] = []
        self.injections = Injections()
        self.groups = [Group() for _ in range(GROUPS)]
        self.devices = [
            Device(number, scope["frames"], profile, self.events, self.block) for number in range(scope["devices"])
        ]
        self.processes = [
            Process(number, scope["pages"], self.groups[0], self.block) for number in range(scope["processes"])
        ]
        self.processes[0].alive = True
        self.commons: Dict[Tuple[str, int], Object] = {}
        self.slots: List[Optional[Object]] = [None] * scope["slots"]
        self.swap_areas = 0
        self.races = 0

    def entry(self, command: Json) -> Entry:
        """The entry that a command names."""
        return self.processes[command["process"]].entries[command["page"]]

    def device(self, command: Json) -> Device:
        """The device that a command names, or the first where it names none."""
        return self.devices[command.get("device", 0)]

    # Objects come and go.

    def new_object(self, place: Page, group: Group) -> Object:
        """A new object, charged to the group of the process that wants it. Somebody must take it at once."""
        group.charged += 1
        return Object(place, group)

    def system_object(self, value: int, group: Group) -> Object:
        """A new object of this value in system memory."""
        page = Page()
        page.write(value)
        return self.new_object(page, group)

    def copy_of(self, obj: Object, group: Group) -> Object:
        """A new object in system memory with the same content."""
        page = Page()
        page.copy_from(obj.place)
        return self.new_object(page, group)

    def common_object(self, kind: str, page: int) -> Object:
        """The one page of host or shared memory that everybody sees there. It is made once, and kept."""
        if (kind, page) not in self.commons:
            common = self.commons[kind, page] = Object(Page(), None)
            common.place.write(0)
        return self.commons[kind, page]

    def release(self, obj: Object) -> None:
        """Ends an object that nobody holds any more, with its large folio."""
        if obj.wanted:
            return
        for part in obj.parts:
            part.group.charged -= 1
            part.place.scrub()

    # Entries gain and lose objects.

    def gain(self, entry: Entry, obj: Object, state: str) -> None:
        """The entry sees the object from now on, in system memory or on its frame."""
        self.see(entry, obj, state)
        if entry.on_device:
            obj.place.device.map(obj.place)

    def see(self, entry: Entry, obj: Object, state: str) -> None:
        """The same without the counts of the frame."""
        entry.object = obj
        entry.state = state
        obj.entries.append(entry)
        entry.process.rss += 1

    def gain_whole(self, block: List[Entry], folio: Folio, state: str) -> None:
        """A whole entry for a large folio. It counts once for all its pages."""
        for entry, obj in zip(block, folio.objects):
            self.see(entry, obj, state)
            entry.whole = True
        if block[0].on_device:
            place = folio.objects[0].place
            place.device.map(place)

    def split_entry(self, entry: Entry) -> None:
        """An entry for each page instead of the whole entry, if it is one. The folio stays as it is."""
        if not entry.whole:
            return
        for part in entry.block:
            part.whole = False
            if part.on_device and not part.starts_block:  # The first page takes over what the whole entry counted.
                part.object.place.device.map(part.object.place)

    def lose(self, entry: Entry, becomes: str) -> None:
        """The entry sees nothing any more, whatever it was, and is bare, poison or unmapped instead."""
        self.split_entry(entry)
        obj, was_on_device = entry.object, entry.on_device
        entry.object = None
        entry.state = becomes
        if entry.watch == WRITE_PROTECT:
            entry.watch = NOT_WATCHED  # There is no page here any more whose stores could be watched.
        if obj is None or obj.common:
            return
        obj.entries.remove(entry)
        entry.process.rss -= 1
        if was_on_device:
            obj.place.device.unmap(obj.place)
        self.release(obj)

    def exchange(self, entry: Entry, obj: Object, state: str) -> None:
        """The entry sees this object instead of the one that it had, if it had one."""
        self.lose(entry, HOLE)
        self.gain(entry, obj, state)

    def make_own(self, entry: Entry) -> Failure:
        """The entry gets an object that it may write: a hole is filled, a page of a file copied, sharing broken.

        The others keep the old object, with its pins: a pin looks at a page, not at a process.
        """
        if not entry.needs_object:
            return None
        group = entry.process.group
        if group.full:
            return "oom"
        if entry.object is None:
            self.gain(entry, self.system_object(entry.bare_value, group), PRESENT)
        else:
            self.exchange(entry, self.copy_of(entry.object, group), PRESENT)
        return None

    def make_own_to_read(self, entry: Entry) -> Failure:
        """The same for a reader. Stores through the entry are watched as before."""
        watch = entry.watch
        failure = None if entry.common else self.make_own(entry)
        entry.watch = watch
        return failure

    # Large folios begin and end.

    def populate_block(self, entry: Entry) -> bool:
        """Fills the block of an unpopulated page with a large folio of zeros. Answers whether it did."""
        block = entry.block
        alike = all(
            part.state == HOLE and part.prefers_large and part.protection == entry.protection for part in block
        )
        if len(block) == 1 or not alike:
            return False
        folio = Folio([self.system_object(0, entry.process.group) for _ in block])
        self.gain_whole(block, folio, PRESENT)
        return True

    def split(self, folio: Folio) -> None:
        """The pages of a large folio become base pages, each with its entries. What nothing holds ends here."""
        for entry in folio.seen_by:
            self.split_entry(entry)
        frames = [place for place in folio.places if isinstance(place, Frame)]
        for obj in folio.objects:
            obj.folio = None
        self.report_split(frames)
        for frame, obj in zip(frames, folio.objects):
            frame.head = frame
            frame.maps = len(obj.entries)
            frame.refs = self.profile.idle_count + frame.maps
            frame.begin_least()
        for obj in folio.objects:
            if obj.held:
                continue
            obj.group.charged -= 1
            if isinstance(obj.place, Frame):
                obj.place.device.page_free(obj.place)

    def report_split(self, frames: List[Frame]) -> None:
        """The callback: once for each frame that leaves a large folio on a device, and once at the end."""
        for tail in frames[1:]:
            self.events.append({"event": "split", "frame": frames[0].number, "tail": tail.number})
        if frames:
            self.events.append({"event": "split", "frame": frames[0].number})

    def try_split(self, folio: Folio) -> bool:
        """Splits a large folio unless somebody else holds it."""
        if self.injections.strikes("no-split", folio.seen_by):
            return False
        self.split(folio)
        return True

    def folio_to_device(self, folio: Folio, frames: List[Frame]) -> None:
        """A large folio goes to a block of frames that was taken for it: all its pages, with all their entries."""
        for obj, frame in zip(folio.objects, frames):
            frame.copy_from(obj.place)
            obj.place.scrub()
            obj.place = frame
        for entry in folio.seen_by:
            self.arrive(entry, self.common_flavour(entry))
            if entry.counts:
                entry.object.place.device.map(entry.object.place)

    def common_flavour(self, entry: Entry) -> str:
        """The permission of an entry of a large folio: the pages of a whole entry have one."""
        parts = entry.block if entry.whole else [entry]
        return WRITE if all(part.flavour(part.object) == WRITE for part in parts) else READ

    def bring_folio_back(self, folio: Folio) -> str:
        """Tries to bring a large folio back as it is: `moved`, `split`, or the word for what went wrong.

        Without a large system page it is split, and its pages may come back one by one.
        """
        if self.injections.strikes("no-large-page", folio.seen_by):
            return SPLIT if self.try_split(folio) else "SIGBUS"
        if self.injections.strikes("oom", folio.seen_by):
            return "oom"
        if self.injections.strikes("sigbus", folio.seen_by):
            return "SIGBUS"
        self.move_to_system(folio.objects)
        return MOVED

    # Objects move.

    def arrive(self, entry: Entry, state: str) -> None:
        """An entry whose object has moved. What is known of it came along."""
        entry.state = state
        if not self.profile.tracks_moves:
            entry.dirty = True

    def move_to_system(self, objects: List[Object]) -> None:
        """A base page, or all pages of a large folio, come back; every entry that sees them changes, in all processes;
        then the frame, or the large folio, is freed.
        """
        frame = objects[0].place
        frame.get()  # Held by the move itself, so that the frame is freed at the end of it and only there.
        for obj in objects:
            source, obj.place = obj.place, Page()
            obj.place.copy_from(source)
        for entry in [entry for obj in objects for entry in obj.entries]:
            self.arrive(entry, PRESENT)
            if entry.counts:
                frame.device.unmap(frame)
        frame.device.put(frame)

    def move_to_device(self, obj: Object, frame: Frame) -> None:
        """The object goes to a frame that was taken for it; every entry that sees it changes, in all processes.

        Exclusive access is no reason to stay: it ends here. (Linux leaves such a page where it is.)
        """
        page = obj.place
        frame.copy_from(page)
        obj.place = frame
        for entry in obj.entries:
            self.arrive(entry, entry.flavour(obj))
            frame.device.map(frame)
        page.scrub()

    def fill_on_device(self, entry: Entry, frame: Frame) -> None:
        """A hole becomes an object of value 0 on a frame that was taken for it."""
        frame.write(entry.bare_value)
        obj = self.new_object(frame, entry.process.group)
        self.gain(entry, obj, entry.flavour(obj))
        entry.dirty = True

    def bring_back(self, obj: Object) -> str:
        """Tries to bring an object back from its device: `moved`, or the word for what went wrong.

        A system page is looked for first, so `oom` strikes first; after a strike nothing else is tried.
        """
        if self.injections.strikes("oom", obj.entries):
            return "oom"
        if self.injections.strikes("sigbus", obj.entries):
            return "SIGBUS"
        if obj.folio is not None and not self.try_split(obj.folio):
            return "SIGBUS"
        self.move_to_system([obj])
        return MOVED

    def page_to_system(self, entry: Entry, device: Device) -> str:
        """A page of a migration to system memory. What another device has is that one's to give, in every profile."""
        if not entry.is_on(device):
            return SKIPPED
        return MOVED if self.bring_back(entry.object) == MOVED else SKIPPED

    def block_to_system(self, block: List[Entry], device: Device) -> Optional[List[str]]:
        """The pages of a block in a migration that may take large folios; None if they go one by one."""
        if not block[0].whole or not block[0].is_on(device):
            return None
        outcome = self.bring_folio_back(block[0].object.folio)
        if outcome == SPLIT:
            return None
        return [WHOLE if outcome == MOVED else SKIPPED] * len(block)

    def objects_on(self, frames: List[Frame]) -> List[Object]:
        """Each once, in the order of their frames. The pages of a large folio are there with it, mapped or not."""
        entries = (entry for process in self.processes for entry in process.entries if entry.on_device)
        by_frame = {obj.place.number: obj for entry in entries for obj in entry.object.parts}
        return [by_frame[frame.number] for frame in frames if frame.number in by_frame]

    def empty(self, frames: List[Frame]) -> List[str]:
        """Tries to bring every object on some frames back, each once: what became of each of them.

        A large folio comes back as it is if all its frames are among them, else it is split.
        """
        outcomes: List[str] = []
        tried: List[Folio] = []
        for obj in self.objects_on(frames):
            folio = obj.folio
            if folio is not None and folio not in tried and all(place in frames for place in folio.places):
                tried.append(folio)
                outcome = self.bring_folio_back(folio)
                if outcome != SPLIT:
                    outcomes += [outcome] * len(folio.objects)
            if obj.held and obj.folio not in tried:
                outcomes.append(self.bring_back(obj))
        return outcomes

    def must_stay(self, entry: Entry, device: Device) -> bool:
        """Whether a page may not go to the device, quite apart from what is made to fail."""
        if entry.state == UNMAPPED:
            return True
        if entry.state == FILE_PAGE:
            return True
        if entry.state == POISON:
            return True
        if entry.on_device:
            return True
        if entry.common:
            return True
        if entry.object is not None and entry.object.pins > 0:
            return True
        if entry.traps(writes=False):
            return True
        if entry.state == HOLE and entry.process.group.full:
            return True
        if not device.works:
            return True
        return not device.free

    def block_to_device(self, block: List[Entry], device: Device) -> Optional[List[str]]:
        """The pages of a block in a migration that may take large folios; None if they go one by one.

        A large folio goes as it is, a block of holes becomes one. Without a block of frames, the pages go one by one.
        """
        first = block[0]
        holes = all(part.state == HOLE and part.protection == first.protection for part in block)
        if len(block) == 1 or not (holes or (first.whole and first.state == PRESENT)):
            return None
        folio = first.object.folio if first.whole else None
        if not device.works or (folio is not None and folio.pinned):
            return None
        seen_by = block if folio is None else folio.seen_by
        frames = device.free_block()
        if frames is None or self.injections.strikes("no-large-frame", seen_by):
            return None
        if self.injections.strikes("no-frame", seen_by):
            return [SKIPPED] * len(block)
        device.take_block(frames)
        struck = self.injections.strikes("no-copy", seen_by)
        if not struck and folio is None:
            self.fill_block_on_device(block, frames)
        elif not struck:
            self.folio_to_device(folio, frames)
        device.put(frames[0])  # What take_block held.
        return [SKIPPED if struck else WHOLE] * len(block)

    def fill_block_on_device(self, block: List[Entry], frames: List[Frame]) -> None:
        """A block of holes becomes a large folio of zeros on frames that were taken for it."""
        for frame in frames:
            frame.write(0)
        folio = Folio([self.new_object(frame, block[0].process.group) for frame in frames])
        self.gain_whole(block, folio, block[0].flavour(folio.objects[0]))

    def take_frame(self, device: Device, seen_by: List[Entry]) -> Optional[Frame]:
        """A frame for what these entries see, ready for its content; none where an injection strikes.

        `no-frame` strikes the taking, `no-copy` what comes after; the frame was taken in vain then, and is freed.
        """
        if self.injections.strikes("no-frame", seen_by):
            return None
        frame = device.take()
        if self.injections.strikes("no-copy", seen_by):
            device.put(frame)
            return None
        return frame

    def page_to_device(self, entry: Entry, device: Device) -> str:
        """A page of a migration to the device. It is attempted only where nothing else keeps it."""
        if self.must_stay(entry, device):
            return SKIPPED
        folio = None if entry.object is None else entry.object.folio
        if folio is not None and not self.try_split(folio):
            return SKIPPED
        frame = self.take_frame(device, entry.seen_by)
        if frame is None:
            return SKIPPED
        if entry.object is None:
            self.fill_on_device(entry, frame)
        else:
            self.move_to_device(entry.object, frame)
        device.put(frame)  # What take_frame held. The entries hold the frame now.
        return MOVED

    # The CPU touches memory.

    def page_fault(self, entry: Entry) -> Failure:
        """The callback of the device that has the page: somebody touched it. Answers what went wrong, if anything."""
        frame = entry.object.place
        event = {"event": "fault", "process": entry.process.number, "page": entry.page, "frame": frame.number}
        if len(self.devices) > 1:
            event["device"] = frame.device.number
        self.events.append(event)
        outcome = self.bring_back_for(entry)
        if outcome == "oom":
            return "oom"
        if outcome == "SIGBUS":
            if self.profile.sigbus_poisons:
                self.lose(entry, POISON)
            return "SIGBUS"
        self.bring_back_around(entry, frame.device)
        return None

    def bring_back_for(self, entry: Entry) -> str:
        """Brings back what an entry sees: through a whole entry the large folio, unless it has to be split."""
        outcome = self.bring_folio_back(entry.object.folio) if entry.whole else SPLIT
        return self.bring_back(entry.object) if outcome == SPLIT else outcome

    def bring_back_around(self, entry: Entry, device: Device) -> None:
        """What a driver may do while it is at it. Whether it works is nothing to the touch."""
        behind = entry.page + 1
        for near in entry.process.entries[behind : behind + self.fault_around]:
            if near.is_on(device):
                self.bring_back(near.object)

    def touch(self, entry: Entry, writes: bool) -> Failure:
        """All that stands before a touch by the CPU or the kernel. Where nothing is answered it may go on:
        a reader reads, a writer has an object that is its own.

        A store to a page on the device that is watched waits with the page where it is. (Linux brings it back first.)
        """
        permitted = entry.writable if writes else entry.readable
        if not permitted:
            return "SIGSEGV"
        if entry.state == POISON:
            return "SIGBUS"
        entry.take_back()
        if entry.traps(writes):
            return "trapped"
        if entry.on_device:
            failure = self.page_fault(entry)
            if failure is not None:
                return failure
        if not writes or (entry.state == HOLE and self.populate_block(entry)):
            return None
        return self.make_own(entry)

    # A device touches memory.

    def device_reaches(self, device: Device, entry: Entry, writes: bool) -> Failure:
        """All that stands before a device access, but for what only some of them need."""
        if not device.works:
            return "ENODEV"
        if not entry.readable:
            return "EFAULT"
        if writes and not entry.writable:
            return "EPERM"
        if entry.state == POISON:
            return "EFAULT"
        return None

    def fetch_foreign(self, device: Device, entry: Entry, writes: bool) -> Failure:
        """A page on another device comes back before it is used; or, before 6.1, may be read there and no more."""
        if not entry.on_device or entry.is_on(device):
            return None
        if self.profile.foreign_access_faults:
            failure = self.page_fault(entry)
            return failure if failure is None or self.profile.foreign_error_tells_cause else "EFAULT"
        return "EFAULT" if writes else None

    def make_own_for(self, device: Device, entry: Entry) -> Failure:
        """Like make_own, for a store by the device: the page ends where the device may write it.

        What cannot be written in place goes to a frame of its own. (Linux makes its copies in system memory.)
        """
        in_place = entry.state == WRITE or (entry.state != READ and not entry.needs_object)
        if in_place:
            return None
        if entry.on_device and entry.object.folio is not None:  # A page of a large folio cannot change its frame.
            return self.page_fault(entry) or self.make_own(entry)
        if device.free:
            return self.make_own_on(device, entry)
        if entry.on_device:
            outcome = self.bring_back(entry.object)
            if outcome != MOVED:
                return outcome
        return self.make_own(entry)

    def make_own_on(self, device: Device, entry: Entry) -> Failure:
        """The entry gets an object that it may write, on a frame of the device. The others keep what they have."""
        if entry.needs_object and entry.process.group.full:
            return "oom"
        frame = self.take_frame(device, entry.seen_by)
        if frame is None:
            return "oom"
        if entry.object is None:
            self.fill_on_device(entry, frame)
        elif entry.object.shared:
            frame.copy_from(entry.object.place)
            self.exchange(entry, self.new_object(frame, entry.process.group), WRITE)
        else:
            self.change_frame(entry, frame)
        device.put(frame)  # What take_frame held.
        return None

    def change_frame(self, entry: Entry, frame: Frame) -> None:
        """The only entry of an object on the device sees it on another frame. READ may become WRITE there."""
        old = entry.object.place
        frame.copy_from(old)
        entry.object.place = frame
        frame.device.map(frame)
        entry.state = entry.flavour(entry.object)
        old.device.unmap(old)


# ---------------------------------------------------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------------------------------------------------

COMMANDS: Dict[str, Callable[[World, Json], Result]] = {}


def answers(op: str) -> Callable[[Callable[[World, Json], Result]], Callable[[World, Json], Result]]:
    """Marks the function that answers a command."""

    def register(function: Callable[[World, Json], Result]) -> Callable[[World, Json], Result]:
        COMMANDS[op] = function
        return function

    return register


ERRORS = {"SIGSEGV": "EFAULT", "SIGBUS": "EFAULT", "oom": "ENOMEM"}


def as_error(result: Result) -> Result:
    """What a kernel or a device is told where the CPU would get a signal. Everything else is told as it is."""
    return ERRORS.get(result, result)


# Processes.


@answers("spawn")
def spawn(world: World, command: Json) -> Result:
    """A new process with nothing mapped."""
    process = world.processes[command["process"]]
    process.alive = True
    process.group = world.groups[0]
    return "ok"


@answers("fork")
def fork(world: World, command: Json) -> Result:
    """A child that sees what its parent sees."""
    parent, child = world.processes[command["process"]], world.processes[command["child"]]
    child.alive = True
    child.group = parent.group
    for mine, its in zip(parent.entries, child.entries):
        if mine.inherited == NONE:
            continue
        its.map_like(mine)
        if mine.inherited == ZERO:
            its.state, its.dirty = HOLE, True
        elif mine.whole and not mine.object.folio.pinned:
            if mine.starts_block:
                fork_block(world, mine.block, its.block)
        else:
            fork_entry(world, mine, its)
    return "ok"


def fork_entry(world: World, mine: Entry, its: Entry) -> None:
    """The child's entry for one of its parent's."""
    mine.take_back()
    if not mine.counted:
        its.state, its.object = mine.state, mine.object  # What is bare, poison, common memory: nothing is counted.
    elif mine.object.pins > 0 and world.profile.fork_copies_pinned:
        world.gain(its, world.copy_of(mine.object, its.process.group), PRESENT)
    else:
        mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.
        world.gain(its, mine.object, mine.state)


def fork_block(world: World, mine: List[Entry], its: List[Entry]) -> None:
    """The child's whole entry for one of its parent's."""
    for entry in mine:
        entry.write_protect()
    world.gain_whole(its, mine[0].object.folio, mine[0].state)


@answers("exit")
def exit_process(world: World, command: Json) -> Result:
    """Every mapping goes, as in unmap."""
    process = world.processes[command["process"]]
    for entry in process.entries:
        unmap_entry(world, entry)
    process.alive = False
    return "ok"


# Mappings.


@answers("map")
def map_page(world: World, command: Json) -> Result:
    """A mapping: of nothing yet, or of a common page, which is there at once."""
    kind = command["kind"]
    for entry in entries_of(world, command):
        entry.map(kind, command["protection"])
        entry.prefers_large = command.get("whole") is True
        if kind in ("host", "shared"):
            entry.state, entry.object = PRESENT, world.common_object(kind, entry.page)
    return "ok"


def entries_of(world: World, command: Json) -> List[Entry]:
    """The entries that a command on mappings is about: of one page, or of all pages of its block."""
    entry = world.entry(command)
    return entry.block if command.get("whole") is True else [entry]


@answers("unmap")
def unmap_page(world: World, command: Json) -> Result:
    """The mapping goes."""
    for entry in entries_of(world, command):
        unmap_entry(world, entry)
    return "ok"


def unmap_entry(world: World, entry: Entry) -> None:
    """Nothing is here any more, and nothing permitted."""
    world.lose(entry, UNMAPPED)
    entry.protection = NO_ACCESS
    entry.inherited = COPY


@answers("discard")
def discard(world: World, command: Json) -> Result:
    """What a private page holds is thrown away, poison too. Common memory stays."""
    for entry in entries_of(world, command):
        if entry.state == UNMAPPED:  # The other side of a race was faster.
            return "ENOMEM"
        if entry.locked:  # Nothing of it may be lost.
            return "EINVAL"
        if not entry.common:
            world.lose(entry, entry.bare_state)
            entry.dirty = True
    return "ok"


@answers("protect")
def protect(world: World, command: Json) -> Result:
    """A new protection of a mapping. The same one again leaves the entry as it is.

    It also takes the page back from a device that has it to itself. (In Linux the device keeps it.)
    """
    entries = entries_of(world, command)
    for entry in entries:
        if entry.state == UNMAPPED:
            return "ENOMEM"
        if entry.protection == command["protection"]:
            continue
        if len(entries) == 1:
            world.split_entry(entry)
        entry.write_protect()
        entry.take_back()
        entry.protection = command["protection"]
    return "ok"


@answers("move")
def move(world: World, command: Json) -> Result:
    """A mapping goes to another place: the entry itself, with all that it has. Nothing is counted anew."""
    entries = entries_of(world, command)
    if entries[0].state == UNMAPPED:
        return "EFAULT"
    if len(entries) == 1:
        world.split_entry(entries[0])
    target = world.entry({**command, "page": command["to"]})
    first = target.page if len(entries) == 1 else target.block[0].page
    for at, entry in enumerate(entries):
        move_entry(entry, first + at, command["keep"])
    return "ok"


def move_entry(entry: Entry, to: int, keep: bool) -> None:
    """One page of a move."""
    row, page = entry.process.entries, entry.page
    left = Entry(entry.process, page)
    if keep:
        left.map(entry.kind, entry.protection)
        left.prefers_large = entry.prefers_large
        left.inherited = entry.inherited
    row[to], entry.page = entry, to
    row[page] = left  # Nothing of the entry stays behind.
    entry.dirty = True


@answers("lock")
def lock(world: World, command: Json) -> Result:
    """The page is brought in, and is not to be thrown away; the latter whatever comes of the former."""
    world.entry(command).locked = True
    return populate(world, command)


@answers("unlock")
def unlock(world: World, command: Json) -> Result:
    """The lock ends."""
    world.entry(command).locked = False
    return "ok"


@answers("advise")
def advise(world: World, command: Json) -> Result:
    """What a process says of its use of a page. What it does not need is dropped at once, for this process alone.

    (Linux waits until somebody wants the memory, where the page is still there.)
    """
    entry, advice = world.entry(command), command["advice"]
    if advice == "move-node":
        return "ok"
    if entry.locked:  # Advice may lose content.
        return "EINVAL"
    entry.dirty = True
    if advice == "free" and entry.state == PRESENT and entry.object.pins == 0:
        world.lose(entry, HOLE)
    return "ok"


@answers("inherit")
def inherit(world: World, command: Json) -> Result:
    """What children get of a mapping from now on: the page, nothing, or the mapping without the page."""
    entry = world.entry(command)
    entry.inherited = command["inheritance"]
    entry.dirty = True
    return "ok"


@answers("watch")
def watch(world: World, command: Json) -> Result:
    """Somebody wants to know of stores to a page, or of touches while there is none."""
    entry = world.entry(command)
    entry.watch = command["watch"]
    if entry.watch == WRITE_PROTECT:
        entry.write_protect()
        if entry.object is None:
            entry.watch = NOT_WATCHED  # There are no stores to watch where there is no page.
    entry.dirty = True
    return "ok"


# The CPU touches memory.


@answers("load")
def load(world: World, command: Json) -> Result:
    """The CPU reads."""
    entry = world.entry(command)
    failure = world.touch(entry, writes=False)
    if failure is not None:
        return failure
    return entry.read()


@answers("store")
def store(world: World, command: Json) -> Result:
    """The CPU writes."""
    entry = world.entry(command)
    failure = world.touch(entry, writes=True)
    if failure is not None:
        return failure
    entry.write(command["value"])
    return "ok"


@answers("kernel-load")
def kernel_load(world: World, command: Json) -> Result:
    """The kernel reads for somebody, through the address of the process."""
    return as_error(load(world, command))


@answers("kernel-store")
def kernel_store(world: World, command: Json) -> Result:
    """The kernel writes for somebody."""
    return as_error(store(world, command))


@answers("peek")
def peek(world: World, command: Json) -> Result:
    """The kernel reads what it can reach without a fault. It looks past a watch: nobody sees a load by this."""
    entry = world.entry(command)
    if not entry.readable or entry.state == POISON:
        return "EFAULT"
    if entry.on_device:
        return "EFAULT"  # To bring it back would be a fault.
    return entry.read()


@answers("populate")
def populate(world: World, command: Json) -> Result:
    """The page is brought in beforehand: for writing where that is permitted, else for reading."""
    entry = world.entry(command)
    if entry.state == UNMAPPED:
        return "ENOMEM"
    failure = world.touch(entry, writes=entry.writable)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    return "ok"


@answers("pin")
def pin(world: World, command: Json) -> Result:
    """Holds a page in a slot, ready to be written, so its sharing is broken first; or only to be read.

    A pin for reading of what is not there makes a page for it. (Linux may hold the page of zeroes, or the file's.)
    """
    entry, slot, reads = world.entry(command), command["slot"], command.get("access") == "read"
    if world.slots[slot] is not None:
        return "EBUSY"
    failure = world.touch(entry, writes=not reads)
    if failure is None and reads and (entry.object is None or world.profile.read_pin_unshares):
        failure = world.make_own_to_read(entry)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    entry.object.pins += 1
    world.slots[slot] = entry.object
    return "ok"


@answers("unpin")
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


# Pages move by request.


@answers("migrate-to-device")
def migrate_to_device(world: World, command: Json) -> Result:
    """The pages of a range, one after another, each as if alone."""
    return migrate(world, command, world.page_to_device, world.block_to_device)


@answers("migrate-to-system")
def migrate_to_system(world: World, command: Json) -> Result:
    """The way back."""
    return migrate(world, command, world.page_to_system, world.block_to_system)


def migrate(
    world: World,
    command: Json,
    of_page: Callable[[Entry, Device], str],
    of_block: Callable[[List[Entry], Device], Optional[List[str]]],
) -> List[str]:
    """The pages of a range; with `compound`, the blocks that it covers as blocks where that is possible."""
    device, first = world.device(command), command["page"]
    entries = world.processes[command["process"]].entries[first : first + command["count"]]
    outcomes: List[str] = []
    while len(outcomes) < len(entries):
        entry = entries[len(outcomes)]
        covered = entry.starts_block and len(outcomes) + len(entry.block) <= len(entries)
        together = of_block(entry.block, device) if covered and command.get("compound") is True else None
        outcomes += [of_page(entry, device)] if together is None else together
    return outcomes


@answers("evict")
def evict(world: World, command: Json) -> Result:
    """A driver wants the room that one object takes: the driver of whatever device has it."""
    entry = world.entry(command)
    return [world.page_to_system(entry, entry.object.place.device) if entry.on_device else SKIPPED]


@answers("evict-all")
def evict_all(world: World, command: Json) -> Result:
    """A driver wants all its room. What cannot come back stays."""
    return world.empty(world.device(command).frames).count(MOVED)


@answers("collapse")
def collapse(world: World, command: Json) -> Result:
    """The pages of a block become one large folio in system memory, with a whole entry. Nothing comes back for it."""
    entry = world.entry(command)
    block = entry.block
    if entry.whole:
        return "EINVAL" if entry.on_device else "ok"
    if any(part.protection != entry.protection or must_not_collapse(part) for part in block):
        return "EINVAL"
    folio = Folio([world.system_object(part.read(), part.process.group) for part in block])
    for part in block:
        world.lose(part, HOLE)
    world.gain_whole(block, folio, PRESENT)
    return "ok"


def must_not_collapse(entry: Entry) -> bool:
    """Whether a page keeps its block from becoming a large folio."""
    return entry.on_device or entry.state == POISON or (entry.object is not None and entry.object.pins > 0)


@answers("split")
def split(world: World, command: Json) -> Result:
    """A large folio becomes base pages, each where it is."""
    obj = world.entry(command).object
    if obj is None or obj.folio is None:
        return "EINVAL"
    return "ok" if world.try_split(obj.folio) else "EBUSY"


@answers("evict-range")
def evict_range(world: World, command: Json) -> Result:
    """A driver wants some of its room: the frames are counted across the devices."""
    frames = [frame for device in world.devices for frame in device.frames]
    first = command["frame"]
    return world.empty(frames[first : first + command["frames"]]).count(MOVED)


# Devices touch memory.


@answers("device-load")
def device_load(world: World, command: Json) -> Result:
    """A device reads, wherever the page is. Nothing moves, but what another device has, from 6.1."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=False)
    if failure is None and entry.traps(writes=False):
        failure = "trapped"
    if failure is None:
        failure = world.fetch_foreign(device, entry, writes=False)
    return entry.read() if failure is None else as_error(failure)


@answers("device-store")
def device_store(world: World, command: Json) -> Result:
    """A device writes. Through a READ entry it may not: there the writer gets a page of its own first."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=True)
    if failure is None and entry.traps(writes=True):
        failure = "trapped"
    if failure is None:
        failure = world.fetch_foreign(device, entry, writes=True)
    if failure is None:
        failure = world.make_own_for(device, entry)
    if failure is not None:
        return as_error(failure)
    entry.write(command["value"])
    return "ok"


@answers("make-exclusive")
def make_exclusive(world: World, command: Json) -> Result:
    """A device gets a page of system memory to itself, after a touch as by a store of nothing."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=True) or world.touch(entry, writes=True)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    entry.state = EXCLUSIVE
    return "ok"


@answers("device-exchange")
def device_exchange(world: World, command: Json) -> Result:
    """A device reads and writes at once what it has to itself. Which device that is, no entry says: any may."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=True)
    if failure is not None:
        return failure
    if entry.state != EXCLUSIVE:
        return "EINVAL"
    if entry.traps(writes=True):
        return "trapped"
    value = entry.read()
    entry.write(command["value"])
    return value


# Devices come and go.


@answers("attach")
def attach(world: World, command: Json) -> Result:
    """A device comes, with a range of its own."""
    device = world.device(command)
    if device.attached:
        return "EBUSY"
    device.attached = True
    device.range_is_taken = False
    return "ok"


@answers("detach")
def detach(world: World, command: Json) -> Result:
    """A device goes, if everything on it comes back first. All of it is tried, also after a failure."""
    device = world.device(command)
    if not device.attached:
        return "ENODEV"
    if any(outcome != MOVED for outcome in world.empty(device.frames)):
        return "EBUSY"
    device.attached = False
    return "ok"


@answers("surprise-remove")
def surprise_remove(world: World, command: Json) -> Result:
    """A device is lost, with what it has: nobody can ask it for anything any more."""
    device = world.device(command)
    if not device.attached:
        return "ENODEV"
    for process in world.processes:
        for entry in process.entries:
            if entry.is_on(device):
                world.lose(entry, POISON)
    device.attached = False
    return "ok"


@answers("open")
def open_device(world: World, command: Json) -> Result:
    """Somebody uses a device again."""
    device = world.device(command)
    if device.open:
        return "EBUSY"
    device.open = True
    return "ok"


@answers("close")
def close_device(world: World, command: Json) -> Result:
    """Nobody uses a device any more. Its pages stay, and come back like any other's."""
    device = world.device(command)
    if not device.open:
        return "ENODEV"
    device.open = False
    return "ok"


@answers("hot-add")
def hot_add(world: World, command: Json) -> Result:
    """Somebody adds memory where a device's memory is recorded: there is room, once, while the device is gone."""
    device = world.device(command)
    if device.attached or device.range_is_taken:
        return "EEXIST"
    device.range_is_taken = True
    return "ok"


# What is made to fail.


@answers("inject")
def inject(world: World, command: Json) -> Result:
    """Makes something fail, instead of what failed in this way before."""
    world.injections.waiting[command["kind"]] = Injection(command["victim"], command["remaining"])
    return "ok"


@answers("heal")
def heal(world: World, command: Json) -> Result:
    """Nothing fails any more."""
    world.injections.waiting.clear()
    return "ok"


# Accounting.


@answers("limit")
def limit(world: World, command: Json) -> Result:
    """How many pages a group may be charged for."""
    pages = command["pages"]
    world.groups[command["group"]].limit = None if pages == "none" else pages
    return "ok"


@answers("join")
def join(world: World, command: Json) -> Result:
    """A process changes its group. All that it sees is charged there, with whomever it shares it."""
    process, group = world.processes[command["process"]], world.groups[command["group"]]
    process.group = group
    if world.profile.join_moves_charges:
        for entry in process.entries:
            if entry.counted:  # On a device, too.
                entry.object.charge_to(group)
    return "ok"


@answers("charge")
def charge(world: World, command: Json) -> Result:
    """How many objects a group is charged for."""
    return world.groups[command["group"]].charged


@answers("swap-on")
def swap_on(world: World, command: Json) -> Result:
    """As many more swap areas as the limit leaves."""
    accepted = min(command["areas"], world.profile.swap_areas - world.swap_areas)
    world.swap_areas += accepted
    return accepted


# Questions. They change nothing.


@answers("page-map")
def page_map(world: World, command: Json) -> Result:
    """What the page table has: nothing, a page of memory, or an entry that only the system itself understands."""
    entry = world.entry(command)
    if entry.state in (UNMAPPED, HOLE):
        return "absent"
    if entry.state in (PRESENT, FILE_PAGE):
        return "present"
    if entry.state == POISON or entry.object.shared or not world.profile.tells_sole_mapper:
        return "special"
    return "special-sole"


@answers("residency")
def residency(world: World, command: Json) -> Result:
    """Whether there is a page, wherever it is. A page of the file, host and shared memory are always there."""
    entry = world.entry(command)
    if entry.state == UNMAPPED:
        return "ENOMEM"
    return 0 if entry.state == HOLE else 1


@answers("smaps")
def smaps(world: World, command: Json) -> Result:
    """The pages of a process, summed up one by one."""
    return sum(entry.counted for entry in world.processes[command["process"]].entries)


@answers("soft-dirty")
def soft_dirty(world: World, command: Json) -> Result:
    """Whether a page was stored to, or may have been, since it was cleared."""
    return "dirty" if world.entry(command).dirty else "clean"


@answers("clear-soft-dirty")
def clear_soft_dirty(world: World, command: Json) -> Result:
    """From now on only new stores count. This one does change something, but disturbs nothing.

    A device that stores has to ask first, so that its stores are noticed, too. (Linux leaves it the permission.)
    """
    for entry in world.processes[command["process"]].entries:
        entry.write_protect()
        entry.dirty = False
    return "ok"


@answers("inspect")
def inspect(world: World, command: Json) -> Result:
    """What it shows is added where a case asks for it."""
    return "ok"


# Two at once.


@answers("race")
def race(world: World, command: Json) -> Result:
    """Two commands at once. Here one waits for the other; which of them has to wait changes from race to race.

    In every other race a store lets the other command in when it has written one cell.
    """
    sides = ["left", "right"] if world.races % 2 == 0 else ["right", "left"]
    parts = world.races % 4 >= 2
    world.races += 1
    first, second = command[sides[0]], command[sides[1]]
    results: Json = {}
    begun = parts and first["op"] in ("store", "kernel-store")
    results[sides[0]] = store_cells(world, first, 0, 1) if begun else COMMANDS[first["op"]](world, first)
    results[sides[1]] = COMMANDS[second["op"]](world, second)
    if begun and results[sides[0]] == "ok":
        results[sides[0]] = store_cells(world, first, 1, CELLS)
    return results


def store_cells(world: World, command: Json, start: int, end: int) -> Result:
    """Some cells of a store. Each time the page is touched anew: it may be another one by then, or gone."""
    entry = world.entry(command)
    failure = world.touch(entry, writes=True)
    if failure is not None:
        return failure if command["op"] == "store" else as_error(failure)
    entry.object.place.cells[start:end] = [command["value"]] * (end - start)
    entry.dirty = True
    return "ok"


# ---------------------------------------------------------------------------------------------------------------------
# Snapshot
# ---------------------------------------------------------------------------------------------------------------------


def show_process(process: Process) -> Optional[List[Union[str, Json]]]:
    """A row of entries; nothing for a process that is not alive."""
    return [entry.show() for entry in process.entries] if process.alive else None


def show_state(world: World) -> Json:
    """All there is to see. To look begins a new count of the least references."""
    frames = [frame for device in world.devices for frame in device.frames]
    state: Json = {
        "entries": [show_process(process) for process in world.processes],
        "frames": [frame.show() for frame in frames],
        "rss": [process.rss for process in world.processes],
        "charged": sum(group.charged for group in world.groups),
    }
    for frame in frames:
        frame.begin_least()
    if world.block > 1:
        state["whole"] = [
            [entry.whole for entry in process.entries] if process.alive else None for process in world.processes
        ]
        large = {place for process in world.processes for entry in process.entries for place in places_of(entry)}
        state["large"] = [frame in large for frame in frames]
    return state


def places_of(entry: Entry) -> List[Page]:
    """The places of the large folio that an entry sees."""
    folio = None if entry.object is None else entry.object.folio
    return [] if folio is None else folio.places


# ---------------------------------------------------------------------------------------------------------------------
# Protocol
# ---------------------------------------------------------------------------------------------------------------------

HELLO: Json = {
    "type": "hello",
    "protocol": 1,
    "name": "zone_device.py",
    "version": "2.0",
    "profiles": list(PROFILES),
    "capabilities": [
        # Commands beyond the core.
        *("fork", "discard", "protect", "host", "shared", "file", "move", "move-keep", "populate", "lock", "advise"),
        *("device-load", "device-store", "pin", "kernel-access", "peek", "watch-missing", "watch-write"),
        *("evict", "evict-all", "attach", "close", "hot-add", "devices", "exclusive", "swap-on"),
        *("soft-dirty", "query", "limit", "groups", "race", "race-extended"),
        *("surprise-removal", "pin-read", "inherit"),
        *("inject-sigbus", "inject-oom", "inject-no-frame", "inject-no-copy"),
        *("large-folios", "evict-range", "inject-no-large-frame", "inject-no-large-page"),
        *("collapse", "split", "inject-no-split", "split-callbacks"),
        # Ways to behave.
        *("device-copy-on-write", "oom-result"),
        # What is shown.
        *("callbacks", "allocations", "entries", "frames", "least-count", "accounting", "every-step"),
        # How it answers.
        "progress",
    ],
}

SCOPE: Dict[str, Tuple[int, int]] = {
    "processes": (1, 8),
    "pages": (1, 16),
    "frames": (0, 32),
    "slots": (0, 8),
    "devices": (1, 2),
    "block": (1, 8),
}
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
    scope = {"devices": 1, "block": 1, **scope}
    for name, (least, most) in SCOPE.items():
        if not is_int(scope.get(name)) or not least <= scope[name] <= most:
            raise Refused("the scope's %s should be %d to %d: %r" % (name, least, most, scope.get(name)))
    if scope["block"] > 1 and not PROFILES[profile].large_folios:
        raise Refused("the profile %s has no large folios" % profile)
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


def report(case: int, step: int) -> None:
    """Says that a command is finished. Written at once: it has to be out if the next command never ends."""
    os.write(1, b'{"type":"progress","id":%d,"step":%d}\n' % (case, step))


class Coverage:
    """The lines of this file that run. The suite takes any numbers: branches or states would do as well."""

    def __init__(self) -> None:
        self.lines: Set[int] = set()

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        """Called by Python at every call and every line."""
        if frame.f_code.co_filename != __file__:
            return None
        if event == "line":
            self.lines.add(frame.f_lineno)
        return self.trace


def run_traced_case(request: Json, fault_around: int) -> Json:
    """A whole case, with the lines that it ran. Tracing makes it many times slower."""
    coverage = Coverage()
    sys.settrace(coverage.trace)
    try:
        reply = run_case(request, fault_around)
    finally:
        sys.settrace(None)
    return {**reply, "coverage": sorted(coverage.lines)}


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
            if request.get("progress") is True:
                report(case, step)
    except Exception as problem:  # A command without its fields, or a mistake of ours: either is told, not thrown.
        message = "%s: %s" % (type(problem).__name__, problem)
        return {"type": "error", "id": case, "step": step, "message": message}
    return {"type": "observations", "id": case, "observations": observations}


def answer(line: bytes, options: Options) -> Json:
    """The one reply to one line, whatever the line is."""
    try:
        request = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        return {"type": "error", "id": None, "message": "this line is not JSON: %s" % problem}
    if not isinstance(request, dict):
        return {"type": "error", "id": None, "message": "this line is not a JSON object"}
    if request.get("type") == "hello":
        return {**HELLO, "capabilities": [*HELLO["capabilities"], "coverage"]} if options.coverage else HELLO
    case = request["id"] if is_int(request.get("id")) else None
    if request.get("type") != "case":
        return {"type": "error", "id": case, "message": "unknown type: %r" % (request.get("type"),)}
    if case is None:
        return {"type": "error", "id": None, "message": "the case has no id"}
    return (run_traced_case if options.coverage else run_case)(request, options.fault_around)


def serve(options: Options) -> None:
    """Answers line by line until the input ends. Bytes, so that no platform changes the ends of lines."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(line, options), separators=(",", ":")).encode("utf-8") + b"\n")
        out.flush()


class Options(NamedTuple):
    """What the command line chooses."""

    fault_around: int = 0
    coverage: bool = False


def options_in(arguments: List[str]) -> Options:
    """The options of a command line."""
    options = Options()
    while arguments:
        if arguments[0] == "--coverage":
            options, arguments = options._replace(coverage=True), arguments[1:]
        elif arguments[0] == "--fault-around" and len(arguments) > 1 and arguments[1].isdecimal():
            options, arguments = options._replace(fault_around=int(arguments[1])), arguments[2:]
        else:
            sys.exit("usage: zone_device.py [--fault-around N] [--coverage]")
    return options


def main() -> int:
    """Serves, and ends without noise: at the end of input, at Ctrl-C, when nobody reads any more."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    options = options_in(sys.argv[1:])
    try:
        serve(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Or Python complains at its own exit.
    return 0


if __name__ == "__main__":
    sys.exit(main())
