#!/usr/bin/env python3
"""ZONE_DEVICE private memory in one file, with the adapter that connects it to zone-device-conformance.

This example shows how to write an adapter, and is an independent implementation of the rules, written from the text of
spec/RULES.md and spec/protocol/ADAPTERS.md alone. To use it for your implementation, copy it, replace the sections
`Memory` to `Commands`, and keep the last two.

    zdc doctor --target "stdio:python3 zone_device.py"

The sections, each of which uses those before it:

    Profiles     the differences between the versions of the rules, as data
    Memory       pages of cells, and the content of pages that belong to no object
    Frames       pages of a device, with their counts
    Groups       control groups: their charges and limits
    Objects      one page of content, with its charge; large folios, which are the objects of one block
    Entries      the page-table entries, which map objects, with their mappings
    Injections   the injected failures and their victims
    Devices      a device, the free frames of its driver and its page_free callback
    World        the state shared by the processes, migration between system and device, page_fault
    Commands     one short function for each command
    Snapshot     the contents of a snapshot
    Protocol     JSON lines in, JSON lines out

Where the rules leave a choice, this file makes the simplest one that differs from that of Linux, because the suite must
accept both. A comment names each choice. Most rules are one line each, so that tests of the suite can break each alone.

With `--fault-around N` the driver also migrates back those of the N pages after an accessed one that are on the same
device. With `--coverage` every reply lists the lines of this file that the case executed.

Needs Python 3.9 or newer, and only its standard library.
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
"""The parts of a command, between which another command can run. Each yields the result so far, the last the result."""
Failure = Optional[str]
"""The result of a command that fails; None if it does not fail."""

# ---------------------------------------------------------------------------------------------------------------------
# Profiles
# ---------------------------------------------------------------------------------------------------------------------


class Profile(NamedTuple):
    """The differences between the versions of the rules."""

    idle_count: int
    """The reference count of a free frame."""
    idle_reference_is_passed_on: bool
    """Whether the allocation of a frame passes on its idle reference, instead of adding another one."""
    sigbus_poisons: bool
    """Whether a failed page_fault leaves poison in the entry of the process, instead of the page on the device."""
    fork_copies_pinned: bool
    """Whether a child gets a copy of a pinned page, so that the parent keeps the page that is pinned."""
    read_pin_unshares: bool
    """Whether a pin for reading breaks the sharing of its page, or pins the shared page."""
    swap_areas: int
    """The maximum number of swap areas, which the types of special entries limit."""
    foreign_access_faults: bool
    """Whether an access by a device to a page on another device calls page_fault, or may only read it in place."""
    foreign_error_has_cause: bool
    """Whether a device access returns the cause if the page cannot migrate back from another device."""
    tracks_moves: bool
    """Whether a page that migrates keeps its soft-dirty bit, or becomes dirty."""
    shows_sole_mapper: bool
    """Whether the page map shows that a process is the only one that maps a page on the device."""
    join_moves_charges: bool
    """Whether the charges of a process move to the control group that it joins."""
    large_folios: bool
    """Whether worlds may have blocks, and so large folios."""


ORIGIN = Profile(
    idle_count=1,
    idle_reference_is_passed_on=False,
    sigbus_poisons=True,
    fork_copies_pinned=False,
    read_pin_unshares=False,
    swap_areas=27,
    foreign_access_faults=False,
    foreign_error_has_cause=False,
    tracks_moves=False,
    shows_sole_mapper=True,
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
LINUX_6_12 = LINUX_6_1._replace(shows_sole_mapper=False, swap_areas=23)
LINUX_6_19 = LINUX_6_12._replace(swap_areas=24, join_moves_charges=False, large_folios=True)
LINUX_7_3 = LINUX_6_19._replace(foreign_error_has_cause=True)

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
"""The content of memory that belongs to no object. It is not a value, so a load that returns it is a use after free."""

CELLS = 2
"""The cells of a page that are written and compared: the first and the last one. Two of them reveal a partial copy."""

FILE_VALUE = 30000
"""The value of page 0 of the file; the value of page p is p more."""


class Page:
    """A page of system memory, or of a device (see Frame)."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: List[int] = [FILLER] * CELLS

    def write(self, value: int) -> None:
        """Writes the value to every cell."""
        self.cells = [value] * CELLS

    def copy_from(self, other: Page) -> None:
        """Copies every cell: the copy of a torn page is torn."""
        self.cells = list(other.cells)

    def scrub(self) -> None:
        """Overwrites the content of a page that is released."""
        self.cells = [FILLER] * CELLS

    def read(self) -> Union[int, str]:
        """The value, or `torn` if the cells differ, or `stale` if the page belongs to no object."""
        first = self.cells[0]
        if any(cell != first for cell in self.cells):
            return "torn"
        return "stale" if first == FILLER else first


# ---------------------------------------------------------------------------------------------------------------------
# Frames
# ---------------------------------------------------------------------------------------------------------------------


class Frame(Page):
    """A page of a device, which is free at first. The counts of a large folio are those of its first frame."""

    __slots__ = ("device", "number", "head", "refs", "maps", "least")

    def __init__(self, device: Device, number: int, idle_count: int) -> None:
        super().__init__()
        self.device = device
        self.number = number
        self.head = self
        """The first frame of the large folio on this frame; the frame itself for a base page."""
        self.refs = idle_count
        self.maps = 0
        self.least = idle_count

    def get(self) -> None:
        """Takes a reference."""
        self.refs += 1

    def put(self) -> None:
        """Drops a reference, and updates the minimum count."""
        self.refs -= 1
        self.least = min(self.least, self.refs)

    def show(self) -> Json:
        """The counts for a snapshot. Each frame of a large folio has the counts of the folio."""
        return {"refs": self.head.refs, "maps": self.head.maps, "least": self.head.least}

    def restart_least(self) -> None:
        """Restarts the minimum count at the present count."""
        self.least = self.refs


# ---------------------------------------------------------------------------------------------------------------------
# Groups
# ---------------------------------------------------------------------------------------------------------------------

GROUPS = 2
"""The number of control groups in every world. A new process is in the first one."""


class Group:
    """A control group: the number of objects charged to it, and its limit."""

    __slots__ = ("charged", "limit")

    def __init__(self) -> None:
        self.charged = 0
        self.limit: Optional[int] = None

    @property
    def full(self) -> bool:
        """Whether the group is at its limit, or above a limit that was set later."""
        return self.limit is not None and self.charged >= self.limit


# ---------------------------------------------------------------------------------------------------------------------
# Objects
# ---------------------------------------------------------------------------------------------------------------------


