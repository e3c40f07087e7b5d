import { z } from 'zod';
import { LARGEST_VALUE, MOST_SWAP_AREAS } from './scope.ts';

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

/** What a mapping lets its process do. `write` includes reading. */
export const Protection = z.enum(['none', 'read', 'write']);
export type Protection = z.infer<typeof Protection>;

/** Private anonymous memory, which may migrate; or memory of the HOST type, which the CPU addresses and which stays. */
export const MappingKind = z.enum(['private', 'host']);
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

const commands = [
  z.object({ op: z.literal('spawn'), process }),
  z.object({ op: z.literal('fork'), process, child: process }),
  z.object({ op: z.literal('exit'), process }),
  z.object({ op: z.literal('map'), process, page, kind: MappingKind, protection: Protection }),
  z.object({ op: z.literal('unmap'), process, page }),
  z.object({ op: z.literal('discard'), process, page }),
  z.object({ op: z.literal('protect'), process, page, protection: Protection }),
  z.object({ op: z.literal('load'), process, page }),
  z.object({ op: z.literal('store'), process, page, value }),
  z.object({ op: z.literal('migrate-to-device'), process, page, count }),
  z.object({ op: z.literal('migrate-to-system'), process, page, count }),
  z.object({ op: z.literal('device-load'), process, page }),
  z.object({ op: z.literal('device-store'), process, page, value }),
  z.object({ op: z.literal('pin'), process, page, slot }),
  z.object({ op: z.literal('unpin'), slot }),
  z.object({ op: z.literal('inject'), kind: InjectionKind, victim: Victim, remaining: Remaining }),
  z.object({ op: z.literal('heal') }),
  z.object({ op: z.literal('evict'), process, page }),
  z.object({ op: z.literal('attach') }),
  z.object({ op: z.literal('detach') }),
  z.object({ op: z.literal('swap-on'), areas: z.int().min(1).max(MOST_SWAP_AREAS) }),
  z.object({ op: z.literal('inspect') }),
] as const;

export const Command = z.discriminatedUnion('op', commands);
export type Command = Readonly<z.infer<typeof Command>>;

/** The name of a command. */
export type Op = Command['op'];

/** The command with one name. */
export type CommandOf<O extends Op> = Extract<Command, { readonly op: O }>;

/** All names of commands, in the order of the specification. */
export const OPS: readonly Op[] = commands.map((schema) => schema.shape.op.value);
