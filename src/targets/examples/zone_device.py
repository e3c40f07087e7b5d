#!/usr/bin/env python3
"""ZONE_DEVICE private memory in one file, with the adapter that connects it to zone-device-conformance.

This is a teaching example and a second opinion: a whole implementation of the rules, written from the text of
spec/RULES.md and spec/protocol/ADAPTERS.md alone. Copy it, put your own memory where the sections `Memory` to
`Commands` are, and keep the last two.

    zdc doctor --target "stdio:python3 zone_device.py"

The sections, from the bottom upwards:

    Profiles     the differences between the versions of the rules, as data
    Memory       pages of cells, and the filler of pages that belong to no object
    Frames       pages of a device, with their counts
    Groups       control groups: their charges and limits
    Objects      one page of content, with its charge; large folios, which are the objects of one block
    Entries      the page-table entries that refer to objects, with their mappings
    Injections   the injected failures and their victims
    Devices      a device, the free frames of its driver and its page_free callback
    World        the state shared by the processes, migration between system and device, page_fault
    Commands     one short function for each command
    Snapshot     the contents of a snapshot
    Protocol     JSON lines in, JSON lines out

Where the rules leave a choice, this file takes the simplest one that is not that of Linux: the suite must accept both.
A comment names each choice. Most rules are one line each, so that each can be broken alone to test the suite.

With `--fault-around N` the driver also migrates back those of the N pages after an accessed one that are on the same
device. With `--coverage` every reply lists the lines of this file that the case executed.

Needs Python 3.9 and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from types import FrameType
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

Json = Dict[str, Any]
Result = Union[int, str, List[str], Dict[str, Any]]
Parts = Iterator[Result]
"""A command in parts, between which another command can run: the result after each part, at last that of the command."""
Failure = Optional[str]
"""The word that a command answers when something went wrong; None when nothing did."""

# ---------------------------------------------------------------------------------------------------------------------
# Profiles
# ---------------------------------------------------------------------------------------------------------------------


class Profile(NamedTuple):
    """The differences between the versions of the rules."""

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
        """Copies every cell as it is: a copy does not repair a torn page."""
        self.cells = list(other.cells)

    def scrub(self) -> None:
        """Fills a page that belongs to no object."""
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
    """A page of a device, idle and free at first. The counts of a large folio are those of its first frame."""

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
        """Takes a reference."""
        self.refs += 1

    def put(self) -> None:
        """Gives one reference back, and notes how low the count ever was."""
        self.refs -= 1
        self.least = min(self.least, self.refs)

    def show(self) -> Json:
        """The counts for a snapshot, which are those of the large folio if there is one."""
        return {"refs": self.head.refs, "maps": self.head.maps, "least": self.head.least}

    def begin_least(self) -> None:
        """Restarts the minimum count at the present count."""
        self.least = self.refs


# ---------------------------------------------------------------------------------------------------------------------
# Groups
# ---------------------------------------------------------------------------------------------------------------------

GROUPS = 2
"""Control groups in every world. A process begins in the first."""


class Group:
    """A control group: the number of objects charged to it, and its limit."""

    __slots__ = ("charged", "limit")

    def __init__(self) -> None:
        self.charged = 0
        self.limit: Optional[int] = None

    @property
    def full(self) -> bool:
        """Whether nothing more may be charged. The charge may exceed a limit that was set later."""
        return self.limit is not None and self.charged >= self.limit


# ---------------------------------------------------------------------------------------------------------------------
# Objects
# ---------------------------------------------------------------------------------------------------------------------


class Object:
    """One page of content: its location, the entries that refer to it, its pins, and the charged group."""

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
        """Whether a write must break the sharing first."""
        return len(self.entries) > 1

    @property
    def held(self) -> bool:
        """Whether an entry or a pin holds it."""
        return bool(self.entries) or self.pins > 0

    @property
    def parts(self) -> List[Object]:
        """The objects of its large folio, or the object alone for a base page."""
        return [self] if self.folio is None else self.folio.objects

    @property
    def wanted(self) -> bool:
        """Whether an entry or a pin holds it, or a page of its large folio."""
        return self.common or any(part.held for part in self.parts)

    def charge_to(self, group: Group) -> None:
        """Moves the charge to this group."""
        self.group.charged -= 1
        self.group = group
        group.charged += 1


class Folio:
    """A large folio: the objects of a block, which are in system memory or on one block of frames."""

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
    """The page-table entry of one page of a process, with its mapping."""

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
        """The mapping that a child inherits, without lock and userfaultfd."""
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
        """Whether it counts as resident: an object of the process, in system memory or on a device."""
        return self.object is not None and not self.object.common

    @property
    def on_device(self) -> bool:
        return self.state in (READ, WRITE)

    def is_on(self, device: Device) -> bool:
        """Whether the page is on this device."""
        return self.on_device and self.object.place.device is device

    @property
    def bare_state(self) -> str:
        """The state of a mapping of this kind without an object."""
        return FILE_PAGE if self.kind == "file" else HOLE

    @property
    def bare_value(self) -> int:
        """The value that it reads without an object."""
        return FILE_VALUE + self.page if self.kind == "file" else 0

    @property
    def block(self) -> List[Entry]:
        """The entries of the process for the pages of its block, or this one alone outside a block."""
        return self.process.block_of(self.page)

    @property
    def starts_block(self) -> bool:
        return self.block[0] is self

    @property
    def counts(self) -> bool:
        """Whether its frame counts it: the first page counts for a whole entry."""
        return not self.whole or self.starts_block

    @property
    def seen_by(self) -> List[Entry]:
        """All entries that see what is here; a page without an object is seen by this one alone."""
        return [self] if self.object is None else self.object.entries

    @property
    def needs_object(self) -> bool:
        """Whether a write needs a new object first."""
        return self.object is None or self.object.shared

    def traps(self, writes: bool) -> bool:
        """Whether userfaultfd traps an access."""
        if self.state == HOLE:
            return self.watch == MISSING
        return writes and self.watch == WRITE_PROTECT

    def write_protect(self) -> None:
        """Makes a WRITE entry READ."""
        if self.state == WRITE:
            self.state = READ

    def take_back(self) -> None:
        """Ends exclusive access."""
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
    """A process slot: its entries, its number of resident pages, and its control group."""

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
    """A failure of one kind that strikes its victim."""

    __slots__ = ("victim", "remaining")

    def __init__(self, victim: Union[str, Json], remaining: Union[int, str]) -> None:
        self.victim = None if victim == "any" else (victim["process"], victim["page"])
        self.remaining = None if remaining == "until-healed" else int(remaining)

    def aims_at(self, seen_by: Iterable[Entry]) -> bool:
        """Whether one of these entries is that of the victim."""
        return self.victim is None or any((e.process.number, e.page) == self.victim for e in seen_by)

    def use(self) -> bool:
        """Uses up one strike. Returns whether the injection has ended."""
        if self.remaining is None:
            return False
        self.remaining -= 1
        return self.remaining == 0


class Injections:
    """The current injections, one of each kind at most."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: Dict[str, Injection] = {}

    def strikes(self, kind: str, seen_by: Iterable[Entry]) -> bool:
        """Whether the injection strikes an attempt on these entries; if so, one strike is used up."""
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
    """A device and its driver: the frames, and the free ones among them."""

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
        """Whether it accepts pages and accesses. Its pages migrate back in any case."""
        return self.attached and self.open

    def take(self) -> Frame:
        """Allocates a free frame. The caller holds one reference and must put it."""
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
        """Allocates a free block. The caller holds one reference to its first frame and must put it."""
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
        """The callback: a frame, or each frame of a large folio, is free."""
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
        """Removes an entry for the frame. The map count falls first, so that page_free sees zero."""
        frame.head.maps -= 1
        self.put(frame)


