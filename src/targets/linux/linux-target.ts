import { existsSync } from 'node:fs';
import { decodeAnswer, encodeCase, type CaseQuestion } from '../../../spec/protocol/codec.ts';
import { excerpt } from '../../../spec/protocol/excerpt.ts';
import { type Shows, showsOf } from '../../../spec/protocol/shows.ts';
import { profileForKernel } from '../../../spec/profiles/profile.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { batchOf, spread } from '../stdio-batch.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import type { Hello, Run, Target, TargetKernel } from '../target.ts';
import { shellLine } from '../command-line.ts';
import { isNative } from './architecture.ts';
import { changedSince } from './build.ts';
import {
  type Built,
  buildWords,
  guestFile,
  type GuestKernel,
  hasSource,
  imageFile,
  isReady,
  type LinuxKernel,
  type LinuxPlaces,
  lookAtBuilt,
  nameOfKernel,
  capitalized,
  targetKernel,
} from './kernel.ts';
import type { KernelCoverage } from './coverage.ts';
import { guestFailed, guestGone, isCleanedUp, readGuestError } from './guest-failure.ts';
import { type Booted, Guest, type AgentMachine, virtualMachine } from './guest.ts';
import { prepareHere, thisMachine } from './here.ts';
import { StackTraces } from './stack-trace.ts';
import {
  type Accelerator,
  chooseAccelerator,
  DEFAULT_MACHINE,
  type GuestOptions,
  type LargeFolioSetting,
  type LinuxDriver,
  machineFor,
  type MachineSettings,
  type Undeclared,
} from './qemu.ts';

export interface LinuxOptions {
  readonly places: LinuxPlaces;
  readonly kernel: LinuxKernel;
  readonly mutant?: string | undefined;
  readonly driver?: LinuxDriver | undefined;
  readonly also?: readonly Undeclared[] | undefined;
  readonly largeFolios?: LargeFolioSetting | undefined;
  /** The name and version of the suite. */
  readonly suite: string;
  readonly startupTimeout?: number | undefined;
  readonly caseTimeout?: number | undefined;
  readonly machine?: MachineSettings | undefined;
  /** Of this machine: whether its kernel may have reported errors before. */
  readonly acceptsTaint?: boolean | undefined;
  /** Gets the counts of executed lines from each guest at its end. */
  readonly coverage?: KernelCoverage | undefined;
  /** The size of its console, in bytes, at which it is restarted. */
  readonly consoleRoom?: number;
}

/** In bytes. A kernel with this much output writes in every case, which would fill the disk. */
const CONSOLE_ROOM = 16 * 1024 * 1024;
/**
 * In milliseconds. A start takes about a second, but more than a minute on a very busy machine without hardware
 * virtualization, and ten times as long with the checks of the debug set.
 */
const STARTUP_TIMEOUT = 180_000;
const DEBUG_STARTUP_TIMEOUT = 600_000;

const startupTimeoutFor = (kernel: LinuxKernel): number =>
  hasSource(kernel) && kernel.set === 'debug' ? DEBUG_STARTUP_TIMEOUT : STARTUP_TIMEOUT;
/** In milliseconds, after the guest's own time limit: then the whole guest is considered dead. */
const CASE_TIMEOUT = 4000;
const GUEST_GRACE = 15_000;
/** Long enough for any machine on which hardware virtualisation is worth having. */
const PROBE_TIMEOUT = 5000;

/** The duration of the case, which the agent appends to a response in addition to the protocol. */
const TIME = /"microseconds":(?<time>\d+)\}$/;
const TIME_ROOM = 40;

export type LinuxStarted = { readonly kind: 'target'; readonly target: LinuxTarget } | Failed;

/**
 * A real Linux kernel, in a virtual machine or the one of this machine. A failure of a case alone keeps the guest; after any other failure it is
 * restarted, which takes about a second.
 */
export class LinuxTarget implements Target {
  readonly hello: Hello;
  readonly #boot: () => Promise<Booted>;
  readonly #caseTimeout: number;
  readonly #consoleRoom: number;
  readonly #shows: Shows;
  readonly #traces: StackTraces;
  readonly #coverage: KernelCoverage | undefined;
  /** The total duration of the cases as measured in the guest, without the suite and the communication. */
  microsecondsInGuest = 0;
  starts = 1;
  #guest: Guest | undefined;
  #nextId = 0;
  #isClosed = false;
  #isInterrupted = false;

