import type { Result } from '../../spec/vocabulary/result.ts';
import { FILE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, map, store } from '../../spec/vocabulary/shorthand.ts';

export const discardKeepsTheCopyOfAFile: Mutant = {
  id: 'discard-keeps-the-copy-of-a-file',
  title: 'A discard leaves the private copy of a page of a file where it is.',
  source: 'own',
  primary: 'account.rss',
  earlier: [
    'account.charge',
    'device.load-value',
    'query.smaps',
    'robust.at-rest',
    'types.file-stays',
    'unmap.clears',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override discard(process: Process, index: number): Result {
          return process.kind(index) === FILE_VMA ? 'ok' : super.discard(process, index);
        }
      },
  },
  directed: [map(0, 0, 'write', 'file'), store(0, 0, 1), discard(0, 0)],
};
