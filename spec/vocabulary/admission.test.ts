import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Admission, type Refusal } from './admission.ts';
import { Capability } from './capability.ts';
import type { Command } from './command.ts';
import {
  advise,
  attach,
  charge,
  clearSoftDirty,
  close,
  detach,
  deviceExchange,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  evictAll,
  exit,
  fork,
  heal,
  hotAdd,
  inherit,
  inject,
  inspect,
  join,
  kernelLoad,
  kernelStore,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  move,
  onDevice,
  open,
  pageMap,
  peek,
  pin,
  populate,
  protect,
  readPin,
  residency,
  smaps,
  softDirty,
  spawn,
  store,
  surpriseRemove,
  swapOn,
  toDevice,
  toSystem,
  unlock,
  unmap,
  unpin,
  watch,
} from './shorthand.ts';

const scope = { processes: 2, pages: 3, frames: 1, slots: 1 };

/** The admission after these commands were sent. */
const after = (...commands: readonly Command[]): Admission => {
  const admission = new Admission(scope, 'linux-6.1');
  for (const command of commands) expect([command, admission.admit(command)]).toEqual([command, undefined]);
  return admission;
};

const accesses = (process: number, page: number): readonly Command[] => [
  load(process, page),
  store(process, page, 1),
  deviceLoad(process, page),
  deviceStore(process, page, 1),
  pin(process, page),
];
const changes = (process: number, page: number): readonly Command[] => [
  unmap(process, page),
  discard(process, page),
  protect(process, page, 'read'),
  evict(process, page),
];
const migrations = (process: number, page: number, count = 1): readonly Command[] => [
  toDevice(process, page, count),
  toSystem(process, page, count),
];

/** The distinct refusals of these commands. */
const refusals = (admission: Admission, commands: readonly Command[]): readonly (Refusal | undefined)[] => [
  ...new Set(commands.map((command) => admission.refusal(command))),
];

describe('outside the scope', () => {
  const admission = after(map(0, 0));

  test.each<Command>([
    spawn(2),
    fork(2, 1),
    fork(0, 2),
    exit(2),
    map(2, 0),
    map(0, 3),
    ...accesses(2, 0),
    ...changes(2, 0),
    ...migrations(2, 0),
    ...accesses(0, 3),
    ...changes(0, 3),
    ...migrations(0, 3),
    ...migrations(0, 0, 4),
    ...migrations(0, 2, 2),
    pin(0, 0, 1),
    unpin(1),
    inject('sigbus', 1, { process: 2, page: 0 }),
    inject('sigbus', 1, { process: 0, page: 3 }),
  ])('$op', (command) => {
    expect(admission.refusal(command)).toBe('outside the scope');
  });
});

describe('processes', () => {
  test('only process 0 is alive at the beginning', () => {
    const admission = after();
    expect(admission.refusal(spawn(0))).toBe('the process slot is busy');
    expect(admission.refusal(fork(0, 0))).toBe('the process slot is busy');
    expect(
      refusals(admission, [
        exit(1),
        fork(1, 0),
        map(1, 0),
        ...accesses(1, 0),
        ...changes(1, 0),
        ...migrations(1, 0),
      ]),
    ).toEqual(['the process is not alive']);
  });

  test('spawn and fork start a process, exit ends it', () => {
    expect(after(spawn(1)).refusal(map(1, 0))).toBeUndefined();
    expect(after(spawn(1)).refusal(spawn(1))).toBe('the process slot is busy');
    expect(after(spawn(1)).refusal(fork(0, 1))).toBe('the process slot is busy');
    expect(after(fork(0, 1), exit(0)).refusal(exit(0))).toBe('the process is not alive');
    expect(after(fork(0, 1), exit(0)).refusal(spawn(0))).toBeUndefined();
  });

  test('commands that name no process are sent without any process', () => {
    const admission = after(exit(0), inspect, heal, detach, attach, swapOn(1), unpin());
    expect(admission.refusal(spawn(1))).toBeUndefined();
  });
});

