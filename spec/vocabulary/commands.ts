import { z } from 'zod';
import {
  type Arguments,
  type Inheritance,
  type InjectionKind,
  type MappingKind,
  type Protection,
  shapeOf,
  type Watch,
} from './arguments.ts';
import type { Capability } from './capability.ts';
import type { Answer } from './result.ts';

/**
 * The command vocabulary: one row for each command that is executed by itself. `command.ts` adds `race`, which is two
 * of them.
 *
 * Every command is total: it has a defined result in every state, so that every subsequence of a case is a case again
 * and shrinking is deletion.
 *
 * A command never names a choice of the target. There is no "migrate to frame 3": there is "migrate page 1 of process
 * 0", and the target reports the frame.
 */

/** The form of a result in JSON: a word, a value or a word, a number, or one word for each page of a range. */
type ResultKind = 'word' | 'value' | 'number' | 'vector';

/**
 * Whether a command may be a side of a race: on every target with the capability `race`, or only with
 * `race-extended`, too.
 */
type Racing = 'basic' | 'extended' | 'never';

/** A result that is a word. */
type Word = Extract<Answer, string>;

/**
 * When a command is sent: if its arguments are in scope, its process is alive, and its page (one page of its range) is
 * mapped, is anonymous memory, or has been mapped once. `own`: admission.ts has a rule of its own for it.
 */
export type AdmissionRule = 'always' | 'mapped' | 'anonymous' | 'once-mapped' | 'own';

/** The effects of a command: which state it may change. Checks that treat commands alike look up these columns. */
export interface Effects {
  /** The live processes and the mapped pages, on which admission depends. */
  readonly space: 'keeps' | 'changes';
  /** The pages whose content it may change; with `loss`, the content of its page can only be lost. */
  readonly content: 'none' | 'page' | 'loss' | 'both-pages' | 'process' | 'child' | 'device';
  /** The entries that it may change otherwise than by a migration to system memory. `sharers`: all of its object. */
  readonly entries:
    'none' | 'page' | 'sharers' | 'range' | 'both-pages' | 'process' | 'parent-and-child' | 'device';
  /** The pages that it may migrate to system memory: none, those that it names, or any, as `page_fault` may. */
  readonly migratesBack: 'never' | 'named' | 'any' | 'when-populating';
  /** The soft-dirty bit of its pages. */
  readonly softDirty: 'keeps' | 'may-change';
  /** Exclusive access of a device to its pages. */
  readonly exclusive: 'keeps' | 'may-end';
}

/** The description of a command. */
export interface CommandSpec<C> {
  readonly result: ResultKind;
  /** The words that it may return; in a race, also others. */
  readonly words: readonly Word[];
  /** The capabilities that a target must have declared before it is sent this command; none for the core. */
  readonly needs: readonly Capability[] | ((command: C) => readonly Capability[]);
  readonly race: Racing;
  readonly admission: AdmissionRule;
  readonly effects: Effects;
  /** The system call, kernel function or action that it stands for: the table of commands in RULES.md. */
  readonly call: string;
  readonly sentence: (command: C) => string;
}

const schemaOf = <const O extends string, const A extends Arguments>(op: O, args: A) =>
  z.object({ op: z.literal(op), ...shapeOf(args) });

/** The columns whose values the compiler knows, so that it reports a command that needs a rule of its own. */
interface Known {
  readonly race: Racing;
  readonly admission: AdmissionRule;
  readonly effects: Effects;
}

type About<O extends string, A extends Arguments, K extends Known> = CommandSpec<
  z.infer<ReturnType<typeof schemaOf<O, A>>>
> &
  K;

/** A row of the table: the arguments give the schema. */
function command<const O extends string, const A extends Arguments, const K extends Known>(
  op: O,
  args: A,
  about: About<O, A, K>,
) {
  const schema = schemaOf(op, args);
  // The schema of a side of a race is the same, except for a pin.
  return { op, arguments: args, schema, side: schema, ...about };
}

