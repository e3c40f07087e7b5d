import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CaseRequest, HelloReply, HelloRequest, WireState } from '../../spec/protocol/wire.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command, CommandOf, Op } from '../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';

// At run time this file imports nothing of the suite, so that an adapter starts at once.

/** `migrate-to-device` as `migrateToDevice`. */
type CamelCase<S extends string> = S extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : S;

type Handler<C> = (command: C) => Result | Promise<Result>;

/** Commands that every target executes. `inspect` is one, too; without a method it returns `ok`. */
type CoreOp =
  'spawn' | 'exit' | 'map' | 'unmap' | 'load' | 'store' | 'migrate-to-device' | 'migrate-to-system';

/** One method per command, by the name of the command in camel case. */
type Handlers = {
  [O in CoreOp as CamelCase<O>]: Handler<CommandOf<O>>;
} & {
  [O in Exclude<Op, CoreOp> as CamelCase<O>]?: Handler<CommandOf<O>>;
};

/**
 * The world of one case: an implementation of ZONE_DEVICE private memory with as many processes, pages and frames as the
 * case demands. Process 0 is alive, no page is mapped.
 *
 * Each method executes one command and returns its result, at once or as a promise: `'ok'`, the value of a load, an error
 * such as `'SIGSEGV'`, or for a migration one of `'moved'` and `'skipped'` for each page of the range. The meaning of each
 * command is in spec/RULES.md. A command without a method is answered with `unsupported`; it is only sent if a declared
 * capability promises it. An exception is a crash of the implementation.
 *
 * @example
 * ```ts
 * class Memory implements World {
 *   spawn() { return 'ok' as const; }
 *   load({ process, page }: { process: number; page: number }) { return this.read(process, page); }
 *   migrateToDevice({ process, page, count }) { … return ['moved', 'skipped'] as const; }
 *   …
 * }
 * ```
 */
export type World = Handlers & {
  /**
   * The state after the command, in the form of the wire protocol (spec/protocol/ADAPTERS.md, "What a target shows"). Only
   * called if a capability for state is declared (`entries`, `frames`, `accounting`) and a snapshot is due.
   */
  snapshot?(): WireState | Promise<WireState>;
  /**
   * The points of the implementation that the case reached, as numbers: lines, branches, or states of its own. Called after
   * the last command if the capability `coverage` is declared.
   */
  coverage?(): readonly number[] | Promise<readonly number[]>;
  /** Called after the last command of the case. */
  dispose?(): void | Promise<void>;
};

/** The demands of one case on its world. */
export interface WorldOptions {
  /** The version of the rules to follow, one of `profiles`. */
  readonly profile: ProfileName;
  /** Number of processes, pages of each, frames on each device, and slots for pins. */
  readonly scope: Scope;
  /** Reports a callback of the driver: `page_fault`, `page_free`, or an allocated frame. */
  readonly emit: (event: DriverEvent) => void;
}

/**
 * An implementation as an interface of methods. The suite adds the wire protocol, a fresh world for each case, and
 * `unsupported` results.
 *
 * @example
 * ```ts
 * const adapter = defineAdapter({
 *   name: 'my-memory',
 *   profiles: ['linux-6.12'],
 *   capabilities: ['fork'],
 *   createWorld: ({ scope }) => new MyMemory(scope),
 * });
 * ```
 */
export interface Adapter {
  readonly name: string;
  readonly version?: string;
  /** The versions of the rules that it follows; at least one. */
  readonly profiles: readonly ProfileName[];
  /**
   * The commands beyond the core that it executes, and the state that it shows. `progress`, and `every-step` for an adapter
   * with a snapshot, are added.
   */
  readonly capabilities: readonly Capability[];
  /** Creates the world of one case. No state may be shared between worlds. */
  createWorld(options: WorldOptions): World | Promise<World>;
}

/** Types an adapter; returns it unchanged. */
export const defineAdapter = (adapter: Adapter): Adapter => adapter;

const STATE: ReadonlySet<Capability> = new Set<Capability>([
  'entries',
  'frames',
  'least-count',
  'accounting',
]);

