import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, protect, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const protectBringsPagesBack: Mutant = {
  id: 'protect-brings-pages-back',
  title: 'A change of protection brings the page back first.',
  source: 'own',
  primary: 'protect.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override protect(process: Process, index: number, protection: number): void {
          const entry = process.entry(index);
          if (isDevice(entry)) this.deviceFault(process, index, entry);
          super.protect(process, index, protection);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), protect(0, 0, 'read')],
};