# ---------------------------------------------------------------------------------------------------------------------
# World
# ---------------------------------------------------------------------------------------------------------------------

MOVED, SKIPPED, WHOLE, SPLIT = "moved", "skipped", "whole", "split"


class World:
    """The world of one case. Process 0 is alive, nothing is mapped, and every device is attached and open."""

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
        """The device of a command, by default the first one."""
        return self.devices[command.get("device", 0)]

    # Objects come and go.

    def new_object(self, place: Page, group: Group) -> Object:
        """Creates an object, charged to the group of the process. The caller must store it in an entry at once."""
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
        """The page of host or shared memory, which is created once and kept."""
        if (kind, page) not in self.commons:
            common = self.commons[kind, page] = Object(Page(), None)
            common.place.write(0)
        return self.commons[kind, page]

    def release(self, obj: Object) -> None:
        """Ends an object that neither an entry nor a pin holds, with its large folio."""
        if obj.wanted:
            return
        for part in obj.parts:
            part.group.charged -= 1
            part.place.scrub()

    # Entries gain and lose objects.

    def gain(self, entry: Entry, obj: Object, state: str) -> None:
        """Makes the entry refer to the object, in system memory or on its frame."""
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
        """Makes a whole entry for a large folio, which counts once for all its pages."""
        for entry, obj in zip(block, folio.objects):
            self.see(entry, obj, state)
            entry.whole = True
        if block[0].on_device:
            place = folio.objects[0].place
            place.device.map(place)

    def split_entry(self, entry: Entry) -> None:
        """Replaces a whole entry by an entry for each page. The folio is unchanged."""
        if not entry.whole:
            return
        for part in entry.block:
            part.whole = False
            if part.on_device and not part.starts_block:  # The first page takes over what the whole entry counted.
                part.object.place.device.map(part.object.place)

    def lose(self, entry: Entry, becomes: str) -> None:
        """Ends the object of an entry, which becomes unpopulated, poison or unmapped."""
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
        """Replaces the object of an entry."""
        self.lose(entry, HOLE)
        self.gain(entry, obj, state)

    def make_own(self, entry: Entry) -> Failure:
        """Gives the entry an object that it may write: populates it, copies the file page, or breaks the sharing.

        The other entries keep the old object with its pins: a pin holds a page, whichever process made it.
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
        """The same for a reader. userfaultfd still applies to stores through the entry."""
        watch = entry.watch
        failure = None if entry.common else self.make_own(entry)
        entry.watch = watch
        return failure

    # Large folios begin and end.

    def populate_block(self, entry: Entry) -> bool:
        """Populates the block of an unpopulated page with a large folio of zeros. Returns whether it did."""
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
        """Calls folio_split for each frame that leaves a large folio on a device, and for the end."""
        for tail in frames[1:]:
            self.events.append({"event": "split", "frame": frames[0].number, "tail": tail.number})
        if frames:
            self.events.append({"event": "split", "frame": frames[0].number})

    def try_split(self, folio: Folio) -> bool:
        """Splits a large folio unless a further reference holds it."""
        if self.injections.strikes("no-split", folio.seen_by):
            return False
        self.split(folio)
        return True

    def folio_to_device(self, folio: Folio, frames: List[Frame]) -> None:
        """Migrates a large folio, with all its entries, to an allocated block of frames."""
        for obj, frame in zip(folio.objects, frames):
            frame.copy_from(obj.place)
            obj.place.scrub()
            obj.place = frame
        for entry in folio.seen_by:
            self.arrive(entry, self.common_flavour(entry))
            if entry.counts:
                entry.object.place.device.map(entry.object.place)

    def common_flavour(self, entry: Entry) -> str:
        """The permission of an entry of a large folio: all pages of a whole entry have the same."""
        parts = entry.block if entry.whole else [entry]
        return WRITE if all(part.flavour(part.object) == WRITE for part in parts) else READ

    def bring_folio_back(self, folio: Folio) -> str:
        """Tries to migrate a large folio back as a whole. Returns `moved`, `split` or the failure.

        Without a large system page it is split, and its pages may migrate back one by one.
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
        """Updates an entry whose object has migrated. Its soft-dirty bit and userfaultfd are kept."""
        entry.state = state
        if not self.profile.tracks_moves:
            entry.dirty = True

    def move_to_system(self, objects: List[Object]) -> None:
        """Migrates a base page or a large folio back: changes all its entries in all processes, then frees its frame
        or the folio.
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
        """Migrates an object to an allocated frame, and changes all its entries in all processes.

        Exclusive access ends. (Linux skips such a page.)
        """
        page = obj.place
        frame.copy_from(page)
        obj.place = frame
        for entry in obj.entries:
            self.arrive(entry, entry.flavour(obj))
            frame.device.map(frame)
        page.scrub()

    def fill_on_device(self, entry: Entry, frame: Frame) -> None:
        """Creates an object of value 0 on an allocated frame for an unpopulated page."""
        frame.write(entry.bare_value)
        obj = self.new_object(frame, entry.process.group)
        self.gain(entry, obj, entry.flavour(obj))
        entry.dirty = True

    def bring_back(self, obj: Object) -> str:
        """Tries to migrate an object back from its device. Returns `moved` or the failure.

        The system page is allocated first, so `oom` strikes first; after a strike nothing else is tried.
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
        """Migrates one page to system memory. Pages of another device are skipped, in every profile."""
        if not entry.is_on(device):
            return SKIPPED
        return MOVED if self.bring_back(entry.object) == MOVED else SKIPPED

    def block_to_system(self, block: List[Entry], device: Device) -> Optional[List[str]]:
        """Migrates the pages of a block with large folios; None if they migrate one by one."""
        if not block[0].whole or not block[0].is_on(device):
            return None
        outcome = self.bring_folio_back(block[0].object.folio)
        if outcome == SPLIT:
            return None
        return [WHOLE if outcome == MOVED else SKIPPED] * len(block)

    def objects_on(self, frames: List[Frame]) -> List[Object]:
        """The objects on these frames, each once, in the order of the frames, with unmapped pages of large folios."""
        entries = (entry for process in self.processes for entry in process.entries if entry.on_device)
        by_frame = {obj.place.number: obj for entry in entries for obj in entry.object.parts}
        return [by_frame[frame.number] for frame in frames if frame.number in by_frame]

    def empty(self, frames: List[Frame]) -> List[str]:
        """Tries to migrate every object on some frames back, each once. Returns the result for each.

        A large folio migrates as a whole if all its frames are among them; otherwise it is split.
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
        """Whether a page must not migrate to the device, regardless of injections."""
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
        """Migrates the pages of a block with large folios; None if they migrate one by one.

        A large folio migrates as a whole, and an unpopulated block becomes one. Without a free block of frames, the
        pages migrate one by one.
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
        """Creates a large folio of zeros on allocated frames for an unpopulated block."""
        for frame in frames:
            frame.write(0)
        folio = Folio([self.new_object(frame, block[0].process.group) for frame in frames])
        self.gain_whole(block, folio, block[0].flavour(folio.objects[0]))

    def take_frame(self, device: Device, seen_by: List[Entry]) -> Optional[Frame]:
        """Allocates a frame for the page of these entries; none if an injection strikes.

        `no-frame` strikes the allocation, `no-copy` the copy; the frame is then freed.
        """
        if self.injections.strikes("no-frame", seen_by):
            return None
        frame = device.take()
        if self.injections.strikes("no-copy", seen_by):
            device.put(frame)
            return None
        return frame

    def page_to_device(self, entry: Entry, device: Device) -> str:
        """Migrates one page to the device, unless it must stay."""
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
        """The callback of the device that holds the accessed page. Returns the failure, if any."""
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
        """Migrates the page of an entry back; for a whole entry the large folio, unless it must be split."""
        outcome = self.bring_folio_back(entry.object.folio) if entry.whole else SPLIT
        return self.bring_back(entry.object) if outcome == SPLIT else outcome

    def bring_back_around(self, entry: Entry, device: Device) -> None:
        """Migrates further pages back, which a driver may do. A failure does not affect the access."""
        behind = entry.page + 1
        for near in entry.process.entries[behind : behind + self.fault_around]:
            if near.is_on(device):
                self.bring_back(near.object)

    def touch(self, entry: Entry, writes: bool) -> Failure:
        """The checks and faults before an access by the CPU or the kernel. Returns an error, or None if it may proceed;
        a writer then has an object of its own.

        A store under userfaultfd is trapped with the page on the device. (Linux migrates it back first.)
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
        """The checks before a device access that all such commands share."""
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
        """Migrates a page on another device back before its use; before 6.1 it may be read in place only."""
        if not entry.on_device or entry.is_on(device):
            return None
        if self.profile.foreign_access_faults:
            failure = self.page_fault(entry)
            return failure if failure is None or self.profile.foreign_error_tells_cause else "EFAULT"
        return "EFAULT" if writes else None

    def make_own_for(self, device: Device, entry: Entry) -> Failure:
        """Like make_own, for a store by the device: the page is then where the device may write it.

        A page that cannot be written in place is copied to a frame. (Linux copies to system memory.)
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
        """Gives the entry an object that it may write on a frame of the device. Other entries keep the old one."""
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
        """Moves an object with one entry to another frame of the device. READ may become WRITE."""
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
    """Marks the function that executes a command."""

    def register(function: Callable[[World, Json], Result]) -> Callable[[World, Json], Result]:
        COMMANDS[op] = function
        return function

    return register


