import { describe, expect, test } from 'vitest';
import { Capability } from '../vocabulary/capability.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  charge,
  deviceExchange,
  evictAll,
  hotAdd,
  pageMap,
  peek,
  populate,
  residency,
  smaps,
  softDirty,
} from '../vocabulary/shorthand.ts';
import { deviceEntry, EXCLUSIVE_ENTRY, PRESENT } from '../vocabulary/snapshot.ts';
import { type DecodedReply, decodeAnswer, encodeCase, type CaseQuestion } from './codec.ts';
import { showsOf } from './shows.ts';
import { CaseRequest } from './wire.ts';

const scope = { processes: 2, pages: 3, frames: 2, slots: 1 };
const ALL = showsOf(new Set(Capability.options));
const NOTHING = showsOf(new Set());

const load: Command = { op: 'load', process: 0, page: 1 };
const migrate: Command = { op: 'migrate-to-device', process: 0, page: 0, count: 2 };
const inspect: Command = { op: 'inspect' };

const ask = (commands: readonly Command[], observe: CaseQuestion['observe'] = 'results'): CaseQuestion => ({
  id: 5,
  profile: 'origin',
  scope,
  observe,
  commands,
});

const reply = (...observations: unknown[]): string =>
  JSON.stringify({ type: 'observations', id: 5, observations });
const messageOf = (answer: DecodedReply): string =>
  answer.kind === 'observations' ? 'accepted' : answer.message;

const STATE = {
  entries: [['hole', { frame: 1, write: true }, 'poison'], null],
  frames: [
    { refs: 1, maps: 0, least: 1 },
    { refs: 2, maps: 1, least: 1 },
  ],
  rss: [1, 0],
  charged: 1,
};

test('a case is one line of the protocol', () => {
  const line = encodeCase(ask([load, migrate]));
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(CaseRequest.parse(JSON.parse(line))).toEqual({ type: 'case', ...ask([load, migrate]) });
});

test('a case asks for progress only on request', () => {
  const asked = { ...ask([load]), progress: true };
  expect(CaseRequest.parse(JSON.parse(encodeCase(asked)))).toEqual({ type: 'case', ...asked });
  expect(encodeCase({ ...asked, progress: false })).toBe(encodeCase(ask([load])));
  const line = JSON.stringify({ type: 'progress', id: 5, step: 3 });
  expect(messageOf(decodeAnswer(line, asked, NOTHING))).toContain('steps are counted from 0');
  expect(messageOf(decodeAnswer(line, ask([load]), NOTHING))).toContain('no progress was asked for');
});

