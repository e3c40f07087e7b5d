import { decodeAnswer, encodeCase, type CaseQuestion } from '../../../spec/protocol/codec.ts';
import { excerpt } from '../../../spec/protocol/excerpt.ts';
import { type Shows, showsOf } from '../../../spec/protocol/shows.ts';
import { ProfileName } from '../../../spec/profiles/profile.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { batchOf, spread } from '../stdio-batch.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import type { Hello, Run, Target } from '../target.ts';
import { chooseAccelerator, type GuestOptions, type LinuxDriver, type Undeclared } from './qemu.ts';
import { isReady, lookAtBuilt } from './built.ts';
import { guestFile, imageFile, type LinuxPlaces, type KernelVersion } from './cache-folder.ts';
import { guestFailed, guestGone, isCleanedUp, readGuestError } from './guest-failure.ts';
import { type Booted, Guest } from './guest.ts';

export interface LinuxOptions {
  readonly places: LinuxPlaces;
  readonly kernel: KernelVersion;
  readonly mutant?: string | undefined;
  readonly driver?: LinuxDriver | undefined;
  readonly also?: readonly Undeclared[] | undefined;
  /** The name and version of the suite. */
  readonly suite: string;
  readonly startupTimeout?: number | undefined;
  readonly caseTimeout?: number | undefined;
  /** The memory of the guest. */
  readonly megabytes?: number;
  /** The size of its console, in bytes, at which it is restarted. */
  readonly consoleRoom?: number;
}

/** Mostly for the kernel itself; a case needs little memory. */
const MEGABYTES = 128;
/** In bytes. A kernel with this much output writes in every case, which would fill the disk. */
const CONSOLE_ROOM = 16 * 1024 * 1024;
/** In milliseconds. A start takes about a second, but many on a busy machine without hardware virtualization. */
const STARTUP_TIMEOUT = 60_000;
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
 * A real Linux kernel in a virtual machine. A failure of a case alone keeps the guest; after any other failure it is
 * restarted, which takes about a second.
 */
export class LinuxTarget implements Target {
  readonly hello: Hello;
  readonly #boot: () => Promise<Booted>;
  readonly #caseTimeout: number;
  readonly #consoleRoom: number;
  readonly #shows: Shows;
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
  }

  static async start(options: LinuxOptions): Promise<LinuxStarted> {
    const { places, kernel, mutant, suite } = options;
    if (!isReady(lookAtBuilt(places, kernel))) {
      return failed(
        'start',
        `Linux ${kernel} is not built, or not from what is here now: run "zdc linux build --kernel ${kernel}".`,
      );
    }
    const common = {
      image: imageFile(places, kernel),
      guest: guestFile(places, kernel),
      mutant,
      driver: options.driver,
      also: options.also,
      caseLimit: options.caseTimeout ?? CASE_TIMEOUT,
      megabytes: options.megabytes ?? MEGABYTES,
    } satisfies Partial<GuestOptions>;
    const accelerator = await chooseAccelerator(places, async (one) => {
      const probe = await Guest.boot({ ...common, accelerator: one }, suite, PROBE_TIMEOUT);
      if (probe.kind === 'up') await probe.guest.end();
      return probe.kind === 'up';
    });
    const boot = (): Promise<Booted> =>
      Guest.boot({ ...common, accelerator }, suite, options.startupTimeout ?? STARTUP_TIMEOUT);
    const booted = await boot();
    if (booted.kind === 'failure') return booted;
    const hello = helloOf(booted.greeting.hello, kernel);
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
    return ran;
  }

  interrupt(): void {
    this.#isInterrupted = true;
    this.#guest?.stop();
  }

  async restart(): Promise<void> {
    const guest = this.#guest;
    this.#guest = undefined;
    await guest?.end();
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
      const gone = guestGone(reply.ending, 'the case', guest.console, guest.qemu);
      await this.restart();
      return gone;
    }
    const error = readGuestError(reply.line);
    if (error !== undefined) {
      const failure = guestFailed(error, batch, guest.console);
      if (!isCleanedUp(error)) await this.restart();
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

const interrupted = (): Failed => failed('refused', 'The suite ended the guest.');

/**
 * A kernel is judged by the rules of its own version where there are such, or else by those next before it; but how many
 * swap areas there are is each version's own.
 */
function helloOf(hello: Hello, kernel: KernelVersion): Hello {
  const own = ProfileName.safeParse(`linux-${kernel}`);
  if (own.success) return { ...hello, profiles: [own.data] };
  const capabilities = new Set(hello.capabilities);
  capabilities.delete('swap-on');
  return { ...hello, capabilities };
}