ERRORS = {"SIGSEGV": "EFAULT", "SIGBUS": "EFAULT", "oom": "ENOMEM"}


def as_error(result: Result) -> Result:
    """The error that a kernel or device access returns where the CPU gets a signal. Other results are unchanged."""
    return ERRORS.get(result, result)


def last_of(parts: Iterable[Result]) -> Result:
    """Executes the parts of a command and returns its result."""
    *_, result = parts
    return result


# Processes.


@answers("spawn")
def spawn(world: World, command: Json) -> Result:
    """Starts a process with nothing mapped."""
    process = world.processes[command["process"]]
    process.alive = True
    process.group = world.groups[0]
    return "ok"


@answers("fork")
def fork(world: World, command: Json) -> Result:
    """Starts a child with the mappings and entries of its parent."""
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
    """Copies an entry of the parent to the child."""
    mine.take_back()
    if not mine.counted:
        its.state, its.object = mine.state, mine.object  # What is bare, poison, common memory: nothing is counted.
    elif mine.object.pins > 0 and world.profile.fork_copies_pinned:
        world.gain(its, world.copy_of(mine.object, its.process.group), PRESENT)
    else:
        mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.
        world.gain(its, mine.object, mine.state)


def fork_block(world: World, mine: List[Entry], its: List[Entry]) -> None:
    """Copies a whole entry of the parent to the child."""
    for entry in mine:
        entry.write_protect()
    world.gain_whole(its, mine[0].object.folio, mine[0].state)


