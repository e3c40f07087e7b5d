import { z } from 'zod';
import { CONTROL_GROUPS, LARGEST_VALUE, MAX_DEVICES, MAX_SWAP_AREAS } from './scope.ts';

/** The accesses that a mapping permits to its process. `write` includes reading. */
export const Protection = z.enum(['none', 'read', 'write']);
export type Protection = z.infer<typeof Protection>;

/**
 * The memory behind a mapping.
 *
 * - `private`: anonymous memory of the process, which may migrate.
 * - `host`: memory of the HOST type, which the CPU addresses and which does not migrate.
 * - `shared`: memory that is shared by all processes that map it, without a device behind it; it does not migrate.
 * - `file`: a private mapping of a file: it reads the file until it is stored to, and then has a private page.
 */
export const MappingKind = z.enum(['private', 'host', 'shared', 'file']);
export type MappingKind = z.infer<typeof MappingKind>;

/**
 * A failure of the device driver.
 *
 * - `sigbus`: the device cannot migrate a page to system memory.
 * - `oom`: no system page can be allocated for a page that migrates from the device.
 * - `no-frame`: no device frame can be allocated for a page that migrates to the device.
 * - `no-copy`: the copy (for an unpopulated page: the clearing) of a page that migrates to the device fails.
 * - `no-large-frame`: no block of device frames can be allocated for a large folio that migrates to the device.
 * - `no-large-page`: no large page can be allocated for a large folio that migrates to system memory.
 * - `no-split`: a large folio cannot be split, as if a further reference to it were held.
 */
export const InjectionKind = z.enum([
  'sigbus',
  'oom',
  'no-frame',
  'no-copy',
  'no-large-frame',
  'no-large-page',
  'no-split',
]);
export type InjectionKind = z.infer<typeof InjectionKind>;

/** The pages whose migrations fail: all, or the page that one process maps at one place. */
export const Victim = z.union([
  z.literal('any'),
  z.object({ process: z.int().min(0).max(7), page: z.int().min(0).max(15) }),
]);
export type Victim = Readonly<z.infer<typeof Victim>>;

/** The number of attempts that fail before the injection is used up. */
export const Remaining = z.union([z.int().min(1).max(3), z.literal('until-healed')]);
export type Remaining = z.infer<typeof Remaining>;

/**
 * Advice of a process about its future use of a page. `free`: its content may be dropped under memory pressure;
 * `cold`: it will not be used soon; `page-out`: reclaim it now; `move-node`: migrate it to another node.
 */
export const Advice = z.enum(['free', 'cold', 'page-out', 'move-node']);
export type Advice = z.infer<typeof Advice>;

/**
 * The mode of userfaultfd for a page: stores are trapped (`write-protect`), accesses while the page is unpopulated are
 * trapped (`missing`), or neither.
 */
export const Watch = z.enum(['none', 'missing', 'write-protect']);
export type Watch = z.infer<typeof Watch>;

/**
 * The part of a mapping that the child of a fork inherits: the page (`copy`), no mapping (`none`), or the mapping with
 * an unpopulated page (`zero`).
 */
export const Inheritance = z.enum(['copy', 'none', 'zero']);
export type Inheritance = z.infer<typeof Inheritance>;

/** The access that a pin is for; without `access`, writing. */
export const PinAccess = z.enum(['read', 'write']);
export type PinAccess = z.infer<typeof PinAccess>;

/** The number of pages that may be charged to a control group. */
export const Limit = z.union([z.int().min(0).max(64), z.literal('none')]);
export type Limit = z.infer<typeof Limit>;

/**
 * The kinds of arguments, each with its schema. Renaming, simplification, enumeration and the variants in explanations
 * have one rule for each kind, in records that the compiler requires to be complete.
 */
export const ARGUMENTS = {
  process: z.int().min(0).max(7),
  child: z.int().min(0).max(7),
  page: z.int().min(0).max(15),
  /** A second page of the same process. */
  'target-page': z.int().min(0).max(15),
  /** The length of a range that begins at the page. */
  count: z.int().min(1).max(16),
  /** The value that a store writes. */
  value: z.int().min(1).max(LARGEST_VALUE),
  slot: z.int().min(0).max(7),
  /** The first device if it is omitted. Only a target with the capability `devices` is sent another. */
  device: z
    .int()
    .min(0)
    .max(MAX_DEVICES - 1)
    .optional(),
  /** Whether the command applies to all pages of the block of its page at once. */
  whole: z.literal(true).optional(),
  /** Whether large folios are offered for migration as they are; otherwise they are split first. */
  compound: z.literal(true).optional(),
  frame: z
    .int()
    .min(0)
    .max(32 * MAX_DEVICES - 1),
  /** The length of a range of frames. */
  'frame-count': z
    .int()
    .min(1)
    .max(32 * MAX_DEVICES),
  /** A control group. A process starts in group 0. */
  group: z
    .int()
    .min(0)
    .max(CONTROL_GROUPS - 1),
  'mapping-kind': MappingKind,
  /** The protection of a new mapping, for which `write` is the simplest; of an existing one `read` is. */
  'new-protection': Protection,
  protection: Protection,
  'injection-kind': InjectionKind,
  victim: Victim,
  remaining: Remaining,
  'swap-areas': z.int().min(1).max(MAX_SWAP_AREAS),
  /** Whether a move keeps the old mapping. */
  keep: z.boolean(),
  advice: Advice,
  watch: Watch,
  inheritance: Inheritance,
  'pin-access': PinAccess.optional(),
  limit: Limit,
};

export type ArgumentKind = keyof typeof ARGUMENTS;

/** The arguments of a command: the kind of each, by name, in their order in JSON. */
export type Arguments = Readonly<Record<string, ArgumentKind>>;

/** The value of an argument of any kind; undefined if it is omitted. */
export type ArgumentValue = string | number | boolean | Exclude<Victim, 'any'> | undefined;

type ShapeOf<A extends Arguments> = { readonly [N in keyof A]: (typeof ARGUMENTS)[A[N]] };

/** The schemas of arguments, by name. */
export function shapeOf<const A extends Arguments>(args: A): ShapeOf<A>;
export function shapeOf(args: Arguments): z.core.$ZodLooseShape {
  return Object.fromEntries(Object.entries(args).map(([name, kind]) => [name, ARGUMENTS[kind]]));
}
