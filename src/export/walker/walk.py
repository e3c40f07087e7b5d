import json
from typing import Any, Collection, Dict, List, Mapping, Optional, Tuple

# The frames that names have been observed to stand for.
Frames = Dict[str, int]
# The table, and its parts, as they are in JSON.
Json = Mapping[str, Any]


def first_mismatch(table: Json, observations: List[Json], shows: Collection[str]) -> Optional[str]:
    """Compares observations with the table of allowed outcomes; returns the first mismatch, or None.

    Several states may be possible at once: each is a number within its step, together with the frames that names have
    been observed to stand for. `shows` are the capabilities that the adapter declares.
    """
    possible: List[Tuple[int, Frames]] = [(0, {})]
    for step, observation in zip(table["steps"], observations):
        following: Dict[Tuple[int, Tuple[Tuple[str, int], ...]], Tuple[int, Frames]] = {}
        furthest = -1
        expected: List[str] = []
        for state, before in possible:
            for outcome in step["outcomes"]:
                if outcome["from"] != state:
                    continue
                released = outcome.get("releases", [])
                after = {name: frame for name, frame in before.items() if name not in released}
                if not is_possible(outcome, step, before, after, table):
                    continue
                mismatch = mismatch_with(outcome, step, observation, before, after, table, shows)
                if mismatch is None:
                    following[(outcome["to"], tuple(sorted(after.items())))] = (outcome["to"], after)
                elif mismatch[0] >= furthest:
                    expected = expected if mismatch[0] == furthest else []
                    furthest = mismatch[0]
                    if mismatch[1] not in expected:
                        expected.append(mismatch[1])
        if not following:
            allowed = "; or ".join(expected)
            return f"step {step['step']} ({step['text']}): expected {allowed}; observed {json.dumps(observation)}"
        possible = list(following.values())
    return None


def mismatch_with(
    outcome: Json,
    step: Json,
    observation: Json,
    before: Frames,
    after: Frames,
    table: Json,
    shows: Collection[str],
) -> Optional[Tuple[int, str]]:
    """Returns the number of the first part of an observation that differs, and what was expected; or None.

    The frames in `after` get their names here.
    """
    state, expected_state = observation.get("state") or {}, step["states"][outcome["to"]]
    if not is_same(observation.get("result"), outcome["result"]):
        return 0, f"the result {json.dumps(outcome['result'])}"
    if "callbacks" in shows:
        expected = callback_mismatch(outcome, observation.get("events") or [], before, after, table, shows)
        if expected is not None:
            return 1, expected
    if not step["snapshot"]:
        return None
    if "entries" in shows:
        expected = entry_mismatch(expected_state["entries"], state.get("entries") or [], after, table)
        if expected is not None:
            return 2, expected
        expected = folio_mismatch(expected_state, state, after, table)
        if expected is not None:
            return 3, expected
    if "frames" in shows:
        expected = count_mismatch(state, table, shows)
        if expected is not None:
            return 4, expected
    if "accounting" in shows:
        if state.get("rss") != expected_state["rss"]:
            return 5, f"rss {expected_state['rss']}"
        maximum = expected_state["charged"]
        minimum = maximum - expected_state.get("uncharged", 0)
        if not minimum <= (state.get("charged") or 0) <= maximum:
            return 5, f"{maximum} charged" if minimum == maximum else f"{minimum} to {maximum} charged"
    return None


def is_same(one: Any, other: Any) -> bool:
    """Whether two results are equal and of one type: in Python, True equals 1."""
    return type(one) is type(other) and one == other


def callback_mismatch(
    outcome: Json,
    observed: List[Json],
    before: Frames,
    after: Frames,
    table: Json,
    shows: Collection[str],
) -> Optional[str]:
    """Checks the calls of page_fault, that frames are allocated and freed as the outcome says, and folio_split."""
    events = by_frame(observed, table)
    if faults_fit(outcome, events, before, table, shows):
        expected = frame_mismatch(outcome, events, before, after, table, shows)
        return split_mismatch(outcome, observed, before, table, shows) if expected is None else expected
    if "calls" in outcome:
        return f"page_fault {json.dumps(outcome['calls'])}"
    return f"page_fault {json.dumps(outcome['faults'])}" if "faults" in outcome else "no page_fault"


def by_frame(events: List[Json], table: Json) -> List[Json]:
    """The events, with one for each frame of a large folio."""
    block = table["case"]["scope"].get("block", 1)
    return [
        {**one, "frame": one["frame"] + part} if one.get("large") else one
        for one in events
        for part in range(block if one.get("large") else 1)
    ]


