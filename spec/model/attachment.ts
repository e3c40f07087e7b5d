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
  const kept = objects.filter((object, index) => {
    const entry = firstEntry[index] ?? 0;
    return struckForGood(object, entry) || step.pick(2, step.seenOnDevice(entry)) === 0;
  });
  if (kept.length === 0) step.ruleOut();
  spendStrikes(step, struck);
  for (const object of objects) if (!kept.includes(object)) bring(step, object);
}

function bring(step: Step, object: number): void {
  const { state } = step;
  step.exercise(MIGRATE_FREES_SOURCE);
  if ((state.maps[object] ?? 0) > 1) step.exercise(MIGRATE_MOVES_ALL);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
}

/** Of each kind at hand any number of strikes may be gone. */
function spendStrikes(step: Step, struck: readonly number[]): void {
  const { state } = step;
  for (const kind of struck) {
    const remaining = state.remaining[kind] ?? 0;
    if (remaining === UNTIL_HEALED) continue;
    const spent = (1 + step.pick(remaining + 1)) % (remaining + 1);
    for (let strike = 0; strike < spent; strike++) step.consume(kind);
  }
}
