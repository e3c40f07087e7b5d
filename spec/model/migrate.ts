import type { CommandOf } from '../vocabulary/command.ts';
import type { PageOutcome } from '../vocabulary/result.ts';
import { MIGRATE, MIGRATE_PAGE } from './attribution/migrate.ts';
import { isCommon, isHost, isPoison, NO_OBJECT, type State } from './state.ts';
import type { Step } from './step.ts';
import {
  answer,
  poisonPage,
  whyNotToDevice,
  tryToDevice,
  tryToSystem,
  migrateForeignBack,
} from './migrate-page.ts';
import { isKeptBySplit } from './folio.ts';
import { splitForMigration, blockAt, blockToDevice, blockToSystem } from './migrate-block.ts';

export function migrateToDevice(step: Step, command: CommandOf<'migrate-to-device'>): void {
  const vector: PageOutcome[] = [];
  step.names(command.process, command.page, command.count);
  step.select(MIGRATE.toDevice);
  step.mayAllocateFrames = true;
  step.result = vector;
  splitForMigration(step, command);
  for (let index = 0; index < command.count; index++) {
    const entry = step.state.at(command.process, command.page + index);
    const device = command.device ?? 0;
    const block = command.compound === true ? blockAt(step, entry, command.count - index) : undefined;
    if (block !== undefined && blockToDevice(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (isPartOfFolio(step.state, entry)) step.refine(MIGRATE.pageOfFolio);
    const reason = whyNotToDevice(step, entry, device);
    if (reason === undefined) tryToDevice(step, vector, entry, index, device);
    else {
      // The split of a large folio in system memory may have been refused before the reason was found.
      const object = step.state.entry[entry] ?? NO_OBJECT;
      if (object > NO_OBJECT && !step.state.onDevice(object)) isKeptBySplit(step, object);
      const isPinnedPart = reason === MIGRATE_PAGE.pinned && block !== undefined && step.state.isWhole(entry);
      answer(step, vector, 'skipped', isPinnedPart ? MIGRATE_PAGE.pinnedBlock : reason);
    }
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.refine(MIGRATE.movedInPart);
}

const isPartOfFolio = (state: State, entry: number): boolean =>
  state.isInFolio(state.entry[entry] ?? NO_OBJECT);

export function migrateToSystem(step: Step, command: CommandOf<'migrate-to-system'>): void {
  migrateRange(step, command.process, command.page, command.count, command.device ?? 0, command.compound);
}

export function evict(step: Step, command: CommandOf<'evict'>): void {
  migrateRange(step, command.process, command.page, 1, undefined);
}

/** @param device the device that migrates the pages to system; undefined where the device of each page does */
function migrateRange(
  step: Step,
  process: number,
  page: number,
  count: number,
  device: number | undefined,
  compound = false,
): void {
  const { state } = step;
  const vector: PageOutcome[] = [];
  step.names(process, page, count);
  step.select(MIGRATE.toSystem);
  step.result = vector;
  for (let index = 0; index < count; index++) {
    const entry = state.at(process, page + index);
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    const block = compound ? blockAt(step, entry, count - index) : undefined;
    if (block !== undefined && device !== undefined && blockToSystem(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (state.isInFolio(object)) step.refine(MIGRATE.pageOfFolio);
    if (isCommon(mapping))
      answer(step, vector, 'skipped', isHost(mapping) ? MIGRATE_PAGE.host : MIGRATE_PAGE.sharedMemory);
    else if (isPoison(object)) answer(step, vector, 'skipped', poisonPage(object));
    else if (object === NO_OBJECT || !state.onDevice(object))
      answer(step, vector, 'skipped', MIGRATE_PAGE.mustSkip);
    else if (device === undefined || state.isOn(object, device)) tryToSystem(step, vector, entry, index);
    else migrateForeignBack(step, vector, entry, index);
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.refine(MIGRATE.movedInPart);
}