/** The declaration of an adapter on the wire. */
export function helloOf({ name, version, profiles, capabilities }: Adapter): HelloReply {
  const showsState = capabilities.some((one) => STATE.has(one));
  const added: readonly Capability[] = showsState ? ['every-step', 'progress'] : ['progress'];
  return {
    type: 'hello',
    protocol: 1,
    name,
    ...(version === undefined ? {} : { version }),
    profiles: [...profiles],
    capabilities: [...new Set([...capabilities, ...added])],
  };
}

/** The observation of one command, as a method returned it: whoever reads it checks it. */
interface Observed {
  readonly result: unknown;
  readonly events?: readonly DriverEvent[];
  readonly state?: WireState;
}

/**
 * Executes a case in a fresh world: yields the observation of each command, in order.
 *
 * @param cover called after the last command of an adapter that reports coverage
 */
export async function* execute(
  adapter: Adapter,
  question: Pick<Case, 'profile' | 'scope' | 'observe' | 'commands'>,
  cover: (points: readonly number[]) => void,
): AsyncGenerator<Observed, void> {
  const { profile, scope, observe, commands } = question;
  const showsState = adapter.capabilities.some((one) => STATE.has(one));
  let events: DriverEvent[] = [];
  const world = await adapter.createWorld({ profile, scope, emit: (event) => events.push(event) });
  try {
    for (const command of commands) {
      const result = await resultOf(world, command);
      const due = observe === 'every-step' || (observe === 'inspect' && command.op === 'inspect');
      const state = showsState && due ? await world.snapshot?.() : undefined;
      yield {
        result,
        ...(events.length === 0 ? {} : { events }),
        ...(state === undefined ? {} : { state }),
      };
      events = [];
    }
    const points = adapter.capabilities.includes('coverage') ? await world.coverage?.() : undefined;
    if (points !== undefined) cover(points);
  } finally {
    await world.dispose?.();
  }
}

/** The result of the method of a command; `unsupported` without one. */
async function resultOf(world: World, command: Command): Promise<unknown> {
  const { op } = command;
  const name = op.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const method: unknown = Reflect.get(world, name);
  if (typeof method !== 'function') return op === 'inspect' ? 'ok' : 'unsupported';
  const result: unknown = await Reflect.apply(method, world, [command]);
  return result;
}

/** The streams of an adapter. */
export interface ServeOptions {
  /** By default standard input. */
  readonly input?: Readable;
  /** By default standard output; nothing else may be written to it. */
  readonly output?: Writable;
}

/**
 * Serves an adapter over wire protocol v1, one JSON value per line, until the input ends. Rejects with the exception of a
 * method, so that the process ends and the suite reports the crash.
 *
 * @example
 * ```ts
 * // adapter.js, checked with: npx zone-device-conformance run --target "stdio:node adapter.js"
 * await serve(adapter);
 * ```
 */
export async function serve(
  adapter: Adapter,
  { input = process.stdin, output = process.stdout }: ServeOptions = {},
): Promise<void> {
  const send = (reply: object): void => void output.write(`${JSON.stringify(reply)}\n`);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const request = requestIn(line);
    if (request === undefined) {
      send({ type: 'error', id: null, message: 'The line is not a request of wire protocol v1.' });
    } else if (request.type === 'hello') {
      send(helloOf(adapter));
    } else {
      const { id, progress = false } = request;
      const observations: Observed[] = [];
      let coverage: readonly number[] | undefined;
      const cover = (points: readonly number[]): void => {
        coverage = points;
      };
      for await (const observation of execute(adapter, request, cover)) {
        const step = observations.push(observation) - 1;
        if (progress) send({ type: 'progress', id, step });
      }
      send({ type: 'observations', id, observations, ...(coverage === undefined ? {} : { coverage }) });
    }
  }
}

function requestIn(line: string): HelloRequest | CaseRequest | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRequest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The suite sends nothing else; a line from elsewhere is not worth a full check. */
const isRequest = (value: unknown): value is HelloRequest | CaseRequest =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (value.type === 'hello' || (value.type === 'case' && 'commands' in value && Array.isArray(value.commands)));