@answers("exit")
def exit_process(world: World, command: Json) -> Result:
    """Removes every mapping as unmap does."""
    return last_of(exit_in_parts(world, command))


def exit_in_parts(world: World, command: Json) -> Parts:
    """Removes one mapping after another."""
    process = world.processes[command["process"]]
    for entry in process.entries:
        unmap_entry(world, entry)
        yield "ok"
    process.alive = False
    yield "ok"


# Mappings.


@answers("map")
def map_page(world: World, command: Json) -> Result:
    """Creates a mapping, which is unpopulated, or of host or shared memory."""
    kind = command["kind"]
    for entry in entries_of(world, command):
        entry.map(kind, command["protection"])
        entry.prefers_large = command.get("whole") is True
        if kind in ("host", "shared"):
            entry.state, entry.object = PRESENT, world.common_object(kind, entry.page)
    return "ok"


def entries_of(world: World, command: Json) -> List[Entry]:
    """The entries of a command on mappings: of one page, or of all pages of its block."""
    entry = world.entry(command)
    return entry.block if command.get("whole") is True else [entry]


@answers("unmap")
def unmap_page(world: World, command: Json) -> Result:
    """Removes a mapping."""
    for entry in entries_of(world, command):
        unmap_entry(world, entry)
    return "ok"