class Object:
    """One page of content: its place, the entries that map it, its pins, and the charged group."""

    __slots__ = ("place", "entries", "pins", "group", "folio")

    def __init__(self, place: Page, group: Optional[Group]) -> None:
        self.place = place
        self.entries: List[Entry] = []
        self.pins = 0
        self.group = group
        """None for host and shared memory, which is not counted, and which exists without an entry."""
        self.folio: Optional[Folio] = None
        """The large folio that it belongs to; None for a base page."""

    @property
    def common(self) -> bool:
        """Whether it is host or shared memory."""
        return self.group is None

    @property
    def shared(self) -> bool:
        """Whether a store must break the sharing first."""
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
    def in_use(self) -> bool:
        """Whether an entry or a pin holds it, or a page of its large folio. Host and shared memory is always in use."""
        return self.common or any(part.held for part in self.parts)

    def charge_to(self, group: Group) -> None:
        """Moves the charge to this group."""
        self.group.charged -= 1
        self.group = group
        group.charged += 1


class Folio:
    """A large folio: the objects of a block, all in system memory or all on one block of frames."""

    __slots__ = ("objects",)

    def __init__(self, objects: List[Object]) -> None:
        self.objects = objects
        for obj in objects:
            obj.folio = self

    @property
    def mapped_by(self) -> List[Entry]:
        """All entries that map one of its pages."""
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

UNMAPPED, UNPOPULATED, PRESENT, POISON, EXCLUSIVE = "unmapped", "hole", "present", "poison", "exclusive"
FILE_PAGE = "the page of the file"
READ, WRITE = "device entry, READ", "device entry, WRITE"
NO_ACCESS, READ_ONLY, WRITABLE = "none", "read", "write"
NOT_WATCHED, MISSING, WRITE_PROTECT = "none", "missing", "write-protect"
COPY, NONE, ZERO = "copy", "none", "zero"


class Entry:
    """The page-table entry of one page of a process, with the mapping of this page."""

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
        """The protection of the mapping. An unmapped page has NO_ACCESS."""
        self.locked = False
        self.watch = NOT_WATCHED
        self.dirty = True
        """The soft-dirty bit. If the rules allow both values it is set, so that no store can be missed."""
        self.inherited = COPY
        """The form in which the child of a fork inherits the mapping."""
        self.whole = False
        """Whether it is part of a whole entry: one entry for all pages of a block, with one permission."""
        self.prefers_large = False
        """Whether a map of the whole block created the mapping, or the one that it was inherited or moved from."""

    def map(self, kind: str, protection: str) -> None:
        """Creates a mapping without an object."""
        self.kind = kind
        self.prefers_large = False
        self.state = self.bare_state
        self.protection = protection
        self.locked = False
        self.watch = NOT_WATCHED
        self.dirty = True
        self.inherited = COPY

    def map_like(self, other: Entry) -> None:
        """Creates the mapping that a child inherits, without lock and userfaultfd."""
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
        """Whether it counts in the rss of the process: it maps an object that is not host or shared memory."""
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
        return FILE_PAGE if self.kind == "file" else UNPOPULATED

    @property
    def bare_value(self) -> int:
        """The value that a load of it returns without an object."""
        return FILE_VALUE + self.page if self.kind == "file" else 0

    @property
    def block(self) -> List[Entry]:
        """The entries of the process for the pages of its block, or this one alone outside a block."""
        return self.process.block_of(self.page)

    @property
    def starts_block(self) -> bool:
        return self.block[0] is self

    @property
    def counted_by_frame(self) -> bool:
        """Whether its frame counts it: a whole entry is counted once, for its first page."""
        return not self.whole or self.starts_block

    @property
    def mapped_by(self) -> List[Entry]:
        """All entries that map its object; only itself if it has no object."""
        return [self] if self.object is None else self.object.entries

    @property
    def needs_object(self) -> bool:
        """Whether a store needs a new object first."""
        return self.object is None or self.object.shared

    def traps(self, writes: bool) -> bool:
        """Whether userfaultfd traps an access."""
        if self.state == UNPOPULATED:
            return self.watch == MISSING
        return writes and self.watch == WRITE_PROTECT

    def write_protect(self) -> None:
        """Makes a WRITE entry READ."""
        if self.state == WRITE:
            self.state = READ

    def end_exclusive(self) -> None:
        """Ends exclusive access."""
        if self.state == EXCLUSIVE:
            self.state = PRESENT

    def permission(self, obj: Object) -> str:
        """WRITE if the process could store to the object without a fault, else READ."""
        if obj.shared:
            return READ
        return WRITE if self.writable and self.watch != WRITE_PROTECT else READ

    def read(self) -> Result:
        """The value of the page, in system memory or on a device. A load does not populate the page."""
        return self.bare_value if self.object is None else self.object.place.read()

    def write(self, value: int) -> None:
        """Stores to the object, which the entry may write."""
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
    """An injected failure of one kind."""

    __slots__ = ("victim", "remaining")

    def __init__(self, victim: Union[str, Json], remaining: Union[int, str]) -> None:
        self.victim = None if victim == "any" else (victim["process"], victim["page"])
        self.remaining = None if remaining == "until-healed" else int(remaining)

    def aims_at(self, mapped_by: Iterable[Entry]) -> bool:
        """Whether one of these entries is the victim."""
        return self.victim is None or any((e.process.number, e.page) == self.victim for e in mapped_by)

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

    def strikes(self, kind: str, mapped_by: Iterable[Entry]) -> bool:
        """Whether the injection strikes an attempt on these entries; if so, one strike is used up."""
        injection = self.waiting.get(kind)
        if injection is None or not injection.aims_at(mapped_by):
            return False
        if injection.use():
            del self.waiting[kind]
        return True


# ---------------------------------------------------------------------------------------------------------------------
# Devices
# ---------------------------------------------------------------------------------------------------------------------


