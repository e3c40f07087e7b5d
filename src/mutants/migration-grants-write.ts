import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, store, toDevice } from './steps.ts';

export const migrationGrantsWrite: Mutant = {
 id: 'migration-grants-write',
 title: 'Every entry of a page that moves to the device is WRITE if its mapping is writable, shared or not.',
 source: 'class (a)',
 primary: 'migrate.write-sole',
 earlier: [],
 profiles: EVERY_PROFILE,
 plant: { kernel: (base) =>
 class extends base {
protected override entryFor(page: Page, write: boolean): number {
    return super.entryFor(page, write || page.pagemap !== undefined);
  }
 } },
 directed: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
};
