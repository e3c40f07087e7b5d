import { type Blame, blame } from './blame.ts';

// What each clause means at each way that a touch of memory can take.

export const REFUSED_UNMAPPED = blame({ result: 'unmap.then-refused', value: 'unmap.then-refused' });
export const REFUSED_ON_DEVICE = blame({
  result: 'fault.permission-first',
  value: 'fault.permission-first',
  faults: 'fault.permission-first',
  frees: 'fault.permission-first',
  entry: 'fault.permission-first',
  sharers: 'fault.permission-first',
});
export const REFUSED = blame({ result: 'protect.enforced', value: 'protect.enforced' });
export const POISON_TOUCHED = blame({
  result: 'failure.poison-lasts',
  value: 'failure.poison-lasts',
  faults: 'failure.poison-lasts',
  entry: 'failure.poison-lasts',
});
export const HOST_TOUCHED = blame({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-quiet',
  frees: 'types.host-quiet',
  entry: 'types.host-stays',
});
export const HOLE_TOUCHED = blame({
  result: 'unmap.reads-zero',
  value: 'unmap.reads-zero',
  entry: 'unmap.reads-zero',
});
export const NEVER_MOVED = blame({ result: 'fault.brings-back', value: 'fault.last-value' });
export const IN_SYSTEM: Blame = { ...NEVER_MOVED, value: 'migrate.transparent' };
export const SHARED_IN_SYSTEM = blame({
  result: 'fault.brings-back',
  value: 'fork.isolation',
  entry: 'fork.isolation',
  charge: 'fork.isolation',
});
const FAULTED = blame({
  result: 'fault.brings-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
});

/** What a wrong value after a fault means: it depends on what the object has been through. */
const FAULTED_VALUES = {
  hole: 'migrate.hole-is-zero',
  shared: 'fork.isolation',
  plain: 'fault.last-value',
} as const;

/**
 * The blame for a touch that brings a page back.
 *
 * @param extras whether more might have come back: then a failing touch may be theirs
 * @param direct whether the driver was not called at all
 */
export const faultedBlame = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Blame =>
  FAULTED_BLAMES[`${past} ${extras} ${direct}`];

const faulted = (past: keyof typeof FAULTED_VALUES, extras: boolean, direct: boolean): Blame => ({
  ...FAULTED,
  value: FAULTED_VALUES[past],
  ...(past === 'shared' ? { charge: 'fork.isolation' } : {}),
  ...(extras ? { result: 'fault.extras-optional' } : {}),
  ...(direct ? { faults: 'fault.never-direct' } : {}),
});

const FAULTED_BLAMES = {
  'hole true true': faulted('hole', true, true),
  'hole true false': faulted('hole', true, false),
  'hole false true': faulted('hole', false, true),
  'hole false false': faulted('hole', false, false),
  'shared true true': faulted('shared', true, true),
  'shared true false': faulted('shared', true, false),
  'shared false true': faulted('shared', false, true),
  'shared false false': faulted('shared', false, false),
  'plain true true': faulted('plain', true, true),
  'plain true false': faulted('plain', true, false),
  'plain false true': faulted('plain', false, true),
  'plain false false': faulted('plain', false, false),
} as const satisfies { readonly [K in `${keyof typeof FAULTED_VALUES} ${boolean} ${boolean}`]: Blame };
export const FAILED_ORIGIN = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.poison-releases',
  entry: 'failure.poison',
  sharers: 'failure.sharers-keep',
  references: 'failure.poison-releases',
  mappings: 'failure.poison-releases',
});
export const FAILED_LINUX = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.nothing-lost',
  entry: 'failure.nothing-lost',
  sharers: 'failure.nothing-lost',
  references: 'failure.nothing-lost',
  mappings: 'failure.nothing-lost',
});
export const OUT_OF_MEMORY = blame({
  result: 'failure.oom',
  value: 'failure.oom',
  faults: 'failure.oom',
  frees: 'failure.oom-keeps',
  entry: 'failure.oom-keeps',
  sharers: 'failure.oom-keeps',
  references: 'failure.oom-keeps',
  mappings: 'failure.oom-keeps',
});
export const PIN_FAILED_ORIGIN: Blame = { ...FAILED_ORIGIN, result: 'pin.failure' };
export const PIN_FAILED_LINUX: Blame = { ...FAILED_LINUX, result: 'pin.failure' };
export const PIN_OUT_OF_MEMORY: Blame = { ...OUT_OF_MEMORY, result: 'pin.failure' };
export const PINNED = blame({
  result: 'pin.brings-back',
  value: 'pin.brings-back',
  faults: 'pin.brings-back',
  entry: 'pin.brings-back',
  sharers: 'fault.moves-all',
});
export const PIN_REFUSED = blame({
  result: 'pin.permission',
  faults: 'pin.permission',
  entry: 'pin.permission',
  frees: 'pin.permission',
});
export const SLOT = blame({ result: 'pin.slot', value: 'pin.slot' });
export const UNPINNED = blame({ result: 'pin.sees-stores', value: 'pin.sees-stores' });
export const SHARED_UNPINNED: Blame = { ...UNPINNED, value: 'fork.pin-stays' };