class Device:
    """A device and its driver, with its frames and the list of the free ones."""

    def __init__(self, number: int, frames: int, profile: Profile, events: List[Json], block: int) -> None:
        self.number = number
        self.block = block
        self.profile = profile
        self.frames = [Frame(self, number * frames + index, profile.idle_count) for index in range(frames)]
        self.free = self.frames[::-1]
        """Allocated from the end: frame 0 first, later the frame that was freed last, which shows a use after free."""
        self.freed_at = 0 if profile.idle_reference_is_passed_on else profile.idle_count
        """The reference count at which a frame is freed."""
        self.attached = True
        self.open = True
        self.range_is_used = False
        """Whether system memory was added at the address range of the detached device."""
        self.events = events

    @property
    def works(self) -> bool:
        """Whether pages migrate to it and it accesses memory. Pages migrate back from it in any case."""
        return self.attached and self.open

    def allocate(self) -> Frame:
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

    def allocate_block(self, frames: List[Frame]) -> None:
        """Allocates a free block. The caller holds one reference to its first frame and must put it."""
        head = frames[0]
        for frame in frames:
            self.free.remove(frame)
            frame.head = head
        head.get()
        self.events.append({"event": "alloc", "frame": head.number, "large": True})

    def put(self, frame: Frame) -> None:
        """Drops a reference. This is the only place that frees a frame, when the last reference is dropped."""
        frame.head.put()
        if frame.head.refs == self.freed_at:
            self.page_free(frame.head)

    def page_free(self, head: Frame) -> None:
        """The callback: frees a frame, or all frames of a large folio."""
        frames = [frame for frame in self.frames if frame.head is head]
        event = {"event": "free", "frame": head.number, "refs": head.refs, "maps": head.maps}
        self.events.append({**event, "large": True} if len(frames) > 1 else event)
        for frame in frames:
            frame.scrub()
            frame.head = frame
            frame.refs = self.profile.idle_count
            self.free.append(frame)

    def map(self, frame: Frame) -> None:
        """Counts one more entry that maps the frame."""
        frame.head.get()
        frame.head.maps += 1

    def unmap(self, frame: Frame) -> None:
        """Counts one entry less. The map count falls first, so that it is zero in page_free."""
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
        """The number of pages of a large folio; 1 in a world without blocks."""
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
        self.common_objects: Dict[Tuple[str, int], Object] = {}
        self.slots: List[Optional[Object]] = [None] * scope["slots"]
        self.swap_areas = 0
        self.races = 0

    def entry(self, command: Json) -> Entry:
        """The entry that a command names."""
        return self.processes[command["process"]].entries[command["page"]]

    def device(self, command: Json) -> Device:
        """The device of a command, by default the first one."""
        return self.devices[command.get("device", 0)]

    # Creation and release of objects.

    def new_object(self, place: Page, group: Group) -> Object:
        """Creates an object and charges it to the group. The caller must link it to an entry at once."""
        group.charged += 1
        return Object(place, group)

    def system_object(self, value: int, group: Group) -> Object:
        """Creates an object of this value in system memory."""
        page = Page()
        page.write(value)
        return self.new_object(page, group)

    def copy_of(self, obj: Object, group: Group) -> Object:
        """Creates an object in system memory with the same content."""
        page = Page()
        page.copy_from(obj.place)
        return self.new_object(page, group)

    def common_object(self, kind: str, page: int) -> Object:
        """The object of a page of host or shared memory, which is created once and never released."""
        if (kind, page) not in self.common_objects:
            common = self.common_objects[kind, page] = Object(Page(), None)
            common.place.write(0)
        return self.common_objects[kind, page]

    def release(self, obj: Object) -> None:
        """Releases an object, with its large folio, unless an entry or a pin holds it."""
        if obj.in_use:
            return
        for part in obj.parts:
            part.group.charged -= 1
            part.place.scrub()

    # Links between entries and objects.

    def link(self, entry: Entry, obj: Object, state: str) -> None:
        """Links an object to an entry, and counts the entry if the object is on a device."""
        self.link_uncounted(entry, obj, state)
        if entry.on_device:
            obj.place.device.map(obj.place)

    def link_uncounted(self, entry: Entry, obj: Object, state: str) -> None:
        """Links an object to an entry, without the counts of the frame."""
        entry.object = obj
        entry.state = state
        obj.entries.append(entry)
        entry.process.rss += 1

    def link_whole(self, block: List[Entry], folio: Folio, state: str) -> None:
        """Links a large folio to the entries of a block as a whole entry, which is counted once."""
        for entry, obj in zip(block, folio.objects):
            self.link_uncounted(entry, obj, state)
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
            if part.on_device and not part.starts_block:  # The count of the whole entry becomes that of its first page.
                part.object.place.device.map(part.object.place)

    def unlink(self, entry: Entry, becomes: str) -> None:
        """Removes the object of an entry, which becomes unpopulated, poison or unmapped."""
        self.split_entry(entry)
        obj, was_on_device = entry.object, entry.on_device
        entry.object = None
        entry.state = becomes
        if entry.watch == WRITE_PROTECT:
            entry.watch = NOT_WATCHED  # Without a page there are no stores to watch.
        if obj is None or obj.common:
            return
        obj.entries.remove(entry)
        entry.process.rss -= 1
        if was_on_device:
            obj.place.device.unmap(obj.place)
        self.release(obj)

    def replace_object(self, entry: Entry, obj: Object, state: str) -> None:
        """Replaces the object of an entry."""
        self.unlink(entry, UNPOPULATED)
        self.link(entry, obj, state)

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
            self.link(entry, self.system_object(entry.bare_value, group), PRESENT)
        else:
            self.replace_object(entry, self.copy_of(entry.object, group), PRESENT)
        return None

    def make_own_to_read(self, entry: Entry) -> Failure:
        """The same for a reader. userfaultfd still applies to stores through the entry."""
        watch = entry.watch
        failure = None if entry.common else self.make_own(entry)
        entry.watch = watch
        return failure

    # Large folios.

    def populate_block(self, entry: Entry) -> bool:
        """Populates the block of a page with a large folio of zeros, if possible. Returns whether it did."""
        block = entry.block
        alike = all(
            part.state == UNPOPULATED and part.prefers_large and part.protection == entry.protection for part in block
        )
        if len(block) == 1 or not alike:
            return False
        folio = Folio([self.system_object(0, entry.process.group) for _ in block])
        self.link_whole(block, folio, PRESENT)
        return True

    def split(self, folio: Folio) -> None:
        """Turns the pages of a large folio into base pages, and releases those without an entry or a pin."""
        for entry in folio.mapped_by:
            self.split_entry(entry)
        frames = [place for place in folio.places if isinstance(place, Frame)]
        for obj in folio.objects:
            obj.folio = None
        self.report_split(frames)
        for frame, obj in zip(frames, folio.objects):
            frame.head = frame
            frame.maps = len(obj.entries)
            frame.refs = self.profile.idle_count + frame.maps
            frame.restart_least()
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
        """Splits a large folio, unless an injection refuses it. Returns whether it did."""
        if self.injections.strikes("no-split", folio.mapped_by):
            return False
        self.split(folio)
        return True

    def folio_to_device(self, folio: Folio, frames: List[Frame]) -> None:
        """Migrates a large folio, with all its entries, to an allocated block of frames."""
        for obj, frame in zip(folio.objects, frames):
            frame.copy_from(obj.place)
            obj.place.scrub()
            obj.place = frame
        for entry in folio.mapped_by:
            self.update_entry(entry, self.folio_permission(entry))
            if entry.counted_by_frame:
                entry.object.place.device.map(entry.object.place)

    def folio_permission(self, entry: Entry) -> str:
        """The permission of an entry of a large folio. All pages of a whole entry have the same permission."""
        parts = entry.block if entry.whole else [entry]
        return WRITE if all(part.permission(part.object) == WRITE for part in parts) else READ

    def migrate_folio_back(self, folio: Folio) -> str:
        """Tries to migrate a large folio back as a whole. Returns `moved`, `split` or the failure.

        Without a large system page it is split, and its pages may migrate back one by one.
        """
        if self.injections.strikes("no-large-page", folio.mapped_by):
            return SPLIT if self.try_split(folio) else "SIGBUS"
        if self.injections.strikes("oom", folio.mapped_by):
            return "oom"
        if self.injections.strikes("sigbus", folio.mapped_by):
            return "SIGBUS"
        self.move_to_system(folio.objects)
        return MOVED

    # Migration.

    def update_entry(self, entry: Entry, state: str) -> None:
        """Updates an entry whose object has migrated. It keeps userfaultfd, and in some profiles its soft-dirty bit."""
        entry.state = state
        if not self.profile.tracks_moves:
            entry.dirty = True

    def move_to_system(self, objects: List[Object]) -> None:
        """Migrates a base page or a large folio back: changes all its entries in all processes, then frees its frame
        or the folio.
        """
        frame = objects[0].place
        frame.get()  # The reference of the migration, so that the frame is freed at its end.
        for obj in objects:
            source, obj.place = obj.place, Page()
            obj.place.copy_from(source)
        for entry in [entry for obj in objects for entry in obj.entries]:
            self.update_entry(entry, PRESENT)
            if entry.counted_by_frame:
                frame.device.unmap(frame)
        frame.device.put(frame)

    def move_to_device(self, obj: Object, frame: Frame) -> None:
        """Migrates an object to an allocated frame. All its entries in all processes change.

        Exclusive access ends. (Linux skips such a page.)
        """
        page = obj.place
        frame.copy_from(page)
        obj.place = frame
        for entry in obj.entries:
            self.update_entry(entry, entry.permission(obj))
            frame.device.map(frame)
        page.scrub()

    def fill_on_device(self, entry: Entry, frame: Frame) -> None:
        """Creates an object of value 0 on an allocated frame for an unpopulated page."""
        frame.write(entry.bare_value)
        obj = self.new_object(frame, entry.process.group)
        self.link(entry, obj, entry.permission(obj))
        entry.dirty = True

    def migrate_back(self, obj: Object) -> str:
        """Tries to migrate an object back from its device. Returns `moved` or the failure.

        The system page is allocated first, so `oom` strikes first; a strike ends the attempt.
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
        return MOVED if self.migrate_back(entry.object) == MOVED else SKIPPED

    def block_to_system(self, block: List[Entry], device: Device) -> Optional[List[str]]:
        """Migrates the pages of a block with large folios; None if they migrate one by one."""
        if not block[0].whole or not block[0].is_on(device):
            return None
        outcome = self.migrate_folio_back(block[0].object.folio)
        if outcome == SPLIT:
            return None
        return [WHOLE if outcome == MOVED else SKIPPED] * len(block)

    def objects_on(self, frames: List[Frame]) -> List[Object]:
        """The objects on these frames in the order of the frames, also the unmapped pages of large folios."""
        entries = (entry for process in self.processes for entry in process.entries if entry.on_device)
        by_frame = {obj.place.number: obj for entry in entries for obj in entry.object.parts}
        return [by_frame[frame.number] for frame in frames if frame.number in by_frame]

    def evict_frames(self, frames: List[Frame]) -> List[str]:
        """Tries once to migrate each object on these frames back. Returns the result for each.

        A large folio migrates as a whole if all its frames are among them; otherwise it is split.
        """
        outcomes: List[str] = []
        tried: List[Folio] = []
        for obj in self.objects_on(frames):
            folio = obj.folio
            if folio is not None and folio not in tried and all(place in frames for place in folio.places):
                tried.append(folio)
                outcome = self.migrate_folio_back(folio)
                if outcome != SPLIT:
                    outcomes += [outcome] * len(folio.objects)
            if obj.held and obj.folio not in tried:
                outcomes.append(self.migrate_back(obj))
        return outcomes

    def must_stay(self, entry: Entry, device: Device) -> bool:
        """Whether a page must not migrate to the device, injections aside."""
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
        if entry.state == UNPOPULATED and entry.process.group.full:
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
        is_unpopulated = all(part.state == UNPOPULATED and part.protection == first.protection for part in block)
        if len(block) == 1 or not (is_unpopulated or (first.whole and first.state == PRESENT)):
            return None
        folio = first.object.folio if first.whole else None
        if not device.works or (folio is not None and folio.pinned):
            return None
        mapped_by = block if folio is None else folio.mapped_by
        frames = device.free_block()
        if frames is None or self.injections.strikes("no-large-frame", mapped_by):
            return None
        if self.injections.strikes("no-frame", mapped_by):
            return [SKIPPED] * len(block)
        device.allocate_block(frames)
        struck = self.injections.strikes("no-copy", mapped_by)
        if not struck and folio is None:
            self.fill_block_on_device(block, frames)
        elif not struck:
            self.folio_to_device(folio, frames)
        device.put(frames[0])  # The reference of allocate_block.
        return [SKIPPED if struck else WHOLE] * len(block)

    def fill_block_on_device(self, block: List[Entry], frames: List[Frame]) -> None:
        """Creates a large folio of zeros on allocated frames for an unpopulated block."""
        for frame in frames:
            frame.write(0)
        folio = Folio([self.new_object(frame, block[0].process.group) for frame in frames])
        self.link_whole(block, folio, block[0].permission(folio.objects[0]))

    def allocate_frame(self, device: Device, mapped_by: List[Entry]) -> Optional[Frame]:
        """Allocates a frame for the page of these entries. Returns None if an injection strikes.

        `no-frame` strikes the allocation, `no-copy` the copy; the frame is then freed.
        """
        if self.injections.strikes("no-frame", mapped_by):
            return None
        frame = device.allocate()
        if self.injections.strikes("no-copy", mapped_by):
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
        frame = self.allocate_frame(device, entry.mapped_by)
        if frame is None:
            return SKIPPED
        if entry.object is None:
            self.fill_on_device(entry, frame)
        else:
            self.move_to_device(entry.object, frame)
        device.put(frame)  # The reference of allocate_frame. The entries hold the frame now.
        return MOVED

    # Accesses by the CPU and the kernel.

    def page_fault(self, entry: Entry) -> Failure:
        """The callback of the device that holds the accessed page. Returns its failure, if any."""
        frame = entry.object.place
        event = {"event": "fault", "process": entry.process.number, "page": entry.page, "frame": frame.number}
        if len(self.devices) > 1:
            event["device"] = frame.device.number
        self.events.append(event)
        outcome = self.migrate_back_for(entry)
        if outcome == "oom":
            return "oom"
        if outcome == "SIGBUS":
            if self.profile.sigbus_poisons:
                self.unlink(entry, POISON)
            return "SIGBUS"
        self.migrate_back_around(entry, frame.device)
        return None

    def migrate_back_for(self, entry: Entry) -> str:
        """Migrates the page of an entry back; for a whole entry the large folio, unless it must be split."""
        outcome = self.migrate_folio_back(entry.object.folio) if entry.whole else SPLIT
        return self.migrate_back(entry.object) if outcome == SPLIT else outcome

    def migrate_back_around(self, entry: Entry, device: Device) -> None:
        """Migrates pages after the accessed one back, as a driver may do. A failure does not affect the access."""
        behind = entry.page + 1
        for near in entry.process.entries[behind : behind + self.fault_around]:
            if near.is_on(device):
                self.migrate_back(near.object)

    def access(self, entry: Entry, writes: bool) -> Failure:
        """Performs the checks and faults before an access by the CPU or the kernel. Returns the failure, if any.

        Before a store, the entry gets an object of its own.

        A store under userfaultfd is trapped with the page on the device. (Linux migrates it back first.)
        """
        permitted = entry.writable if writes else entry.readable
        if not permitted:
            return "SIGSEGV"
        if entry.state == POISON:
            return "SIGBUS"
        entry.end_exclusive()
        if entry.traps(writes):
            return "trapped"
        if entry.on_device:
            failure = self.page_fault(entry)
            if failure is not None:
                return failure
        if not writes or (entry.state == UNPOPULATED and self.populate_block(entry)):
            return None
        return self.make_own(entry)

    # Accesses by a device.

    def check_device_access(self, device: Device, entry: Entry, writes: bool) -> Failure:
        """Performs the checks that precede every device access. Returns the failure, if any."""
        if not device.works:
            return "ENODEV"
        if not entry.readable:
            return "EFAULT"
        if writes and not entry.writable:
            return "EPERM"
        if entry.state == POISON:
            return "EFAULT"
        return None

    def migrate_foreign_back(self, device: Device, entry: Entry, writes: bool) -> Failure:
        """Migrates a page on another device back before an access. Before 6.1, it can only be read in place."""
        if not entry.on_device or entry.is_on(device):
            return None
        if self.profile.foreign_access_faults:
            failure = self.page_fault(entry)
            return failure if failure is None or self.profile.foreign_error_has_cause else "EFAULT"
        return "EFAULT" if writes else None

    def make_own_for(self, device: Device, entry: Entry) -> Failure:
        """The same as make_own for a store by the device, which can write the page afterwards.

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
            outcome = self.migrate_back(entry.object)
            if outcome != MOVED:
                return outcome
        return self.make_own(entry)

    def make_own_on(self, device: Device, entry: Entry) -> Failure:
        """Gives the entry an object that it may write on a frame of the device. Other entries keep the old one."""
        if entry.needs_object and entry.process.group.full:
            return "oom"
        frame = self.allocate_frame(device, entry.mapped_by)
        if frame is None:
            return "oom"
        if entry.object is None:
            self.fill_on_device(entry, frame)
        elif entry.object.shared:
            frame.copy_from(entry.object.place)
            self.replace_object(entry, self.new_object(frame, entry.process.group), WRITE)
        else:
            self.change_frame(entry, frame)
        device.put(frame)  # The reference of allocate_frame.
        return None

    def change_frame(self, entry: Entry, frame: Frame) -> None:
        """Moves an object with one entry to another frame of the device. READ may become WRITE."""
        old = entry.object.place
        frame.copy_from(old)
        entry.object.place = frame
        frame.device.map(frame)
        entry.state = entry.permission(entry.object)
        old.device.unmap(old)


