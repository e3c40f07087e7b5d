import { capabilitiesFor } from '../../spec/vocabulary/capabilities-for.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import { type Command, type InjectionKind, type Op, OPS, SPECS } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { RandomSource } from './strategy.ts';

/** A page of a process. */
export interface Place {
  readonly process: number;
  readonly page: number;
}

/**
 * A step at a page: a command whose other arguments are drawn; a command with given arguments; or one of these:
 *
 * - `child`: the following steps are at the same page of another process
 * - `beside`: they are at another page of the same block
 * - `clear`, `make-room`: this block is unmapped, or the next one, to which a move goes
 * - `map-all`: all pages of the process are mapped
 * - `neighbour`, `stranger`: they are at another page of this process, or of another process, which is mapped first
 * - `parent`: they are at the first page again
 * - `elsewhere`: they are on the other device
 * - `successor`: the process ends, and another one forks into its slot
 * - `again`, `end`: the steps that begin the lifecycle, or those that end it
 * - `charges`: the charges of all control groups
 */
export type LifecycleStep =
  | Op
  | 'child'
  | 'beside'
  | 'clear'
  | 'make-room'
  | 'map-all'
  | 'neighbour'
  | 'stranger'
  | 'elsewhere'
  | 'parent'
  | 'successor'
  | 'again'
  | 'end'
  | 'charges'
  | ((place: Place, setting: Setting) => Command);

/** The device that a lifecycle is at, and the world that it is in. */
export interface Setting {
  readonly random: RandomSource;
  readonly device: { readonly device?: number };
  readonly scope: Scope;
}

export type Steps = readonly LifecycleStep[];

/** Something that begins at a page, a process or a device, and the steps that show whether it is still in force. */
export interface Beginning {
  readonly set: Steps;
  readonly show: readonly Steps[];
  /** The steps that end it. */
  readonly end: Steps;
  /** Number of cases in ten in which the page is unpopulated before it begins. */
  readonly unpopulated: number;
  /** Whether it concerns the device as a whole, so that few commands at a page can change it. */
  readonly ofDevice?: true;
}

const given =
  <C extends Command>(command: C): (() => C) =>
  () =>
    command;

/** A step with given arguments. */
type GivenStep = Exclude<LifecycleStep, string>;

export const stepToDevice: GivenStep = (place, { device }) => ({
  op: 'migrate-to-device',
  ...place,
  count: 1,
  ...device,
});
export const stepToSystem: GivenStep = (place, { device }) => ({
  op: 'migrate-to-system',
  ...place,
  count: 1,
  ...device,
});
/** All pages of the process. */
const allToDevice: LifecycleStep = ({ process }, { device, scope }) => ({
  op: 'migrate-to-device',
  process,
  page: 0,
  count: scope.pages,
  ...device,
});
const protectTo =
  (protection: 'read' | 'write'): LifecycleStep =>
  (place) => ({ op: 'protect', ...place, protection });
const watchFor =
  (watch: 'missing' | 'write-protect' | 'none'): LifecycleStep =>
  (place) => ({ op: 'watch', ...place, watch });
const inheritAs =
  (inheritance: 'none' | 'zero'): LifecycleStep =>
  (place) => ({ op: 'inherit', ...place, inheritance });
const adviseTo =
  (advice: 'free' | 'page-out'): LifecycleStep =>
  (place) => ({ op: 'advise', ...place, advice });
const joinTo =
  (group: number): LifecycleStep =>
  ({ process }) => ({ op: 'join', process, group });
const pinned =
  (access: { readonly access?: 'read' }): LifecycleStep =>
  (place) => ({ op: 'pin', ...place, slot: 0, ...access });
const mapAs =
  (kind: 'private' | 'host' | 'shared' | 'file'): LifecycleStep =>
  (place) => ({ op: 'map', ...place, kind, protection: 'write' });
const STRIKES = ['until-healed', 'until-healed', 1, 1, 1, 2] as const;
export const injectAs =
  (...kinds: readonly InjectionKind[]): LifecycleStep =>
  ({ process, page }, { random }) => ({
    op: 'inject',
    kind: kinds[random.nextInt(0, kinds.length - 1)] ?? 'sigbus',
    victim: random.nextInt(0, 1) === 0 ? 'any' : { process, page },
    remaining: STRIKES[random.nextInt(0, STRIKES.length - 1)] ?? 1,
  });
const map = mapAs('private');
const mapOther: LifecycleStep = (place, { random }) => ({
  op: 'map',
  ...place,
  kind: (['host', 'shared', 'file'] as const)[random.nextInt(0, 2)] ?? 'host',
  protection: 'write',
});
const unlimited = (group: number): LifecycleStep => given({ op: 'limit', group, pages: 'none' });

