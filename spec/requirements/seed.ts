import type { RequirementId } from './catalogue.ts';

/**
 * Where the seed (Linux commit 5042db43cc26) states its rules: the commit message, the comment on the memory types
 * with their enumeration, the comment on the callbacks with their types, and the documentation of the new fields.
 */
export type SeedPart = 'message' | 'memory types' | 'callbacks' | 'dev_pagemap';

/** What became of a sentence. */
type Traced =
  | { readonly to: 'requirements'; readonly ids: readonly [RequirementId, ...RequirementId[]] }
  /** A rule that no observation of any target can refute. */
  | { readonly to: 'not-observable'; readonly why: string }
  /** Background, motivation, or a pointer elsewhere. */
  | { readonly to: 'no-rule'; readonly why: string };

export interface SeedSentence {
  readonly part: SeedPart;
  /** Its place in the part, from 1. */
  readonly sentence: number;
  /** What it says, in our own words. */
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
  ['the memory in question is out of reach for the CPU', rules('fault.never-direct')],
  [
    'its page structures must not be run like those of regular memory',
    rules('count.one-object', 'pin.brings-back', 'robust.survives'),
  ],
  ['hence types of device memory', noRule('motivation')],
  [
    'one type for the users there were, one for the new kind',
    rules('types.host-value', 'types.host-stays', 'fault.brings-back'),
  ],
  [
    'the types are kept apart, and users of the old one notice nothing',
    rules('types.host-value', 'types.host-stays', 'types.host-quiet', 'fault.no-needless-call'),
  ],
  [
    'every special path asks for the type first',
    rules('types.host-stays', 'types.host-quiet', 'fault.no-needless-call'),
  ],
  [
    'a page on the device is a special swap entry, at the price of swap areas',
    rules('types.swap-limit', 'migrate.vector'),
  ],
  ['there are two callbacks', noRule('announces the sentences that follow')],
  [
    'page_free at every fall to the idle count of one, and never zero',
    rules('count.free-once', 'count.free-unmapped', 'count.idle', 'count.never-zero'),
  ],
  ['so the driver can manage its frames', rules('count.one-object', 'count.free-unmapped')],
  [
    'page_fault at CPU access to what lives on the device',
    rules('fault.calls-once', 'fault.never-direct', 'fault.no-needless-call'),
  ],
  [
    'it has to bring the page back to system memory',
    rules('fault.brings-back', 'fault.moves-all', 'fault.last-value', 'migrate.transparent'),
  ],
  [
    'the driver may not refuse the way back, and nothing pins a page on the device',
    rules('fault.brings-back', 'migrate.progress', 'migrate.detach', 'pin.brings-back', 'count.references'),
  ],
  [
    'a CPU access fails with SIGBUS where a broken device gives nothing back',
    rules('failure.sigbus', 'robust.answers'),
  ],
]);

const memoryTypes = number('memory types', [
  ['device memory comes in types with uses of their own', noRule('introduces the list')],
  [
    'host type: persistent memory, maybe with page structures elsewhere and actions of the architecture',
    notObservable('where page structures lie and what an architecture does is no behaviour of a case'),
  ],
  ['host type: the CPU uses it as it uses regular memory', rules('types.host-value', 'types.host-quiet')],
  [
    'host type: speed may differ',
    notObservable('a permission; the suite measures no bandwidth and no latency of memory'),
  ],
  ['host type: more in the documentation', noRule('a pointer elsewhere')],
  [
    'private type: the CPU can neither load from it nor store to it',
    rules('fault.never-direct', 'fault.last-value'),
  ],
  [
    'private type: it has page structures all the same',
    rules('count.references', 'count.mappings', 'count.idle'),
  ],
  [
    'private type: here and there its page structures are not to be looked into',
    rules('robust.survives', 'pin.brings-back', 'migrate.must-skip'),
  ],
  ['private type: more in the documentation', noRule('a pointer elsewhere')],
  ['the host type is the one numbered zero, so the default', rules('types.host-stays', 'types.host-quiet')],
  ['the private type is another', rules('fault.brings-back', 'types.host-stays')],
]);

const callbacks = number('callbacks', [
  ['the private type has two callbacks', rules('fault.calls-once', 'count.free-once', 'types.host-quiet')],
  ['more in the documentation', noRule('a pointer elsewhere')],
  ['more in another header', noRule('a pointer elsewhere')],
  [
    'page_fault brings the page from the device to system memory for the CPU',
    rules('fault.brings-back', 'fault.never-direct', 'fault.last-value', 'fault.moves-all'),
  ],
  ['it may fail, for one because the device is gone', rules('failure.sigbus')],
  [
    'then it answers SIGBUS, and the entry is poisoned',
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
    'the charge has moved with the page, so no limit stands in the way back',
    rules('account.limit-spares-return', 'account.charge', 'account.rss', 'fault.brings-back'),
  ],
  ['a system page may be wanting all the same', rules('failure.oom-keeps')],
  ['then it answers out of memory', rules('failure.oom', 'pin.failure')],
  ['it may bring back several pages at once', rules('fault.extras-optional')],
  ['but the touched one comes first', rules('fault.extras-optional', 'fault.brings-back')],
  [
    'page_free once the count is down to one, for it never gets to zero',
    rules('count.free-once', 'count.free-unmapped', 'count.idle', 'count.never-zero'),
  ],
  ['so the driver can manage its memory', rules('count.one-object', 'migrate.frees-source')],
  ['page_fault is told the area, the address, the page and the kind of access', rules('fault.calls-once')],
  ['page_free is told the page, and a pointer of the driver', rules('count.free-once')],
]);

const devPagemap = number('dev_pagemap', [
  ['page_fault: called at a CPU fault on a device page', rules('fault.calls-once', 'fault.no-needless-call')],
  ['page_free: called when the count reaches one', rules('count.free-once', 'count.idle')],
  ['data: a pointer of the driver, handed to page_free', rules('devices.owner-called')],
  ['type: which type the memory is of', rules('types.host-stays', 'types.host-quiet', 'fault.brings-back')],
]);

/**
 * Every sentence of the seed, and what became of it. A sentence ends at its full stop; a label goes with the sentence
 * that it stands before; each member of the enumeration, each type of a callback and each field is a sentence.
 */
export const SEED: readonly SeedSentence[] = [...message, ...memoryTypes, ...callbacks, ...devPagemap];