# ---------------------------------------------------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------------------------------------------------

COMMANDS: Dict[str, Callable[[World, Json], Result]] = {}


def executes(op: str) -> Callable[[Callable[[World, Json], Result]], Callable[[World, Json], Result]]:
    """Registers the function that executes a command."""

    def register(function: Callable[[World, Json], Result]) -> Callable[[World, Json], Result]:
        COMMANDS[op] = function
        return function

    return register


ERRORS = {"SIGSEGV": "EFAULT", "SIGBUS": "EFAULT", "oom": "ENOMEM"}


def as_error(result: Result) -> Result:
    """The error that a kernel or device access returns for a failure of a CPU access. Other results are unchanged."""
    return ERRORS.get(result, result)


def last_of(parts: Iterable[Result]) -> Result:
    """Executes the parts of a command and returns its result."""
    *_, result = parts
    return result


# Processes.


@executes("spawn")
def spawn(world: World, command: Json) -> Result:
    """Starts a process with nothing mapped."""
    process = world.processes[command["process"]]
    process.alive = True
    process.group = world.groups[0]
    return "ok"


@executes("fork")
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
            its.state, its.dirty = UNPOPULATED, True
        elif mine.whole and not mine.object.folio.pinned:
            if mine.starts_block:
                fork_block(world, mine.block, its.block)
        else:
            fork_entry(world, mine, its)
    return "ok"


