import { ruleIndex } from '../requirements/catalogue.ts';
import { blame } from './blame.ts';
import { NO_OBJECT, OOM, SIGBUS, UNTIL_HEALED, WAS_MOVED } from './state.ts';
import type { Step } from './step.ts';

const DEVICE_ATTACH = ruleIndex('device.attach');
const MIGRATE_DETACH = ruleIndex('migrate.detach');
const MIGRATE_FAILURE_RESTORES = ruleIndex('migrate.failure-restores');
const MIGRATE_FREES_SOURCE = ruleIndex('migrate.frees-source');
const MIGRATE_MOVES_ALL = ruleIndex('migrate.moves-all');
const MIGRATE_QUIET = ruleIndex('migrate.quiet');

const ATTACHMENT = blame({ result: 'device.attach' });
const DETACHED = blame({
  result: 'migrate.detach',
  faults: 'migrate.quiet',
  frees: 'migrate.detach',
  entry: 'migrate.detach',
  sharers: 'migrate.moves-all',
});

export function attach(step: Step): void {
  step.blame = ATTACHMENT;
  step.exercise(DEVICE_ATTACH);
  if (step.state.attached) step.result = 'EBUSY';
  else step.state.machine[0] = 1;
}

/**
 * Everything comes back, or the device stays. Which objects were tried first, and how often, is the driver's choice:
 * of the strikes at hand any number may have been used up.
 */
export function detach(step: Step): void {
  const { state } = step;
  if (!state.attached) {
    step.result = 'ENODEV';
    step.blame = ATTACHMENT;
    step.exercise(DEVICE_ATTACH);
    return;
  }
  step.blame = DETACHED;
  step.names(0, 0, state.entry.length);
  const objects: number[] = [];
  const firstEntry: number[] = [];
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT || !state.onDevice(object) || objects.includes(object)) continue;
    objects.push(object);
    firstEntry.push(entry);
  }
  if (objects.length > 0) {
    step.exercise(MIGRATE_DETACH);
    step.exercise(MIGRATE_QUIET);
  }
  const struck = [SIGBUS, OOM].filter((kind) =>
    objects.some((object, index) => step.strikes(kind, object, firstEntry[index] ?? 0)),
  );
  const lasting = struck.some((kind) => step.lasting(kind));
  const stays = struck.length > 0 && (lasting ? 0 : step.pick(2, step.seenAnswer('EBUSY'))) === 0;
  if (!stays) {
    // Tried again until nothing struck any more.
    for (const kind of struck) state.remaining[kind] = state.victim[kind] = 0;
    for (const object of objects) bring(step, object);
    state.machine[0] = 0;
    return;
  }
  step.result = 'EBUSY';
  step.exercise(MIGRATE_FAILURE_RESTORES);
  const struckForGood = (object: number, entry: number): boolean =>
    [SIGBUS, OOM].some((kind) => step.lasting(kind) && step.strikes(kind, object, entry));
  const kept = objects.map(
    (object, index) =>
      struckForGood(object, firstEntry[index] ?? 0) ||
      step.pick(2, step.seenOnDevice(firstEntry[index] ?? 0)) === 0,
  );
  const struckOf = (kind: number): readonly boolean[] =>
    objects.map((object, index) => step.strikes(kind, object, firstEntry[index] ?? 0));
  const struckBefore = struck.map(struckOf);
  const strikes = struck.map((kind) => spendStrikes(step, kind));
  // Something stays because it was struck; and what is still struck does not come back.
  const excused = struckBefore.some((byObject, at) =>
    byObject.some((wasStruck, index) => wasStruck && kept[index] === true && strikes[at] !== 0),
  );
  const escaped = struck.some((kind) => struckOf(kind).some((is, index) => is && kept[index] !== true));
  if (!excused || escaped) step.ruleOut();
  for (const [index, object] of objects.entries()) if (kept[index] !== true) bring(step, object);
}

function bring(step: Step, object: number): void {
  const { state } = step;
  step.exercise(MIGRATE_FREES_SOURCE);
  if ((state.maps[object] ?? 0) > 1) step.exercise(MIGRATE_MOVES_ALL);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
}

/** Of an injection's strikes any number may be gone. Answers how many are; one that lasts strikes without end. */
function spendStrikes(step: Step, kind: number): number {
  const remaining = step.state.remaining[kind] ?? 0;
  if (remaining === UNTIL_HEALED) return Infinity;
  const spent = (1 + step.pick(remaining + 1)) % (remaining + 1);
  for (let strike = 0; strike < spent; strike++) step.consume(kind);
  return spent;
}
