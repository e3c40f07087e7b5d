import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { capabilitiesIn, type Capability } from '../../spec/vocabulary/capability.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  compound,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  fork,
  inject,
  load,
  map,
  move,
  onDevice,
  pin,
  protect,
  race,
  store,
  toDevice,
  toSystem,
  unmap,
  watch,
  whole,
} from '../../spec/vocabulary/shorthand.ts';
import { witnessScope } from '../planted-bugs/planted-bug.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { addEpilogue } from './case-builder.ts';
import { ModelRun } from './model-run.ts';

/** A hand-written case. */
export interface DirectedCase {
  readonly name: string;
  /** The bug that it shows, in one sentence. */
  readonly shows: string;
  /** Names of further cases that are equal to this one. */
  readonly also: readonly string[];
  readonly case: Case;
}

const BLOCK = whole(map(0, 0));
const OUT = compound(toDevice(0, 0, 2));
const BACK = compound(toSystem(0, 0, 2));
const FILLED: readonly Command[] = [BLOCK, store(0, 0, 1), store(0, 1, 2)];
const LOADS: readonly Command[] = [load(0, 0), load(0, 1)];
const MOVED: readonly Command[] = [load(0, 2), load(0, 3)];

/** Cases for requirements that no witness covers, or not on every target. */
const MORE: readonly (Pick<DirectedCase, 'name' | 'shows'> & { readonly commands: readonly Command[] })[] = [
  {
    name: 'device-access-without-permission',
    shows: 'The device accesses memory that its process may not access.',
    commands: [map(0, 0, 'none'), deviceLoad(0, 0), map(0, 1, 'read'), deviceStore(0, 1, 1)],
  },
  {
    name: 'migration-to-a-detached-device',
    shows: 'Pages migrate to a device that is detached.',
    commands: [map(0, 0), store(0, 0, 1), detach, toDevice(0, 0)],
  },
  // One injection in each case: a target may offer one kind and not another.
  ...(['no-frame', 'no-copy'] as const).map((kind) => ({
    name: `migration-to-the-device-fails-${kind}`,
    shows: 'A page is not left as it was where its migration to the device fails.',
    commands: [map(0, 0), store(0, 0, 1), inject(kind), toDevice(0, 0)],
  })),
  ...(['sigbus', 'oom'] as const).map((kind) => ({
    name: `migration-to-system-memory-fails-${kind}`,
    shows: 'A page is not left as it was where its migration to system memory fails.',
    commands: [map(0, 0), store(0, 0, 1), toDevice(0, 0), inject(kind), toSystem(0, 0)],
  })),
  {
    name: 'device-loads-a-page-of-a-joined-device',
    shows: 'A device does not read the current value of a page on another device of the same owner.',
    commands: [map(0, 0), store(0, 0, 1), toDevice(0, 0), onDevice(1, deviceLoad(0, 0))],
  },
  {
    name: 'watch-for-stores-where-no-page-is',
    shows: 'A store to an unpopulated page that is watched for stores is not trapped.',
    commands: [map(0, 0), watch(0, 0, 'write-protect'), store(0, 0, 1)],
  },
  {
    name: 'large-folio-of-another-device',
    shows: 'A device migrates a large folio of another device.',
    commands: [...FILLED, OUT, onDevice(1, BACK), onDevice(1, OUT), ...LOADS],
  },
  {
    name: 'shared-large-folio-to-base-frames',
    shows: 'A large folio of two processes is split for one of them alone, where no large frame is free.',
    commands: [...FILLED, fork(0, 1), inject('no-large-frame'), OUT, ...LOADS, load(1, 1)],
  },
  {
    name: 'shared-large-folio-to-base-pages',
    shows: 'A large folio of two processes is split for one of them alone, where no large page is free.',
    commands: [...FILLED, OUT, fork(0, 1), inject('no-large-page'), BACK, ...LOADS, load(1, 1)],
  },
  {
    name: 'large-folio-with-a-pinned-page',
    shows: 'A large folio with a pinned page migrates, although its pages have entries of their own.',
    commands: [...FILLED, pin(0, 0, 0), protect(0, 1, 'read'), OUT, ...LOADS],
  },
  {
    name: 'discard-of-a-large-folio-that-migrates-back',
    shows: 'A discard of a whole block drops the reference of a migration that moves its large folio.',
    commands: [...FILLED, OUT, race(whole(discard(0, 0)), BACK), ...LOADS],
  },
];