def fork_entry(world: World, mine: Entry, its: Entry) -> None:
    """Copies an entry of the parent to the child."""
    mine.end_exclusive()
    if not mine.counted:
        its.state, its.object = mine.state, mine.object  # Not counted: no object, poison, or common memory.
    elif mine.object.pins > 0 and world.profile.fork_copies_pinned:
        world.link(its, world.copy_of(mine.object, its.process.group), PRESENT)
    else:
        mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.
        world.link(its, mine.object, mine.state)


def fork_block(world: World, mine: List[Entry], its: List[Entry]) -> None:
    """Copies a whole entry of the parent to the child."""
    for entry in mine:
        entry.write_protect()
    world.link_whole(its, mine[0].object.folio, mine[0].state)


@executes("exit")
def exit_process(world: World, command: Json) -> Result:
    """Ends a process and removes its mappings."""
    return last_of(exit_in_parts(world, command))


def exit_in_parts(world: World, command: Json) -> Parts:
    """Removes the mappings one after another, as unmap does."""
    process = world.processes[command["process"]]
    for entry in process.entries:
        unmap_entry(world, entry)
        yield "ok"
    process.alive = False
    yield "ok"


# Mappings.


@executes("map")
def map_page(world: World, command: Json) -> Result:
    """Creates mappings, which are unpopulated unless they are of host or shared memory."""
    kind = command["kind"]
    for entry in entries_of(world, command):
        entry.map(kind, command["protection"])
        entry.prefers_large = command.get("whole") is True
        if kind in ("host", "shared"):
            entry.state, entry.object = PRESENT, world.common_object(kind, entry.page)
    return "ok"