const BEGINNINGS: readonly Beginning[] = [
  { set: ['lock'], end: ['unlock'], show: [['discard'], ['discard'], [adviseTo('free')]], unpopulated: 5 },
  {
    set: [inheritAs('none')],
    end: ['inherit'],
    show: [['fork', 'child', 'load'], ['fork']],
    unpopulated: 4,
  },
  {
    set: [inheritAs('zero')],
    end: ['inherit'],
    show: [['fork', 'child', 'load'], ['fork'], ['fork', 'child', 'store', 'fork']],
    unpopulated: 4,
  },
  {
    set: [watchFor('missing')],
    end: [watchFor('none')],
    show: [['load'], ['store'], ['populate']],
    unpopulated: 7,
  },
  {
    set: [watchFor('write-protect')],
    end: [watchFor('none')],
    show: [
      ['store', 'store'],
      ['store', 'store'],
      ['device-store'],
      ['child', 'store', 'parent', 'store'],
      [stepToDevice, 'device-store'],
    ],
    unpopulated: 1,
  },
  {
    set: ['clear-soft-dirty'],
    end: ['store'],
    show: [['soft-dirty'], ['soft-dirty'], ['soft-dirty', 'child', 'soft-dirty'], ['store', 'soft-dirty']],
    unpopulated: 4,
  },
  {
    set: [protectTo('read')],
    end: [protectTo('write')],
    show: [['store'], ['device-store'], [protectTo('write'), 'device-store']],
    unpopulated: 1,
  },
  {
    set: ['store', adviseTo('free')],
    end: ['populate'],
    show: [
      [adviseTo('page-out'), 'load'],
      ['load', adviseTo('page-out')],
      ['child', adviseTo('page-out'), 'parent', 'load'],
      ['child', adviseTo('page-out'), 'parent', 'load'],
    ],
    unpopulated: 5,
  },
  {
    set: ['store', 'fork', adviseTo('free')],
    end: ['populate'],
    show: [
      ['child', adviseTo('page-out'), 'parent', 'load'],
      ['child', 'load'],
    ],
    unpopulated: 5,
  },
  {
    set: ['store', adviseTo('page-out')],
    end: ['load'],
    show: [['device-load'], ['device-load'], ['device-store', 'load'], ['load']],
    unpopulated: 5,
  },
  {
    set: ['device-store'],
    end: ['discard'],
    show: [['device-load'], ['load'], ['child', 'device-load']],
    unpopulated: 9,
  },
  {
    set: ['make-exclusive'],
    end: ['load'],
    show: [
      ['device-exchange', 'load'],
      ['load'],
      ['device-exchange', 'device-exchange', 'load'],
      ['page-map'],
    ],
    unpopulated: 4,
  },
  {
    set: ['pin'],
    end: ['unpin'],
    show: [[stepToDevice], ['store', 'unpin'], ['unpin'], ['fork'], ['unpin', stepToDevice], ['charges']],
    unpopulated: 4,
  },
  {
    set: [pinned({ access: 'read' })],
    end: ['unpin'],
    show: [[stepToDevice], ['store', 'unpin'], ['unpin']],
    unpopulated: 3,
  },
  {
    set: [injectAs('sigbus')],
    end: ['heal'],
    show: [
      [stepToDevice, 'load', 'load', 'load'],
      [stepToDevice, 'evict-all', 'load'],
      [stepToDevice, 'evict', 'load'],
    ],
    unpopulated: 4,
  },
  {
    set: [injectAs('oom')],
    end: ['heal'],
    show: [
      [stepToDevice, 'load', 'load', 'load'],
      [stepToDevice, 'kernel-load', 'load'],
      [stepToDevice, 'evict', 'load'],
    ],
    unpopulated: 4,
  },
  {
    set: [injectAs('no-frame', 'no-copy')],
    end: ['heal'],
    show: [[stepToDevice, stepToDevice], [stepToDevice], ['device-store', stepToDevice]],
    unpopulated: 4,
  },
  {
    set: ['limit'],
    end: [unlimited(0), unlimited(1)],
    show: [
      ['store'],
      ['populate'],
      ['device-store'],
      [stepToDevice],
      ['child', 'store'],
      ['fork', 'child', 'store'],
    ],
    unpopulated: 5,
  },
  {
    set: [joinTo(1)],
    end: [joinTo(0)],
    show: [
      ['charges'],
      ['store', 'charges'],
      ['device-store', 'charges'],
      ['child', 'store', 'charges'],
      ['discard', 'charges'],
    ],
    unpopulated: 5,
  },
  {
    set: ['fork'],
    end: ['child', 'exit', 'parent'],
    show: [
      ['store', 'child', 'load'],
      ['child', 'store', 'parent', 'load'],
      ['device-store', 'child', 'load'],
      ['child', 'device-store', 'parent', 'load'],
      ['child', 'exit', 'parent', 'page-map'],
    ],
    unpopulated: 1,
  },
  {
    set: ['store'],
    end: ['discard'],
    show: [['load'], ['peek'], ['device-load'], ['kernel-load']],
    unpopulated: 5,
  },
  {
    set: [stepToDevice],
    end: [stepToSystem],
    show: [
      ['load'],
      ['device-load'],
      ['device-store', 'load'],
      [stepToSystem, 'load'],
      ['page-map'],
      ['evict', 'load'],
    ],
    unpopulated: 4,
  },
  {
    set: ['map-all', allToDevice],
    end: ['evict-all'],
    show: [
      ['unmap', 'neighbour', 'device-load', 'neighbour', 'device-load'],
      ['unmap', 'neighbour', 'load'],
      ['neighbour', 'load', 'parent', 'load'],
    ],
    unpopulated: 5,
  },
  {
    set: ['unmap', mapAs('host'), 'store'],
    end: ['unmap'],
    show: [['load'], [stepToDevice], ['child', 'load']],
    unpopulated: 10,
  },
  {
    set: ['unmap', mapAs('shared'), 'store'],
    end: ['unmap'],
    show: [['load'], [stepToDevice], ['child', 'load']],
    unpopulated: 10,
  },
  {
    set: ['unmap', mapAs('file'), 'store'],
    end: ['discard'],
    show: [['load'], [stepToDevice], ['discard', 'load']],
    unpopulated: 10,
  },
  {
    set: [stepToDevice, 'close'],
    end: ['open'],
    show: [
      ['evict'],
      ['evict-all'],
      ['load'],
      [stepToSystem, stepToDevice],
      ['device-load'],
      ['elsewhere', 'device-load'],
      ['detach'],
    ],
    unpopulated: 4,
    ofDevice: true,
  },
  {
    set: ['detach'],
    end: ['attach'],
    show: [['hot-add'], [stepToDevice], ['device-load'], ['attach', stepToDevice]],
    unpopulated: 4,
    ofDevice: true,
  },
  {
    set: [stepToDevice, 'surprise-remove'],
    end: ['attach'],
    show: [
      ['load'],
      ['residency'],
      ['page-map'],
      ['smaps'],
      ['fork', 'child', 'load'],
      ['protect', 'store'],
      ['discard', 'load'],
    ],
    unpopulated: 4,
    ofDevice: true,
  },
  {
    set: ['detach', 'hot-add'],
    end: ['attach'],
    show: [['hot-add'], ['detach', 'hot-add']],
    unpopulated: 10,
    ofDevice: true,
  },
  {
    set: ['surprise-remove', 'hot-add'],
    end: ['attach'],
    show: [['hot-add'], ['detach', 'hot-add']],
    unpopulated: 10,
    ofDevice: true,
  },
  { set: ['swap-on'], end: ['swap-on'], show: [['swap-on', 'swap-on']], unpopulated: 10, ofDevice: true },
];