describe('a valid reply', () => {
  test('contains results', () => {
    const answer = decodeAnswer(
      reply({ result: 7 }, { result: ['moved', 'skipped'] }),
      ask([load, migrate]),
      NOTHING,
    );
    expect(answer).toEqual({
      kind: 'observations',
      observations: [
        { result: 7, events: [], state: undefined },
        { result: ['moved', 'skipped'], events: [], state: undefined },
      ],
    });
  });

  test('contains a snapshot only at the steps of the observation mode', () => {
    const line = reply({ result: 7, state: 'whatever' }, { result: 'ok', state: STATE });
    const answer = decodeAnswer(line, ask([load, inspect], 'inspect'), ALL);
    if (answer.kind !== 'observations') throw new Error(answer.message);
    expect(answer.observations.map(({ state }) => state)).toEqual([
      undefined,
      {
        entries: [1, deviceEntry(1, true), 3, 0, 0, 0],
        refs: [1, 2],
        maps: [0, 1],
        least: [1, 1],
        rss: [1, 0],
        charged: 1,
      },
    ]);
  });

  test('may contain unknown values of rss and charge', () => {
    const line = reply({ result: 'ok', state: { ...STATE, rss: null, charged: null } });
    const answer = decodeAnswer(line, ask([inspect], 'inspect'), ALL);
    expect(answer).toMatchObject({ observations: [{ state: { rss: undefined, charged: undefined } }] });
  });

  test('may contain exclusive entries and frames of a second device', () => {
    const two = { ...ask([inspect], 'inspect'), scope: { ...scope, devices: 2 } };
    const frames = Array.from({ length: 4 }, () => ({ refs: 0, maps: 0, least: 0 }));
    const entries = [['exclusive', { frame: 3, write: false }, 'present'], null];
    const events = [{ event: 'fault', process: 0, page: 1, frame: 3, device: 1 }];
    const line = reply({ result: 'ok', events, state: { ...STATE, entries, frames } });
    const answer = decodeAnswer(line, two, ALL);
    if (answer.kind !== 'observations') throw new Error(answer.message);
    expect(answer.observations[0]).toMatchObject({
      events,
      state: { entries: [EXCLUSIVE_ENTRY, deviceEntry(3, false), PRESENT, 0, 0, 0], refs: [0, 0, 0, 0] },
    });
    expect(messageOf(decodeAnswer(line, ask([inspect], 'inspect'), ALL))).toContain(
      'frame is 3, the scope has 2 frames',
    );
    const strange = [{ event: 'fault', process: 0, page: 1, device: 2 }];
    expect(messageOf(decodeAnswer(reply({ result: 'ok', events: strange }), two, ALL))).toContain(
      'device is 2, the scope has 2 devices',
    );
  });

  test.each<[Command, unknown, unknown]>([
    [peek(0, 0), 7, ['moved']],
    [peek(0, 0), 'EFAULT', ['moved']],
    [deviceExchange(0, 0, 7), 'EINVAL', ['moved']],
    [residency(0, 0), 1, ['moved']],
    [residency(0, 0), 'ENOMEM', ['moved']],
    [pageMap(0, 0), 'special-sole', 1],
    [softDirty(0, 0), 'dirty', 0],
    [populate(0, 0), 'trapped', 0],
    [hotAdd, 'EEXIST', 0],
    [evictAll, 2, 'ok'],
    [smaps(0), 0, 'ok'],
    [charge(), 0, 'ok'],
  ])('the result of %j may be %j, and not %j', (command, right, wrong) => {
    expect(messageOf(decodeAnswer(reply({ result: right }), ask([command]), NOTHING))).toBe('accepted');
    expect(messageOf(decodeAnswer(reply({ result: wrong }), ask([command]), NOTHING))).toMatch(
      /was expected$/,
    );
  });

  test('drops undeclared parts', () => {
    const line = reply({ result: 0, events: 'none', state: 3 });
    expect(decodeAnswer(line, ask([load], 'every-step'), NOTHING)).toEqual({
      kind: 'observations',
      observations: [{ result: 0, events: [], state: undefined }],
    });
    const events = [
      { event: 'fault', process: 0, page: 1 },
      { event: 'alloc', frame: 1 },
    ];
    const answer = decodeAnswer(reply({ result: 0, events }), ask([load]), showsOf(new Set(['callbacks'])));
    expect(answer).toMatchObject({ observations: [{ events: [{ event: 'fault', process: 0, page: 1 }] }] });
  });

  test('may contain unknown events from a target of a newer protocol', () => {
    const line = reply({ result: 0, events: [{ event: 'warp' }] });
    expect(messageOf(decodeAnswer(line, ask([load]), ALL))).toContain('events[0]: "warp" is no event');
    const newer = showsOf(new Set(Capability.options), true);
    expect(messageOf(decodeAnswer(line, ask([load]), newer))).toBe('accepted');
  });

  test('reads minus zero as zero', () => {
    const answer = decodeAnswer(
      '{"type":"observations","id":5,"observations":[{"result":-0}]}',
      ask([load]),
      NOTHING,
    );
    if (answer.kind !== 'observations') throw new Error(answer.message);
    expect(Object.is(answer.observations[0]?.result, 0)).toBe(true);
  });
});