def entries_of(world: World, command: Json) -> List[Entry]:
    """The entries that a command on mappings names: of one page, or of all pages of its block."""
    entry = world.entry(command)
    return entry.block if command.get("whole") is True else [entry]


@executes("unmap")
def unmap_page(world: World, command: Json) -> Result:
    """Removes a mapping."""
    for entry in entries_of(world, command):
        unmap_entry(world, entry)
    return "ok"


def unmap_entry(world: World, entry: Entry) -> None:
    """Clears an entry and its mapping."""
    world.unlink(entry, UNMAPPED)
    entry.protection = NO_ACCESS
    entry.inherited = COPY


@executes("discard")
def discard(world: World, command: Json) -> Result:
    """Drops the content of a private page, or its poison. Host and shared memory are unchanged."""
    for entry in entries_of(world, command):
        if entry.state == UNMAPPED:  # The other command of a race has unmapped it.
            return "ENOMEM"
        if entry.locked:  # Locked memory keeps its content.
            return "EINVAL"
        if not entry.common:
            world.unlink(entry, entry.bare_state)
            entry.dirty = True
    return "ok"


@executes("protect")
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
        entry.end_exclusive()
        entry.protection = command["protection"]
    return "ok"


@executes("move")
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
    row[page] = left  # The old page gets a new entry.
    entry.dirty = True


@executes("lock")
def lock(world: World, command: Json) -> Result:
    """Populates the page and locks the mapping, even if the page cannot be populated."""
    world.entry(command).locked = True
    return populate(world, command)


@executes("unlock")
def unlock(world: World, command: Json) -> Result:
    """Ends the lock."""
    world.entry(command).locked = False
    return "ok"


@executes("advise")
def advise(world: World, command: Json) -> Result:
    """Gives advice about a page. The advice `free` drops the page at once, in this process only.

    (Linux drops it when it reclaims memory.)
    """
    entry, advice = world.entry(command), command["advice"]
    if advice == "move-node":
        return "ok"
    if entry.locked:  # Locked memory keeps its content, and advice may drop it.
        return "EINVAL"
    entry.dirty = True
    if advice == "free" and entry.state == PRESENT and entry.object.pins == 0:
        world.unlink(entry, UNPOPULATED)
    return "ok"


@executes("inherit")
def inherit(world: World, command: Json) -> Result:
    """Sets the form in which children inherit a mapping: with the page, not at all, or unpopulated."""
    entry = world.entry(command)
    entry.inherited = command["inheritance"]
    entry.dirty = True
    return "ok"


@executes("watch")
def watch(world: World, command: Json) -> Result:
    """Registers a page with userfaultfd, for stores or for accesses while it is unpopulated."""
    entry = world.entry(command)
    entry.watch = command["watch"]
    if entry.watch == WRITE_PROTECT:
        entry.write_protect()
        if entry.object is None:
            entry.watch = NOT_WATCHED  # Without a page there are no stores to watch.
    entry.dirty = True
    return "ok"


# Accesses by the CPU and the kernel.


@executes("load")
def load(world: World, command: Json) -> Result:
    """A load by the CPU."""
    entry = world.entry(command)
    failure = world.access(entry, writes=False)
    if failure is not None:
        return failure
    return entry.read()


@executes("store")
def store(world: World, command: Json) -> Result:
    """A store by the CPU."""
    entry = world.entry(command)
    failure = world.access(entry, writes=True)
    if failure is not None:
        return failure
    entry.write(command["value"])
    return "ok"


@executes("kernel-load")
def kernel_load(world: World, command: Json) -> Result:
    """A load by the kernel at an address of the process."""
    return as_error(load(world, command))


@executes("kernel-store")
def kernel_store(world: World, command: Json) -> Result:
    """A store by the kernel at an address of the process."""
    return as_error(store(world, command))


@executes("peek")
def peek(world: World, command: Json) -> Result:
    """A no-fault load by the kernel, which userfaultfd does not trap."""
    entry = world.entry(command)
    if not entry.readable or entry.state == POISON:
        return "EFAULT"
    if entry.on_device:
        return "EFAULT"  # A migration back would be a fault.
    return entry.read()


@executes("populate")
def populate(world: World, command: Json) -> Result:
    """Populates the page: for writing if the mapping is writable, else for reading."""
    entry = world.entry(command)
    if entry.state == UNMAPPED:
        return "ENOMEM"
    failure = world.access(entry, writes=entry.writable)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    return "ok"


@executes("pin")
def pin(world: World, command: Json) -> Result:
    """Pins a page in a slot: for writing, which breaks its sharing first, or for reading.

    A pin for reading populates an unpopulated page. (Linux may hold the zero page or the file page.)
    """
    entry, slot, reads = world.entry(command), command["slot"], command.get("access") == "read"
    if world.slots[slot] is not None:
        return "EBUSY"
    failure = world.access(entry, writes=not reads)
    if failure is None and reads and (entry.object is None or world.profile.read_pin_unshares):
        failure = world.make_own_to_read(entry)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    entry.object.pins += 1
    world.slots[slot] = entry.object
    return "ok"


@executes("unpin")
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


# Migrations.


@executes("migrate-to-device")
def migrate_to_device(world: World, command: Json) -> Result:
    """Migrates the pages of a range to the device."""
    return last_of(migrate_in_parts(world, command))


