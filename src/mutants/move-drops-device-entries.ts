import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveDropsDeviceEntries: Mutant = {
  id: 'move-drops-device-entries',
  title: 'Only present entries are moved: a page on the device is unmapped with its old address.',
  source: 'class (q)',
  primary: 'move.quiet',
  earlier: [
    'fault.no-needless-call',
    'migrate.must-skip',
    'move.entry',
    'move.keep',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveEntry(process: Process, index: number, to: number): void {
          if (!isDevice(process.entry(index))) super.moveEntry(process, index, to);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
};
