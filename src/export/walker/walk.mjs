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
 * Checks the calls of page_fault, and that frames are allocated and freed as the outcome says.
 *
 * @param {ExpectedOutcome} outcome
 * @param {readonly DriverEvent[]} events
 * @param {Frames} before
 * @param {Frames} after
 * @param {Context} context
 * @returns {string | undefined}
 */
function callbackMismatch(outcome, events, before, after, context) {
  const { faults, calls } = outcome;
  if (faultsFit(outcome, events, before, context))
    return frameMismatch(outcome, events, before, after, context);
  if (calls !== undefined) return `page_fault ${JSON.stringify(calls)}`;
  return faults === undefined ? 'no page_fault' : `page_fault ${JSON.stringify(faults)}`;
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
  return made.every(
    (call) =>
      call.event === 'fault' &&
      call.process === faults?.process &&
      call.page === faults.page &&
      (call.frame ?? frame) === (frame ?? call.frame) &&
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
    ({ frame: name }) =>
      isAllocated ||
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
  const { releases = [], allocates = 0, allocatesFrame, mayAllocateInVain } = outcome;
  const { inFree } = table.counts;
  const expected = `frames ${JSON.stringify(releases)} freed, ${allocates} allocated`;
  const showsAllocations = shows.has('allocations');
  const released = releases.flatMap((name) => (name !== null && name in before ? [before[name]] : []));
  const held = Object.values(before);
  const allocated = events.flatMap((one) => (one.event === 'alloc' ? [one.frame] : []));
  const freed = events.flatMap((one) => (one.event === 'free' ? [one.frame] : []));
  for (const one of events) {
    if (one.event === 'fault') continue;
    if (one.event === 'free' && ((one.refs ?? inFree) !== inFree || (one.maps ?? 0) !== 0)) {
      return `page_free with references ${inFree}, mappings 0`;
    }
    const isReleased = released.includes(one.frame);
    if (held.includes(one.frame) && !isReleased) return expected;
    const frees = freed.filter((frame) => frame === one.frame).length;
    const net = allocated.filter((frame) => frame === one.frame).length - frees;
    const max = isReleased ? 0 : 1;
    const min = isReleased || released.length < releases.length ? -1 : 0;
    if (showsAllocations ? net > max || net < min : frees > 1 && !mayAllocateInVain) return expected;
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
 * The counts of a frame follow from the entries that name it.
 *
 * @param {WireState | undefined} state
 * @param {Context} context
 * @returns {string | undefined}
 */
function countMismatch(state, { table, shows }) {
  const { references, inFree } = table.counts;
  const { frames, devices = 1 } = table.case.scope;
  const entries = (state?.entries ?? []).flatMap((row) => row ?? []);
  const counts = state?.frames ?? [];
  if (counts.length !== frames * devices) return 'the counts of every frame';
  for (const [frame, { refs, maps, least = 1 }] of counts.entries()) {
    const mappings = entries.filter((entry) => typeof entry === 'object' && entry.frame === frame).length;
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
  return state?.charged === expected?.charged ? undefined : `${expected?.charged} charged`;
}