/** Steps that leave in force what began at a page, or end it: those with which most of it interacts. */
const FREQUENT: readonly Steps[] = [
  ['again', 'end'],
  ['end'],
  ['discard', 'store'],
  ['unmap', map, 'store'],
  ['unmap', map],
  ['exit', 'spawn', map],
  ['successor'],
  [protectTo('read'), protectTo('write')],
  ['move'],
  ['fork'],
  ['fork', 'child', 'store', 'parent'],
  ['fork', 'child', 'load', 'parent'],
  ['store'],
  ['load'],
  [stepToDevice],
  [stepToDevice, 'load'],
  [stepToDevice, 'evict'],
  [stepToDevice, stepToSystem, stepToDevice, stepToSystem, stepToDevice],
  ['pin', 'unpin'],
  ['make-exclusive', 'load'],
  ['map-all', allToDevice, 'unmap', 'neighbour', 'device-load', 'neighbour', 'device-load', 'parent', map],
  ['map-all', allToDevice, 'neighbour', 'unmap', 'parent', 'device-load'],
];

/** Further steps at a page. */
const AT_PAGE: readonly Steps[] = [
  ['discard'],
  ['protect'],
  ['move', 'move'],
  ['fork', 'child', 'exit', 'parent'],
  ['fork', 'child', 'discard', 'parent'],
  ['fork', 'child', 'unmap', mapOther, 'load', 'parent'],
  ['kernel-store'],
  ['device-store'],
  ['peek', 'device-load'],
  ['populate'],
  ['lock'],
  ['advise'],
  [stepToSystem],
  [stepToDevice, 'load', stepToDevice, 'load', stepToDevice],
  ['pin'],
  ['pin', 'unpin', 'pin', 'unpin', 'pin'],
  ['pin', stepToDevice, 'unpin'],
  ['watch'],
  ['clear-soft-dirty'],
  ['make-exclusive'],
  ['inherit'],
  [injectAs('sigbus', 'oom'), stepToDevice, 'load'],
  ['inject'],
  ['limit'],
  [joinTo(1), 'charges'],
  ['neighbour', 'store', stepToDevice, 'parent'],
  ['neighbour', stepToDevice, 'load', 'parent'],
  ['stranger', stepToDevice, 'load', 'parent'],
];

