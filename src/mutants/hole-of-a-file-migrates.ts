import { FILE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const holeOfAFileMigrates: Mutant = {
  id: 'hole-of-a-file-migrates',
  title: 'A migration makes a page of zeros where a file is mapped and was not read yet.',
  source: 'class (k)',
  primary: 'types.file-stays',
  earlier: ['race.books', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeMayMove(process: Process, index: number): boolean {
          return process.kind(index) === FILE_VMA || super.holeMayMove(process, index);
        }
      },
  },
  directed: [map(0, 0, 'write', 'file'), toDevice(0, 0)],
};
