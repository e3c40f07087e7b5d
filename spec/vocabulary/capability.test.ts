import { expect, test } from 'vitest';
import { ProfileName, profilesFrom } from '../profiles/profile.ts';
import { capabilitiesFor } from './capabilities-for.ts';
import { Capability, capabilitiesIn } from './capability.ts';
import { type Command, type Op, OPS } from './command.ts';
import { commandsIn } from './commands-in.ts';
import {
  charge,
  clearSoftDirty,
  deviceExchange,
  join,
  kernelLoad,
  kernelStore,
  limit,
  makeExclusive,
  map,
  move,
  onDevice,
  open,
  pageMap,
  residency,
  smaps,
  toDevice,
  unlock,
  watch,
} from './shorthand.ts';

// Two pages, so that a page can be moved; two devices.
const commands = commandsIn(
  { processes: 1, pages: 2, frames: 1, slots: 1, devices: 2 },
  { ops: new Set(OPS), values: [1], readPins: true },
);

test('a command needs capabilities of the vocabulary', () => {
  for (const command of commands) {
    for (const needed of capabilitiesFor(command)) expect(Capability.options).toContain(needed);
  }
});

test('the core needs no capability', () => {
  const free = commands.filter((command) => capabilitiesFor(command).length === 0);
  expect(new Set(free.map(({ op }) => op))).toEqual(
    new Set<Op>([
      'spawn',
      'exit',
      'map',
      'unmap',
      'load',
      'store',
      'migrate-to-device',
      'migrate-to-system',
      'heal',
      'inspect',
      // It only removes userfaultfd; a target without userfaultfd is not sent it, as with heal.
      'watch',
    ]),
  );
  expect(free.filter(({ op }) => op === 'map')).toEqual(
    free.filter((command) => command.op === 'map' && command.kind === 'private'),
  );
  expect(free.filter(({ op }) => op === 'watch')).toEqual([watch(0, 0, 'none'), watch(0, 1, 'none')]);
});

test('every capability to execute a command is needed by a command', () => {
  const inBlocks = commandsIn(
    { processes: 1, pages: 2, frames: 2, slots: 1, block: 2 },
    { ops: new Set(OPS.filter((op) => op !== 'race')), values: [1] },
  );
  const needed = new Set([...commands, ...inBlocks].flatMap((command) => capabilitiesFor(command)));
  expect(Capability.options.filter((capability) => !needed.has(capability))).toEqual([
    // A race in another world, allowed variants of behaviour, the state that is shown, and the form of replies.
    'race-blocks',
    'device-copy-on-write',
    'one-owner',
    'watch-unpopulated',
    'callbacks',
    'allocations',
    'entries',
    'frames',
    'least-count',
    'accounting',
    'every-step',
    'split-callbacks',
    'progress',
    'coverage',
  ]);
});

test.each<[Command, readonly Capability[]]>([
  [map(0, 0, 'read', 'shared'), ['shared']],
  [map(0, 0, 'read', 'file'), ['file']],
  [move(0, 0, 1), ['move']],
  [move(0, 0, 1, true), ['move', 'move-keep']],
  [unlock(0, 0), ['lock']],
  [kernelLoad(0, 0), ['kernel-access']],
  [kernelStore(0, 0, 1), ['kernel-access']],
  [watch(0, 0, 'missing'), ['watch-missing']],
  [watch(0, 0, 'write-protect'), ['watch-write']],
  [clearSoftDirty(0), ['soft-dirty']],
  [pageMap(0, 0), ['query']],
  [residency(0, 0), ['query']],
  [smaps(0), ['query']],
  [join(0, 1), ['groups']],
  [charge(), ['groups']],
  [limit(1), ['limit']],
  [open, ['close']],
  [makeExclusive(0, 0), ['exclusive']],
  [deviceExchange(0, 0, 1), ['exclusive']],
  [onDevice(0, deviceExchange(0, 0, 1)), ['exclusive']],
  [onDevice(1, deviceExchange(0, 0, 1)), ['exclusive', 'devices']],
  [onDevice(1, toDevice(0, 0)), ['devices']],
])('%o needs %o', (command, needed) => {
  expect(capabilitiesFor(command)).toEqual(needed);
});

test.each(ProfileName.options)('in %s later capabilities are ignored', (profile) => {
  const all = new Set(Capability.options);
  const absent = Capability.options.filter((one) => !capabilitiesIn(profile, all).has(one));
  const early = profile === 'origin' || profile === 'linux-4.14';
  const folios = [
    'large-folios',
    'inject-no-large-frame',
    'inject-no-large-page',
    'evict-range',
    'collapse',
    'split',
    'inject-no-split',
    'race-blocks',
  ];
  const hasFolios = profilesFrom('linux-6.19').includes(profile);
  const hasUnpopulated = profilesFrom('linux-6.12').includes(profile);
  expect(absent).toEqual([
    ...(early ? ['move-keep', 'watch-write', 'exclusive'] : []),
    ...(hasFolios ? [] : folios),
    ...(early ? ['one-owner'] : []),
    ...(hasUnpopulated ? [] : ['watch-unpopulated']),
    ...(hasFolios ? [] : ['split-callbacks']),
  ]);
});

test('a profile adds no capability that was not declared', () => {
  const few = new Set<Capability>(['fork', 'exclusive']);
  expect([...capabilitiesIn('linux-6.1', few)]).toEqual(['fork', 'exclusive']);
  expect([...capabilitiesIn('origin', few)]).toEqual(['fork']);
});
