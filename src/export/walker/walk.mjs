/** @import { WireEntry, WireObservation, WireState } from '../../../spec/protocol/wire.ts' */
/** @import { DriverEvent } from '../../../spec/vocabulary/event.ts' */
/** @import { ExpectedOutcome, AllowedState, EntryShown } from '../expectation.ts' */
/** @import { ExportedStep, ExportedTable } from '../exported-table.ts' */

/**
 * The frames that names have been observed to stand for.
 *
 * @typedef {Record<string, number>} Frames
 */

/**
 * The table that is walked through, and the capabilities that the adapter declares.
 *
 * @typedef {{ table: ExportedTable, shows: ReadonlySet<string> }} Context
 */

/**
 * Compares observations with the table of allowed outcomes. Several states may be possible at once: each is a number
 * within its step, together with the frames that names have been observed to stand for.
 *
 * @param {ExportedTable} table
 * @param {readonly WireObservation[]} observations
 * @param {ReadonlySet<string>} shows the capabilities that the adapter declares
 * @returns {string | undefined} the first mismatch; undefined if every observation is allowed
 */
export function firstMismatch(table, observations, shows) {
  /** @type {{ state: number, frames: Frames }[]} */
  let possible = [{ state: 0, frames: {} }];
  for (const [index, step] of table.steps.entries()) {
    const observation = observations[index];
    /** @type {typeof possible} */
    const following = [];
    const known = new Set();
    let furthest = -1;
    /** @type {Set<string>} */
    let expected = new Set();
    for (const before of possible) {
      for (const outcome of step.outcomes) {
        if (outcome.from !== before.state) continue;
        const after = { ...before.frames };
        for (const name of outcome.releases ?? []) if (name !== null) delete after[name];
        if (!isPossible(outcome, step, before.frames, after, table)) continue;
        const mismatch = mismatchWith(outcome, step, observation, before.frames, after, { table, shows });
        if (mismatch === undefined) {
          const key = JSON.stringify([outcome.to, after]);
          if (!known.has(key)) following.push({ state: outcome.to, frames: after });
          known.add(key);
        } else if (mismatch.part >= furthest) {
          if (mismatch.part > furthest) expected = new Set();
          furthest = mismatch.part;
          expected.add(mismatch.expected);
        }
      }
    }
    if (following.length === 0) {
      const all = [...expected].join('; or ');
      return `step ${step.step} (${step.text}): expected ${all}; observed ${JSON.stringify(observation)}`;
    }
    possible = following;
  }
  return undefined;
}

/**
 * Compares an observation with one outcome, part by part. The frames in `after` get their names here.
 *
 * @param {ExpectedOutcome} outcome
 * @param {ExportedStep} step
 * @param {WireObservation | undefined} observation
 * @param {Frames} before
 * @param {Frames} after
 * @param {Context} context
 * @returns {{ part: number, expected: string } | undefined} the first part that differs; undefined if none does
 */
function mismatchWith(outcome, step, observation, before, after, context) {
  const { shows } = context;
  const next = step.states[outcome.to];
  const state = observation?.state;
  const inSnapshot = step.snapshot ? shows : new Set();
  const checks = [
    () =>
      isSame(observation?.result, outcome.result)
        ? undefined
        : `the result ${JSON.stringify(outcome.result)}`,
    () =>
      shows.has('callbacks')
        ? callbackMismatch(outcome, observation?.events ?? [], before, after, context)
        : undefined,
    () => (inSnapshot.has('entries') ? entryMismatch(next?.entries ?? [], state, after, context) : undefined),
    () => (inSnapshot.has('entries') ? folioMismatch(next, state, after, context) : undefined),
    () => (inSnapshot.has('frames') ? countMismatch(state, context) : undefined),
    () => (inSnapshot.has('accounting') ? accountingMismatch(next, state) : undefined),
  ];
  for (const [part, check] of checks.entries()) {
    const expected = check();
    if (expected !== undefined) return { part, expected };
  }
  return undefined;
}

/**
 * @param {WireObservation['result'] | undefined} one
 * @param {ExpectedOutcome['result']} other
 * @returns {boolean}
 */
function isSame(one, other) {
  if (typeof other !== 'object' || !('left' in other)) return JSON.stringify(one) === JSON.stringify(other);
  return (
    typeof one === 'object' && 'left' in one && isSame(one.left, other.left) && isSame(one.right, other.right)
  );
}

