import { profilesWith, referencesInFree, referencesOf } from '../spec/profiles/profile.ts';
import { isFrameEvent } from '../spec/vocabulary/event.ts';
import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { define, defineRunning } from './property.ts';
import { zeros } from './mapping-table.ts';
import type { TraceStep } from './step.ts';

const neverZero = define({
  id: 'count/never-zero',
  title: 'No reference count is zero, at rest or within a command',
  requirements: ['count.never-zero'],
  profiles: profilesWith(
    ({ idleCount, entryAllocatesIdleReference }) => idleCount === 1 && !entryAllocatesIdleReference,
  ),
  needs: ['entries', 'frames', 'least-count'],
  steps: (reading) => reading.shown,
  check({ state, lastShown }, { profile }) {
    const least = state?.least;
    const refs = state?.refs;
    if (least === undefined || refs === undefined) return 0;
    const refsBefore = lastShown?.refs;
    const idleCount = referencesOf(profile, 0);
    let used = 0;
    for (let frame = 0; frame < least.length; frame++) {
      const least1 = least[frame] ?? 0;
      const now = refs[frame] ?? 0;
      if (least1 <= 0 || now <= 0)
        return `the reference count of frame ${frame} was ${Math.min(least1, now)}`;
      // Only a frame that is or was in use can have lost a reference.
      if (now > idleCount || (refsBefore?.[frame] ?? 0) > idleCount) used++;
    }
    return used;
  },
});

const references = define({
  id: 'count/references-are-entries',
  title:
    'The reference count of a frame is the number of entries that name it, plus the idle count if the profile keeps it',
  requirements: ['count.references', 'fork.counts'],
  needs: ['entries', 'frames'],
  steps: (reading) => reading.shown,
  check({ names, state }, { profile }) {
    const refs = state?.refs;
    if (names === undefined || refs === undefined) return 0;
    let used = 0;
    for (let frame = 0; frame < names.length; frame++) {
      const named = names[frame] ?? 0;
      if (named === 0) continue;
      used++;
      if (refs[frame] !== referencesOf(profile, named)) {
        return `frame ${frame} has ${refs[frame]} references, but ${named} entries name it`;
      }
    }
    return used;
  },
});

const mappings = define({
  id: 'count/mappings-are-entries',
  title: 'The map count of a frame is the number of entries that name it',
  requirements: ['count.mappings', 'fork.counts'],
  needs: ['entries', 'frames'],
  steps: (reading) => reading.shown,
  check({ names, state }) {
    const maps = state?.maps;
    if (names === undefined || maps === undefined) return 0;
    let used = 0;
    for (let frame = 0; frame < names.length; frame++) {
      const named = names[frame] ?? 0;
      if (named > 0) used++;
      if (maps[frame] !== named) {
        return `frame ${frame} has ${maps[frame]} mappings, but ${named} entries name it`;
      }
    }
    return used;
  },
});

const idle = define({
  id: 'count/idle',
  title: 'A frame that no entry names has the idle count',
  requirements: ['count.idle'],
  needs: ['entries', 'frames'],
  steps: (reading) => reading.shown,
  check({ names, state, lastShown }, { profile }) {
    const refs = state?.refs;
    if (names === undefined || refs === undefined) return 0;
    const idleCount = referencesOf(profile, 0);
    let released = 0;
    for (let frame = 0; frame < names.length; frame++) {
      if ((names[frame] ?? 0) > 0) continue;
      if (refs[frame] !== idleCount) {
        return `frame ${frame} has ${refs[frame]} references, but no entry names it`;
      }
      if ((lastShown?.maps?.[frame] ?? 0) > 0 || (lastShown?.refs?.[frame] ?? 0) > idleCount) released++;
    }
    return released;
  },
});

const oneObject = define({
  id: 'count/one-object',
  title: 'All entries that name one frame are of one page',
  requirements: ['count.one-object'],
  needs: ['entries'],
  steps: (reading) => reading.anew,
  check({ after, row, names }, { frames }) {
    if (after === undefined || names === undefined) return 0;
    const holds = zeros(frames);
    let named = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const entry = after[cell] ?? 0;
      if (!isDeviceEntry(entry)) continue;
      named++;
      const frame = frameOf(entry);
      const content = row[cell] ?? 0;
      const held = holds[frame] ?? 0;
      if (held === 0) holds[frame] = content;
      else if (held !== content) return `entries of two different pages name frame ${frame}`;
    }
    return named;
  },
});

