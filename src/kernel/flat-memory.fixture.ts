import type { Profile } from '../../spec/profiles/profile.ts';
import type { Command, RaceSide } from '../../spec/vocabulary/command.ts';
import { isBoth, type Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { EXCLUSIVE_ENTRY, frameOf, UNPOPULATED, isDeviceEntry } from '../../spec/vocabulary/snapshot.ts';
import { type Cell, freshCell, freshValue } from './flat-cell.fixture.ts';

type At = { readonly process: number; readonly page: number };

/** What came of a command, and what there was to see before and after. */
export interface ObservedStep {
  readonly command: Command;
  readonly result: Result;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Memory without devices, sharing or frames: each process has values of its own, and a copy of them at fork. What is
 * behind an entry it takes from what is seen, so that it can tell what a touch should answer.
 */
export class FlatKernelMemory {
  readonly #profile: Profile;
  readonly #scope: Scope;
  readonly #cells: Cell[][];
  /** Host and shared memory. */
  readonly #common: { readonly host: number[]; readonly shared: number[] };
  readonly #gone = new Set<number>();
  readonly #closed = new Set<number>();
  /** Whether something may fail: an injection, or a limit. */
  #failing = false;
  #limited = false;

  constructor(profile: Profile, scope: Scope) {
    this.#profile = profile;
    this.#scope = scope;
    const { pages, processes } = scope;
    this.#cells = Array.from({ length: processes }, () => Array.from({ length: pages }, freshCell));
    const zeros = (): number[] => Array.from({ length: pages }, () => 0);
    this.#common = { host: zeros(), shared: zeros() };
  }

  #cell({ process, page }: At): Cell {
    return this.#cells[process]?.[page] ?? freshCell();
  }

  #codeIn(entries: readonly number[], { process, page }: At): number {
    return entries[process * this.#scope.pages + page] ?? 0;
  }

  isPrivate(process: number, page: number): boolean {
    const cell = this.#cell({ process, page });
    return cell.kind === 'private' || (cell.kind === 'file' && !cell.notAccessed);
  }

  #read(cell: Cell, page: number): number {
    return cell.kind === 'host' || cell.kind === 'shared' ? (this.#common[cell.kind][page] ?? 0) : cell.value;
  }

  #write(at: At, value: number): void {
    const cell = this.#cell(at);
    if (cell.kind === 'host' || cell.kind === 'shared') this.#common[cell.kind][at.page] = value;
    else cell.value = value;
    this.#own(cell);
  }

  #own(cell: Cell): void {
    cell.notAccessed = false;
    cell.free = false;
  }

  /** What memory may be after a command, with what is wrong with its answer: of two at once either may be first. */
  outcomes(step: ObservedStep): { memory: FlatKernelMemory; wrong: string | undefined }[] {
    const { command, result } = step;
    if (command.op !== 'race' || !isBoth(result)) return [{ memory: this, wrong: this.follow(step) }];
    const left: Half = { command: command.left, result: result.left };
    const right: Half = { command: command.right, result: result.right };
    return [[left, right] as const, [right, left] as const].map(([first, second]) => {
      const memory = this.#copy();
      const between = betweenTwo(step.before, first.command, this.#scope.pages);
      const wrong =
        memory.#judge({ ...step, ...first }) ?? memory.follow({ ...step, ...second, before: between });
      return { memory, wrong };
    });
  }

  /** All that it knows, as a text. */
  get digest(): string {
    return JSON.stringify([this.#cells, this.#common]);
  }

  #copy(): FlatKernelMemory {
    const copy = new FlatKernelMemory(this.#profile, this.#scope);
    for (const [process, cells] of this.#cells.entries()) {
      copy.#cells[process] = cells.map((cell) => ({ ...cell }));
    }
    for (const [page, value] of this.#common.host.entries()) copy.#common.host[page] = value;
    for (const [page, value] of this.#common.shared.entries()) copy.#common.shared[page] = value;
    for (const device of this.#gone) copy.#gone.add(device);
    for (const device of this.#closed) copy.#closed.add(device);
    copy.#failing = this.#failing;
    copy.#limited = this.#limited;
    return copy;
  }

  /** Follows a command with what it answered; says what is wrong with that. */
  follow(step: ObservedStep): string | undefined {
    const wrong = this.#judge(step);
    for (const [process, cells] of this.#cells.entries()) {
      for (const [page, cell] of cells.entries()) {
        const code = this.#codeIn(step.after, { process, page });
        // What was given away was taken: it is a hole.
        if (cell.kind === 'private' && code === UNPOPULATED && !cell.notAccessed && cell.free) {
          Object.assign(cell, { value: 0, notAccessed: true, free: false });
        }
        if (isDeviceEntry(code)) this.#own(cell);
      }
    }
    return wrong;
  }

  #judge({ command, result, before, after }: ObservedStep): string | undefined {
    switch (command.op) {
      case 'inject':
        this.#failing = true;
        return undefined;
      case 'heal':
        this.#failing = false;
        return undefined;
      case 'limit':
        this.#limited = true;
        return undefined;
      case 'map': {
        const { kind, protection } = command;
        Object.assign(this.#cell(command), freshCell(), {
          kind,
          protection,
          value: freshValue(kind, command.page),
        });
        return undefined;
      }
      case 'unmap':
        Object.assign(this.#cell(command), freshCell());
        return undefined;
      case 'discard':
        return this.#discard(command, result);
      case 'protect': {
        const cell = this.#cell(command);
        cell.protection = command.protection;
        if (isDeviceEntry(this.#codeIn(before, command)) && cell.dirt === 'dirty') cell.dirt = 'either';
        return undefined;
      }
      case 'fork':
        return this.#fork(command.process, command.child);
      case 'exit':
        this.#cells[command.process] = (this.#cells[command.process] ?? []).map(freshCell);
        return undefined;
      case 'move':
        return this.#move(command, command.to, command.keep);
      case 'load':
        return this.#access(command, false, before, result, signals);
      case 'kernel-load':
        return this.#access(command, false, before, result, errors);
      case 'store':
      case 'kernel-store': {
        const wrong = this.#access(command, true, before, result, command.op === 'store' ? signals : errors);
        if (result === 'ok') {
          this.#write(command, command.value);
          this.#cell(command).dirt = 'dirty';
        }
        return wrong;
      }
      case 'inherit':
        Object.assign(this.#cell(command), { inheritance: command.inheritance, dirt: 'either' });
        return undefined;
      case 'surprise-remove':
        return this.#lose(command.device ?? 0, before, result);
      case 'pin': {
        if (command.access === 'read') return this.#pinForReading(command, before, result);
        const wrong = result === 'EBUSY' ? undefined : this.#access(command, true, before, result, errors);
        if (result === 'ok') this.#own(this.#cell(command));
        this.#cell(command).dirt = 'either';
        return wrong;
      }
      case 'populate':
      case 'lock':
        return this.#populate(command, command.op === 'lock', before, result);
      case 'unlock':
        this.#cell(command).locked = false;
        return undefined;
      case 'peek':
        return this.#peek(command, before, result);
      case 'advise':
        return this.#advise(command, command.advice, result);
      case 'watch': {
        const cell = this.#cell(command);
        const isThere = this.#codeIn(before, command) !== UNPOPULATED && !cell.poisoned;
        cell.watchesMissing = command.watch === 'missing';
        cell.watchesStores = command.watch === 'write-protect' && isThere;
        cell.dirt = 'either';
        return undefined;
      }
      case 'clear-soft-dirty':
        for (const cell of this.#cells[command.process] ?? []) cell.dirt = 'clean';
        return undefined;
      case 'soft-dirty': {
        const { dirt } = this.#cell(command);
        return dirt === 'either' || result === dirt ? undefined : `${result}, not ${dirt}`;
      }
      case 'migrate-to-device':
      case 'migrate-to-system':
      case 'evict':
      case 'evict-all':
        this.#migrated();
        return undefined;
      case 'device-load':
        return this.#deviceAccess(command, command.device, false, before, result);
      case 'device-store': {
        const wrong = this.#deviceAccess(command, command.device, true, before, result);
        if (result === 'ok') this.#write(command, command.value);
        this.#cell(command).dirt = 'either';
        return wrong;
      }
      case 'make-exclusive': {
        const wrong = this.#deviceAccess(command, command.device, true, before, result);
        if (result === 'ok') this.#own(this.#cell(command));
        this.#cell(command).dirt = 'either';
        if (result === 'ok' && this.#codeIn(after, command) !== EXCLUSIVE_ENTRY) return 'is not exclusive';
        return wrong;
      }
      case 'device-exchange':
        return this.#exchange(command, command.device, command.value, before, result);
      case 'detach':
        this.#migrated();
        if (result === 'ok') this.#gone.add(command.device ?? 0);
        return undefined;
      case 'attach':
        this.#gone.delete(command.device ?? 0);
        return undefined;
      case 'close':
        this.#closed.add(command.device ?? 0);
        return undefined;
      case 'open':
        this.#closed.delete(command.device ?? 0);
        return undefined;
      default:
        return undefined;
    }
  }

  /** What a device had is lost to all who saw it. */
  #lose(device: number, before: readonly number[], result: Result): string | undefined {
    const expected = this.#gone.has(device) ? 'ENODEV' : 'ok';
    if (result !== expected) return `${result}, not ${expected}`;
    if (result !== 'ok') return undefined;
    this.#gone.add(device);
    for (const [process, cells] of this.#cells.entries()) {
      for (const [page, cell] of cells.entries()) {
        const code = this.#codeIn(before, { process, page });
        if (!isDeviceEntry(code) || Math.floor(frameOf(code) / this.#scope.frames) !== device) continue;
        Object.assign(cell, { poisoned: true, watchesStores: false, free: false, dirt: 'either' });
      }
    }
    return undefined;
  }

  #pinForReading(at: At, before: readonly number[], result: Result): string | undefined {
    const cell = this.#cell(at);
    cell.dirt = 'either';
    // No page of its own for who shares one.
    if (result === 'EBUSY' || (this.#limited && result === 'ENOMEM')) return undefined;
    return this.#access(at, false, before, result === 'ok' ? this.#read(cell, at.page) : result, errors);
  }

  /** A page may have moved: before it could be told, that lost whether it was dirty. */
  #migrated(): void {
    if (this.#profile.tracksThroughMigration) return;
    for (const cells of this.#cells) for (const cell of cells) cell.dirt = 'either';
  }

  #discard(at: At, result: Result): string | undefined {
    const cell = this.#cell(at);
    if (cell.locked) return result === 'EINVAL' ? undefined : `${result}, not EINVAL`;
    if (cell.kind === 'host' || cell.kind === 'shared') return undefined;
    const value = freshValue(cell.kind, at.page);
    const nothing = { value, notAccessed: true, poisoned: false, watchesStores: false, free: false };
    Object.assign(cell, nothing, { dirt: 'either' });
    return result === 'ok' ? undefined : `${result}, not ok`;
  }

  #fork(parent: number, child: number): undefined {
    const cells = this.#cells[parent] ?? [];
    for (const cell of cells) {
      if (cell.dirt === 'dirty') cell.dirt = 'either';
      cell.free = false;
    }
    this.#cells[child] = cells.map((cell) => {
      const { inheritance, kind, protection } = cell;
      if (inheritance === 'none') return freshCell();
      if (inheritance === 'zero') return { ...freshCell(), inheritance, kind, protection, dirt: 'either' };
      return { ...cell, locked: false, watchesMissing: false, watchesStores: false };
    });
  }

  #move(at: At, to: number, keep: boolean): undefined {
    const cell = this.#cell(at);
    Object.assign(this.#cell({ process: at.process, page: to }), cell, { dirt: 'either' });
    const { inheritance, kind, protection } = cell;
    Object.assign(cell, freshCell(), keep ? { inheritance, kind, protection, dirt: 'either' } : {});
  }

  #advise(at: At, advice: string, result: Result): string | undefined {
    const cell = this.#cell(at);
    cell.dirt = 'either';
    const expected = cell.locked && advice !== 'move-node' ? 'EINVAL' : 'ok';
    if (advice === 'free' && expected === 'ok' && !cell.notAccessed) cell.free = true;
    return result === expected ? undefined : `${result}, not ${expected}`;
  }

  #populate(at: At, locks: boolean, before: readonly number[], result: Result): string | undefined {
    const cell = this.#cell(at);
    if (locks) cell.locked = true;
    if (cell.kind === undefined) return result === 'ENOMEM' ? undefined : `${result}, not ENOMEM`;
    const write = cell.protection === 'write';
    const wrong = this.#access(
      at,
      write,
      before,
      result === 'ok' && !write ? this.#read(cell, at.page) : result,
      errors,
    );
    if (write && result === 'ok') this.#own(cell);
    cell.dirt = 'either';
    return wrong;
  }

  #peek(at: At, before: readonly number[], result: Result): string | undefined {
    const cell = this.#cell(at);
    const value = cell.protection === 'none' || cell.poisoned ? 'EFAULT' : this.#read(cell, at.page);
    const mustFault = isDeviceEntry(this.#codeIn(before, at));
    return result === 'EFAULT' || (result === value && !mustFault) ? undefined : `${result}, not ${value}`;
  }

  /** What a touch finds before it comes to the content. */
  #obstacle(at: At, write: boolean, before: readonly number[]): 'SIGSEGV' | 'SIGBUS' | 'trapped' | undefined {
    const cell = this.#cell(at);
    if (cell.protection === 'none' || (write && cell.protection === 'read')) return 'SIGSEGV';
    if (cell.poisoned) return 'SIGBUS';
    const code = this.#codeIn(before, at);
    if (cell.watchesMissing && code === UNPOPULATED) return 'trapped';
    return write && cell.watchesStores ? 'trapped' : undefined;
  }

  #access(
    at: At,
    write: boolean,
    before: readonly number[],
    result: Result,
    answers: KnownResults,
  ): string | undefined {
    const cell = this.#cell(at);
    const obstacle = this.#obstacle(at, write, before);
    const value = write ? 'ok' : this.#read(cell, at.page);
    const expected = obstacle === undefined ? value : (answers[obstacle] ?? obstacle);
    if (result === expected) return undefined;
    const mayFail =
      obstacle === undefined || (obstacle === 'trapped' && isDeviceEntry(this.#codeIn(before, at)));
    if (mayFail && (this.#failing || (this.#limited && write)) && result === answers.oom) return undefined;
    if (mayFail && this.#failing && result === answers.SIGBUS) {
      cell.poisoned = this.#profile.failedFaultPoisons;
      return undefined;
    }
    return `${result}, not ${expected}`;
  }

  #deviceAccess(
    at: At,
    device: number | undefined,
    write: boolean,
    before: readonly number[],
    result: Result,
  ): string | undefined {
    const cell = this.#cell(at);
    const obstacle = this.#obstacle(at, write, before);
    const foreign = this.#scope.devices === 2 && isDeviceEntry(this.#codeIn(before, at));
    let expected: Result = write ? 'ok' : this.#read(cell, at.page);
    if (obstacle === 'trapped') expected = 'trapped';
    if (cell.poisoned) expected = 'EFAULT';
    if (write && cell.protection === 'read') expected = 'EPERM';
    if (cell.protection === 'none') expected = 'EFAULT';
    if (this.#isUnusable(device)) expected = 'ENODEV';
    if (result === expected) return undefined;
    const may = expected === 'ok' || expected === 'trapped' || typeof expected === 'number';
    const mayFail = (this.#failing && (write || foreign)) || (this.#limited && write);
    if (may && mayFail && (result === 'EFAULT' || result === 'ENOMEM')) return undefined;
    if (may && foreign && !this.#profile.foreignAccessFaults && result === 'EFAULT') return undefined;
    return `${result}, not ${expected}`;
  }

  #isUnusable(device = 0): boolean {
    return this.#gone.has(device) || this.#closed.has(device);
  }

  #exchange(
    at: At,
    device: number | undefined,
    value: number,
    before: readonly number[],
    result: Result,
  ): string | undefined {
    const cell = this.#cell(at);
    cell.dirt = 'either';
    let expected: Result = this.#codeIn(before, at) === EXCLUSIVE_ENTRY ? cell.value : 'EINVAL';
    if (typeof expected === 'number' && cell.watchesStores) expected = 'trapped';
    if (cell.poisoned) expected = 'EFAULT';
    if (cell.protection === 'read') expected = 'EPERM';
    if (cell.protection === 'none') expected = 'EFAULT';
    if (this.#isUnusable(device)) expected = 'ENODEV';
    if (typeof result === 'number') this.#write(at, value);
    return result === expected ? undefined : `${result}, not ${expected}`;
  }
}

/** One of two commands at once. */
interface Half {
  readonly command: RaceSide;
  readonly result: Result;
}

/** What is known of the entries between two commands, from those before: who has emptied a page has a hole there. */
function betweenTwo(before: readonly number[], first: RaceSide, pages: number): readonly number[] {
  if (first.op !== 'discard') return before;
  const emptied = first.process * pages + first.page;
  return before.map((code, cell) => (cell === emptied && code !== 0 ? UNPOPULATED : code));
}

/** What a touch that came to nothing is answered. */
interface KnownResults {
  readonly SIGSEGV: Result;
  readonly SIGBUS: Result;
  readonly oom: Result;
  readonly trapped: Result;
}

const signals: KnownResults = { SIGSEGV: 'SIGSEGV', SIGBUS: 'SIGBUS', oom: 'oom', trapped: 'trapped' };
const errors: KnownResults = { SIGSEGV: 'EFAULT', SIGBUS: 'EFAULT', oom: 'ENOMEM', trapped: 'trapped' };