const PLACE = { process: 'process', page: 'page' } as const;
const EXTENT = { ...PLACE, whole: 'whole' } as const;

const PROTECTIONS = {
  none: 'no access',
  read: 'read-only',
  write: 'writable',
} as const satisfies Record<Protection, string>;

const INHERITANCES = {
  copy: 'let children inherit',
  none: 'let no child inherit',
  zero: 'let children inherit an empty',
} as const satisfies Record<Inheritance, string>;

const placeInWords = ({ process, page }: { readonly process: number; readonly page: number }): string =>
  `page ${page} of process ${process}`;

const rangeInWords = (range: {
  readonly process: number;
  readonly page: number;
  readonly count: number;
}): string =>
  range.count === 1
    ? placeInWords(range)
    : `pages ${range.page} to ${range.page + range.count - 1} of process ${range.process}`;

const compoundInWords = ({ compound }: { readonly compound?: true | undefined }): string =>
  compound === true ? ', with large folios' : '';

const deviceInWords = ({ device = 0 }: { readonly device?: number | undefined }): string =>
  device === 0 ? 'the device' : `device ${device}`;

/** The page of a command, or all pages of its block. */
const extentInWords = (extent: {
  readonly process: number;
  readonly page: number;
  readonly whole?: true | undefined;
}): string => (extent.whole === true ? `the whole block of ${placeInWords(extent)}` : placeInWords(extent));

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

// One array for each set of needs: `needs` is called for every command of every case and allocates no memory.
const MEMORY_NEEDS = {
  private: [],
  host: ['host'],
  shared: ['shared'],
  file: ['file'],
} as const satisfies Record<MappingKind, readonly Capability[]>;

const INJECTION_NEEDS = {
  sigbus: ['inject-sigbus'],
  oom: ['inject-oom'],
  'no-frame': ['inject-no-frame'],
  'no-copy': ['inject-no-copy'],
  'no-large-frame': ['large-folios', 'inject-no-large-frame'],
  'no-large-page': ['large-folios', 'inject-no-large-page'],
  'no-split': ['large-folios', 'inject-no-split'],
} as const satisfies Record<InjectionKind, readonly Capability[]>;
const LASTING_OOM_NEEDS: readonly Capability[] = ['inject-oom', 'oom-result'];

/** `watch none` is sent to a target with either mode of userfaultfd; admission decides that. */
const WATCH_NEEDS = {
  none: [],
  missing: ['watch-missing'],
  'write-protect': ['watch-write'],
} as const satisfies Record<Watch, readonly Capability[]>;

const PIN_NEEDS: readonly Capability[] = ['pin'];
const READ_PIN_NEEDS: readonly Capability[] = ['pin', 'pin-read'];
const MOVE_NEEDS: readonly Capability[] = ['move'];
const KEEPING_MOVE_NEEDS: readonly Capability[] = ['move', 'move-keep'];

const FOLIO_NEEDS: readonly Capability[] = ['large-folios'];

/** The needs of a command, and of its form for a whole block. */
const wholeOr =
  <C extends { readonly whole?: true | undefined }>(needs: readonly Capability[]) =>
  ({ whole }: C): readonly Capability[] =>
    whole === true ? [...FOLIO_NEEDS, ...needs] : needs;

const OK = ['ok'] as const satisfies readonly Word[];
const UNLESS_LOCKED = ['ok', 'EINVAL'] as const satisfies readonly Word[];
const HALF_READ = ['torn', 'stale'] as const satisfies readonly Word[];
const CPU_FAILURES = ['SIGSEGV', 'SIGBUS', 'oom', 'trapped'] as const satisfies readonly Word[];
const KERNEL_FAILURES = ['EFAULT', 'ENOMEM', 'trapped'] as const satisfies readonly Word[];
const DEVICE_FAILURES = ['EFAULT', 'ENOMEM', 'ENODEV', 'trapped'] as const satisfies readonly Word[];

const NO_EFFECT = {
  space: 'keeps',
  content: 'none',
  entries: 'none',
  migratesBack: 'never',
  softDirty: 'keeps',
  exclusive: 'keeps',
} as const satisfies Effects;