/**
 * Checks the calls of page_fault, that frames are allocated and freed as the outcome says, and the calls of folio_split.
 *
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} observed
 * @param {Frames} before
 * @param {Frames} after
 * @param {Context} context
 * @returns {string | undefined}
 */
function callbackMismatch(outcome, observed, before, after, context) {
  const { faults, calls } = outcome;
  const events = byFrame(observed, context);
  if (faultsFit(outcome, events, before, context))
    return (
      frameMismatch(outcome, events, before, after, context) ??
      splitMismatch(outcome, observed, before, context)
    );
  if (calls !== undefined) return `page_fault ${JSON.stringify(calls)}`;
  return faults === undefined ? 'no page_fault' : `page_fault ${JSON.stringify(faults)}`;
}

/**
 * The events, with one for each frame of a large folio.
 *
 * @param {readonly DriverEvent[]} events
 * @param {Context} context
 * @returns {readonly DriverEvent[]}
 */
function byFrame(events, { table }) {
  const { block = 1 } = table.case.scope;
  return events.flatMap((one) =>
    (one.event === 'alloc' || one.event === 'free') && one.large === true
      ? Array.from({ length: block }, (_, part) => ({ ...one, frame: one.frame + part }))
      : [one],
  );
}

/**
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} events
 * @param {Frames} before
 * @param {Context} context
 * @returns {boolean}
 */
function faultsFit(outcome, events, before, context) {
  const { faults, calls } = outcome;
  const made = events.filter(({ event }) => event === 'fault');
  if (calls !== undefined) {
    return (
      made.length >= calls.atLeast &&
      made.length <= (calls.atMost ?? made.length) &&
      made.every((call) => isCallOfRace(call, outcome, events, before, context))
    );
  }
  if (made.length !== (faults?.times ?? 0)) return false;
  const frame = faults?.frame === undefined ? undefined : before[faults.frame];
  const head = faults?.head === undefined ? undefined : before[faults.head];
  return made.every(
    (call) =>
      call.event === 'fault' &&
      call.process === faults?.process &&
      call.page === faults.page &&
      (call.frame === undefined || frame === undefined || call.frame === frame || call.frame === head) &&
      (call.device ?? faults.device) === faults.device,
  );
}

/**
 * Whether a call is for a page that the race accesses, and for the frame that it was on or one allocated meanwhile.
 *
 * @param {DriverEvent} call
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} events
 * @param {Frames} before
 * @param {Context} context
 * @returns {boolean}
 */
function isCallOfRace(call, { calls, mayAllocateInVain }, events, before, { table, shows }) {
  if (call.event !== 'fault') return false;
  const { process, page, frame, device } = call;
  const places = (calls?.places ?? []).filter((place) => place.process === process && place.page === page);
  if (frame === undefined) return places.length > 0;
  if (device !== undefined && device !== Math.floor(frame / table.case.scope.frames)) return false;
  const isAllocated = shows.has('allocations')
    ? events.some((one) => one.event === 'alloc' && one.frame === frame)
    : mayAllocateInVain === true;
  return places.some(
    ({ frame: name, head }) =>
      isAllocated ||
      (head !== undefined && before[head] === frame) ||
      (name !== undefined &&
        (name in before ? before[name] === frame : !Object.values(before).includes(frame))),
  );
}

/**
 * For every frame, the number of allocations less the number of frees is the change in the objects that it holds.
 *
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} events
 * @param {Frames} before
 * @param {Frames} after
 * @param {Context} context
 * @returns {string | undefined}
 */