  private constructor(hello: Hello, guest: Guest, boot: () => Promise<Booted>, options: LinuxOptions) {
    this.hello = hello;
    this.#guest = guest;
    this.#boot = boot;
    this.#caseTimeout = options.caseTimeout ?? CASE_TIMEOUT;
    this.#consoleRoom = options.consoleRoom ?? CONSOLE_ROOM;
    this.#shows = showsOf(hello.capabilities);
    this.#coverage = options.coverage;
    this.#traces = new StackTraces(options.places, options.kernel);
  }

  static async start(options: LinuxOptions): Promise<LinuxStarted> {
    const { places, kernel, suite, machine = DEFAULT_MACHINE } = options;
    const problem =
      kernel.kind === 'here'
        ? await prepareHere(places, kernel, options.acceptsTaint === true)
        : await unreadyKernel(places, kernel, lookAtBuilt(places, kernel));
    if (problem !== undefined) return failed('start', problem);
    const newMachine = await machines(kernel, options);
    const boot = async (): Promise<Booted> => {
      const up = await Guest.boot(newMachine(), suite, options.startupTimeout ?? startupTimeoutFor(kernel));
      if (up.kind === 'up') await options.coverage?.begin(up.guest);
      return up;
    };
    const booted = await boot();
    if (booted.kind === 'failure') {
      const shown = await decoded(booted, new StackTraces(places, kernel));
      return machine.kvm === 'on' ? withKvmAdvice(shown) : shown;
    }
    const hello = helloForKernel(booted.greeting.hello, targetKernel(kernel, lookAtBuilt(places, kernel)));
    return { kind: 'target', target: new LinuxTarget(hello, booted.guest, boot, options) };
  }

