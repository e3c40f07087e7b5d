import { z } from 'zod';
import { CONTROL_GROUPS, LARGEST_VALUE, MAX_DEVICES, MAX_SWAP_AREAS } from './scope.ts';

/**
 * The command vocabulary. Every command is total: it has a defined outcome in every state, so that every
 * subsequence of a case is a case again and reduction is plain deletion.
 *
 * A command never names what the target chooses. There is no "migrate to frame 3": there is "migrate page 1 of
 * process 0", and the target says where it went.
 */

const process = z.int().min(0).max(7);
const page = z.int().min(0).max(15);
const slot = z.int().min(0).max(7);
const count = z.int().min(1).max(16);
const value = z.int().min(1).max(LARGEST_VALUE);
/** Which device: the first where it is left out. Only a target with the capability `devices` is sent another. */
const device = z
  .int()
  .min(0)
  .max(MAX_DEVICES - 1)
  .optional();
/** Which control group; a process begins in group 0. */
const group = z
  .int()
  .min(0)
  .max(CONTROL_GROUPS - 1);

/** What a mapping lets its process do. `write` includes reading. */
export const Protection = z.enum(['none', 'read', 'write']);
export type Protection = z.infer<typeof Protection>;

/**
 * What a mapping maps.
 *
 * - `private`: anonymous memory of the process, which may migrate.
 * - `host`: memory of the HOST type, which the CPU addresses and which stays.
 * - `shared`: memory that all processes share which map it, without a device behind it; it stays.
 * - `file`: a private mapping of a file: it reads the file until it is stored to, and then has a private page.
 */
export const MappingKind = z.enum(['private', 'host', 'shared', 'file']);
export type MappingKind = z.infer<typeof MappingKind>;

/**
 * What can be made to fail in the device driver.
 *
 * - `sigbus`: the device cannot give a page back.
 * - `oom`: no system page can be had to bring a page back to.
 * - `no-frame`: no device frame can be had for a page that is to move to the device.
 * - `no-copy`: the copy (for a hole: the clearing) of a page that is to move to the device fails.
 */
export const InjectionKind = z.enum(['sigbus', 'oom', 'no-frame', 'no-copy']);
export type InjectionKind = z.infer<typeof InjectionKind>;

/** Whose attempts fail: every page's, or those of the page that one process sees at one place. */
export const Victim = z.union([z.literal('any'), z.object({ process, page })]);
export type Victim = Readonly<z.infer<typeof Victim>>;

/** How many attempts fail before the injection is used up. */
export const Remaining = z.union([z.int().min(1).max(3), z.literal('until-healed')]);
export type Remaining = z.infer<typeof Remaining>;

/**
 * What a process says of the use that it will make of a page. `free`: its content may be dropped when memory is
 * wanted; `cold`: it will not be used soon; `page-out`: memory is wanted now; `move-node`: it should be nearer to
 * another processor.
 */
export const Advice = z.enum(['free', 'cold', 'page-out', 'move-node']);
export type Advice = z.infer<typeof Advice>;

/**
 * How a process has a page watched: stores to it are trapped (`write-protect`), or touches while there is no page
 * (`missing`), or neither.
 */
export const Watch = z.enum(['none', 'missing', 'write-protect']);
export type Watch = z.infer<typeof Watch>;

/**
 * What the child of a fork gets of a mapping: the page as it is (`copy`), no mapping at all (`none`), or the mapping
 * with a hole in it (`zero`).
 */
export const Inheritance = z.enum(['copy', 'none', 'zero']);
export type Inheritance = z.infer<typeof Inheritance>;

/** What a pin is taken for: without `access` it is for writing. */
export const PinAccess = z.enum(['read', 'write']);
export type PinAccess = z.infer<typeof PinAccess>;

/** How many pages a control group may be charged for. */
export const Limit = z.union([z.int().min(0).max(64), z.literal('none')]);
export type Limit = z.infer<typeof Limit>;

const fork = z.object({ op: z.literal('fork'), process, child: process });
const unmap = z.object({ op: z.literal('unmap'), process, page });
const discard = z.object({ op: z.literal('discard'), process, page });
const load = z.object({ op: z.literal('load'), process, page });
const store = z.object({ op: z.literal('store'), process, page, value });
const migrateToDevice = z.object({ op: z.literal('migrate-to-device'), process, page, count, device });
const migrateToSystem = z.object({ op: z.literal('migrate-to-system'), process, page, count, device });
const evict = z.object({ op: z.literal('evict'), process, page });
const exit = z.object({ op: z.literal('exit'), process });
const protect = z.object({ op: z.literal('protect'), process, page, protection: Protection });
const deviceLoad = z.object({ op: z.literal('device-load'), process, page, device });
const deviceStore = z.object({ op: z.literal('device-store'), process, page, value, device });
const pin = z.object({ op: z.literal('pin'), process, page, slot, access: PinAccess.optional() });
/** A pin for reading is no side of a race. */
const pinForWriting = z.strictObject({ op: z.literal('pin'), process, page, slot });
const unpin = z.object({ op: z.literal('unpin'), slot });
const detach = z.object({ op: z.literal('detach'), device });
const move = z.object({ op: z.literal('move'), process, page, to: page, keep: z.boolean() });
const kernelLoad = z.object({ op: z.literal('kernel-load'), process, page });
const kernelStore = z.object({ op: z.literal('kernel-store'), process, page, value });
const peek = z.object({ op: z.literal('peek'), process, page });
const close = z.object({ op: z.literal('close'), device });
const makeExclusive = z.object({ op: z.literal('make-exclusive'), process, page, device });
const deviceExchange = z.object({ op: z.literal('device-exchange'), process, page, value, device });