const alternates = defineRunning({
  id: 'count/taken-then-freed',
  title: 'Only a free frame is allocated, and only an allocated frame is freed',
  requirements: ['count.free-once', 'count.one-object', 'device.store-counts'],
  needs: ['callbacks', 'allocations'],
  steps: (reading) => reading.eventful,
  begin({ frames }) {
    const taken = zeros(frames);
    return ({ events }) => {
      let releases = 0;
      for (const event of events) {
        if (!isFrameEvent(event)) continue;
        const { frame } = event;
        if (event.event === 'alloc') {
          if (taken[frame] !== 0) return `frame ${frame} was allocated while it was in use`;
          taken[frame] = 1;
        } else {
          if (taken[frame] !== 1) return `page_free was called for frame ${frame}, which was free`;
          taken[frame] = 0;
          releases++;
        }
      }
      return releases;
    };
  },
});

const freedWhenUnnamed = defineRunning({
  id: 'count/taken-is-named',
  title: 'At rest the allocated frames are exactly those that entries name',
  requirements: ['count.free-once', 'device.store-counts', 'migrate.frees-source', 'unmap.releases'],
  needs: ['callbacks', 'allocations', 'entries'],
  steps: (reading) => reading.steps,
  begin({ frames }) {
    const balance = zeros(frames);
    let releases = 0;
    return ({ events, names }) => {
      for (const event of events) {
        if (!isFrameEvent(event)) continue;
        balance[event.frame] = (balance[event.frame] ?? 0) + (event.event === 'alloc' ? 1 : -1);
        if (event.event === 'free') releases++;
      }
      if (names === undefined) return 0;
      for (let frame = 0; frame < names.length; frame++) {
        const named = (names[frame] ?? 0) > 0;
        if (balance[frame] !== (named ? 1 : 0)) {
          return `frame ${frame} was allocated ${balance[frame]} times more than freed, but ${named ? 'an entry names it' : 'no entry names it'}`;
        }
      }
      const seen = releases;
      releases = 0;
      return seen;
    };
  },
});

const freedOnce = define({
  id: 'count/last-entry-frees-once',
  title: 'page_free is called once, in the same step, for a frame that lost its last entry, and for no other',
  requirements: ['count.free-once', 'migrate.frees-source', 'unmap.releases'],
  needs: ['callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.compared,
  check(step) {
    const { names, namesBefore, command } = step;
    if (names === undefined || namesBefore === undefined) return 0;
    if (step.events.length === 0 && step.changed === 0) return 0;
    // Only these commands allocate frames, possibly without using them: another property checks their balance of
    // allocations and releases.
    const takes = ['migrate-to-device', 'device-store', 'race'].includes(command.op);
    let released = 0;
    for (let frame = 0; frame < names.length; frame++) {
      const isReleased = (namesBefore[frame] ?? 0) > 0 && names[frame] === 0;
      const frees = step.count('free', frame);
      if (isReleased) released++;
      if (takes ? isReleased && frees === 0 : frees !== (isReleased ? 1 : 0)) {
        return `page_free was called ${frees} times for frame ${frame}, which ${isReleased ? 'lost its last entry' : 'did not lose its last entry'}`;
      }
    }
    return released;
  },
});

const freeUnmapped = define({
  id: 'count/free-unmapped',
  title: 'Inside page_free the map count is zero and the reference count is that of a free frame',
  requirements: ['count.free-unmapped'],
  needs: ['callbacks'],
  steps: (reading) => reading.eventful,
  check({ events }: TraceStep, { profile }) {
    const right = referencesInFree(profile);
    let shown = 0;
    for (const event of events) {
      if (event.event !== 'free') continue;
      const { frame, maps, refs } = event;
      if (maps !== undefined && maps !== 0)
        return `page_free of frame ${frame} was called with ${maps} mappings`;
      if (refs !== undefined && refs !== right) {
        return `page_free of frame ${frame} was called with ${refs} references`;
      }
      if (maps !== undefined || refs !== undefined) shown++;
    }
    return shown;
  },
});

/** Properties of reference counts, map counts, and the release of frames. */
export const countProperties = [
  neverZero,
  references,
  mappings,
  idle,
  oneObject,
  alternates,
  freedWhenUnnamed,
  freedOnce,
  freeUnmapped,
] as const;
