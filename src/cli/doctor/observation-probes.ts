import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { inspect, load, map, type Probe, store, toDevice, toSystem } from './probe.ts';

const ROUND_TRIP: readonly Command[] = [
  map(0),
  map(1),
  inspect,
  store(0, 7),
  toDevice(0, 2),
  inspect,
  load(0),
  inspect,
  toSystem(1),
  inspect,
];

const sight = (
  capability: Capability,
  title: string,
  advice: string,
  observe: Case['observe'] = 'inspect',
): Probe => ({ title, capability, observe, commands: ROUND_TRIP, advice });

/** One probe per capability of observation, each after the capabilities that it needs. */
export const SIGHT_PROBES: readonly Probe[] = [
  sight(
    'callbacks',
    'page_fault and page_free are reported',
    'A CPU access to a page on the device has one "fault" event, and a released frame one "free" event.',
  ),
  sight(
    'allocations',
    'frames that the driver allocates are reported',
    'Each page that migrates to the device has one "alloc" event with the number of its frame.',
  ),
  sight(
    'entries',
    'inspect shows the entries',
    'state.entries has a row for each process of the scope (null for a dead one), with an item for each page.',
  ),
  sight(
    'frames',
    'inspect shows the counts of the frames',
    'state.frames has an item for each frame of the scope. refs is the idle count (1 before 5.18, 0 from 6.1) plus ' +
      'one for each entry (linux-5.18: at least 1, and 1 for each entry); maps is the number of entries.',
  ),
  sight(
    'least-count',
    'the minimum count since the last snapshot is reported',
    'least is the smallest value that refs had since the last state that was shown; it starts again there.',
  ),
  sight(
    'accounting',
    'inspect shows rss and charge',
    'state.rss has a number for each process, pages in system memory and on the device alike; state.charged is one number.',
  ),
  sight(
    'every-step',
    'every step shows the state when asked',
    'With "observe":"every-step" each observation carries a state, not only those of inspect.',
    'every-step',
  ),
  sight(
    'progress',
    'finished commands are reported when asked',
    'With "progress":true in a case, write and flush {"type":"progress","id":ID,"step":N} after each command, N from 0.',
  ),
];