def faults_fit(outcome: Json, events: List[Json], before: Frames, table: Json, shows: Collection[str]) -> bool:
    made = [one for one in events if one["event"] == "fault"]
    if "calls" in outcome:
        calls = outcome["calls"]
        return calls["atLeast"] <= len(made) <= calls.get("atMost", len(made)) and all(
            is_call_of_race(call, outcome, events, before, table, shows) for call in made
        )
    faults = outcome.get("faults")
    if faults is None:
        return not made
    if len(made) != faults["times"]:
        return False
    for call in made:
        frame = before.get(faults.get("frame"), call.get("frame"))
        if (call["process"], call["page"]) != (faults["process"], faults["page"]):
            return False
        if call.get("frame", frame) not in (frame, before.get(faults.get("head"), frame)):
            return False
        if call.get("device", faults.get("device")) != faults.get("device"):
            return False
    return True


def is_call_of_race(
    call: Json,
    outcome: Json,
    events: List[Json],
    before: Frames,
    table: Json,
    shows: Collection[str],
) -> bool:
    """Whether a call is for a page that the race accesses, and for the frame that it was on or one allocated meanwhile."""
    at = (call["process"], call["page"])
    places = [place for place in outcome["calls"]["places"] if (place["process"], place["page"]) == at]
    frame = call.get("frame")
    if frame is None:
        return bool(places)
    device = frame // table["case"]["scope"]["frames"]
    if call.get("device", device) != device:
        return False
    if "allocations" in shows:
        is_allocated = any(one["event"] == "alloc" and one["frame"] == frame for one in events)
    else:
        is_allocated = outcome.get("mayAllocateInVain", False)
    for place in places:
        name = place.get("frame")
        is_new = name is not None and name not in before and frame not in before.values()
        if is_allocated or is_new or frame in (before.get(name), before.get(place.get("head"))):
            return True
    return False


def frame_mismatch(
    outcome: Json,
    events: List[Json],
    before: Frames,
    after: Frames,
    table: Json,
    shows: Collection[str],
) -> Optional[str]:
    """For every frame, allocations less frees are the change in the objects that it holds."""
    releases, allocates = outcome.get("releases", []), outcome.get("allocates", 0)
    in_vain, shows_allocations = outcome.get("mayAllocateInVain", False), "allocations" in shows
    in_free = table["counts"]["inFree"]
    releases_large = outcome.get("releasesLarge", [])
    large = f", {json.dumps(releases_large)} as a large folio" if releases_large else ""
    expected = f"frames {json.dumps(releases)} freed{large}, {allocates} allocated"
    released_large = [before[name] for name in releases_large if name in before]
    released = [before[name] for name in releases if name in before]
    held = list(before.values())
    allocated = [one["frame"] for one in events if one["event"] == "alloc"]
    freed = [one["frame"] for one in events if one["event"] == "free"]
    for one in events:
        if one["event"] not in ("alloc", "free"):
            continue
        if one["event"] == "free" and (one.get("refs", in_free), one.get("maps", 0)) != (in_free, 0):
            return f"page_free with references {in_free}, mappings 0"
        frame = one["frame"]
        is_released = frame in released
        if frame in held and not is_released:
            return expected
        net = allocated.count(frame) - freed.count(frame)
        maximum = 0 if is_released else 1
        minimum = -1 if is_released or len(released) < len(releases) else 0
        if shows_allocations and not minimum <= net <= maximum:
            return expected
        if not shows_allocations and freed.count(frame) > 1 and not in_vain:
            return expected
        is_freed_for_good = one["event"] == "free" and is_released and frame not in allocated
        if is_freed_for_good and one.get("large", False) != (frame in released_large):
            return expected
        if one["event"] == "alloc" and "allocatesFrame" in outcome and net == maximum:
            after[outcome["allocatesFrame"]] = frame
    if any(frame not in freed for frame in released):
        return expected
    if shows_allocations:
        is_balanced = len(allocated) - len(freed) == allocates - len(releases)
    else:
        is_balanced = len(freed) == len(releases) or (in_vain and len(freed) > len(releases))
    return None if is_balanced else expected


def split_mismatch(
    outcome: Json, events: List[Json], before: Frames, table: Json, shows: Collection[str]
) -> Optional[str]:
    """When a large folio on a device is split, folio_split is called for each further frame in order and once at the end."""
    if "split-callbacks" not in shows:
        return None
    splits, block = outcome.get("splits", []), table["case"]["scope"].get("block", 1)
    calls = [(one["frame"], one.get("tail")) for one in events if one["event"] == "split"]
    heads = [frame for frame, tail in calls if tail is None]
    due = [(frame, frame + part if part < block else None) for frame in heads for part in range(1, block + 1)]
    is_right = len(heads) == len(splits) and all(before[name] in heads for name in splits if name in before)
    return None if calls == due and is_right else f"folio_split of {json.dumps(splits)}"


