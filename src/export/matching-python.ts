/**
 * The part of an exported Python test that walks through the table of allowed ways. Beside it stand STEPS, CASE and
 * COUNTS. The same in JavaScript is matching-javascript.ts.
 */
export const MATCHING_PYTHON = `
def first_not_allowed(observations, shows):
    """The first step at which what was seen is not allowed, in a sentence; None where all is well.

    Several states may be possible at once: each is a number of STEPS, with the frames that names like A have been
    seen to stand for.
    """
    possible = [(0, {})]
    for row, seen in zip(STEPS, observations):
        following, furthest, wanted = {}, -1, []
        for state, known in possible:
            for way in row["ways"]:
                if way["from"] != state:
                    continue
                frames = {name: frame for name, frame in known.items() if name not in way.get("leaves", [])}
                breach = breach_of(way, row, seen, known, frames, shows)
                if breach is None:
                    following[(way["to"], tuple(sorted(frames.items())))] = (way["to"], frames)
                elif breach[0] >= furthest:
                    wanted = wanted if breach[0] == furthest else []
                    furthest = breach[0]
                    if breach[1] not in wanted:
                        wanted.append(breach[1])
        if not following:
            return f"step {row['step']} ({row['text']}): expected {'; or '.join(wanted)}; seen {json.dumps(seen)}"
        possible = list(following.values())
    return None


def breach_of(way, row, seen, before, frames, shows):
    """How far a way fitted, and what it wants otherwise. Gives frames their names as they are seen."""
    after, state = row["states"][way["to"]], seen.get("state") or {}
    if not same(seen.get("result"), way["result"]):
        return 0, f"the answer {json.dumps(way['result'])}"
    if "callbacks" in shows:
        wanted = callbacks_breach(way, seen.get("events") or [], before, frames, shows)
        if wanted is not None:
            return 1, wanted
    if not row["due"]:
        return None
    if "entries" in shows:
        wanted = entries_breach(after["entries"], state.get("entries") or [], frames)
        if wanted is not None:
            return 2, wanted
    if "frames" in shows:
        wanted = counts_breach(state, shows)
        if wanted is not None:
            return 3, wanted
    if "accounting" in shows:
        if state.get("rss") != after["rss"]:
            return 4, f"rss {after['rss']}"
        if state.get("charged") != after["charged"]:
            return 4, f"{after['charged']} charged"
    return None


def same(one, other):
    """Equal, and of one type: to Python True is 1."""
    return type(one) is type(other) and one == other


def callbacks_breach(way, events, before, frames, shows):
    """page_fault as often as it must be; and for every frame, taken less freed is the change in what it holds."""
    faults, leaves, takes = way.get("faults"), way.get("leaves", []), way.get("takes", 0)
    in_vain, allocations = way.get("mayTakeInVain", False), "allocations" in shows
    calls = [one for one in events if one["event"] == "fault"]
    due = "no page_fault" if faults is None else f"page_fault {json.dumps(faults)}"
    race = way.get("calls")
    if race is not None:
        if len(calls) < race["atLeast"] or not all(may_be_called(one, race, before, way, events, shows) for one in calls):
            return f"page_fault {json.dumps(race)}"
    elif len(calls) != (0 if faults is None else faults["times"]):
        return due
    for call in calls if race is None else []:
        known = before.get(faults.get("frame"), call.get("frame"))
        at = (call["process"], call["page"], call.get("frame", known))
        if at != (faults["process"], faults["page"], known):
            return due
        if call.get("device", faults.get("device")) != faults.get("device"):
            return due
    books = f"frames {json.dumps(leaves)} freed, {takes} taken"
    left = [before[name] for name in leaves if name in before]
    held = list(before.values())

    def count(kind, frame=None):
        return sum(1 for one in events if one["event"] == kind and frame in (None, one["frame"]))

    for one in events:
        kind, frame = one["event"], one.get("frame")
        if kind == "free" and (one.get("refs", COUNTS["inFree"]) != COUNTS["inFree"] or one.get("maps", 0) != 0):
            return "a frame that nobody uses in page_free"
        if kind not in ("free", "alloc"):
            continue
        leaving = frame in left
        if frame in held and not leaving:
            return books
        net = count("alloc", frame) - count("free", frame)
        least = -1 if leaving or len(left) < len(leaves) else 0
        if allocations and (net > (0 if leaving else 1) or net < least):
            return books
        if not allocations and count("free", frame) > 1 and not in_vain:
            return books
        if kind == "alloc" and "takesFrame" in way and net == (0 if leaving else 1):
            frames[way["takesFrame"]] = frame
    if any(count("free", frame) == 0 for frame in left):
        return books
    if allocations:
        return None if count("alloc") - count("free") == takes - len(leaves) else books
    enough = count("free") >= len(leaves) if in_vain else count("free") == len(leaves)
    return None if enough else books


def may_be_called(call, race, before, way, events, shows):
    """Whether page_fault was called for a page that was touched in a race, while it was on that frame."""
    frame = call.get("frame")
    if "allocations" in shows:
        taken = any(one["event"] == "alloc" and one["frame"] == frame for one in events)
    else:
        taken = way.get("mayTakeInVain", False)
    if frame is not None and call.get("device", frame // CASE["scope"]["frames"]) != frame // CASE["scope"]["frames"]:
        return False
    for place in race["places"]:
        if (call["process"], call["page"]) == (place["process"], place["page"]):
            name = place.get("frame")
            unseen = name is not None and name not in before and frame not in before.values()
            if frame is None or taken or unseen or before.get(name) == frame:
                return True
    return False


def entries_breach(wanted, rows, frames):
    """Every entry. A frame's name stands for the frame that it is first seen with, and for no other's."""
    if len(rows) != len(wanted):
        return "a row of entries for each process"
    for process, row in enumerate(wanted):
        shown_row = ["unmapped"] * len(row) if rows[process] is None else rows[process]
        for page, (entry, shown) in enumerate(zip(row, shown_row)):
            if not isinstance(entry, dict):
                fits = shown in (entry if isinstance(entry, list) else [entry])
            elif not isinstance(shown, dict) or shown["write"] != entry["write"]:
                fits = False
            elif entry["frame"] in frames:
                fits = frames[entry["frame"]] == shown["frame"]
            else:
                device = shown["frame"] // CASE["scope"]["frames"]
                fits = shown["frame"] not in frames.values() and device == entry.get("device", 0)
            if not fits:
                return f"process {process} page {page}: {json.dumps(entry)}"
            if isinstance(entry, dict):
                frames[entry["frame"]] = shown["frame"]
    return None


def counts_breach(state, shows):
    """The counts of every frame: by the entries that name it."""
    entries = [entry for row in state.get("entries") or [] for entry in row or []]
    counts = state.get("frames") or []
    if len(counts) != CASE["scope"]["frames"] * CASE["scope"].get("devices", 1):
        return "the counts of every frame"
    for frame, count in enumerate(counts):
        mappings = sum(1 for entry in entries if isinstance(entry, dict) and entry["frame"] == frame)
        references = COUNTS["references"][mappings]
        never = "least-count" in shows and COUNTS["inFree"] > 0
        if (never and count.get("least", 1) < 1) or (count["refs"], count["maps"]) != (references, mappings):
            never_zero = ", and never no reference" if never else ""
            return f"frame {frame}: references {references}, mappings {mappings}{never_zero}"
    return None
`;
