import type { ProfileName as Profiles } from '../../spec/profiles/profile.ts';
import type { WireState } from '../../spec/protocol/wire.ts';
import type { Capability as Capabilities } from '../../spec/vocabulary/capability.ts';
import type { Case as Cases } from '../../spec/vocabulary/case.ts';
import type { Command as Commands, CommandOf, Op } from '../../spec/vocabulary/command.ts';
import type { DriverEvent as DriverEvents } from '../../spec/vocabulary/event.ts';
import type { Result as Results } from '../../spec/vocabulary/result.ts';
import type { Scope as Scopes } from '../../spec/vocabulary/scope.ts';

export type { CommandOf, Op };

/** A version of the rules: `origin` (Linux commit 5042db43cc26) or a Linux version, such as `linux-6.12`. */
export type ProfileName = Profiles;

/**
 * A declared ability of a target: a command beyond the core (`fork`), a choice that the rules leave open (`oom-result`),
 * or state that it shows (`entries`). The list with its meaning is in spec/protocol/ADAPTERS.md.
 */
export type Capability = Capabilities;

/**
 * The world size of a case: numbers of processes (1 to 8), pages of each process (1 to 16), frames on each device (0 to
 * 32), slots for pins (0 to 8) and devices (1 or 2; 1 if omitted).
 *
 * @example `{ processes: 2, pages: 2, frames: 2, slots: 1 }`
 */
export type Scope = Scopes;

/**
 * One command, as it is sent to a target. Processes, pages, slots and devices are numbered from 0; a range is a page and
 * the number of pages from it. spec/RULES.md defines each command and names the system call that it stands for.
 *
 * @example `{ op: 'migrate-to-device', process: 0, page: 1, count: 2 }`
 */
export type Command = Commands;

/** A case as plain JSON: profile, world size, when snapshots are due, and the commands in order. */
export type Case = Cases;

/**
 * The result of one command: `'ok'`, a value from 0 to 32,767, `'torn'` or `'stale'`, a signal, an error number, a vector
 * of `'moved'` and `'skipped'`, or for a race the results of both sides.
 */
export type Result = Results;

/** A callback of the driver: `page_fault` for an access of the CPU, `page_free`, or a frame that the driver allocated. */
export type DriverEvent = DriverEvents;

/**
 * The state of an implementation. Each part is present if its capability is declared: `entries` (a row per process, null
 * if it is not alive), `frames` (counts of each frame), `rss` (pages per process) and `charged` (pages).
 */
export type Snapshot = WireState;
