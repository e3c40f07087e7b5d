import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { inspect, load, map, store, toDevice, toSystem } from '../../../spec/vocabulary/shorthand.ts';
import type { Probe } from './probe.ts';

const core = (title: string, advice: string, ...commands: readonly Command[]): Probe => ({
  title,
  capability: undefined,
  observe: 'results',
  commands,
  advice,
});

/** Probes of the core, from the simplest on: each uses only behaviour that earlier probes have checked. */
export const CORE_PROBES: readonly Probe[] = [
  core('map returns ok', 'Every command is answered by one observation: {"result":"ok"}.', map(0, 0)),
  core(
    'fresh memory reads 0',
    'A mapped page without a store is unpopulated: a load returns the number 0.',
    map(0, 0),
    load(0, 0),
  ),
  core(
    'a load sees the last store',
    'A store returns "ok", a load the value as a JSON number.',
    map(0, 0),
    store(0, 0, 7),
    load(0, 0),
    store(0, 0, 8),
    load(0, 0),
  ),
  core(
    'every case begins with a fresh world',
    'No state of the previous case may remain: process 0 is alive, no page is mapped, every frame is free.',
    map(0, 0),
    load(0, 0),
    map(0, 1),
    load(0, 1),
  ),
  core(
    'an access without permission returns SIGSEGV',
    'A store to a read-only page and any access to a page without permission return "SIGSEGV" and change nothing.',
    map(0, 0, 'read'),
    load(0, 0),
    store(0, 0, 7),
    load(0, 0),
    map(0, 1, 'none'),
    load(0, 1),
  ),
  core(
    'an access to an unmapped page returns SIGSEGV',
    'unmap returns "ok"; a load or store of that page returns "SIGSEGV" from then on, until it is mapped again.',
    map(0, 0),
    store(0, 0, 7),
    { op: 'unmap', process: 0, page: 0 },
    load(0, 0),
    map(0, 0),
    load(0, 0),
  ),
  core(
    'a page migrates to the device',
    'A migration returns a list with one "moved" or "skipped" for each page of its range, also if the range is one page.',
    map(0, 0),
    store(0, 0, 7),
    toDevice(0, 0),
  ),
  core(
    'a CPU access migrates the page back',
    'A load of a page on the device calls page_fault, and returns the value that the page had before the migration.',
    map(0, 0),
    store(0, 0, 7),
    toDevice(0, 0),
    load(0, 0),
    load(0, 0),
  ),
  core(
    'migrate-to-system migrates the page back',
    'migrate-to-system returns "moved" for a page that was on the device, and "skipped" for one that was not.',
    map(0, 0),
    store(0, 0, 7),
    toDevice(0, 0),
    toSystem(0, 0),
    toSystem(0, 0),
    load(0, 0),
  ),
  core(
    'pages of a range migrate independently',
    'An unmapped page within a range is skipped, and the others migrate; an unpopulated page migrates and reads 0.',
    map(0, 0),
    store(0, 0, 7),
    map(0, 2),
    toDevice(0, 0, 3),
    load(0, 0),
    load(0, 2),
  ),
  core(
    'a full device skips pages',
    'The device has the number of frames given in the scope; a page without a free frame is skipped and keeps its value.',
    map(0, 0),
    map(0, 1),
    map(0, 2),
    store(0, 0, 7),
    store(0, 1, 8),
    store(0, 2, 9),
    toDevice(0, 0, 3),
    load(0, 2),
    load(0, 1),
    load(0, 0),
  ),
  core(
    'processes begin and end',
    'A spawned process has no mappings; exit removes every mapping, and frees the frames.',
    { op: 'spawn', process: 1 },
    map(1, 0),
    store(1, 0, 7),
    map(0, 0),
    load(0, 0),
    { op: 'exit', process: 1 },
    { op: 'spawn', process: 1 },
    map(1, 0),
    load(1, 0),
  ),
  core(
    'inspect returns ok',
    'inspect changes nothing and returns "ok".',
    map(0, 0),
    store(0, 0, 7),
    inspect,
    load(0, 0),
  ),
];

const ROUND_TRIP: readonly Command[] = [
  map(0, 0),
  map(0, 1),
  inspect,
  store(0, 0, 7),
  toDevice(0, 0, 2),
  inspect,
  load(0, 0),
  inspect,
  toSystem(0, 1),
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
    'every step shows the state on request',
    'With "observe":"every-step" each observation carries a state, not only those of inspect.',
    'every-step',
  ),
  sight(
    'progress',
    'finished commands are reported on request',
    'With "progress":true in a case, write and flush {"type":"progress","id":ID,"step":N} after each command, N from 0.',
  ),
  sight(
    'coverage',
    'each reply lists the points of the code that the case reached',
    'Beside "observations", send "coverage":[N, …] with an integer from 0 on for each line, branch or state that the case reached.',
  ),
];