function frameMismatch(outcome, events, before, after, { table, shows }) {
  const { releases = [], releasesLarge = [], allocates = 0, allocatesFrame, mayAllocateInVain } = outcome;
  const { inFree } = table.counts;
  const large = releasesLarge.length === 0 ? '' : `, ${JSON.stringify(releasesLarge)} as a large folio`;
  const expected = `frames ${JSON.stringify(releases)} freed${large}, ${allocates} allocated`;
  const showsAllocations = shows.has('allocations');
  const released = releases.flatMap((name) => (name !== null && name in before ? [before[name]] : []));
  const releasedLarge = new Set(releasesLarge.map((name) => before[name]));
  const held = Object.values(before);
  const allocated = events.flatMap((one) => (one.event === 'alloc' ? [one.frame] : []));
  const freed = events.flatMap((one) => (one.event === 'free' ? [one.frame] : []));
  for (const one of events) {
    if (one.event !== 'alloc' && one.event !== 'free') continue;
    if (one.event === 'free' && ((one.refs ?? inFree) !== inFree || (one.maps ?? 0) !== 0)) {
      return `page_free with references ${inFree}, mappings 0`;
    }
    const isReleased = released.includes(one.frame);
    if (held.includes(one.frame) && !isReleased) return expected;
    const frees = freed.filter((frame) => frame === one.frame).length;
    const allocations = allocated.filter((frame) => frame === one.frame).length;
    const net = allocations - frees;
    const max = isReleased ? 0 : 1;
    const min = isReleased || released.length < releases.length ? -1 : 0;
    if (showsAllocations ? net > max || net < min : frees > 1 && !mayAllocateInVain) return expected;
    const isFreedLarge = one.event === 'free' && one.large === true;
    const isWrongSize = isFreedLarge !== releasedLarge.has(one.frame);
    if (one.event === 'free' && isReleased && allocations === 0 && isWrongSize) return expected;
    if (one.event === 'alloc' && allocatesFrame !== undefined && net === max)
      after[allocatesFrame] = one.frame;
  }
  if (released.some((frame) => frame !== undefined && !freed.includes(frame))) return expected;
  const isBalanced = showsAllocations
    ? allocated.length - freed.length === allocates - releases.length
    : freed.length === releases.length || (mayAllocateInVain && freed.length > releases.length);
  return isBalanced ? undefined : expected;
}

/**
 * When a large folio on a device is split, folio_split is called for each further frame in order and once at the end.
 *
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} events
 * @param {Frames} before
 * @param {Context} context
 * @returns {string | undefined}
 */
function splitMismatch({ splits = [] }, events, before, { table, shows }) {
  if (!shows.has('split-callbacks')) return undefined;
  const { block = 1 } = table.case.scope;
  const calls = events.flatMap((one) => (one.event === 'split' ? [one] : []));
  const heads = calls.flatMap(({ frame, tail }) => (tail === undefined ? [frame] : []));
  const due = heads.flatMap((frame) =>
    Array.from({ length: block }, (_, part) => [frame, part + 1 < block ? frame + part + 1 : undefined]),
  );
  const isComplete = JSON.stringify(calls.map(({ frame, tail }) => [frame, tail])) === JSON.stringify(due);
  const named = splits.flatMap((name) => (name !== null && name in before ? [before[name]] : []));
  const isRight =
    heads.length === splits.length && named.every((frame) => heads.some((one) => one === frame));
  return isComplete && isRight ? undefined : `folio_split of ${JSON.stringify(splits)}`;
}

/**
 * Whether an outcome is possible with the frames that names stand for: the frames in the range of an eviction, and a free
 * block for a large folio.
 *
 * @param {ExpectedOutcome} outcome
 * @param {ExportedStep} step
 * @param {Frames} before
 * @param {Frames} after
 * @param {ExportedTable} table
 * @returns {boolean}
 */
function isPossible({ inRange, allocatesLarge = [] }, { command }, before, after, table) {
  const { frames, block = 1 } = table.case.scope;
  if (inRange !== undefined && command.op === 'evict-range') {
    const end = command.frame + command.frames;
    for (const [name, frame] of Object.entries(before)) {
      if ((frame >= command.frame && frame < end) !== inRange.includes(name)) return false;
    }
  }
  return allocatesLarge.every((device) =>
    Array.from({ length: Math.floor(frames / block) }, (_, at) => device * frames + at * block).some(
      (head) => !Object.values(after).some((frame) => frame >= head && frame < head + block),
    ),
  );
}

/**
 * A name stands for the frame with which it is first observed, and for no frame that another name stands for.
 *
 * @param {readonly (readonly EntryShown[])[]} expected
 * @param {WireState | undefined} state
 * @param {Frames} frames
 * @param {Context} context
 * @returns {string | undefined}
 */
function entryMismatch(expected, state, frames, context) {
  for (const [process, row] of expected.entries()) {
    const shown = state?.entries?.[process];
    for (const [page, entry] of row.entries()) {
      if (!entryFits(entry, shown === null ? 'unmapped' : shown?.[page], frames, context)) {
        return `process ${process} page ${page}: ${JSON.stringify(entry)}`;
      }
    }
  }
  return undefined;
}

/**
 * @param {EntryShown} expected
 * @param {WireEntry | undefined} shown
 * @param {Frames} frames
 * @param {Context} context
 * @returns {boolean}
 */