describe('pages', () => {
  test('no access or change is sent to a page that was never mapped', () => {
    const admission = after(map(0, 1));
    expect(refusals(admission, accesses(0, 0))).toEqual(['the page was never mapped']);
    expect(refusals(admission, [...changes(0, 0), ...migrations(0, 0)])).toEqual(['the page is not mapped']);
    expect(refusals(admission, [...accesses(0, 1), ...changes(0, 1), ...migrations(0, 1)])).toEqual([
      undefined,
    ]);
  });

  test('only accesses are sent to a page that is no longer mapped', () => {
    const admission = after(map(0, 1), unmap(0, 1));
    expect(refusals(admission, accesses(0, 1))).toEqual([undefined]);
    expect(refusals(admission, [...changes(0, 1), ...migrations(0, 1)])).toEqual(['the page is not mapped']);
    expect(admission.refusal(map(0, 1))).toBeUndefined();
  });

  test('no map is sent for a mapped page', () => {
    const admission = after(map(0, 1), discard(0, 1), protect(0, 1, 'none'), evict(0, 1));
    expect(admission.refusal(map(0, 1, 'read', 'host'))).toBe('the page is mapped already');
    expect(after(map(0, 1), unmap(0, 1), map(0, 1)).refusal(map(0, 1))).toBe('the page is mapped already');
  });

  test('a range may have gaps, but one page of it must be mapped', () => {
    const admission = after(map(0, 1));
    expect(
      refusals(admission, [...migrations(0, 0, 3), ...migrations(0, 1, 2), ...migrations(0, 0, 2)]),
    ).toEqual([undefined]);
    expect(refusals(admission, [...migrations(0, 2), ...migrations(0, 0)])).toEqual([
      'the page is not mapped',
    ]);
  });

  test('a child inherits the mapping history', () => {
    const admission = after(map(0, 0), map(0, 1), unmap(0, 1), fork(0, 1));
    expect(refusals(admission, [...accesses(1, 0), ...changes(1, 0), ...accesses(1, 1)])).toEqual([
      undefined,
    ]);
    expect(refusals(admission, changes(1, 1))).toEqual(['the page is not mapped']);
    expect(refusals(admission, accesses(1, 2))).toEqual(['the page was never mapped']);
    expect(admission.refusal(map(1, 0))).toBe('the page is mapped already');
  });

  test('parent and child are independent after a fork', () => {
    const admission = after(map(0, 0), fork(0, 1), unmap(0, 0), map(1, 2));
    expect(refusals(admission, changes(1, 0))).toEqual([undefined]);
    expect(refusals(admission, accesses(0, 2))).toEqual(['the page was never mapped']);
  });

  test('exit ends the mapping history', () => {
    const admission = after(map(0, 0), fork(0, 1), exit(0), spawn(0));
    expect(refusals(admission, accesses(0, 0))).toEqual(['the page was never mapped']);
    expect(refusals(admission, changes(1, 0))).toEqual([undefined]);
  });
});

test('a refused command changes nothing', () => {
  const admission = after();
  expect(admission.admit(map(1, 0))).toBe('the process is not alive');
  expect(admission.admit(fork(0, 1))).toBeUndefined();
  expect(refusals(admission, accesses(1, 0))).toEqual(['the page was never mapped']);
});

test('a query for a refusal records nothing', () => {
  const admission = after();
  expect(admission.refusal(map(0, 0))).toBeUndefined();
  expect(admission.refusal(map(0, 0))).toBeUndefined();
});

/** The refusal of a command to a target with these capabilities. */
const admit = (command: Command, ...offers: readonly Capability[]): Refusal | undefined => {
  const admission = new Admission(scope, 'linux-6.1', new Set(offers));
  expect(admission.admit(map(0, 0))).toBeUndefined();
  return admission.admit(command);
};
const without = (...missing: readonly Capability[]): readonly Capability[] =>
  Capability.options.filter((one) => !missing.includes(one));

/** The commands that require anonymous memory at a page. */
const anonymousOnly = (process: number, page: number): readonly Command[] => [
  lock(process, page),
  unlock(process, page),
  advise(process, page, 'cold'),
  watch(process, page, 'missing'),
  watch(process, page, 'none'),
  softDirty(process, page),
  makeExclusive(process, page),
  deviceExchange(process, page, 1),
];
/** The queries and accesses that are admitted for every page that was mapped once. */
const probes = (process: number, page: number): readonly Command[] => [
  populate(process, page),
  kernelLoad(process, page),
  kernelStore(process, page, 1),
  peek(process, page),
  pageMap(process, page),
  residency(process, page),
];
const anonymous = [...anonymousOnly(0, 0), move(0, 0, 1)];

