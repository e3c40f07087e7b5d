import type { PageOutcome } from '../../spec/vocabulary/result.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

export const migrationBackCallsPageFault: Mutant = {
  id: 'migration-back-calls-page-fault',
  title: 'A migration to system memory by request calls page_fault for each page.',
  source: 'own',
  primary: 'migrate.quiet',
  earlier: ['race.calls'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override migrateToSystem(process: Process, start: number, count: number): PageOutcome[] {
          for (let index = start; index < start + count; index++) {
            const entry = process.entry(index);
            if (!isDevice(entry)) continue;
            this.note({
              event: 'fault',
              process: process.slot,
              page: index,
              frame: this.kernel.page(pfnOf(entry)).data,
            });
          }
          return super.migrateToSystem(process, start, count);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), toSystem(0, 0)],
};