describe('coverage', () => {
  const asks: CaseQuestion = { ...ask([load]), hasCoverage: true };
  const answered = (coverage: unknown, question = asks): DecodedReply =>
    decodeAnswer(
      JSON.stringify({ type: 'observations', id: 5, observations: [{ result: 7 }], coverage }),
      question,
      NOTHING,
    );

  test('is a list of integers, from a target that declares it', () => {
    expect(answered([17, 0, 17])).toMatchObject({ kind: 'observations', coverage: [17, 0, 17] });
    expect(answered([])).toMatchObject({ coverage: [] });
    expect(answered('all', ask([load]))).not.toHaveProperty('coverage');
  });

  test.for([
    [undefined, 'coverage: nothing where a list was expected'],
    [7, 'coverage: 7 where a list was expected'],
    [[1, -1], 'coverage: -1 where an integer from 0 on was expected'],
    [['1'], 'coverage: "1" where an integer from 0 on was expected'],
    [[0.5], 'coverage: 0.5 where an integer from 0 on was expected'],
  ] as const)('%j is rejected', ([coverage, message]) => {
    expect(messageOf(answered(coverage))).toBe(message);
  });
});

describe('an error reply', () => {
  test('names its command', () => {
    const line = '{"type":"error","id":5,"step":1,"message":"out of file descriptors"}';
    const answer = decodeAnswer(line, ask([load, load]), ALL);
    expect(answer).toEqual({ kind: 'error', message: 'out of file descriptors', observation: 1 });
  });

  test('names no command for a step that does not exist', () => {
    const line = '{"type":"error","id":null,"step":2,"message":"x"}';
    expect(decodeAnswer(line, ask([load, load]), ALL)).toMatchObject({ observation: undefined });
  });
});

const inState = (change: object): unknown => ({ result: 'ok', state: { ...STATE, ...change } });
const inEvents = (...events: unknown[]): unknown => ({ result: 7, events });

