import type { ErrorName } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, deviceLoad, map } from '../../spec/vocabulary/shorthand.ts';

export const deviceWorksWhileDetached: Mutant = {
  id: 'device-works-while-detached',
  title: 'A detached device goes on loading and storing.',
  source: 'class (r)',
  primary: 'device.detached',
  earlier: ['exclusive.permission'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override refusal(process: Process, index: number, write: boolean): ErrorName | undefined {
          const { attached } = this;
          this.attached = true;
          const refusal = super.refusal(process, index, write);
          this.attached = attached;
          return refusal;
        }
      },
  },
  directed: [map(0, 0), detach, deviceLoad(0, 0)],
};