function entryFits(expected, shown, frames, { table }) {
  if (typeof expected === 'string') return shown === expected;
  if (!('frame' in expected)) return expected.some((word) => word === shown);
  if (typeof shown !== 'object' || shown.write !== expected.write) return false;
  const known = frames[expected.frame];
  if (known !== undefined) return known === shown.frame;
  if (Object.values(frames).includes(shown.frame)) return false;
  if (Math.floor(shown.frame / table.case.scope.frames) !== (expected.device ?? 0)) return false;
  frames[expected.frame] = shown.frame;
  return true;
}

/**
 * Large folios: each on one block of frames in order, the whole entries, and the frames that hold a large folio.
 *
 * @param {AllowedState | undefined} expected
 * @param {WireState | undefined} state
 * @param {Frames} frames
 * @param {Context} context
 * @returns {string | undefined}
 */
function folioMismatch({ whole, folios = [] } = {}, state, frames, { table }) {
  const { frames: perDevice, devices = 1, block = 1 } = table.case.scope;
  if (whole === undefined) return undefined;
  /** @type {Set<number>} */
  const large = new Set();
  for (const folio of folios) {
    const known = folio.findIndex((name) => name in frames);
    const head = (frames[folio[known] ?? ''] ?? 0) - known;
    const isBlock = (head % perDevice) % block === 0 && (head % perDevice) + block <= perDevice;
    const isThere =
      known >= 0 && isBlock && folio.every((name, part) => isFrameOf(name, head + part, frames));
    if (!isThere) return `a large folio on one block of frames, ${JSON.stringify(folio)}`;
    for (const [part, name] of folio.entries()) {
      frames[name] = head + part;
      large.add(head + part);
    }
  }
  for (const [process, row] of whole.entries()) {
    for (const [page, isPart] of row.entries()) {
      if ((state?.whole?.[process]?.[page] ?? false) === isPart) continue;
      return `process ${process} page ${page}: ${isPart ? 'part of a whole entry' : 'an entry of its own'}`;
    }
  }
  for (let frame = 0; frame < perDevice * devices; frame++) {
    if (state?.large?.[frame] === large.has(frame)) continue;
    return `frame ${frame}: ${large.has(frame) ? 'a large folio' : 'no large folio'}`;
  }
  return undefined;
}

/**
 * Whether a name may stand for a frame: it does, or both are free.
 *
 * @param {string} name
 * @param {number} frame
 * @param {Frames} frames
 * @returns {boolean}
 */
const isFrameOf = (name, frame, frames) =>
  name in frames ? frames[name] === frame : !Object.values(frames).includes(frame);

/**
 * The counts of a frame follow from the entries that name it, or name a frame of its large folio: a whole entry counts
 * once.
 *
 * @param {WireState | undefined} state
 * @param {Context} context
 * @returns {string | undefined}
 */
function countMismatch(state, { table, shows }) {
  const { references, inFree } = table.counts;
  const { frames, devices = 1, block = 1 } = table.case.scope;
  const mapped = (state?.entries ?? []).flatMap((row, process) =>
    (row ?? []).flatMap((entry, page) =>
      typeof entry === 'object' ? [{ ...entry, part: state?.whole?.[process]?.[page] ? 1 / block : 1 }] : [],
    ),
  );
  const counts = state?.frames ?? [];
  if (counts.length !== frames * devices) return 'the counts of every frame';
  for (const [frame, { refs, maps, least = 1 }] of counts.entries()) {
    const head = state?.large?.[frame] === true ? frame - ((frame % frames) % block) : frame;
    const end = state?.large?.[frame] === true ? head + block : head + 1;
    const named = mapped.filter((entry) => entry.frame >= head && entry.frame < end);
    const mappings = Math.round(named.reduce((sum, { part }) => sum + part, 0));
    const isNeverZero = shows.has('least-count') && inFree > 0;
    if (refs !== references[mappings] || maps !== mappings || (isNeverZero && least < 1)) {
      const never = isNeverZero ? ', and never 0 references' : '';
      return `frame ${frame}: references ${references[mappings]}, mappings ${mappings}${never}`;
    }
  }
  return undefined;
}

/**
 * @param {AllowedState | undefined} expected
 * @param {WireState | undefined} state
 * @returns {string | undefined}
 */
function accountingMismatch(expected, state) {
  if (JSON.stringify(state?.rss) !== JSON.stringify(expected?.rss))
    return `rss ${JSON.stringify(expected?.rss)}`;
  const { charged = 0, uncharged = 0 } = expected ?? {};
  const shown = state?.charged ?? -1;
  if (shown <= charged && shown >= charged - uncharged) return undefined;
  return uncharged === 0 ? `${charged} charged` : `${charged - uncharged} to ${charged} charged`;
}