def unmap_entry(world: World, entry: Entry) -> None:
    """Clears an entry and its mapping."""
    world.lose(entry, UNMAPPED)
    entry.protection = NO_ACCESS
    entry.inherited = COPY


@answers("discard")
def discard(world: World, command: Json) -> Result:
    """Drops the content of a private page, or its poison. Host and shared memory are unchanged."""
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
    """Changes the protection of a mapping. The same protection changes no entry.

    A change also ends exclusive access. (In Linux the device keeps it.)
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
    """Moves a mapping to another page with its entry. No count changes."""
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
    """Moves the entry of one page."""
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
    """Populates the page and locks the mapping, even if the page cannot be populated."""
    world.entry(command).locked = True
    return populate(world, command)


@answers("unlock")
def unlock(world: World, command: Json) -> Result:
    """Ends the lock."""
    world.entry(command).locked = False
    return "ok"


@answers("advise")
def advise(world: World, command: Json) -> Result:
    """Advises the use of a page. A page that was advised `free` is dropped at once, in this process only.

    (Linux drops it when it reclaims memory.)
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
    """Sets the form in which children inherit a mapping: with the page, not at all, or unpopulated."""
    entry = world.entry(command)
    entry.inherited = command["inheritance"]
    entry.dirty = True
    return "ok"


@answers("watch")
def watch(world: World, command: Json) -> Result:
    """Registers a page with userfaultfd, for stores or for accesses while it is unpopulated."""
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
    """A load by the CPU."""
    entry = world.entry(command)
    failure = world.touch(entry, writes=False)
    if failure is not None:
        return failure
    return entry.read()