describe('anonymous memory', () => {
  test('some commands require anonymous memory', () => {
    expect(refusals(after(map(0, 0)), anonymous)).toEqual([undefined]);
    for (const kind of ['host', 'shared', 'file'] as const) {
      expect(refusals(after(map(0, 0, 'write', kind)), anonymous)).toEqual([
        'the page is not anonymous memory',
      ]);
    }
    expect(refusals(after(map(0, 0), unmap(0, 0)), anonymous)).toEqual(['the page is not mapped']);
    expect(refusals(after(), anonymous)).toEqual(['the page is not mapped']);
    expect(refusals(after(exit(0)), anonymous)).toEqual(['the process is not alive']);
  });

  test('other accesses and queries are sent to every page that was ever mapped', () => {
    expect(refusals(after(map(0, 0, 'none', 'shared')), probes(0, 0))).toEqual([undefined]);
    expect(refusals(after(map(0, 0), unmap(0, 0)), probes(0, 0))).toEqual([undefined]);
    expect(refusals(after(), probes(0, 0))).toEqual(['the page was never mapped']);
  });

  test('no command is sent outside the scope', () => {
    const outside = [...anonymousOnly(0, 3), ...probes(0, 3), move(0, 3, 0), move(0, 0, 3)];
    expect(refusals(after(map(0, 0)), outside)).toEqual(['outside the scope']);
    const nobody = [clearSoftDirty(2), smaps(2), join(2, 0), ...anonymousOnly(2, 0), ...probes(2, 0)];
    expect(refusals(after(), nobody)).toEqual(['outside the scope']);
    expect(refusals(after(), [clearSoftDirty(1), smaps(1), join(1, 0)])).toEqual([
      'the process is not alive',
    ]);
  });

  test('a child inherits the kind of memory', () => {
    const admission = after(map(0, 0), map(0, 1, 'write', 'file'), fork(0, 1));
    expect(refusals(admission, anonymousOnly(1, 0))).toEqual([undefined]);
    expect(refusals(admission, anonymousOnly(1, 1))).toEqual(['the page is not anonymous memory']);
  });
});

describe('a move', () => {
  test('targets an unmapped page', () => {
    expect(after(map(0, 0), map(0, 1)).refusal(move(0, 0, 1))).toBe('the page is mapped already');
    expect(after(map(0, 0)).refusal(move(0, 0, 0))).toBe('the page is mapped already');
    expect(after(map(0, 0), map(0, 1), unmap(0, 1)).refusal(move(0, 0, 1))).toBeUndefined();
  });

  test('leaves the old page unmapped, or mapped with keep', () => {
    const gone = after(map(0, 0), move(0, 0, 1));
    expect(refusals(gone, changes(0, 0))).toEqual(['the page is not mapped']);
    expect(refusals(gone, [...accesses(0, 0), ...changes(0, 1), ...anonymousOnly(0, 1)])).toEqual([
      undefined,
    ]);
    const kept = after(map(0, 0), move(0, 0, 1, true));
    expect(refusals(kept, [...anonymousOnly(0, 0), ...anonymousOnly(0, 1)])).toEqual([undefined]);
  });

  test.each(['missing', 'write-protect'] as const)('is not sent for a page under userfaultfd (%s)', (how) => {
    const watched = [map(0, 0), watch(0, 0, how)];
    expect(after(...watched).refusal(move(0, 0, 1))).toBe('the page is watched');
    expect(refusals(after(...watched), [...anonymousOnly(0, 0), ...changes(0, 0)])).toEqual([undefined]);
    expect(after(...watched, watch(0, 0, 'none')).refusal(move(0, 0, 1))).toBeUndefined();
    expect(after(...watched, unmap(0, 0), map(0, 0)).refusal(move(0, 0, 1))).toBeUndefined();
    // userfaultfd is not inherited by the child.
    const forked = after(...watched, fork(0, 1));
    expect([forked.refusal(move(0, 0, 1)), forked.refusal(move(1, 0, 1))]).toEqual([
      'the page is watched',
      undefined,
    ]);
  });
});

