import type { RequirementId } from './catalogue.ts';

/**
 * The parts of the origin commit (Linux commit 5042db43cc26) that state rules: the commit message, the comment on the memory types
 * with their enumeration, the comment on the callbacks with their types, and the documentation of the new fields.
 */
export type SeedPart = 'message' | 'memory types' | 'callbacks' | 'dev_pagemap';

/** The requirements that a sentence leads to, or the reason that it leads to none. */
type Traced =
  | { readonly to: 'requirements'; readonly ids: readonly [RequirementId, ...RequirementId[]] }
  /** A rule that no observation of any target can refute. */
  | { readonly to: 'not-observable'; readonly why: string }
  /** Background, motivation, or a pointer elsewhere. */
  | { readonly to: 'no-rule'; readonly why: string };

export interface SeedSentence {
  readonly part: SeedPart;
  /** Position in the part, from 1. */
  readonly sentence: number;
  /** A paraphrase of the sentence. */
  readonly gist: string;
  readonly traces: Traced;
}

const rules = (...ids: readonly [RequirementId, ...RequirementId[]]): Traced => ({ to: 'requirements', ids });
const notObservable = (why: string): Traced => ({ to: 'not-observable', why });
const noRule = (why: string): Traced => ({ to: 'no-rule', why });

const number = (
  part: SeedPart,
  sentences: readonly (readonly [gist: string, traces: Traced])[],
): readonly SeedSentence[] =>
  sentences.map(([gist, traces], index) => ({ part, sentence: index + 1, gist, traces }));

const message = number('message', [
  ['title: a type of device memory that cannot be addressed', noRule('a title')],
  ['moving memory to a device needs page structures for it', noRule('motivation')],
  ['the reasons are given elsewhere in the series', noRule('a pointer elsewhere')],
  ['the CPU cannot access this memory', rules('fault.never-direct')],
  [
    'its page structures must not be managed like those of regular memory',
    rules('count.one-object', 'pin.migrates-back', 'robust.no-crash'),
  ],
  ['therefore device memory has types', noRule('motivation')],
  [
    'one type for the existing users, one for the new memory',
    rules('types.host-value', 'types.host-stays', 'fault.migrates-back'),
  ],
  [
    'the types are kept apart, and users of the existing type see no change',
    rules('types.host-value', 'types.host-stays', 'types.host-no-callbacks', 'fault.no-needless-call'),
  ],
  [
    'every special path checks the type first',
    rules('types.host-stays', 'types.host-no-callbacks', 'fault.no-needless-call'),
  ],
  [
    'a page on the device is a special swap entry, which reduces the number of swap areas',
    rules('types.swap-limit', 'migrate.result-per-page'),
  ],
  ['there are two callbacks', noRule('announces the sentences that follow')],
  [
    'page_free is called when the count falls to the idle count of one; it is never zero',
    rules('count.free-once', 'count.free-unmapped', 'count.idle', 'count.never-zero'),
  ],
  ['so the driver can manage its frames', rules('count.one-object', 'count.free-unmapped')],
  [
    'page_fault is called when the CPU accesses a page on the device',
    rules('fault.calls-once', 'fault.never-direct', 'fault.no-needless-call'),
  ],
  [
    'it must migrate the page to system memory',
    rules('fault.migrates-back', 'fault.moves-all', 'fault.last-value', 'migrate.transparent'),
  ],
  [
    'the driver may not refuse this migration, and a page on the device cannot be pinned',
    rules(
      'fault.migrates-back',
      'migrate.progress',
      'migrate.detach',
      'pin.migrates-back',
      'count.references',
    ),
  ],
  [
    'a CPU access fails with SIGBUS if a broken device cannot return the page',
    rules('failure.sigbus', 'robust.terminates'),
  ],
]);

const memoryTypes = number('memory types', [
  ['there are types of device memory with different uses', noRule('introduces the list')],
  [
    'host type: persistent memory, possibly with page structures elsewhere and actions of the architecture',
    notObservable('the place of page structures and actions of the architecture are not visible in a case'),
  ],
  ['host type: the CPU uses it like regular memory', rules('types.host-value', 'types.host-no-callbacks')],
  [
    'host type: its speed may differ',
    notObservable('a permission; the suite measures no bandwidth and no latency of memory'),
  ],
  ['host type: more in the documentation', noRule('a pointer elsewhere')],
  [
    'private type: the CPU can neither load from it nor store to it',
    rules('fault.never-direct', 'fault.last-value'),
  ],
  [
    'private type: it nevertheless has page structures',
    rules('count.references', 'count.mappings', 'count.idle'),
  ],
  [
    'private type: some code must not use its page structures',
    rules('robust.no-crash', 'pin.migrates-back', 'migrate.must-skip'),
  ],
  ['private type: more in the documentation', noRule('a pointer elsewhere')],
  [
    'the host type has number zero, so it is the default',
    rules('types.host-stays', 'types.host-no-callbacks'),
  ],
  ['the private type is another', rules('fault.migrates-back', 'types.host-stays')],
]);

const callbacks = number('callbacks', [
  [
    'the private type has two callbacks',
    rules('fault.calls-once', 'count.free-once', 'types.host-no-callbacks'),
  ],
  ['more in the documentation', noRule('a pointer elsewhere')],
  ['more in another header', noRule('a pointer elsewhere')],
  [
    'page_fault migrates the page from the device to system memory for the CPU',
    rules('fault.migrates-back', 'fault.never-direct', 'fault.last-value', 'fault.moves-all'),
  ],
  ['it may fail, for example because the device is gone', rules('failure.sigbus')],
  [
    'it then returns SIGBUS, and the entry is poisoned',
    rules(
      'failure.sigbus',
      'failure.poison',
      'failure.poison-lasts',
      'failure.poison-releases',
      'failure.poison-inert',
      'failure.sharers-keep',
    ),
  ],
  [
    'the charge has moved with the page, so no limit prevents the migration',
    rules('account.limit-spares-return', 'account.charge', 'account.rss', 'fault.migrates-back'),
  ],
  ['a system page may nevertheless be unavailable', rules('failure.oom-keeps')],
  ['it then returns out of memory', rules('failure.oom', 'pin.failure')],
  ['it may migrate several pages at once', rules('fault.extras-optional')],
  ['but the accessed page comes first', rules('fault.extras-optional', 'fault.migrates-back')],
  [
    'page_free is called when the count is one, because it never reaches zero',
    rules('count.free-once', 'count.free-unmapped', 'count.idle', 'count.never-zero'),
  ],
  ['so the driver can manage its memory', rules('count.one-object', 'migrate.frees-source')],
  [
    'arguments of page_fault: the mapping, the address, the page and the kind of access',
    rules('fault.calls-once'),
  ],
  ['arguments of page_free: the page and a pointer of the driver', rules('count.free-once')],
]);

const devPagemap = number('dev_pagemap', [
  ['page_fault: called at a CPU fault on a device page', rules('fault.calls-once', 'fault.no-needless-call')],
  ['page_free: called when the count reaches one', rules('count.free-once', 'count.idle')],
  ['data: a pointer of the driver, handed to page_free', rules('devices.owner-called')],
  [
    'type: which type the memory is of',
    rules('types.host-stays', 'types.host-no-callbacks', 'fault.migrates-back'),
  ],
]);

/**
 * Every sentence of the origin commit, with its requirements. A sentence ends at its full stop; a label belongs to the
 * sentence that follows it; each member of the enumeration, each type of a callback and each field is a sentence.
 */
export const SEED: readonly SeedSentence[] = [...message, ...memoryTypes, ...callbacks, ...devPagemap];
