import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const faultCallsTheFirstDriver: Mutant = {
  id: 'fault-calls-the-first-driver',
  title:
    'page_fault is called in the driver of the first device, which hands what it cannot bring back to the others.',
  source: 'class (j)',
  primary: 'devices.owner-called',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override noteFault(slot: number, index: number, page: Page): void {
          if (this.number === 0) super.noteFault(slot, index, page);
          else this.note({ event: 'fault', process: slot, page: index, frame: page.data, device: 0 });
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), load(0, 0)],
};