@answers("store")
def store(world: World, command: Json) -> Result:
    """A store by the CPU."""
    entry = world.entry(command)
    failure = world.touch(entry, writes=True)
    if failure is not None:
        return failure
    entry.write(command["value"])
    return "ok"


@answers("kernel-load")
def kernel_load(world: World, command: Json) -> Result:
    """A load by the kernel at an address of the process."""
    return as_error(load(world, command))


@answers("kernel-store")
def kernel_store(world: World, command: Json) -> Result:
    """A store by the kernel at an address of the process."""
    return as_error(store(world, command))


@answers("peek")
def peek(world: World, command: Json) -> Result:
    """A no-fault load by the kernel, which userfaultfd does not trap."""
    entry = world.entry(command)
    if not entry.readable or entry.state == POISON:
        return "EFAULT"
    if entry.on_device:
        return "EFAULT"  # To bring it back would be a fault.
    return entry.read()


@answers("populate")
def populate(world: World, command: Json) -> Result:
    """Populates the page: for writing if the mapping is writable, else for reading."""
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
    """Pins a page in a slot: for writing, which breaks its sharing first, or for reading.

    A pin for reading populates an unpopulated page. (Linux may hold the zero page or the file page.)
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
    """Returns the value of the pinned page and empties the slot."""
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
    """Migrates the pages of a range to the device."""
    return last_of(migrate_in_parts(world, command))


@answers("migrate-to-system")
def migrate_to_system(world: World, command: Json) -> Result:
    """Migrates the pages of a range to system memory."""
    return last_of(migrate_in_parts(world, command))


def migrate_in_parts(world: World, command: Json) -> Parts:
    """Migrates a range page by page; with `compound` block by block, as large folios if possible."""
    to_device = command["op"] == "migrate-to-device"
    of_page = world.page_to_device if to_device else world.page_to_system
    of_block = world.block_to_device if to_device else world.block_to_system
    device, process = world.device(command), world.processes[command["process"]]
    outcomes: List[str] = []
    while len(outcomes) < command["count"]:
        entry = process.entries[command["page"] + len(outcomes)]  # Read anew: another command may have moved it.
        block = entry.block
        if command.get("compound") is True and entry.starts_block and len(outcomes) + len(block) <= command["count"]:
            outcomes += of_block(block, device) or [of_page(part, device) for part in block]
        else:
            outcomes.append(of_page(entry, device))
        yield outcomes


@answers("evict")
def evict(world: World, command: Json) -> Result:
    """Migrates one object to system memory, by the driver of the device that holds it."""
    entry = world.entry(command)
    return [world.page_to_system(entry, entry.object.place.device) if entry.on_device else SKIPPED]


@answers("evict-all")
def evict_all(world: World, command: Json) -> Result:
    """Migrates every object on a device to system memory. Objects that an injection strikes stay."""
    return world.empty(world.device(command).frames).count(MOVED)


@answers("collapse")
def collapse(world: World, command: Json) -> Result:
    """Makes a large folio of the pages of a block, with a whole entry. No page migrates back for it."""
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
    """Whether a page prevents the collapse of its block."""
    return entry.on_device or entry.state == POISON or (entry.object is not None and entry.object.pins > 0)


@answers("split")
def split(world: World, command: Json) -> Result:
    """Splits a large folio into base pages, which stay where they are."""
    obj = world.entry(command).object
    if obj is None or obj.folio is None:
        return "EINVAL"
    return "ok" if world.try_split(obj.folio) else "EBUSY"


@answers("evict-range")
def evict_range(world: World, command: Json) -> Result:
    """Migrates the objects on a range of frames to system memory. Frames are numbered across devices."""
    frames = [frame for device in world.devices for frame in device.frames]
    first = command["frame"]
    return world.empty(frames[first : first + command["frames"]]).count(MOVED)


# Devices touch memory.


@answers("device-load")
def device_load(world: World, command: Json) -> Result:
    """A load by a device. No page migrates, except from another device from 6.1 on."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=False)
    if failure is None and entry.traps(writes=False):
        failure = "trapped"
    if failure is None:
        failure = world.fetch_foreign(device, entry, writes=False)
    return entry.read() if failure is None else as_error(failure)


@answers("device-store")
def device_store(world: World, command: Json) -> Result:
    """A store by a device. Through a READ entry the writer gets a page of its own first."""
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
    """Gives a device exclusive access to a page in system memory, after an access as by a store."""
    entry, device = world.entry(command), world.device(command)
    failure = world.device_reaches(device, entry, writes=True) or world.touch(entry, writes=True)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    entry.state = EXCLUSIVE
    return "ok"