  async run(testCase: Case): Promise<Run> {
    if (this.#isClosed) throw new Error('The target is closed.');
    if (this.#isInterrupted) return interrupted();
    const guest = this.#guest ?? (await this.#startAgain());
    if (!(guest instanceof Guest)) return guest;
    if (this.#isInterrupted) return interrupted();
    const ran = await this.#ask(testCase, guest);
    if (this.#isInterrupted) return interrupted();
    if (guest === this.#guest && guest.consoleSize > this.#consoleRoom) await this.restart();
    return ran.kind === 'failure' ? decoded(ran, this.#traces) : ran;
  }

  interrupt(): void {
    this.#isInterrupted = true;
    // A guest with counts ends its case, within the time limit, so that they can be read.
    if (this.#coverage === undefined) this.#guest?.stop();
  }

  async restart(): Promise<void> {
    const guest = this.#guest;
    this.#guest = undefined;
    if (guest === undefined) return;
    await this.#coverage?.collect(guest);
    await guest.end();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.restart();
  }

  async #startAgain(): Promise<Guest | Failed> {
    const booted = await this.#boot();
    if (booted.kind === 'failure') return booted;
    if (this.#isClosed) {
      await booted.guest.end();
      return failed('refused', 'The suite ended the target.');
    }
    this.#guest = booted.guest;
    this.starts++;
    return booted.guest;
  }

  async #ask(testCase: Case, guest: Guest): Promise<Run> {
    const { profile, scope, observe } = testCase;
    const { capabilities } = this.hello;
    const batch = batchOf(testCase, capabilities);
    const id = this.#nextId++;
    const question: CaseQuestion = { id, profile, scope, observe, commands: batch.commands };
    const reply = await guest.ask(encodeCase(question), this.#caseTimeout + GUEST_GRACE);
    if (reply.kind === 'end') {
      const gone = guestGone(reply.ending, 'the case', guest);
      await this.restart();
      return gone;
    }
    const error = readGuestError(reply.line);
    if (error !== undefined) {
      const failure = guestFailed(error, batch, guest.console);
      if (!isCleanedUp(error)) await this.restart();
      return failure;
    }
    if (guest.complains()) {
      const splat = { failure: 'splat', message: '', step: undefined };
      const failure = guestFailed(splat, batch, guest.console);
      await this.restart();
      return failure;
    }
    const answer = decodeAnswer(reply.line, question, this.#shows);
    if (answer.kind === 'observations') {
      this.microsecondsInGuest += Number(TIME.exec(reply.line.slice(-TIME_ROOM))?.groups?.['time'] ?? 0);
      const observations = spread(answer.observations, batch, testCase.commands.length);
      return { kind: 'trace', trace: { case: testCase, capabilities, observations } };
    }
    const step = answer.observation === undefined ? undefined : batch.steps[answer.observation];
    const failure = failed(
      'protocol',
      `The agent's answer breaks the protocol: ${excerpt(answer.message)}.`,
      guest.console,
      step,
    );
    await this.restart();
    return failure;
  }
}

/** Starts machines with a kernel: virtual ones, or this one. */
async function machines(kernel: LinuxKernel, options: LinuxOptions): Promise<() => AgentMachine> {
  const { places, mutant, driver, also, largeFolios, machine = DEFAULT_MACHINE } = options;
  const agent = { mutant, also, largeFolios, caseLimit: options.caseTimeout ?? CASE_TIMEOUT };
  if (kernel.kind === 'here') return () => thisMachine(places, kernel, agent);
  const accelerator = await acceleratorFor(places, kernel, machine);
  const guest = { ...plainGuest(places, kernel, machine), ...agent, accelerator, driver };
  return () => virtualMachine(guest);
}

/** A failure whose console has source lines. */
const decoded = async ({ failure, ...rest }: Failed, traces: StackTraces): Promise<Failed> => ({
  ...rest,
  failure: { ...failure, stderr: await traces.decode(failure.stderr) },
});

const withKvmAdvice = ({ failure, ...rest }: Failed): Failed => ({
  ...rest,
  failure: {
    ...failure,
    message: `${failure.message} With kvm=on nothing else was tried; kvm=off does without hardware virtualization.`,
  },
});

const interrupted = (): Failed => failed('refused', 'The suite ended the guest.');

/** A guest with the driver of this project and no planted bug. */
const plainGuest = (
  places: LinuxPlaces,
  kernel: GuestKernel,
  machine: MachineSettings,
): Omit<GuestOptions, 'accelerator' | 'console'> => ({
  architecture: kernel.architecture,
  image: imageFile(places, kernel),
  guest: guestFile(places, kernel),
  machine: machineFor(kernel, machine),
  mutant: undefined,
  caseLimit: CASE_TIMEOUT,
});

/** The accelerator for guests with a kernel, which is tested by booting one. */
export const acceleratorFor = (
  places: LinuxPlaces,
  kernel: GuestKernel,
  machine: MachineSettings,
): Promise<Accelerator> =>
  chooseAccelerator(places, isNative(kernel.architecture) ? machine.kvm : 'off', async (accelerator) => {
    const options = { ...plainGuest(places, kernel, machine), accelerator };
    const probe = await Guest.boot(virtualMachine(options), 'accelerator test', PROBE_TIMEOUT);
    if (probe.kind === 'up') await probe.guest.end();
    return probe.kind === 'up';
  });

/** The reason why a kernel cannot be booted, with advice; undefined if it can. */
export async function unreadyKernel(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  built: Built,
): Promise<string | undefined> {
  const advice = `run "zdc linux build ${shellLine(buildWords(kernel))}".`;
  const name = nameOfKernel(kernel);
  if (!isReady(built)) {
    if (kernel.kind === 'tree' && !existsSync(kernel.folder)) return `There is no folder ${kernel.folder}.`;
    return built.record === undefined
      ? `${capitalized(name)} is not built: ${advice}`
      : `The build of ${name} is outdated: ${advice}`;
  }
  const changed = await changedSince(places, kernel, new AbortController().signal);
  return changed === undefined ? undefined : `${changed} changed after the build of ${name}: ${advice}`;
}

/**
 * The hello of the agent for this kernel, which is judged by the newest profile that is not newer than it. If that is the
 * profile of an older version, the number of swap areas may differ, which each version has of its own.
 */
export function helloForKernel(hello: Hello, kernel: TargetKernel | undefined): Hello {
  const judged = profileForKernel(hello.version ?? '');
  const capabilities = new Set(hello.capabilities);
  if (judged?.isOwn === false) capabilities.delete('swap-on');
  return {
    ...hello,
    profiles: judged === undefined ? hello.profiles : [judged.profile],
    capabilities,
    kernel,
  };
}
