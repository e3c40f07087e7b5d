import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { migrateExtrasBack } from './migrate-back.ts';
import { isRefusedACharge } from './charging.ts';
import { keep } from './lazy-free.ts';
import { settleWritable } from './migrate.ts';
import { LIKELY_WRITABLE, NO_OBJECT, OOM, SIGBUS, SYSTEM, someFrameOf } from './state.ts';
import type { Step } from './step.ts';
import { choice } from './choice.ts';
import { ifSeen } from './hints.ts';

const SHARERS = choice('other sharers of the page', 'migrate to system', 'stay');
const PAGE_FAULT = choice('page_fault', 'not called', 'called');
const OWN_PAGE = choice("writer's own page", 'in system memory', 'on the device');

const FORK_ISOLATION = ruleIndex('fork.isolation');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const NO_CHARGE_OF = { result: 'account.limit-holds', charge: 'account.limit-holds' } as const;

/** Whether the store is refused because the writer's group may not be charged for the new page. */
export function isRefusedItsPage(step: Step, entry: number): boolean {
  if (!isRefusedACharge(step, entry, ['ENOMEM', 'EFAULT'])) return false;
  step.result = step.chooseResult(['ENOMEM', 'EFAULT']) ?? 'ENOMEM';
  step.attribution = { ...step.attribution, ...NO_CHARGE_OF };
  return true;
}

/** Stores to a new page that only the writer maps. */
export function storeByCopy(
  step: Step,
  command: CommandOf<'device-store'>,
  object: number,
  entry: number,
): void {
  const { state } = step;
  const { device = 0 } = command;
  const past = state.history[object] ?? 0;
  const shared = (state.maps[object] ?? 0) > 1;
  if (shared) {
    step.cover(FORK_ISOLATION);
    if (state.pinned(object)) step.cover(FORK_PIN_STAYS);
    if (state.onDevice(object)) maybeMigrateSharersBack(step, object, entry);
    if (isRefusedItsPage(step, entry)) return;
  } else {
    maybeFault(step, object, entry);
  }
  const place = newPlace(step, entry, device, shared ? 0 : 1);
  if (!shared && place === SYSTEM) {
    step.moveToSystem(object);
    state.value[object] = command.value;
    state.writable[entry] = LIKELY_WRITABLE;
    keep(state, entry);
    return;
  }
  const group = state.group[object] ?? 0;
  step.unlink(entry);
  const own = step.newObject(command.value, place, entry);
  // The copy of a page that only the writer mapped is charged to the same group as before.
  if (!shared) state.group[own] = group;
  state.history[own] = past;
  step.link(entry, own, LIKELY_WRITABLE);
  settleCopy(step, entry);
}

/** The other sharers either all stay on their frame or all migrate to system memory, with or without a page_fault. */
function maybeMigrateSharersBack(step: Step, object: number, entry: number): void {
  const { state } = step;
  // An object that an injection still strikes does not migrate to system memory.
  if (step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry)) return;
  const sharer = state.entry.findIndex((other, at) => other === object && at !== entry);
  if (step.choose(SHARERS, ifSeen(step.isOnDevice(sharer), 'stay', 'migrate to system')) === 'stay') return;
  maybeFault(step, object, entry);
  step.moveToSystem(object);
}

/** At most one page_fault, for the writer's process and page. If it is called, further pages may migrate with it. */
export function maybeFault(step: Step, object: number, entry: number): void {
  if (step.choose(PAGE_FAULT, ifSeen(step.hasFaulted(), 'called', 'not called')) === 'not called') return;
  step.faults = 1;
  step.faultPlace = step.state.place[object] ?? SYSTEM;
  migrateExtrasBack(step, entry);
}

/** The place of the writer's own page: system memory, or a frame if the device has a free one. */
export function newPlace(step: Step, entry: number, device: number, leaving = 0): number {
  if (!step.state.hasRoom(device, leaving)) return SYSTEM;
  const hint = ifSeen(step.isOnDevice(entry), 'on the device', 'in system memory');
  return step.choose(OWN_PAGE, hint) === 'in system memory' ? SYSTEM : someFrameOf(device);
}

/** Determines whether the new entry may be WRITE. */
export function settleCopy(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.state.onDevice(object)) settleWritable(step, object);
}
