/**
 * The part of an exported JavaScript test that walks through the table of allowed ways. Beside it stand STEPS and
 * COUNTS. The same in Python is matching-python.ts.
 */
export const MATCHING_JAVASCRIPT = `
/**
 * The first step at which what was seen is not allowed, in a sentence; undefined where all is well. Several states
 * may be possible at once: each is a number of STEPS, with the frames that names like A have been seen to stand for.
 */
function firstNotAllowed(observations, shows) {
  let possible = [{ state: 0, frames: {} }];
  for (const [index, row] of STEPS.entries()) {
    const seen = observations[index];
    const next = new Map();
    let furthest = { order: -1, wanted: new Set() };
    for (const before of possible) {
      for (const way of row.ways) {
        if (way.from !== before.state) continue;
        const frames = { ...before.frames };
        for (const name of way.leaves ?? []) delete frames[name];
        const breach = breachOf(way, row, seen, { before: before.frames, after: frames }, shows);
        if (breach === undefined) {
          next.set(JSON.stringify([way.to, frames]), { state: way.to, frames });
        } else if (breach.order >= furthest.order) {
          if (breach.order > furthest.order) furthest = { order: breach.order, wanted: new Set() };
          furthest.wanted.add(breach.wanted);
        }
      }
    }
    if (next.size === 0) {
      const wanted = [...furthest.wanted].join('; or ');
      return \`step \${row.step} (\${row.text}): expected \${wanted}; seen \${JSON.stringify(seen)}\`;
    }
    possible = [...next.values()];
  }
  return undefined;
}

/** What a way wants otherwise than it was seen, and how far it fitted. Gives frames their names as they are seen. */
function breachOf(way, row, seen, frames, shows) {
  const after = row.states[way.to];
  const state = seen?.state;
  const checks = [
    () => (same(seen?.result, way.result) ? undefined : \`the answer \${JSON.stringify(way.result)}\`),
    () => (shows.has('callbacks') ? callbacksBreach(way, seen.events ?? [], frames, shows) : undefined),
    () => (row.due && shows.has('entries') ? entriesBreach(after.entries, state?.entries, frames.after) : undefined),
    () => (row.due && shows.has('frames') ? countsBreach(state, shows) : undefined),
    () => {
      if (!row.due || !shows.has('accounting')) return undefined;
      if (!same(state?.rss, after.rss)) return \`rss \${JSON.stringify(after.rss)}\`;
      return state.charged === after.charged ? undefined : \`\${after.charged} charged\`;
    },
  ];
  for (const [order, check] of checks.entries()) {
    const wanted = check();
    if (wanted !== undefined) return { order, wanted };
  }
  return undefined;
}

const same = (one, other) =>
  other?.left === undefined
    ? JSON.stringify(one) === JSON.stringify(other)
    : same(one?.left, other.left) && same(one?.right, other.right);

/** page_fault as often as it must be; and for every frame, taken less freed is the change in what it holds. */
function callbacksBreach(way, events, frames, shows) {
  const { faults, leaves = [], takes = 0, mayTakeInVain = false } = way;
  const calls = events.filter(({ event }) => event === 'fault');
  const due = faults === undefined ? 'no page_fault' : \`page_fault \${JSON.stringify(faults)}\`;
  if (way.calls !== undefined) {
    const { atLeast, places } = way.calls;
    const isTaken = (frame) =>
      shows.has('allocations')
        ? events.some((one) => one.event === 'alloc' && one.frame === frame)
        : mayTakeInVain;
    const mayBe = (name, frame) =>
      frames.before[name] === frame ||
      (name !== undefined && !(name in frames.before) && !Object.values(frames.before).includes(frame));
    const fits = ({ process, page, frame, device }) =>
      places.some(
        (place) =>
          process === place.process &&
          page === place.page &&
          (frame === undefined || mayBe(place.frame, frame) || isTaken(frame)),
      ) &&
      (device === undefined || frame === undefined || device === Math.floor(frame / CASE.scope.frames));
    if (calls.length < atLeast || !calls.every(fits)) return \`page_fault \${JSON.stringify(way.calls)}\`;
  } else if (calls.length !== (faults?.times ?? 0)) return due;
  for (const { process, page, frame, device } of faults === undefined ? [] : calls) {
    const known = frames.before[faults.frame] ?? frame;
    if (process !== faults.process || page !== faults.page || (frame ?? known) !== known) return due;
    if ((device ?? faults.device) !== faults.device) return due;
  }
  const books = \`frames \${JSON.stringify(leaves)} freed, \${takes} taken\`;
  const allocations = shows.has('allocations');
  const left = leaves.map((name) => frames.before[name]).filter((frame) => frame !== undefined);
  const held = Object.values(frames.before);
  const count = (kind, frame) => events.filter((one) => one.event === kind && one.frame === frame).length;
  for (const { event, frame, refs = COUNTS.inFree, maps = 0 } of events) {
    if (event === 'free' && (refs !== COUNTS.inFree || maps !== 0)) return 'a frame that nobody uses in page_free';
    if (event !== 'free' && event !== 'alloc') continue;
    const leaving = left.includes(frame);
    if (held.includes(frame) && !leaving) return books;
    const frees = count('free', frame);
    const net = count('alloc', frame) - frees;
    const least = leaving || left.length < leaves.length ? -1 : 0;
    if (allocations ? net > (leaving ? 0 : 1) || net < least : frees > 1 && !mayTakeInVain) return books;
    if (event === 'alloc' && way.takesFrame !== undefined && net === (leaving ? 0 : 1)) {
      frames.after[way.takesFrame] = frame;
    }
  }
  if (left.some((frame) => count('free', frame) === 0)) return books;
  const freed = events.filter(({ event }) => event === 'free').length;
  const taken = events.filter(({ event }) => event === 'alloc').length;
  if (allocations) return taken - freed === takes - leaves.length ? undefined : books;
  return (mayTakeInVain ? freed >= leaves.length : freed === leaves.length) ? undefined : books;
}

/** Every entry. A frame's name stands for the frame that it is first seen with, and for no other's. */
function entriesBreach(wanted, rows, frames) {
  for (const [process, row] of wanted.entries()) {
    for (const [page, entry] of row.entries()) {
      const shown = rows?.[process] === null ? 'unmapped' : rows?.[process]?.[page];
      const name = entry.frame;
      const free = (frame) =>
        !Object.values(frames).includes(frame) &&
        Math.floor(frame / CASE.scope.frames) === (entry.device ?? 0);
      const fits =
        name === undefined
          ? [entry].flat().includes(shown)
          : shown?.write === entry.write &&
            (frames[name] === undefined ? free(shown.frame) : frames[name] === shown.frame);
      if (!fits) return \`process \${process} page \${page}: \${JSON.stringify(entry)}\`;
      if (name !== undefined) frames[name] = shown.frame;
    }
  }
  return undefined;
}

/** The counts of every frame, by the entries that name it. */
function countsBreach(state, shows) {
  const entries = (state?.entries ?? []).flatMap((row) => row ?? []);
  const { frames: each, devices = 1 } = CASE.scope;
  if (state?.frames?.length !== each * devices) return 'the counts of every frame';
  for (const [frame, { refs, maps, least = 1 }] of state.frames.entries()) {
    const mappings = entries.filter((entry) => entry.frame === frame).length;
    const references = COUNTS.references[mappings];
    const never = shows.has('least-count') && COUNTS.inFree > 0;
    if ((never && least < 1) || refs !== references || maps !== mappings) {
      return \`frame \${frame}: references \${references}, mappings \${mappings}\${never ? ', and never no reference' : ''}\`;
    }
  }
  return undefined;
}
`;