/** An access that may fault: `page_fault` may migrate any page, and the content may be lost. */
const ACCESS = {
  ...NO_EFFECT,
  content: 'loss',
  entries: 'sharers',
  migratesBack: 'any',
  softDirty: 'may-change',
  exclusive: 'may-end',
} as const satisfies Effects;

export const COMMANDS = {
  spawn: command(
    'spawn',
    { process: 'process' },
    {
      result: 'word',
      words: OK,
      needs: [],
      race: 'never',
      admission: 'own',
      effects: { ...NO_EFFECT, space: 'changes' },
      call: '`clone(2)` without shared memory, for a process with an empty address space',
      sentence: ({ process }) => `spawn process ${process}`,
    },
  ),
  fork: command(
    'fork',
    { process: 'process', child: 'child' },
    {
      result: 'word',
      words: OK,
      needs: ['fork'],
      race: 'basic',
      admission: 'own',
      effects: {
        ...NO_EFFECT,
        space: 'changes',
        content: 'child',
        entries: 'parent-and-child',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`fork(2)`',
      sentence: ({ process, child }) => `fork process ${process} into process ${child}`,
    },
  ),
  exit: command(
    'exit',
    { process: 'process' },
    {
      result: 'word',
      words: OK,
      needs: [],
      race: 'extended',
      admission: 'always',
      effects: {
        ...NO_EFFECT,
        space: 'changes',
        content: 'process',
        entries: 'process',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`_exit(2)`; in the kernel `exit_mmap`',
      sentence: ({ process }) => `exit process ${process}`,
    },
  ),
  map: command(
    'map',
    { ...PLACE, kind: 'mapping-kind', protection: 'new-protection', whole: 'whole' },
    {
      result: 'word',
      words: OK,
      needs: ({ kind, whole }) => (whole === true ? FOLIO_NEEDS : MEMORY_NEEDS[kind]),
      race: 'never',
      admission: 'own',
      effects: { ...NO_EFFECT, space: 'changes', content: 'page', entries: 'page', softDirty: 'may-change' },
      call: '`mmap(2)` of one page; with `whole` of a block, with the advice `MADV_HUGEPAGE`',
      sentence: (map) => `map ${map.kind} ${extentInWords(map)}, ${PROTECTIONS[map.protection]}`,
    },
  ),
  unmap: command('unmap', EXTENT, {
    result: 'word',
    words: OK,
    needs: wholeOr([]),
    race: 'basic',
    admission: 'mapped',
    effects: {
      ...NO_EFFECT,
      space: 'changes',
      content: 'page',
      entries: 'page',
      softDirty: 'may-change',
      exclusive: 'may-end',
    },
    call: '`munmap(2)`',
    sentence: (access) => `unmap ${extentInWords(access)}`,
  }),
  discard: command('discard', EXTENT, {
    result: 'word',
    words: UNLESS_LOCKED,
    needs: wholeOr(['discard']),
    race: 'basic',
    admission: 'mapped',
    effects: {
      ...NO_EFFECT,
      content: 'page',
      entries: 'page',
      softDirty: 'may-change',
      exclusive: 'may-end',
    },
    call: '`madvise(2)` with `MADV_DONTNEED`',
    sentence: (access) => `discard ${extentInWords(access)}`,
  }),
  protect: command(
    'protect',
    { ...PLACE, protection: 'protection', whole: 'whole' },
    {
      result: 'word',
      words: OK,
      needs: wholeOr(['protect']),
      race: 'extended',
      admission: 'mapped',
      effects: {
        ...NO_EFFECT,
        content: 'loss',
        entries: 'page',
        migratesBack: 'when-populating',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`mprotect(2)`',
      sentence: (protect) => `protect ${extentInWords(protect)}: ${PROTECTIONS[protect.protection]}`,
    },
  ),
  load: command('load', PLACE, {
    result: 'value',
    words: [...HALF_READ, ...CPU_FAILURES],
    needs: [],
    race: 'basic',
    admission: 'once-mapped',
    effects: ACCESS,
    call: 'a load by the CPU; a device entry faults into `do_swap_page`, which calls `page_fault`',
    sentence: (access) => `load ${placeInWords(access)}`,
  }),
  store: command(
    'store',
    { ...PLACE, value: 'value' },
    {
      result: 'word',
      words: ['ok', ...CPU_FAILURES],
      needs: [],
      race: 'basic',
      admission: 'once-mapped',
      effects: { ...ACCESS, content: 'page' },
      call: 'a store by the CPU',
      sentence: (store) => `store ${store.value} to ${placeInWords(store)}`,
    },
  ),
  'migrate-to-device': command(
    'migrate-to-device',
    { ...PLACE, count: 'count', device: 'device', compound: 'compound' },
    {
      result: 'vector',
      words: [],
      needs: ({ compound }) => (compound === true ? FOLIO_NEEDS : []),
      race: 'basic',
      admission: 'mapped',
      effects: {
        ...NO_EFFECT,
        entries: 'range',
        migratesBack: 'named',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`migrate_vma_setup`, `migrate_vma_pages`, `migrate_vma_finalize` with `MIGRATE_VMA_SELECT_SYSTEM`; with `compound` also `MIGRATE_VMA_SELECT_COMPOUND`',
      sentence: (migrate) =>
        `migrate ${rangeInWords(migrate)} to ${deviceInWords(migrate)}${compoundInWords(migrate)}`,
    },
  ),
  'migrate-to-system': command(
    'migrate-to-system',
    { ...PLACE, count: 'count', device: 'device', compound: 'compound' },
    {
      result: 'vector',
      words: [],
      needs: ({ compound }) => (compound === true ? FOLIO_NEEDS : []),
      race: 'basic',
      admission: 'mapped',
      effects: { ...NO_EFFECT, entries: 'range', migratesBack: 'named', softDirty: 'may-change' },
      call: 'the same with `MIGRATE_VMA_SELECT_DEVICE_PRIVATE`',
      sentence: (migrate) => {
        const from = (migrate.device ?? 0) === 0 ? '' : ` from ${deviceInWords(migrate)}`;
        return `migrate ${rangeInWords(migrate)}${from} to system memory${compoundInWords(migrate)}`;
      },
    },
  ),
  'device-load': command(
    'device-load',
    { ...PLACE, device: 'device' },
    {
      result: 'value',
      words: [...HALF_READ, ...DEVICE_FAILURES],
      needs: ['device-load'],
      race: 'extended',
      admission: 'once-mapped',
      effects: { ...ACCESS, content: 'none' },
      call: 'a load by the device through its own page table, which `hmm_range_fault` fills',
      sentence: (load) => `${deviceInWords(load)} loads ${placeInWords(load)}`,
    },
  ),
  'device-store': command(
    'device-store',
    { ...PLACE, value: 'value', device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EPERM', ...DEVICE_FAILURES],
      needs: ['device-store'],
      race: 'extended',
      admission: 'once-mapped',
      effects: { ...ACCESS, content: 'page' },
      call: 'a store by the device through its own page table',
      sentence: (store) => `${deviceInWords(store)} stores ${store.value} to ${placeInWords(store)}`,
    },
  ),
  pin: {
    ...command(
      'pin',
      { ...PLACE, slot: 'slot', access: 'pin-access' },
      {
        result: 'word',
        words: ['ok', 'EBUSY', ...KERNEL_FAILURES],
        needs: ({ access }) => (access === 'read' ? READ_PIN_NEEDS : PIN_NEEDS),
        race: 'extended',
        admission: 'once-mapped',
        effects: ACCESS,
        call: '`pin_user_pages` with `FOLL_WRITE`; with `access: read` without it',
        sentence: (pin) =>
          `pin ${placeInWords(pin)}${pin.access === 'read' ? ' for reading' : ''} in slot ${pin.slot}`,
      },
    ),
    // A pin for reading is not a side of a race.
    side: z.strictObject({ op: z.literal('pin'), ...shapeOf({ ...PLACE, slot: 'slot' }) }),
  },
  unpin: command(
    'unpin',
    { slot: 'slot' },
    {
      result: 'value',
      words: [...HALF_READ, 'EINVAL'],
      needs: ['pin'],
      race: 'extended',
      admission: 'always',
      effects: { ...NO_EFFECT, softDirty: 'may-change' },
      call: '`unpin_user_page`',
      sentence: ({ slot }) => `unpin slot ${slot}`,
    },
  ),
  inject: command(
    'inject',
    { kind: 'injection-kind', victim: 'victim', remaining: 'remaining' },
    {
      result: 'word',
      words: OK,
      needs: ({ kind, remaining }) =>
        kind === 'oom' && remaining === 'until-healed' ? LASTING_OOM_NEEDS : INJECTION_NEEDS[kind],
      race: 'never',
      admission: 'own',
      effects: NO_EFFECT,
      call: 'none: the driver is told to fail',
      sentence: ({ kind, victim, remaining }) => {
        const often =
          remaining === 'until-healed' ? 'until healed' : remaining === 1 ? 'once' : `${remaining} times`;
        return `inject ${kind} on ${victim === 'any' ? 'any page' : placeInWords(victim)}, ${often}`;
      },
    },
  ),
  heal: command(
    'heal',
    {},
    {
      result: 'word',
      words: OK,
      needs: [],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'none: ends all injections',
      sentence: () => 'heal: end all injections',
    },
  ),
  evict: command('evict', PLACE, {
    result: 'vector',
    words: [],
    needs: ['evict'],
    race: 'basic',
    admission: 'mapped',
    effects: { ...NO_EFFECT, entries: 'sharers', migratesBack: 'named' },
    call: '`migrate_device_range` for the frame of one page',
    sentence: (access) => `evict ${placeInWords(access)}`,
  }),
  attach: command(
    'attach',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EBUSY'],
      needs: ['attach'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: '`memremap_pages`',
      sentence: (change) => `attach ${deviceInWords(change)}`,
    },
  ),
  detach: command(
    'detach',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EBUSY', 'ENODEV'],
      needs: ['attach'],
      race: 'extended',
      admission: 'always',
      effects: { ...NO_EFFECT, migratesBack: 'any' },
      call: 'eviction of all frames, then `memunmap_pages`',
      sentence: (change) => `detach ${deviceInWords(change)}`,
    },
  ),
  'swap-on': command(
    'swap-on',
    { areas: 'swap-areas' },
    {
      result: 'number',
      words: [],
      needs: ['swap-on'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: '`swapon(2)`, once for each area',
      sentence: ({ areas }) => `add ${counted(areas, 'swap area')}`,
    },
  ),
  inspect: command(
    'inspect',
    {},
    {
      result: 'word',
      words: OK,
      needs: [],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'none: asks for the snapshot',
      sentence: () => 'inspect',
    },
  ),
  move: command(
    'move',
    { ...PLACE, to: 'target-page', keep: 'keep', whole: 'whole' },
    {
      result: 'word',
      words: OK,
      needs: ({ keep, whole }) => [
        ...(whole === true ? FOLIO_NEEDS : []),
        ...(keep ? KEEPING_MOVE_NEEDS : MOVE_NEEDS),
      ],
      race: 'extended',
      admission: 'own',
      effects: {
        ...NO_EFFECT,
        space: 'changes',
        content: 'both-pages',
        entries: 'both-pages',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`mremap(2)` with `MREMAP_MAYMOVE` and `MREMAP_FIXED`; with `keep` also `MREMAP_DONTUNMAP`',
      sentence: (move) =>
        `move ${extentInWords(move)} to ${move.whole === true ? 'the block of ' : ''}page ${move.to}${move.keep ? ', keeping the mapping' : ''}`,
    },
  ),
  populate: command('populate', PLACE, {
    result: 'word',
    words: ['ok', ...KERNEL_FAILURES],
    needs: ['populate'],
    race: 'never',
    admission: 'once-mapped',
    effects: ACCESS,
    call: '`madvise(2)` with `MADV_POPULATE_WRITE` if the mapping is writable, else `MADV_POPULATE_READ`',
    sentence: (access) => `populate ${placeInWords(access)}`,
  }),
  lock: command('lock', PLACE, {
    result: 'word',
    words: ['ok', ...KERNEL_FAILURES],
    needs: ['lock'],
    race: 'never',
    admission: 'anonymous',
    effects: ACCESS,
    call: '`mlock(2)`',
    sentence: (access) => `lock ${placeInWords(access)}`,
  }),
  unlock: command('unlock', PLACE, {
    result: 'word',
    words: OK,
    needs: ['lock'],
    race: 'never',
    admission: 'anonymous',
    effects: { ...NO_EFFECT, softDirty: 'may-change' },
    call: '`munlock(2)`',
    sentence: (access) => `unlock ${placeInWords(access)}`,
  }),
  advise: command(
    'advise',
    { ...PLACE, advice: 'advice' },
    {
      result: 'word',
      words: UNLESS_LOCKED,
      needs: ['advise'],
      race: 'never',
      admission: 'anonymous',
      effects: { ...NO_EFFECT, content: 'page', entries: 'page', softDirty: 'may-change' },
      call: '`madvise(2)` with `MADV_FREE` (`free`), `MADV_COLD` (`cold`) or `MADV_PAGEOUT` (`page-out`); `move_pages(2)` to another node (`move-node`)',
      sentence: (advise) => `advise ${advise.advice} for ${placeInWords(advise)}`,
    },
  ),
  'kernel-load': command('kernel-load', PLACE, {
    result: 'value',
    words: [...HALF_READ, ...KERNEL_FAILURES],
    needs: ['kernel-access'],
    race: 'extended',
    admission: 'once-mapped',
    effects: ACCESS,
    call: 'a read of user memory by the kernel that takes no pin: `vmsplice(2)`, `ptrace(2)`',
    sentence: (load) => `the kernel loads ${placeInWords(load)}`,
  }),
  'kernel-store': command(
    'kernel-store',
    { ...PLACE, value: 'value' },
    {
      result: 'word',
      words: ['ok', ...KERNEL_FAILURES],
      needs: ['kernel-access'],
      race: 'extended',
      admission: 'once-mapped',
      effects: { ...ACCESS, content: 'page' },
      call: 'a write to user memory by the kernel: `process_vm_writev(2)`, a direct read from a disk',
      sentence: (store) => `the kernel stores ${store.value} to ${placeInWords(store)}`,
    },
  ),
  peek: command('peek', PLACE, {
    result: 'value',
    words: [...HALF_READ, 'EFAULT'],
    needs: ['peek'],
    race: 'extended',
    admission: 'once-mapped',
    effects: NO_EFFECT,
    call: 'a no-fault load: `copy_from_user_nofault`',
    sentence: (peek) => `the kernel loads ${placeInWords(peek)} without faulting`,
  }),
  watch: command(
    'watch',
    { ...PLACE, watch: 'watch' },
    {
      result: 'word',
      words: OK,
      needs: ({ watch }) => WATCH_NEEDS[watch],
      race: 'never',
      admission: 'anonymous',
      effects: {
        ...NO_EFFECT,
        space: 'changes',
        entries: 'page',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: '`userfaultfd(2)`: `UFFDIO_REGISTER` for `missing`; the same and `UFFDIO_WRITEPROTECT` for `write-protect`; `UFFDIO_UNREGISTER` for `none`',
      sentence: (watch) =>
        watch.watch === 'none'
          ? `end userfaultfd for ${placeInWords(watch)}`
          : `watch ${placeInWords(watch)} with userfaultfd for ${watch.watch === 'missing' ? 'missing pages' : 'stores'}`,
    },
  ),
  'clear-soft-dirty': command(
    'clear-soft-dirty',
    { process: 'process' },
    {
      result: 'word',
      words: OK,
      needs: ['soft-dirty'],
      race: 'never',
      admission: 'always',
      effects: { ...NO_EFFECT, entries: 'process', softDirty: 'may-change' },
      call: 'writing 4 to `/proc/PID/clear_refs`',
      sentence: ({ process }) => `clear the soft-dirty bits of process ${process}`,
    },
  ),
  'soft-dirty': command('soft-dirty', PLACE, {
    result: 'word',
    words: ['clean', 'dirty'],
    needs: ['soft-dirty'],
    race: 'never',
    admission: 'anonymous',
    effects: NO_EFFECT,
    call: 'the soft-dirty bit of `/proc/PID/pagemap`',
    sentence: (query) => `query the soft-dirty bit of ${placeInWords(query)}`,
  }),
  'page-map': command('page-map', PLACE, {
    result: 'word',
    words: ['absent', 'present', 'special', 'special-sole'],
    needs: ['query'],
    race: 'never',
    admission: 'once-mapped',
    effects: NO_EFFECT,
    call: 'the present and swap bits of `/proc/PID/pagemap`, and its bit for pages mapped exclusively',
    sentence: (query) => `query the page map of ${placeInWords(query)}`,
  }),
  residency: command('residency', PLACE, {
    result: 'value',
    words: ['ENOMEM'],
    needs: ['query'],
    race: 'never',
    admission: 'once-mapped',
    effects: NO_EFFECT,
    call: '`mincore(2)`',
    sentence: (query) => `query the residency of ${placeInWords(query)}`,
  }),
  smaps: command(
    'smaps',
    { process: 'process' },
    {
      result: 'number',
      words: [],
      needs: ['query'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'the private pages in `/proc/PID/smaps`',
      sentence: ({ process }) => `query smaps of process ${process}`,
    },
  ),
  limit: command(
    'limit',
    { group: 'group', pages: 'limit' },
    {
      result: 'word',
      words: OK,
      needs: ['limit'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'writing `memory.max` of a control group',
      sentence: ({ group, pages }) =>
        pages === 'none'
          ? `remove the limit of group ${group}`
          : `limit group ${group} to ${counted(pages, 'page')}`,
    },
  ),
  join: command(
    'join',
    { process: 'process', group: 'group' },
    {
      result: 'word',
      words: OK,
      needs: ['groups'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'writing a process id to `cgroup.procs`',
      sentence: ({ process, group }) => `process ${process} joins group ${group}`,
    },
  ),
  charge: command(
    'charge',
    { group: 'group' },
    {
      result: 'number',
      words: [],
      needs: ['groups'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: 'the number of pages charged to a control group (`memory.current`, without other memory)',
      sentence: ({ group }) => `query the charge of group ${group}`,
    },
  ),
  'evict-all': command(
    'evict-all',
    { device: 'device' },
    {
      result: 'number',
      words: [],
      needs: ['evict-all'],
      race: 'never',
      admission: 'always',
      effects: { ...NO_EFFECT, migratesBack: 'any' },
      call: '`migrate_device_range` for all frames of the device',
      sentence: (evict) => `evict all pages of ${deviceInWords(evict)}`,
    },
  ),
  close: command(
    'close',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'ENODEV'],
      needs: ['close'],
      race: 'extended',
      admission: 'always',
      effects: NO_EFFECT,
      call: '`close(2)` of the device file: the user of the device releases it',
      sentence: (change) => `close ${deviceInWords(change)}`,
    },
  ),
  open: command(
    'open',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EBUSY'],
      needs: ['close'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: '`open(2)` of the device file',
      sentence: (change) => `open ${deviceInWords(change)}`,
    },
  ),
  'hot-add': command(
    'hot-add',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EEXIST'],
      needs: ['hot-add'],
      race: 'never',
      admission: 'always',
      effects: NO_EFFECT,
      call: '`add_memory` for the address range of the device',
      sentence: (add) => `hot-add memory at the address range of ${deviceInWords(add)}`,
    },
  ),
  'make-exclusive': command(
    'make-exclusive',
    { ...PLACE, device: 'device' },
    {
      result: 'word',
      words: ['ok', 'EPERM', ...DEVICE_FAILURES],
      needs: ['exclusive'],
      race: 'extended',
      admission: 'anonymous',
      effects: ACCESS,
      call: '`make_device_exclusive`',
      sentence: (access) => `${deviceInWords(access)} gets exclusive access to ${placeInWords(access)}`,
    },
  ),
  'device-exchange': command(
    'device-exchange',
    { ...PLACE, value: 'value', device: 'device' },
    {
      result: 'value',
      words: [...HALF_READ, 'EPERM', 'EINVAL', ...DEVICE_FAILURES],
      needs: ['exclusive'],
      race: 'extended',
      admission: 'anonymous',
      effects: {
        ...NO_EFFECT,
        content: 'page',
        entries: 'sharers',
        softDirty: 'may-change',
        exclusive: 'may-end',
      },
      call: 'an atomic exchange by the device at an exclusive entry',
      sentence: (access) =>
        `${deviceInWords(access)} exchanges ${placeInWords(access)} for ${access.value} atomically`,
    },
  ),
  'surprise-remove': command(
    'surprise-remove',
    { device: 'device' },
    {
      result: 'word',
      words: ['ok', 'ENODEV'],
      needs: ['attach', 'surprise-removal'],
      race: 'never',
      admission: 'always',
      effects: { ...NO_EFFECT, content: 'device', entries: 'device', softDirty: 'may-change' },
      call: 'hot unplug of a device without eviction (in a DRM driver, `drm_dev_unplug`), after which each device entry is a poison marker (`PTE_MARKER_POISONED`)',
      sentence: (remove) => `remove ${deviceInWords(remove)} without eviction`,
    },
  ),
  inherit: command(
    'inherit',
    { ...PLACE, inheritance: 'inheritance' },
    {
      result: 'word',
      words: OK,
      needs: ['inherit'],
      race: 'never',
      admission: 'anonymous',
      effects: { ...NO_EFFECT, space: 'changes', softDirty: 'may-change' },
      call: '`madvise(2)` with `MADV_DOFORK` and `MADV_KEEPONFORK` (`copy`), `MADV_DONTFORK` (`none`), `MADV_WIPEONFORK` (`zero`)',
      sentence: (inherit) => `${INHERITANCES[inherit.inheritance]} ${placeInWords(inherit)}`,
    },
  ),
  'evict-range': command(
    'evict-range',
    { frame: 'frame', frames: 'frame-count' },
    {
      result: 'number',
      words: [],
      needs: ['large-folios', 'evict-range'],
      race: 'never',
      admission: 'own',
      effects: { ...NO_EFFECT, migratesBack: 'any' },
      call: '`migrate_device_range` for a range of frames',
      sentence: ({ frame, frames }) =>
        `evict ${frames === 1 ? `frame ${frame}` : `frames ${frame} to ${frame + frames - 1}`}`,
    },
  ),
  collapse: command('collapse', PLACE, {
    result: 'word',
    words: ['ok', 'EINVAL', 'EBUSY', 'ENOMEM'],
    needs: ['large-folios', 'collapse'],
    race: 'never',
    admission: 'anonymous',
    effects: { ...NO_EFFECT, entries: 'process', softDirty: 'may-change' },
    call: '`madvise(2)` with `MADV_COLLAPSE` for the block of the page; in the kernel also `khugepaged`',
    sentence: (collapse) => `collapse the block of ${placeInWords(collapse)}`,
  }),
  split: command('split', PLACE, {
    result: 'word',
    words: ['ok', 'EINVAL', 'EBUSY'],
    needs: ['large-folios', 'split'],
    race: 'never',
    admission: 'mapped',
    effects: NO_EFFECT,
    call: '`split_folio` for the folio of the page, as by a driver; for system memory also `split_huge_pages` in debugfs',
    sentence: (split) => `split the large folio of ${placeInWords(split)}`,
  }),
};
