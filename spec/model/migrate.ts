import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import type { PageOutcome } from '../vocabulary/result.ts';
import { MIGRATE } from './attribution/migrate.ts';
import { isCommon, isHost, isPoison, NO_OBJECT, type State } from './state.ts';
import { inertRule } from './process.ts';
import type { Step } from './step.ts';
import { answer, whyNotToDevice, tryToDevice, tryToSystem, migrateForeignBack } from './migrate-page.ts';
import { isKeptBySplit } from './folio.ts';
import { splitForMigration, blockAt, blockToDevice, blockToSystem } from './migrate-block.ts';

const MIGRATE_MUST_SKIP = ruleIndex('migrate.must-skip');
const FOLIO_BASE_ON_REQUEST = ruleIndex('folio.base-on-request');
const FOLIO_PIN_BLOCKS = ruleIndex('folio.pin-blocks');
const TYPES_HOST_STAYS = ruleIndex('types.host-stays');
const TYPES_SHARED_STAYS = ruleIndex('types.shared-stays');
const PIN_BLOCKS_MIGRATION = ruleIndex('pin.blocks-migration');
const MIGRATE_INDEPENDENT = ruleIndex('migrate.independent');
const MIGRATE_NO_CALLBACKS = ruleIndex('migrate.no-callbacks');
const MIGRATE_RESULT_PER_PAGE = ruleIndex('migrate.result-per-page');

export function migrateToDevice(step: Step, command: CommandOf<'migrate-to-device'>): void {
  const vector: PageOutcome[] = [];
  step.names(command.process, command.page, command.count);
  step.attribution = MIGRATE.toDevice;
  step.mayAllocateFrames = true;
  step.result = vector;
  step.cover(MIGRATE_RESULT_PER_PAGE);
  step.cover(MIGRATE_NO_CALLBACKS);
  splitForMigration(step, command);
  for (let index = 0; index < command.count; index++) {
    const entry = step.state.at(command.process, command.page + index);
    const device = command.device ?? 0;
    const block = command.compound === true ? blockAt(step, entry, command.count - index) : undefined;
    if (block !== undefined && blockToDevice(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (isPartOfFolio(step.state, entry)) step.cover(FOLIO_BASE_ON_REQUEST);
    const reason = whyNotToDevice(step, entry, device);
    if (reason === undefined) tryToDevice(step, vector, entry, index, device);
    else {
      // The split of a large folio in system memory may have been refused before the reason was found.
      const object = step.state.entry[entry] ?? NO_OBJECT;
      if (object > NO_OBJECT && !step.state.onDevice(object)) isKeptBySplit(step, object);
      const isPinnedPart =
        reason === PIN_BLOCKS_MIGRATION && block !== undefined && step.state.isWhole(entry);
      answer(step, vector, 'skipped', isPinnedPart ? FOLIO_PIN_BLOCKS : reason);
    }
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.cover(MIGRATE_INDEPENDENT);
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
  step.attribution = MIGRATE.toSystem;
  step.result = vector;
  step.cover(MIGRATE_RESULT_PER_PAGE);
  step.cover(MIGRATE_NO_CALLBACKS);
  for (let index = 0; index < count; index++) {
    const entry = state.at(process, page + index);
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    const block = compound ? blockAt(step, entry, count - index) : undefined;
    if (block !== undefined && device !== undefined && blockToSystem(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (state.isInFolio(object)) step.cover(FOLIO_BASE_ON_REQUEST);
    if (isCommon(mapping))
      answer(step, vector, 'skipped', isHost(mapping) ? TYPES_HOST_STAYS : TYPES_SHARED_STAYS);
    else if (isPoison(object)) answer(step, vector, 'skipped', inertRule(object));
    else if (object === NO_OBJECT || !state.onDevice(object))
      answer(step, vector, 'skipped', MIGRATE_MUST_SKIP);
    else if (device === undefined || state.isOn(object, device)) tryToSystem(step, vector, entry, index);
    else migrateForeignBack(step, vector, entry, index);
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.cover(MIGRATE_INDEPENDENT);
}