@answers("device-exchange")
def device_exchange(world: World, command: Json) -> Result:
    """An atomic exchange by a device at an exclusive entry. The entry does not name its device: any may do it."""
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
    """Attaches a device, with an address range of its own."""
    device = world.device(command)
    if device.attached:
        return "EBUSY"
    device.attached = True
    device.range_is_taken = False
    return "ok"


@answers("detach")
def detach(world: World, command: Json) -> Result:
    """Detaches a device if every page on it migrates back. Each is tried, even after a failure."""
    device = world.device(command)
    if not device.attached:
        return "ENODEV"
    if any(outcome != MOVED for outcome in world.empty(device.frames)):
        return "EBUSY"
    device.attached = False
    return "ok"


@answers("surprise-remove")
def surprise_remove(world: World, command: Json) -> Result:
    """Removes a device without eviction; its pages are lost."""
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
    """Opens a device again."""
    device = world.device(command)
    if device.open:
        return "EBUSY"
    device.open = True
    return "ok"


@answers("close")
def close_device(world: World, command: Json) -> Result:
    """Closes a device. Its pages stay, and migrate back as from an open one."""
    device = world.device(command)
    if not device.open:
        return "ENODEV"
    device.open = False
    return "ok"


@answers("hot-add")
def hot_add(world: World, command: Json) -> Result:
    """Adds memory at the address range of a device, which succeeds once while the device is detached."""
    device = world.device(command)
    if device.attached or device.range_is_taken:
        return "EEXIST"
    device.range_is_taken = True
    return "ok"


# What is made to fail.


@answers("inject")
def inject(world: World, command: Json) -> Result:
    """Replaces the injection of this kind."""
    world.injections.waiting[command["kind"]] = Injection(command["victim"], command["remaining"])
    return "ok"


@answers("heal")
def heal(world: World, command: Json) -> Result:
    """Ends all injections."""
    world.injections.waiting.clear()
    return "ok"


# Accounting.


@answers("limit")
def limit(world: World, command: Json) -> Result:
    """Sets the maximum number of pages charged to a group."""
    pages = command["pages"]
    world.groups[command["group"]].limit = None if pages == "none" else pages
    return "ok"


@answers("join")
def join(world: World, command: Json) -> Result:
    """Changes the group of a process. All objects that it maps are charged to the new group, also shared ones."""
    process, group = world.processes[command["process"]], world.groups[command["group"]]
    process.group = group
    if world.profile.join_moves_charges:
        for entry in process.entries:
            if entry.counted:  # On a device, too.
                entry.object.charge_to(group)
    return "ok"


@answers("charge")
def charge(world: World, command: Json) -> Result:
    """The number of objects charged to a group."""
    return world.groups[command["group"]].charged


@answers("swap-on")
def swap_on(world: World, command: Json) -> Result:
    """Adds swap areas up to the limit, and returns their number."""
    accepted = min(command["areas"], world.profile.swap_areas - world.swap_areas)
    world.swap_areas += accepted
    return accepted


# Questions. They change nothing.


@answers("page-map")
def page_map(world: World, command: Json) -> Result:
    """The entry as the page map shows it: absent, present, or an entry of a special kind."""
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
    """Whether the page is resident, wherever it is. File, host and shared pages always are."""
    entry = world.entry(command)
    if entry.state == UNMAPPED:
        return "ENOMEM"
    return 0 if entry.state == HOLE else 1


@answers("smaps")
def smaps(world: World, command: Json) -> Result:
    """The number of pages of a process, counted page by page."""
    return sum(entry.counted for entry in world.processes[command["process"]].entries)


@answers("soft-dirty")
def soft_dirty(world: World, command: Json) -> Result:
    """Whether a page was stored to, or may have been, since its soft-dirty bit was cleared."""
    return "dirty" if world.entry(command).dirty else "clean"


@answers("clear-soft-dirty")
def clear_soft_dirty(world: World, command: Json) -> Result:
    """Clears the soft-dirty bits of a process. No page migrates.

    WRITE entries become READ, so that stores by a device are recorded, too. (Linux keeps the permission.)
    """
    for entry in world.processes[command["process"]].entries:
        entry.write_protect()
        entry.dirty = False
    return "ok"


