import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { hotAdd, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const refusedMemoryStartsTheFramesAnew: Mutant = {
  id: 'refused-memory-starts-the-frames-anew',
  title:
    "That memory cannot be added is found out after the device's frames were started anew: those in use are handed out again.",
  source: 'class (h)',
  primary: 'count.one-object',
  earlier: [
    'count.free-unmapped',
    'failure.oom',
    'fault.brings-back',
    'migrate.detach',
    'migrate.frees-source',
    'migrate.must-skip',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override hotAdd(): Result {
          this.startFrames();
          return super.hotAdd();
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0), hotAdd, toDevice(0, 1)],
};