/** What the tests of large folios in tools/testing/selftests/mm/hmm-tests.c do, as cases; named after them. */
const HMM_TESTS: Readonly<Record<string, readonly Command[]>> = {
  migrate_anon_huge_empty: [BLOCK, OUT, ...LOADS],
  migrate_anon_huge_zero: [BLOCK, load(0, 0), OUT, ...LOADS],
  migrate_anon_huge_free: [...FILLED, OUT, whole(discard(0, 0)), ...LOADS],
  migrate_anon_huge_fault: [...FILLED, OUT, load(0, 1), load(0, 0)],
  migrate_anon_huge_err: [...FILLED, inject('no-large-frame'), OUT, ...LOADS],
  migrate_anon_huge_err_back: [...FILLED, OUT, inject('no-large-page'), ...LOADS],
  migrate_anon_huge_zero_err: [BLOCK, load(0, 0), inject('no-large-frame'), OUT, ...LOADS],
  migrate_anon_huge_zero_err_back: [BLOCK, load(0, 0), OUT, inject('no-large-page'), BACK, ...LOADS],
  migrate_partial_unmap_fault: [...FILLED, OUT, unmap(0, 0), load(0, 1)],
  migrate_remap_fault_before: [...FILLED, whole(move(0, 0, 2)), { ...OUT, page: 2 }, ...MOVED],
  migrate_remap_fault_after: [...FILLED, OUT, whole(move(0, 0, 2)), ...MOVED],
  migrate_remap_fault_dontunmap: [...FILLED, OUT, whole(move(0, 0, 2, true)), ...LOADS, ...MOVED],
  anon_write_child_huge: [...FILLED, fork(0, 1), deviceStore(1, 0, 3), load(0, 0), load(1, 0)],
  anon_write_child_huge_migrated: [...FILLED, OUT, fork(0, 1), deviceStore(1, 0, 3), load(0, 0), load(1, 0)],
  anon_write_huge: [BLOCK, deviceStore(0, 0, 1), deviceStore(0, 1, 2), ...LOADS],
};

/** Capabilities that make a snapshot useful. */
const IN_SNAPSHOTS: readonly Capability[] = ['entries', 'frames', 'accounting'];

/**
 * The cases with which every run begins, in a fixed order: the witness of every planted bug, then cases for the
 * remaining requirements. They depend on the profile and the declared capabilities alone.
 *
 * Commands that would not be sent are removed, and equal cases are included once. Each case is observed as closely as
 * the target supports and has the epilogue of a random case.
 */
export function directedSuite(
  profile: ProfileName,
  declared: ReadonlySet<Capability>,
): readonly DirectedCase[] {
  const capabilities = capabilitiesIn(profile, declared);
  const suite = new Map<string, DirectedCase>();
  const add = (name: string, shows: string, commands: readonly Command[]): void => {
    const { devices, ...scope } = witnessScope({ witness: commands });
    // Without large folios nothing is left of a case about them.
    if (scope.block !== undefined && !capabilities.has('large-folios')) return;
    // A target that declares one device alone refuses a case of two, even if no command names the second.
    const declares = devices !== undefined && capabilities.has('devices');
    const made = caseOf(profile, declares ? { ...scope, devices } : scope, commands, capabilities);
    const key = JSON.stringify(made);
    const known = suite.get(key);
    suite.set(
      key,
      known === undefined ? { name, shows, also: [], case: made } : { ...known, also: [...known.also, name] },
    );
  };
  for (const { id, title, profiles, witness: directed, before } of MUTANTS) {
    if (!profiles.includes(profile)) continue;
    for (const [at, commands] of (before ?? []).entries()) {
      add(`${id}-earlier-${at + 1}`, title, commands);
    }
    add(id, title, directed);
  }
  for (const { name, shows, commands } of MORE) add(name, shows, commands);
  for (const [name, commands] of Object.entries(PROFILES[profile].hasLargeFolios ? HMM_TESTS : {})) {
    add(
      `hmm-tests-${name.replaceAll('_', '-')}`,
      'A large folio is not treated as the test of the kernel requires.',
      commands,
    );
  }
  return [...suite.values()];
}

function caseOf(
  profile: ProfileName,
  scope: Scope,
  commands: readonly Command[],
  capabilities: ReadonlySet<Capability>,
): Case {
  const observe: Observe = capabilities.has('every-step') ? 'every-step' : 'inspect';
  const inspects = observe === 'inspect' && IN_SNAPSHOTS.some((one) => capabilities.has(one));
  const guide = new ModelRun(scope, profile, capabilities);
  const sent: Command[] = [];
  for (const command of commands) {
    if (!guide.follow(command)) continue;
    sent.push(command);
    if (inspects) sent.push({ op: 'inspect' });
  }
  addEpilogue(guide, observe, capabilities, (command) => {
    if (guide.follow(command)) sent.push(command);
  });
  return { profile, scope, observe, commands: sent };
}