describe('a malformed reply is reported with its place and the expected form', () => {
  test.for<readonly [string, readonly Command[], string]>([
    ['{"type":"observations"', [], 'a line that is not JSON: "{\\"type\\":\\"observations\\""'],
    ['  ', [], 'an empty line where one line of JSON was expected'],
    ['null', [], '"null" where a JSON object was expected'],
    [
      '{"type":"observations","id":4,"observations":[]}',
      [],
      'an answer to case 4 where the answer to case 5 was due',
    ],
    ['{"type":"observations","id":"5","observations":[]}', [], 'an answer to case "5" where'],
    ['{"type":"observations","id":5}', [], 'observations: nothing where a list was expected'],
    ['{"type":"hello"}', [], 'an answer of type "hello" where "observations" (or "error") was expected'],
    ['{"type":"error","id":5}', [], 'an "error" answer of the wrong form: message: '],
    ['{"type":"error","id":6,"message":"x"}', [], 'an answer to case 6'],
    [reply(), [load], '0 observations for 1 command; each'],
    [reply(7), [load], 'observation 0 (load): 7 is not an object'],
    [
      reply({}),
      [load],
      'observation 0 (load): result: nothing where a value from 0 to 32767 or a word was expected',
    ],
    [reply({ result: 40_000 }), [load], 'result: 40000 where a value from 0 to 32767'],
    [reply({ result: ['moved'] }), [load], 'result: ["moved"] where a value'],
    [
      reply({ result: 'EIO' }),
      [load],
      'result: "EIO" where a value from 0 to 32767 or a word was expected; there is no',
    ],
    [reply({ result: 1 }), [inspect], 'result: 1 where a word such as "ok" was expected'],
    [
      reply({ result: 'ok' }),
      [migrate],
      'result: "ok" where a vector of 2 times "moved" or "skipped" was expected',
    ],
    [reply({ result: ['moved'] }), [migrate], 'result: a vector of 1, the range has 2 pages'],
    [
      reply({ result: ['moved', 'gone'] }),
      [migrate],
      'result: "gone" in the vector, where "moved" or "skipped" was',
    ],
    [reply({ result: 'ok' }), [{ op: 'swap-on', areas: 3 }], 'result: "ok" where a number was expected'],
    [reply({ result: 'unsupported' }), [load], '"unsupported", but this command is of the core'],
    [reply({ result: 'unsupported' }), [{ op: 'attach' }], '"unsupported", but the target declared attach'],
    [reply({ result: 7, events: {} }), [load], 'events: {} where a list was expected'],
    [reply(inEvents('fault')), [load], 'events[0]: "fault" is not an object'],
    [
      reply(inEvents({ event: 'fault', process: 2, page: 0 })),
      [load],
      'process is 2, the scope has 2 processes',
    ],
    [reply(inEvents({ event: 'fault', process: 0 })), [load], 'page is nothing, the scope has 3 pages'],
    [
      reply(inEvents({ event: 'alloc', frame: 0 }, { event: 'free', frame: 9 })),
      [load],
      'events[1] ("free"): frame is 9',
    ],
    [
      reply(inEvents({ event: 'free', frame: 1, refs: 'one' })),
      [load],
      'refs is "one" where an integer was expected',
    ],
    [reply({ result: 'ok' }), [inspect], 'observation 0 (inspect): state is missing: it is due here'],
    [reply({ result: 'ok', state: [] }), [inspect], 'state: [] is not an object'],
    [
      reply(inState({ entries: undefined })),
      [inspect],
      'entries is missing in state: the target declared to show it',
    ],
    [reply(inState({ entries: [[]] })), [inspect], 'entries: 1 row, the scope has 2 processes'],
    [
      reply(
        inState({
          entries: [
            ['hole', 'hole', 'hole'],
            ['hole', 'hole'],
          ],
        }),
      ),
      [inspect],
      'entries: row for process 1 has 2 items, the scope has 3 pages',
    ],
    [
      reply(inState({ entries: [null, 'dead'] })),
      [inspect],
      'entries: row for process 1 is "dead", neither a list nor',
    ],
    [
      reply(inState({ entries: [null, ['x', 'hole', 'hole']] })),
      [inspect],
      'entries: process 1 page 0 is "x", expected',
    ],
    [
      reply(inState({ entries: [null, ['hole', { frame: 2, write: true }, 'hole']] })),
      [inspect],
      'entries: process 1 page 1 names frame 2, the scope has 2 frames',
    ],
    [
      reply(inState({ entries: [null, ['hole', { frame: 1 }, 'hole']] })),
      [inspect],
      'process 1 page 1: write is nothing where true or false was expected',
    ],
    [reply(inState({ frames: [] })), [inspect], 'frames: 0 items, the scope has 2 frames'],
    [reply(inState({ frames: [1, 1] })), [inspect], 'frames: frame 0 is 1, not an object'],
    [reply(inState({ frames: [{ refs: 1, maps: 0 }, {}] })), [inspect], 'frames: frame 0: least is missing'],
    [reply(inState({ rss: [0, 0.5] })), [inspect], 'rss: 0.5 where an integer was expected'],
    [reply(inState({ rss: 'none' })), [inspect], 'rss: "none" where a list was expected'],
    [reply(inState({ charged: '1' })), [inspect], 'charged is "1" where an integer was expected'],
    [reply(inState({ charged: undefined })), [inspect], 'charged is missing'],
  ])('%s', ([line, commands, message]) => {
    const answer = decodeAnswer(line, ask(commands, 'inspect'), ALL);
    expect(answer.kind).toBe('malformed');
    expect(messageOf(answer)).toContain(message);
  });

  test('a value nested too deep to be shown', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const line = `{"type":"observations","id":5,"observations":[{"result":${deep}}]}`;
    expect(messageOf(decodeAnswer(line, ask([load]), ALL))).toContain(
      'result: something nested very deep where',
    );
  });

  test('a long line is cut, and control characters are escaped', () => {
    const message = messageOf(decodeAnswer(`\u001b[2J\u009b\ufeff${'x'.repeat(1000)}`, ask([]), ALL));
    expect(message).toContain('"\\u001b[2J\\u009b\\ufeffxxx');
    expect(message).toContain('… (1006 characters)');
    expect(message.length).toBeLessThan(350);
  });
});