@executes("migrate-to-system")
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
        entry = process.entries[command["page"] + len(outcomes)]  # Looked up again: another command may have moved it.
        block = entry.block
        if command.get("compound") is True and entry.starts_block and len(outcomes) + len(block) <= command["count"]:
            outcomes += of_block(block, device) or [of_page(part, device) for part in block]
        else:
            outcomes.append(of_page(entry, device))
        yield outcomes


@executes("evict")
def evict(world: World, command: Json) -> Result:
    """Migrates one object to system memory, by the driver of the device that holds it."""
    entry = world.entry(command)
    return [world.page_to_system(entry, entry.object.place.device) if entry.on_device else SKIPPED]


@executes("evict-all")
def evict_all(world: World, command: Json) -> Result:
    """Migrates every object on a device to system memory. Objects that an injection strikes stay."""
    return world.evict_frames(world.device(command).frames).count(MOVED)


@executes("collapse")
def collapse(world: World, command: Json) -> Result:
    """Replaces the pages of a block by a large folio with a whole entry. No page migrates back."""
    entry = world.entry(command)
    block = entry.block
    if entry.whole:
        return "EINVAL" if entry.on_device else "ok"
    if any(part.protection != entry.protection or must_not_collapse(part) for part in block):
        return "EINVAL"
    folio = Folio([world.system_object(part.read(), part.process.group) for part in block])
    for part in block:
        world.unlink(part, UNPOPULATED)
    world.link_whole(block, folio, PRESENT)
    return "ok"


def must_not_collapse(entry: Entry) -> bool:
    """Whether a page prevents the collapse of its block."""
    return entry.on_device or entry.state == POISON or (entry.object is not None and entry.object.pins > 0)


@executes("split")
def split(world: World, command: Json) -> Result:
    """Splits a large folio into base pages, which stay where they are."""
    obj = world.entry(command).object
    if obj is None or obj.folio is None:
        return "EINVAL"
    return "ok" if world.try_split(obj.folio) else "EBUSY"


@executes("evict-range")
def evict_range(world: World, command: Json) -> Result:
    """Migrates the objects on a range of frames to system memory. Frames are numbered across devices."""
    frames = [frame for device in world.devices for frame in device.frames]
    first = command["frame"]
    return world.evict_frames(frames[first : first + command["frames"]]).count(MOVED)


# Accesses by devices.


@executes("device-load")
def device_load(world: World, command: Json) -> Result:
    """A load by a device. No page migrates, except from another device from 6.1 on."""
    entry, device = world.entry(command), world.device(command)
    failure = world.check_device_access(device, entry, writes=False)
    if failure is None and entry.traps(writes=False):
        failure = "trapped"
    if failure is None:
        failure = world.migrate_foreign_back(device, entry, writes=False)
    return entry.read() if failure is None else as_error(failure)


@executes("device-store")
def device_store(world: World, command: Json) -> Result:
    """A store by a device. Before a store through a READ entry, the entry gets an object of its own."""
    entry, device = world.entry(command), world.device(command)
    failure = world.check_device_access(device, entry, writes=True)
    if failure is None and entry.traps(writes=True):
        failure = "trapped"
    if failure is None:
        failure = world.migrate_foreign_back(device, entry, writes=True)
    if failure is None:
        failure = world.make_own_for(device, entry)
    if failure is not None:
        return as_error(failure)
    entry.write(command["value"])
    return "ok"


@executes("make-exclusive")
def make_exclusive(world: World, command: Json) -> Result:
    """Gives a device exclusive access to a page in system memory, after an access as by a store."""
    entry, device = world.entry(command), world.device(command)
    failure = world.check_device_access(device, entry, writes=True) or world.access(entry, writes=True)
    if failure is not None:
        return as_error(failure)
    entry.dirty = True
    entry.state = EXCLUSIVE
    return "ok"


@executes("device-exchange")
def device_exchange(world: World, command: Json) -> Result:
    """An atomic exchange by a device at an exclusive entry. The entry names no device, so any device may do it."""
    entry, device = world.entry(command), world.device(command)
    failure = world.check_device_access(device, entry, writes=True)
    if failure is not None:
        return failure
    if entry.state != EXCLUSIVE:
        return "EINVAL"
    if entry.traps(writes=True):
        return "trapped"
    value = entry.read()
    entry.write(command["value"])
    return value


# Device states.


@executes("attach")
def attach(world: World, command: Json) -> Result:
    """Attaches a device, with an address range of its own."""
    device = world.device(command)
    if device.attached:
        return "EBUSY"
    device.attached = True
    device.range_is_used = False
    return "ok"


@executes("detach")
def detach(world: World, command: Json) -> Result:
    """Detaches a device if every page on it migrates back. A failure does not end the attempts."""
    device = world.device(command)
    if not device.attached:
        return "ENODEV"
    if any(outcome != MOVED for outcome in world.evict_frames(device.frames)):
        return "EBUSY"
    device.attached = False
    return "ok"


@executes("surprise-remove")
def surprise_remove(world: World, command: Json) -> Result:
    """Removes a device without eviction; its pages are lost."""
    device = world.device(command)
    if not device.attached:
        return "ENODEV"
    for process in world.processes:
        for entry in process.entries:
            if entry.is_on(device):
                world.unlink(entry, POISON)
    device.attached = False
    return "ok"


@executes("open")
def open_device(world: World, command: Json) -> Result:
    """Opens a device again."""
    device = world.device(command)
    if device.open:
        return "EBUSY"
    device.open = True
    return "ok"


@executes("close")
def close_device(world: World, command: Json) -> Result:
    """Closes a device. Its pages stay, and migrate back as from an open one."""
    device = world.device(command)
    if not device.open:
        return "ENODEV"
    device.open = False
    return "ok"


@executes("hot-add")
def hot_add(world: World, command: Json) -> Result:
    """Adds memory at the address range of a device, which succeeds once while the device is detached."""
    device = world.device(command)
    if device.attached or device.range_is_used:
        return "EEXIST"
    device.range_is_used = True
    return "ok"


# Injections.


@executes("inject")
def inject(world: World, command: Json) -> Result:
    """Replaces the injection of this kind."""
    world.injections.waiting[command["kind"]] = Injection(command["victim"], command["remaining"])
    return "ok"


@executes("heal")
def heal(world: World, command: Json) -> Result:
    """Ends all injections."""
    world.injections.waiting.clear()
    return "ok"


# Accounting.


@executes("limit")
def limit(world: World, command: Json) -> Result:
    """Sets the maximum number of pages charged to a group."""
    pages = command["pages"]
    world.groups[command["group"]].limit = None if pages == "none" else pages
    return "ok"


