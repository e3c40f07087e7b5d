import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import { readPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, peek, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const peekReadsTheFrame: Mutant = {
  id: 'peek-reads-the-frame',
  title: 'A walk that must not fault takes a device entry for a present one and reads the frame.',
  source: 'class (q)',
  primary: 'kernel.peek-stays',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override peek(process: Process, index: number): Result {
          const entry = process.entry(index);
          const reads = this.permits(process, index, false) && isDevice(entry);
          return reads ? readPage(this.page(pfnOf(entry))) : super.peek(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), peek(0, 0)],
};