describe('devices', () => {
  const second = [
    ...[toDevice(0, 0), toSystem(0, 0)].map((command) => onDevice(1, command)),
    ...[deviceLoad(0, 0), makeExclusive(0, 0)].map((command) => onDevice(1, command)),
    ...[deviceStore(0, 0, 1), deviceExchange(0, 0, 1)].map((command) => onDevice(1, command)),
    ...[attach, detach].map((command) => onDevice(1, command)),
    ...[evictAll, hotAdd].map((command) => onDevice(1, command)),
    ...[close, open].map((command) => onDevice(1, command)),
  ];

  test('a second device is outside the scope of one device', () => {
    expect(refusals(after(map(0, 0)), second)).toEqual(['outside the scope']);
    const two = new Admission({ ...scope, devices: 2 }, 'linux-6.1');
    two.admit(map(0, 0));
    expect(refusals(two, second)).toEqual([undefined]);
  });

  test('commands to a second device need the capability for several devices', () => {
    const two = new Admission({ ...scope, devices: 2 }, 'linux-6.1', new Set(['attach']));
    expect([two.admit(detach), two.admit(onDevice(1, detach))]).toEqual([
      undefined,
      'the target does not offer it',
    ]);
  });

  test('commands on a device require no process', () => {
    const admission = after(exit(0));
    expect(refusals(admission, [evictAll, close, open, hotAdd, limit(1), charge()])).toEqual([undefined]);
  });
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const early = PROFILES[profile].tracksThroughMigration === false;

  test.each<[string, Command]>([
    ['move with keep', move(0, 0, 1, true)],
    ['watch write-protect', watch(0, 0, 'write-protect')],
    ['make-exclusive', makeExclusive(0, 0)],
    ['device-exchange', deviceExchange(0, 0, 1)],
  ])('%s is sent from 5.18', (_, command) => {
    const admission = new Admission(scope, profile);
    admission.admit(map(0, 0));
    expect(admission.wouldAdmit(command)).toBe(!early);
    expect(admission.admit(command)).toBe(early ? 'the target does not offer it' : undefined);
  });

  test('every other command is sent in every profile', () => {
    const admission = new Admission(scope, profile);
    admission.admit(map(0, 0));
    const rest = [...accesses(0, 0), ...probes(0, 0), move(0, 0, 1), watch(0, 0, 'missing'), evictAll, close];
    expect(rest.map((command) => admission.wouldAdmit(command))).toEqual(rest.map(() => true));
  });
});