@executes("join")
def join(world: World, command: Json) -> Result:
    """Changes the group of a process. All objects that it maps are charged to the new group, also shared ones."""
    process, group = world.processes[command["process"]], world.groups[command["group"]]
    process.group = group
    if world.profile.join_moves_charges:
        for entry in process.entries:
            if entry.counted:  # Pages on a device as well.
                entry.object.charge_to(group)
    return "ok"


@executes("charge")
def charge(world: World, command: Json) -> Result:
    """The number of objects charged to a group."""
    return world.groups[command["group"]].charged


@executes("swap-on")
def swap_on(world: World, command: Json) -> Result:
    """Adds swap areas up to the limit, and returns their number."""
    accepted = min(command["areas"], world.profile.swap_areas - world.swap_areas)
    world.swap_areas += accepted
    return accepted


# Queries, which change no state.


@executes("page-map")
def page_map(world: World, command: Json) -> Result:
    """The entry as the page map shows it: absent, present or special."""
    entry = world.entry(command)
    if entry.state in (UNMAPPED, UNPOPULATED):
        return "absent"
    if entry.state in (PRESENT, FILE_PAGE):
        return "present"
    if entry.state == POISON or entry.object.shared or not world.profile.shows_sole_mapper:
        return "special"
    return "special-sole"


@executes("residency")
def residency(world: World, command: Json) -> Result:
    """Whether the page is resident, in system memory or on a device. File, host and shared pages always are."""
    entry = world.entry(command)
    if entry.state == UNMAPPED:
        return "ENOMEM"
    return 0 if entry.state == UNPOPULATED else 1


@executes("smaps")
def smaps(world: World, command: Json) -> Result:
    """The number of resident pages of a process, counted entry by entry."""
    return sum(entry.counted for entry in world.processes[command["process"]].entries)


@executes("soft-dirty")
def soft_dirty(world: World, command: Json) -> Result:
    """Whether a page was stored to, or may have been, since its soft-dirty bit was cleared."""
    return "dirty" if world.entry(command).dirty else "clean"


@executes("clear-soft-dirty")
def clear_soft_dirty(world: World, command: Json) -> Result:
    """Clears the soft-dirty bits of a process. No page migrates.

    WRITE entries become READ, so that stores by a device are recorded, too. (Linux keeps the permission.)
    """
    for entry in world.processes[command["process"]].entries:
        entry.write_protect()
        entry.dirty = False
    return "ok"


@executes("inspect")
def inspect(world: World, command: Json) -> Result:
    """Changes no state. The caller adds the snapshot."""
    return "ok"


# Concurrent commands.


@executes("race")
def race(world: World, command: Json) -> Result:
    """Executes two commands one after the other, in an order that alternates between races.

    In every third and fourth race, the second command runs after the first part of the first one.
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
    """The parts of a command. Most commands have only one, and nothing runs within it."""
    in_parts = IN_PARTS.get(command["op"])
    return iter([COMMANDS[command["op"]](world, command)]) if in_parts is None else in_parts(world, command)


def store_in_parts(world: World, command: Json) -> Parts:
    """Stores cell by cell, with a new access each time: the page may have been replaced or unmapped."""
    for cell in range(CELLS):
        entry = world.entry(command)
        failure = world.access(entry, writes=True)
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
"""The commands that have more than one part."""


# ---------------------------------------------------------------------------------------------------------------------
# Snapshot
# ---------------------------------------------------------------------------------------------------------------------


def show_process(process: Process) -> Optional[List[Union[str, Json]]]:
    """The entries of a process, or null if it is not alive."""
    return [entry.show() for entry in process.entries] if process.alive else None


def show_state(world: World) -> Json:
    """The snapshot. Restarts the minimum counts."""
    frames = [frame for device in world.devices for frame in device.frames]
    state: Json = {
        "entries": [show_process(process) for process in world.processes],
        "frames": [frame.show() for frame in frames],
        "rss": [process.rss for process in world.processes],
        "charged": sum(group.charged for group in world.groups),
    }
    for frame in frames:
        frame.restart_least()
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
        # Variants of behavior.
        *("device-copy-on-write", "oom-result"),
        # Parts of the observations.
        *("callbacks", "allocations", "entries", "frames", "least-count", "accounting", "every-step"),
        # The form of the replies.
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
"""The minimum and maximum of each number. The maximum limits the memory that a faulty request can allocate."""

OBSERVE = ("results", "inspect", "every-step")


class Refused(Exception):
    """A request that cannot be executed, with the reason."""


def is_int(value: Any) -> bool:
    """Whether a JSON value is an integer. In Python, true and false are integers as well."""
    return isinstance(value, int) and not isinstance(value, bool)


def begin(request: Json, fault_around: int) -> World:
    """Creates the world of a case. Raises Refused if the case is invalid."""
    profile, scope = request.get("profile"), request.get("scope")
    if profile not in list(PROFILES):
        raise Refused("unknown profile: %r" % (profile,))
    if not isinstance(scope, dict):
        raise Refused("the case has no scope")
    scope = {"devices": 1, "block": 1, **scope}
    for name, (minimum, maximum) in SCOPE.items():
        if not is_int(scope.get(name)) or not minimum <= scope[name] <= maximum:
            raise Refused("the scope's %s should be %d to %d: %r" % (name, minimum, maximum, scope.get(name)))
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
    """Reports that a command is finished. Written at once, because the next command may hang."""
    os.write(1, b'{"type":"progress","id":%d,"step":%d}\n' % (case, step))


class Coverage:
    """The executed lines of this file. The suite accepts any numbers, such as those of branches or states."""

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
    except Exception as problem:  # A malformed command, or a bug of this file, becomes an error reply.
        message = "%s: %s" % (type(problem).__name__, problem)
        return {"type": "error", "id": case, "step": step, "message": message}
    return {"type": "observations", "id": case, "observations": observations}


def reply_to(line: bytes, options: Options) -> Json:
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
    """Replies line by line until the input ends. Reads and writes bytes, so that no platform changes the line ends."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(json.dumps(reply_to(line, options), separators=(",", ":")).encode("utf-8") + b"\n")
        out.flush()


class Options(NamedTuple):
    """The options of the command line."""

    fault_around: int = 0
    coverage: bool = False


def options_in(arguments: List[str]) -> Options:
    """Parses the arguments of the command line."""
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
    """Serves until the end of input. Ends without a traceback at Ctrl-C and when the output is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    options = options_in(sys.argv[1:])
    try:
        serve(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Otherwise Python reports an error at its exit.
    return 0


if __name__ == "__main__":
    sys.exit(main())