def is_possible(outcome: Json, step: Json, before: Frames, after: Frames, table: Json) -> bool:
    """Whether an outcome is possible with the frames that names stand for.

    These are the frames in the range of an eviction, and a free block for a large folio.
    """
    scope, command = table["case"]["scope"], step["command"]
    frames, block = scope["frames"], scope.get("block", 1)
    if "inRange" in outcome:
        evicted = range(command["frame"], command["frame"] + command["frames"])
        if any((frame in evicted) != (name in outcome["inRange"]) for name, frame in before.items()):
            return False
    return all(
        any(
            not any(frame in range(head, head + block) for frame in after.values())
            for head in range(device * frames, device * frames + frames - block + 1, block)
        )
        for device in outcome.get("allocatesLarge", [])
    )


def entry_mismatch(expected: List[Any], rows: List[Any], frames: Frames, table: Json) -> Optional[str]:
    """A name stands for the frame with which it is first observed, and for no frame that another name stands for."""
    if len(rows) != len(expected):
        return "a row of entries for each process"
    for process, row in enumerate(expected):
        shown_row = ["unmapped"] * len(row) if rows[process] is None else rows[process]
        for page, (entry, shown) in enumerate(zip(row, shown_row)):
            if not entry_fits(entry, shown, frames, table):
                return f"process {process} page {page}: {json.dumps(entry)}"
    return None


def entry_fits(expected: Any, shown: Any, frames: Frames, table: Json) -> bool:
    if not isinstance(expected, dict):
        return shown in (expected if isinstance(expected, list) else [expected])
    if not isinstance(shown, dict) or shown["write"] != expected["write"]:
        return False
    name, frame = expected["frame"], shown["frame"]
    if name in frames:
        return bool(frames[name] == frame)
    if frame in frames.values() or frame // table["case"]["scope"]["frames"] != expected.get("device", 0):
        return False
    frames[name] = frame
    return True


def folio_mismatch(expected: Json, state: Json, frames: Frames, table: Json) -> Optional[str]:
    """Large folios: each on one block of frames in order, the whole entries, and the frames that hold a large folio."""
    if "whole" not in expected:
        return None
    scope = table["case"]["scope"]
    on_device, block = scope["frames"], scope.get("block", 1)
    large = set()
    for folio in expected["folios"]:
        heads = [frames[name] - part for part, name in enumerate(folio) if name in frames]
        is_block = heads != [] and heads[0] % on_device % block == 0 and heads[0] % on_device + block <= on_device
        if not is_block or not all(is_frame_of(name, heads[0] + part, frames) for part, name in enumerate(folio)):
            return f"a large folio on one block of frames, {json.dumps(folio)}"
        for part, name in enumerate(folio):
            frames[name] = heads[0] + part
            large.add(heads[0] + part)
    rows = state.get("whole") or []
    for process, row in enumerate(expected["whole"]):
        shown_row = rows[process] if process < len(rows) and rows[process] is not None else [False] * len(row)
        for page, (is_part, shown) in enumerate(zip(row, shown_row)):
            if is_part != shown:
                return f"process {process} page {page}: {'part of a whole entry' if is_part else 'an entry of its own'}"
    if (state.get("large") or []) != [frame in large for frame in range(on_device * scope.get("devices", 1))]:
        return f"large folios on the frames {sorted(large)}"
    return None


def is_frame_of(name: str, frame: int, frames: Frames) -> bool:
    """Whether a name may stand for a frame: it does, or both are free."""
    return frames[name] == frame if name in frames else frame not in frames.values()


def count_mismatch(state: Json, table: Json, shows: Collection[str]) -> Optional[str]:
    """The counts of a frame follow from the entries that name it, or name a frame of its large folio.

    A whole entry counts once.
    """
    counts, scope = state.get("frames") or [], table["case"]["scope"]
    frames, block, large = scope["frames"], scope.get("block", 1), state.get("large") or []
    mapped = [
        (entry["frame"], is_part_of_whole(state, process, page))
        for process, row in enumerate(state.get("entries") or [])
        for page, entry in enumerate(row or [])
        if isinstance(entry, dict)
    ]
    if len(counts) != scope["frames"] * scope.get("devices", 1):
        return "the counts of every frame"
    for frame, count in enumerate(counts):
        is_large = frame < len(large) and large[frame]
        head = frame - frame % frames % block if is_large else frame
        named = [is_part for at, is_part in mapped if head <= at < (head + block if is_large else head + 1)]
        mappings = named.count(False) + named.count(True) // block
        references = table["counts"]["references"][mappings]
        is_never_zero = "least-count" in shows and table["counts"]["inFree"] > 0
        is_low = is_never_zero and count.get("least", 1) < 1
        if is_low or (count["refs"], count["maps"]) != (references, mappings):
            never = ", and never 0 references" if is_never_zero else ""
            return f"frame {frame}: references {references}, mappings {mappings}{never}"
    return None


def is_part_of_whole(state: Json, process: int, page: int) -> bool:
    rows = state.get("whole") or []
    return process < len(rows) and rows[process] is not None and bool(rows[process][page])