describe('the capabilities of the target', () => {
  test('commands of the core need none', () => {
    const core = [
      spawn(1),
      exit(0),
      map(0, 1),
      unmap(0, 0),
      load(0, 0),
      store(0, 0, 1),
      ...migrations(0, 0),
      inspect,
    ];
    for (const command of core) expect([command, admit(command)]).toEqual([command, undefined]);
  });

  test.each<[Command, Capability]>([
    [fork(0, 1), 'fork'],
    [discard(0, 0), 'discard'],
    [protect(0, 0, 'read'), 'protect'],
    [map(0, 1, 'write', 'host'), 'host'],
    [deviceLoad(0, 0), 'device-load'],
    [deviceStore(0, 0, 1), 'device-store'],
    [pin(0, 0), 'pin'],
    [unpin(), 'pin'],
    [evict(0, 0), 'evict'],
    [attach, 'attach'],
    [detach, 'attach'],
    [swapOn(1), 'swap-on'],
    [inject('sigbus'), 'inject-sigbus'],
    [inject('oom'), 'inject-oom'],
    [inject('no-frame'), 'inject-no-frame'],
    [inject('no-copy'), 'inject-no-copy'],
    [map(0, 1, 'write', 'shared'), 'shared'],
    [map(0, 1, 'write', 'file'), 'file'],
    [move(0, 0, 1), 'move'],
    [populate(0, 0), 'populate'],
    [lock(0, 0), 'lock'],
    [unlock(0, 0), 'lock'],
    [advise(0, 0, 'free'), 'advise'],
    [kernelLoad(0, 0), 'kernel-access'],
    [kernelStore(0, 0, 1), 'kernel-access'],
    [peek(0, 0), 'peek'],
    [watch(0, 0, 'missing'), 'watch-missing'],
    [watch(0, 0, 'write-protect'), 'watch-write'],
    [clearSoftDirty(0), 'soft-dirty'],
    [softDirty(0, 0), 'soft-dirty'],
    [pageMap(0, 0), 'query'],
    [residency(0, 0), 'query'],
    [smaps(0), 'query'],
    [limit(1), 'limit'],
    [join(0, 1), 'groups'],
    [charge(), 'groups'],
    [evictAll, 'evict-all'],
    [close, 'close'],
    [open, 'close'],
    [hotAdd, 'hot-add'],
    [inherit(0, 0, 'none'), 'inherit'],
    [makeExclusive(0, 0), 'exclusive'],
    [deviceExchange(0, 0, 1), 'exclusive'],
  ])('%o needs %s', (command, needed) => {
    expect(admit(command, needed)).toBeUndefined();
    expect(admit(command, ...without(needed))).toBe('the target does not offer it');
  });

  test('inject oom until-healed needs inject-oom and oom-result', () => {
    expect(admit(inject('oom', 3), 'inject-oom')).toBeUndefined();
    expect(admit(inject('oom', 'until-healed'), 'inject-oom')).toBe('the target does not offer it');
    expect(admit(inject('oom', 'until-healed'), 'oom-result')).toBe('the target does not offer it');
    expect(admit(inject('oom', 'until-healed'), 'inject-oom', 'oom-result')).toBeUndefined();
    expect(admit(inject('sigbus', 'until-healed'), 'inject-sigbus')).toBeUndefined();
  });

  test('heal needs any injection', () => {
    const injections = ['inject-sigbus', 'inject-oom', 'inject-no-frame', 'inject-no-copy'] as const;
    for (const injection of injections) expect(admit(heal, injection)).toBeUndefined();
    expect(admit(heal, ...without(...injections))).toBe('the target does not offer it');
  });

  test('move with keep needs move and move-keep', () => {
    expect(admit(move(0, 0, 1, true), 'move', 'move-keep')).toBeUndefined();
    expect(admit(move(0, 0, 1, true), 'move')).toBe('the target does not offer it');
    expect(admit(move(0, 0, 1, true), 'move-keep')).toBe('the target does not offer it');
  });

  test('a pin for reading needs pin and pin-read', () => {
    expect(admit(readPin(0, 0), 'pin', 'pin-read')).toBeUndefined();
    expect(admit(readPin(0, 0), 'pin')).toBe('the target does not offer it');
    expect(admit(readPin(0, 0), 'pin-read')).toBe('the target does not offer it');
  });

  test('surprise-remove needs attach and surprise-removal', () => {
    expect(admit(surpriseRemove, 'attach', 'surprise-removal')).toBeUndefined();
    expect(admit(surpriseRemove, 'surprise-removal')).toBe('the target does not offer it');
  });

  test('watch none needs watch-missing or watch-write', () => {
    for (const one of ['watch-missing', 'watch-write'] as const) {
      expect(admit(watch(0, 0, 'none'), one)).toBeUndefined();
    }
    expect(admit(watch(0, 0, 'none'), ...without('watch-missing', 'watch-write'))).toBe(
      'the target does not offer it',
    );
  });

  test('commands without their capability are not sent', () => {
    const admission = new Admission(scope, 'linux-6.1', new Set());
    expect(admission.admit(fork(0, 1))).toBe('the target does not offer it');
    expect(admission.admit(spawn(1))).toBeUndefined();
  });

  test('admission depends only on declared capabilities', () => {
    expect(admit(load(1, 0))).toBe('the process is not alive');
    expect(admit(fork(1, 0))).toBe('the target does not offer it');
  });
});

describe('a page that a child does not inherit', () => {
  const withheld = (): Admission => {
    const admission = new Admission({ processes: 3, pages: 2, frames: 1, slots: 1 }, 'linux-6.1');
    for (const command of [map(0, 0), inherit(0, 0, 'none'), fork(0, 1)]) {
      expect(admission.admit(command)).toBeUndefined();
    }
    return admission;
  };

  test('is not mapped in the child and may be accessed like an unmapped page', () => {
    expect(withheld().refusal(unmap(1, 0))).toBe('the page is not mapped');
    expect(withheld().refusal(load(1, 0))).toBeUndefined();
    expect(withheld().refusal(map(1, 0))).toBeUndefined();
    expect(withheld().refusal(load(0, 1))).toBe('the page was never mapped');
  });

  test('is inherited again after a new mapping or another setting', () => {
    for (const commands of [[unmap(0, 0), map(0, 0)], [inherit(0, 0, 'copy')], [inherit(0, 0, 'zero')]]) {
      const admission = withheld();
      for (const command of [...commands, fork(0, 2)]) expect(admission.admit(command)).toBeUndefined();
      expect(admission.refusal(unmap(2, 0))).toBeUndefined();
    }
  });

  test('follows the mapping in a move', () => {
    const admission = withheld();
    for (const command of [move(0, 0, 1), map(0, 0), fork(0, 2)]) {
      expect(admission.admit(command)).toBeUndefined();
    }
    expect(admission.refusal(unmap(2, 0))).toBeUndefined();
    expect(admission.refusal(unmap(2, 1))).toBe('the page is not mapped');
  });
});