@answers("inspect")
def inspect(world: World, command: Json) -> Result:
    """Changes nothing. The snapshot is added by the caller."""
    return "ok"


# Two commands at the same time.


@answers("race")
def race(world: World, command: Json) -> Result:
    """Executes two commands concurrently: here one after the other, in an order that alternates between races.

    In the third and fourth race of every four, the second command runs between the first two parts of the first one.
    """
    sides = ["left", "right"] if world.races % 2 == 0 else ["right", "left"]
    interrupts = world.races % 4 >= 2
    world.races += 1
    first, second = command[sides[0]], command[sides[1]]
    results: Json = {}
    parts = parts_of(world, first) if interrupts else iter([COMMANDS[first["op"]](world, first)])
    begun = next(parts)
    results[sides[1]] = COMMANDS[second["op"]](world, second)
    results[sides[0]] = last_of([begun, *parts])
    return results


def parts_of(world: World, command: Json) -> Parts:
    """Executes a command in the parts between which another command can run; most commands have one part."""
    in_parts = IN_PARTS.get(command["op"])
    return iter([COMMANDS[command["op"]](world, command)]) if in_parts is None else in_parts(world, command)


def store_in_parts(world: World, command: Json) -> Parts:
    """Stores cell by cell, with a new access each time: the page may have been replaced or unmapped."""
    for cell in range(CELLS):
        entry = world.entry(command)
        failure = world.touch(entry, writes=True)
        if failure is not None:
            yield failure if command["op"] == "store" else as_error(failure)
            return
        entry.object.place.cells[cell] = command["value"]
        entry.dirty = True
        yield "ok"


IN_PARTS: Dict[str, Callable[[World, Json], Parts]] = {
    "store": store_in_parts,
    "kernel-store": store_in_parts,
    "migrate-to-device": migrate_in_parts,
    "migrate-to-system": migrate_in_parts,
    "exit": exit_in_parts,
}
"""The commands with more than one part."""


# ---------------------------------------------------------------------------------------------------------------------
# Snapshot
# ---------------------------------------------------------------------------------------------------------------------


def show_process(process: Process) -> Optional[List[Union[str, Json]]]:
    """The entries of a process, or null if it is not alive."""
    return [entry.show() for entry in process.entries] if process.alive else None


def show_state(world: World) -> Json:
    """The snapshot. It restarts the minimum counts."""
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
    """The frames of the large folio of an entry."""
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
        *("soft-dirty", "query", "limit", "groups", "race", "race-extended", "race-blocks"),
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
    """A request that cannot be executed, with the reason."""


def is_int(value: Any) -> bool:
    """Whether a JSON value is an integer. In Python true and false are integers, too."""
    return isinstance(value, int) and not isinstance(value, bool)


def begin(request: Json, fault_around: int) -> World:
    """Creates the world of a case, or raises the reason why the case is invalid."""
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
    """Executes one command and returns its observation."""
    run = COMMANDS.get(command["op"])
    observation: Json = {"result": "unsupported" if run is None else run(world, command)}
    if world.events:
        observation["events"] = world.events[:]
        world.events.clear()
    if observe == "every-step" or (observe == "inspect" and run is inspect):
        observation["state"] = show_state(world)
    return observation


def report(case: int, step: int) -> None:
    """Writes that a command is finished, at once, because the next command may hang."""
    os.write(1, b'{"type":"progress","id":%d,"step":%d}\n' % (case, step))


class Coverage:
    """The executed lines of this file. The suite accepts any numbers: branches or states are possible as well."""

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
    """Runs a case and records the executed lines, which makes it many times slower."""
    coverage = Coverage()
    sys.settrace(coverage.trace)
    try:
        reply = run_case(request, fault_around)
    finally:
        sys.settrace(None)
    return {**reply, "coverage": sorted(coverage.lines)}


def run_case(request: Json, fault_around: int) -> Json:
    """Runs a case in a world of its own."""
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
    """Returns the reply to a line."""
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
    """Replies line by line until the input ends. In bytes, so that no platform changes the line ends."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(line, options), separators=(",", ":")).encode("utf-8") + b"\n")
        out.flush()


class Options(NamedTuple):
    """The options of the command line."""

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
    """Serves, and ends without a traceback at the end of input, at Ctrl-C, and when the output is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    options = options_in(sys.argv[1:])
    try:
        serve(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Or Python complains at its own exit.
    return 0


if __name__ == "__main__":
    sys.exit(main())