/** Steps with a second device. */
const ON_TWO_DEVICES: readonly Steps[] = [
  ['elsewhere', 'device-load'],
  ['elsewhere', 'device-store'],
  ['elsewhere', 'detach', 'attach'],
  ['elsewhere', 'detach', 'hot-add'],
  [stepToDevice, 'elsewhere', stepToDevice],
];

/** The steps with which a state of the device interacts. */
const OF_DEVICE: readonly Steps[] = [
  ['end'],
  ['again', 'end'],
  ['close', 'open'],
  ['attach', 'detach'],
  ['fork'],
  ['exit', 'spawn', map],
  ['discard'],
  ['move'],
];

/** Steps that concern the device as a whole, and repetitions. */
const AT_LARGE: readonly Steps[] = [
  ['again'],
  ['again', 'again'],
  ['end', 'again', 'end'],
  ['close'],
  ['close', 'open'],
  ['detach', 'attach'],
  ['attach', 'detach'],
  ['surprise-remove', 'attach'],
  ['evict-all'],
  ['hot-add'],
];

/** A beginning, and the changes after which it is shown whether it is still in force. */
export interface Lifecycle {
  readonly beginning: Beginning;
  readonly frequent: readonly Steps[];
  readonly others: readonly Steps[];
}

const COMMAND_NAMES: ReadonlySet<string> = new Set(OPS);
const isCommandName = (step: string): step is Op => COMMAND_NAMES.has(step);

/** A world in which every step has a command. */
const EXAMPLE: Scope = { processes: 2, pages: 4, frames: 2, slots: 1, block: 2 };

/** An example of the command of a step. */
const commandOf = (step: GivenStep): Command =>
  step({ process: 0, page: 0 }, { random: { nextInt: (min) => min }, device: {}, scope: EXAMPLE });

/** Whether a target with these capabilities is sent all commands of these steps, or at least some variant of each. */
function isOffered(steps: Steps, capabilities: ReadonlySet<Capability>): boolean {
  return steps.every((step) => {
    if (typeof step === 'function') {
      return capabilitiesFor(commandOf(step)).every((needed) => capabilities.has(needed));
    }
    if (!isCommandName(step)) return true;
    if (step === 'race') return capabilities.has('race');
    const { needs } = SPECS[step];
    return typeof needs === 'function' || needs.every((needed) => capabilities.has(needed));
  });
}

/** The names of the commands that a beginning consists of, is shown by or ended by. */
const namesIn = ({ set, show, end }: Beginning): readonly Op[] =>
  [...set, ...end, ...show.flat()].flatMap((step) => {
    if (typeof step === 'function') return [commandOf(step).op];
    return isCommandName(step) ? [step] : [];
  });

/** The capabilities of a target, and the commands that a run focuses on: lifecycles without any of them are left out. */
interface Offer {
  readonly capabilities: ReadonlySet<Capability>;
  readonly focused: ReadonlySet<Op>;
}

/** Every beginning with all changes, as far as a target offers the commands of both. */
export function lifecyclesOf(
  beginnings: readonly Beginning[],
  { capabilities, focused }: Offer,
  changesOf: (beginning: Beginning) => Omit<Lifecycle, 'beginning'>,
): readonly Lifecycle[] {
  const isFocused = (beginning: Beginning): boolean =>
    focused.size === 0 || namesIn(beginning).some((op) => focused.has(op));
  const offered = (steps: Steps): boolean => isOffered(steps, capabilities);
  return beginnings
    .filter((beginning) => offered(beginning.set) && isFocused(beginning))
    .map((beginning) => {
      const { frequent, others } = changesOf(beginning);
      return {
        beginning,
        frequent: frequent.filter(offered),
        others: others.filter(offered),
      };
    });
}

/** The lifecycles of base pages and of devices that a target offers. */
export const lifecyclesFor = (
  capabilities: ReadonlySet<Capability>,
  focused: ReadonlySet<Op>,
): readonly Lifecycle[] =>
  lifecyclesOf(BEGINNINGS, { capabilities, focused }, ({ ofDevice }) => ({
    frequent: ofDevice === true ? OF_DEVICE : FREQUENT,
    others: [
      ...(ofDevice === true ? [] : AT_PAGE),
      ...AT_LARGE,
      ...(capabilities.has('devices') ? ON_TWO_DEVICES : []),
    ],
  }));