/** The sides of a race that every target with the capability `race` executes. */
const basicSides = [fork, unmap, discard, load, store, migrateToDevice, migrateToSystem, evict] as const;

/** The sides that need the capability `race-extended`, too. */
const extendedSides = [
  exit,
  protect,
  deviceLoad,
  deviceStore,
  pinForWriting,
  unpin,
  detach,
  move,
  kernelLoad,
  kernelStore,
  peek,
  close,
  makeExclusive,
  deviceExchange,
] as const;

/** A command that may be a side of a race: executed at the same time as another, by another thread or process. */
export const RaceSide = z.discriminatedUnion('op', [...basicSides, ...extendedSides]);
export type RaceSide = Readonly<z.infer<typeof RaceSide>>;

/** The names of contenders. */
export const CONTENDER_OPS: readonly RaceSide['op'][] = RaceSide.options.map(
  (schema) => schema.shape.op.value,
);

const contenders: ReadonlySet<string> = new Set(CONTENDER_OPS);
const basicOps: ReadonlySet<string> = new Set(basicSides.map((schema) => schema.shape.op.value));

/** Whether a command may be a side without the capability `race-extended`. */
export const isBasicSide = ({ op }: RaceSide): boolean => basicOps.has(op);

export const isContender = (command: Command): command is RaceSide =>
  contenders.has(command.op) && !(command.op === 'pin' && command.access !== undefined);

const commands = [
  z.object({ op: z.literal('spawn'), process }),
  fork,
  exit,
  z.object({ op: z.literal('map'), process, page, kind: MappingKind, protection: Protection }),
  unmap,
  discard,
  protect,
  load,
  store,
  migrateToDevice,
  migrateToSystem,
  deviceLoad,
  deviceStore,
  pin,
  unpin,
  z.object({ op: z.literal('inject'), kind: InjectionKind, victim: Victim, remaining: Remaining }),
  z.object({ op: z.literal('heal') }),
  evict,
  z.object({ op: z.literal('attach'), device }),
  detach,
  z.object({ op: z.literal('swap-on'), areas: z.int().min(1).max(MAX_SWAP_AREAS) }),
  z.object({ op: z.literal('inspect') }),
  move,
  z.object({ op: z.literal('populate'), process, page }),
  z.object({ op: z.literal('lock'), process, page }),
  z.object({ op: z.literal('unlock'), process, page }),
  z.object({ op: z.literal('advise'), process, page, advice: Advice }),
  kernelLoad,
  kernelStore,
  peek,
  z.object({ op: z.literal('watch'), process, page, watch: Watch }),
  z.object({ op: z.literal('clear-soft-dirty'), process }),
  z.object({ op: z.literal('soft-dirty'), process, page }),
  z.object({ op: z.literal('page-map'), process, page }),
  z.object({ op: z.literal('residency'), process, page }),
  z.object({ op: z.literal('smaps'), process }),
  z.object({ op: z.literal('limit'), group, pages: Limit }),
  z.object({ op: z.literal('join'), process, group }),
  z.object({ op: z.literal('charge'), group }),
  z.object({ op: z.literal('evict-all'), device }),
  close,
  z.object({ op: z.literal('open'), device }),
  z.object({ op: z.literal('hot-add'), device }),
  makeExclusive,
  deviceExchange,
  z.object({ op: z.literal('surprise-remove'), device }),
  z.object({ op: z.literal('inherit'), process, page, inheritance: Inheritance }),
  // Neither is the first: that both begin before either ends is all that is said.
  z.object({ op: z.literal('race'), left: RaceSide, right: RaceSide }),
] as const;

export const Command = z.discriminatedUnion('op', commands);
export type Command = Readonly<z.infer<typeof Command>>;

/** Whether a pin is for reading only. */
export const pinsForReading = (command: Command): boolean =>
  command.op === 'pin' && command.access === 'read';

/** The name of a command. */
export type Op = Command['op'];

/** The command with one name. */
export type CommandOf<O extends Op> = Extract<Command, { readonly op: O }>;

/** All names of commands, in the order of the specification. */
export const OPS: readonly Op[] = commands.map((schema) => schema.shape.op.value);
