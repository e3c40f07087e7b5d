import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import type { Command, MappingKind } from '../vocabulary/command.ts';
import {
  advise,
  close,
  discard,
  exit,
  fork,
  inject,
  load,
  makeExclusive,
  map,
  pageMap,
  pin,
  protect,
  residency,
  smaps,
  store,
  toDevice,
  unmap,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const { tellsSoleMapper, failedFaultPoisons } = PROFILES[profile];
  const world = (): Model => new Model({ profile });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));
  const answers = (model: Model, command: Command): readonly string[] => model.outcomesIn(command, /^[\w-]+/);
  const sole = tellsSoleMapper ? 'special-sole' : 'special';

  test('queries change nothing', () => {
    const model = onDevice().go(fork(0, 1), close, inject('sigbus', 'until-healed'));
    const state = 'a7@f0R . | a7@f0R .; sigbus lasts; closed';
    expect(model.outcomes(pageMap(0, 0))).toEqual([`special: ${state}`]);
    expect(model.outcomes(residency(0, 0))).toEqual([`1: ${state}`]);
    expect(model.outcomes(smaps(0))).toEqual([`1: ${state}`]);
    expect(inSystem().go(makeExclusive(0, 0)).outcomesIn(pageMap(0, 0), /: .*/)).toEqual([': a7@sysX .']);
    expect(inSystem().go(makeExclusive(0, 0)).outcomes(residency(0, 0))).toEqual(['1: a7@sysX .']);
  });

  describe('page-map', () => {
    test.each<[string, Model, readonly string[]]>([
      ['nothing mapped', inSystem().go(unmap(0, 0)), ['absent']],
      ['an unpopulated page', world().go(map(0, 0)), ['absent', 'present']],
      ['system memory', inSystem(), ['present']],
      ['shared system memory', inSystem().go(fork(0, 1)), ['present']],
      ['a page without permission', inSystem().go(protect(0, 0, 'none')), ['present']],
      ['a page of one process on the device', onDevice(), [sole]],
      ['a page of one process again on the device', onDevice().go(fork(0, 1), exit(1)), [sole]],
      ['a page of two processes on the device', onDevice().go(fork(0, 1)), ['special']],
      ['an exclusive page', inSystem().go(makeExclusive(0, 0)), ['special', 'special-sole']],
    ])('reports %s', (_, model, expected) => {
      expect(answers(model, pageMap(0, 0))).toEqual(expected);
    });

    test.runIf(failedFaultPoisons)('reports poison as special', () => {
      expect(answers(onDevice().go(inject('sigbus'), load(0, 0)), pageMap(0, 0))).toEqual(['special']);
    });
  });

  test.each<MappingKind>(['host', 'shared', 'file'])(
    'queries may report %s memory as absent or present',
    (kind) => {
      const model = world().go(map(0, 0, 'read', kind));
      expect(answers(model, pageMap(0, 0))).toEqual(['absent', 'present']);
      expect(answers(model, residency(0, 0))).toEqual(['0', '1']);
      expect(answers(model, smaps(0))).toEqual(['0']);
    },
  );

  test('queries report a file page that was stored to like any other page', () => {
    const model = world().go(map(0, 0, 'write', 'file'), store(0, 0, 7));
    expect([pageMap(0, 0), residency(0, 0), smaps(0)].map((command) => answers(model, command))).toEqual([
      ['present'],
      ['1'],
      ['1'],
    ]);
  });

  describe('residency', () => {
    test.each<[string, Model, readonly string[]]>([
      ['nothing mapped', inSystem().go(unmap(0, 0)), ['ENOMEM']],
      ['an unpopulated page', world().go(map(0, 0)), ['0', '1']],
      ['system memory', inSystem(), ['1']],
      ['the device', onDevice(), ['1']],
      ['an exclusive page', inSystem().go(makeExclusive(0, 0)), ['1']],
    ])('reports %s', (_, model, expected) => {
      expect(answers(model, residency(0, 0))).toEqual(expected);
    });

    test.each<[string, readonly Command[], readonly string[]]>([
      ['is', [], ['0', '1']],
      ['is, and was protected since,', [protect(0, 0, 'read')], ['0', '1']],
      ['was, and then loaded,', [load(0, 0)], ['1']],
      ['was, and then stored to,', [store(0, 0, 8)], ['1']],
      ['was, and then moved to the device,', [toDevice(0, 0)], ['1']],
    ])('reports a page that %s paged out', (_, since, expected) => {
      const model = inSystem().go(advise(0, 0, 'page-out'), ...since);
      expect(answers(model, residency(0, 0))).toEqual(expected);
    });

    test('depends on the accesses of each process if the page was paged out before a fork', () => {
      const model = inSystem().go(advise(0, 0, 'page-out'), fork(0, 1), load(1, 0));
      expect([answers(model, residency(0, 0)), answers(model, residency(1, 0))]).toEqual([['0', '1'], ['1']]);
    });

    test.runIf(failedFaultPoisons)('reports poison as a resident page', () => {
      expect(answers(onDevice().go(inject('sigbus'), load(0, 0)), residency(0, 0))).toEqual(['1']);
    });
  });

  test('smaps counts the pages of the process wherever they are, including shared ones', () => {
    const model = inSystem().go(map(0, 1), toDevice(0, 1), fork(0, 1));
    expect([answers(model, smaps(0)), answers(model, smaps(1))]).toEqual([['2'], ['2']]);
    model.go(discard(1, 0), store(1, 1, 9));
    expect([answers(model, smaps(0)), answers(model, smaps(1))]).toEqual([['2'], ['1']]);
    // A pinned page that no process maps is not counted.
    expect(answers(inSystem().go(pin(0, 0), unmap(0, 0)), smaps(0))).toEqual(['0']);
  });

  test.runIf(failedFaultPoisons)('smaps does not count poison', () => {
    expect(answers(onDevice().go(inject('sigbus'), load(0, 0)), smaps(0))).toEqual(['0']);
  });
});
