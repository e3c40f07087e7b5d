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
    if "frames" in shows:
        expected = count_mismatch(state, table, shows)
        if expected is not None:
            return 3, expected
    if "accounting" in shows:
        if state.get("rss") != expected_state["rss"]:
            return 4, f"rss {expected_state['rss']}"
        if state.get("charged") != expected_state["charged"]:
            return 4, f"{expected_state['charged']} charged"
    return None


def is_same(one: Any, other: Any) -> bool:
    """Whether two results are equal and of one type: in Python, True equals 1."""
    return type(one) is type(other) and one == other


def callback_mismatch(
    outcome: Json,
    events: List[Json],
    before: Frames,
    after: Frames,
    table: Json,
    shows: Collection[str],
) -> Optional[str]:
    """Checks the calls of page_fault, and that frames are allocated and freed as the outcome says."""
    if faults_fit(outcome, events, before, table, shows):
        return frame_mismatch(outcome, events, before, after, table, shows)
    if "calls" in outcome:
        return f"page_fault {json.dumps(outcome['calls'])}"
    return f"page_fault {json.dumps(outcome['faults'])}" if "faults" in outcome else "no page_fault"


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
        if call.get("frame", frame) != frame or call.get("device", faults.get("device")) != faults.get("device"):
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
        if is_allocated or is_new or before.get(name) == frame:
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
    expected = f"frames {json.dumps(releases)} freed, {allocates} allocated"
    released = [before[name] for name in releases if name in before]
    held = list(before.values())
    allocated = [one["frame"] for one in events if one["event"] == "alloc"]
    freed = [one["frame"] for one in events if one["event"] == "free"]
    for one in events:
        if one["event"] == "fault":
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
        if one["event"] == "alloc" and "allocatesFrame" in outcome and net == maximum:
            after[outcome["allocatesFrame"]] = frame
    if any(frame not in freed for frame in released):
        return expected
    if shows_allocations:
        is_balanced = len(allocated) - len(freed) == allocates - len(releases)
    else:
        is_balanced = len(freed) == len(releases) or (in_vain and len(freed) > len(releases))
    return None if is_balanced else expected


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


def count_mismatch(state: Json, table: Json, shows: Collection[str]) -> Optional[str]:
    """The counts of a frame follow from the entries that name it."""
    entries = [entry for row in state.get("entries") or [] for entry in row or []]
    counts, scope = state.get("frames") or [], table["case"]["scope"]
    if len(counts) != scope["frames"] * scope.get("devices", 1):
        return "the counts of every frame"
    for frame, count in enumerate(counts):
        mappings = sum(1 for entry in entries if isinstance(entry, dict) and entry["frame"] == frame)
        references = table["counts"]["references"][mappings]
        is_never_zero = "least-count" in shows and table["counts"]["inFree"] > 0
        is_low = is_never_zero and count.get("least", 1) < 1
        if is_low or (count["refs"], count["maps"]) != (references, mappings):
            never = ", and never 0 references" if is_never_zero else ""
            return f"frame {frame}: references {references}, mappings {mappings}{never}"
    return None
