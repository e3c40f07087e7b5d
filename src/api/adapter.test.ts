import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Reply } from '../../spec/protocol/wire.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { defineAdapter, serve, type Adapter, type Snapshot, type World } from './adapter.ts';
import { check, inProcess, replay } from './index.ts';

/** One page of one process: all that the cases here use. */
class OnePage implements World {
  #value = 0;
  spawn = () => 'ok' as const;
  exit = () => 'ok' as const;
  map = () => 'ok' as const;
  unmap = () => 'ok' as const;
  load = () => this.#value;
  migrateToDevice = () => ['moved'] as const;
  migrateToSystem = () => ['moved'] as const;

  async store({ value }: { readonly value: number }) {
    this.#value = value;
    return 'ok' as const;
  }

  snapshot(): Snapshot {
    return { entries: [['present']] };
  }
}

const adapterOf = (
  createWorld: Adapter['createWorld'] = () => new OnePage(),
  ...more: Adapter['capabilities']
) => defineAdapter({ name: 'one-page', version: '1', profiles: ['origin'], capabilities: more, createWorld });

const CASE: Case = {
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
  observe: 'inspect',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'store', process: 0, page: 0, value: 7 },
    { op: 'load', process: 0, page: 0 },
    { op: 'inspect' },
  ],
};

/** The replies to these lines. */
async function served(adapter: Adapter, ...lines: readonly unknown[]): Promise<readonly Reply[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  await serve(adapter, { input, output });
  const text = String(output.read());
  return text
    .trimEnd()
    .split('\n')
    .map((line) => Reply.parse(JSON.parse(line)));
}

const request = { type: 'case', id: 3, ...CASE };

describe('an adapter over standard input and output', () => {
  test('declares its capabilities, including those that the library provides', async () => {
    const hello = { type: 'hello', protocol: 1, suite: 'a suite' };
    expect(await served(adapterOf(undefined, 'entries'), hello)).toEqual([
      {
        type: 'hello',
        protocol: 1,
        name: 'one-page',
        version: '1',
        profiles: ['origin'],
        capabilities: ['entries', 'every-step', 'progress'],
      },
    ]);
    expect(await served(adapterOf(), hello)).toMatchObject([{ capabilities: ['progress'] }]);
  });

  test('runs each case in a new world, with snapshots by the observation mode', async () => {
    const load = { ...request, id: 4, commands: [CASE.commands[0], CASE.commands[2]] };
    expect(await served(adapterOf(undefined, 'entries'), request, load)).toEqual([
      {
        type: 'observations',
        id: 3,
        observations: [
          { result: 'ok' },
          { result: 'ok' },
          { result: 7 },
          { result: 'ok', state: { entries: [['present']] } },
        ],
      },
      { type: 'observations', id: 4, observations: [{ result: 'ok' }, { result: 0 }] },
    ]);
  });

  test('reports progress, callbacks, and commands without a method', async () => {
    const adapter = adapterOf(({ emit }) =>
      Object.assign(new OnePage(), {
        load: () => {
          emit({ event: 'fault', process: 0, page: 0 });
          return 1;
        },
      }),
    );
    const commands = [CASE.commands[2], { op: 'fork', process: 0, child: 1 }];
    expect(await served(adapter, { ...request, progress: true, commands })).toEqual([
      { type: 'progress', id: 3, step: 0 },
      { type: 'progress', id: 3, step: 1 },
      {
        type: 'observations',
        id: 3,
        observations: [
          { result: 1, events: [{ event: 'fault', process: 0, page: 0 }] },
          { result: 'unsupported' },
        ],
      },
    ]);
  });

  test('reports the points that each case reached, if it declares coverage', async () => {
    const worlds = { coverage: () => [17, 4] };
    const reporting = adapterOf(() => Object.assign(new OnePage(), worlds), 'coverage');
    expect(await served(reporting, request)).toMatchObject([{ coverage: [17, 4] }]);
    expect(await inProcess(reporting).run(CASE)).toMatchObject({ kind: 'trace', coverage: [17, 4] });
    const [silent] = await served(
      adapterOf(() => Object.assign(new OnePage(), worlds)),
      request,
    );
    expect(silent).not.toHaveProperty('coverage');
  });

  test('replies with an error to an unreadable line, and continues', async () => {
    const replies = await served(adapterOf(), 'hello?', '{"type":"case"}', request);
    expect(replies.map(({ type }) => type)).toEqual(['error', 'error', 'observations']);
  });

  test('ends with the exception of a method', async () => {
    const adapter = adapterOf(() =>
      Object.assign(new OnePage(), {
        load: () => {
          throw new Error('out of cheese');
        },
      }),
    );
    await expect(served(adapter, request)).rejects.toThrow('out of cheese');
  });
});

describe('an adapter in this process', () => {
  const broken = (changes: object): Adapter => adapterOf(() => Object.assign(new OnePage(), changes));

  test('is judged', async () => {
    expect(await replay(inProcess(adapterOf()), CASE)).toMatchObject({ verdict: { kind: 'conforms' } });
    const { verdict } = await replay(inProcess(broken({ load: () => 8 })), CASE);
    expect(verdict).toMatchObject({ kind: 'violates', violation: { step: 2, observed: 'the value 8' } });
  });

  test('that throws is reported as a crash', async () => {
    const load = (): never => {
      throw new Error('out of cheese');
    };
    const { verdict } = await replay(inProcess(broken({ load })), CASE);
    expect(verdict).toMatchObject({
      kind: 'violates',
      violation: { requirement: 'robust.no-crash', step: 2 },
    });
    expect(JSON.stringify(verdict)).toContain('out of cheese');
  });

  test('whose promise never settles is reported as a hang', async () => {
    const target = inProcess(broken({ load: () => new Promise(() => {}) }), { caseTimeout: 20 });
    expect(await replay(target, CASE)).toMatchObject({
      verdict: { kind: 'violates', violation: { requirement: 'robust.terminates', step: 2 } },
    });
  });

  test('that returns an invalid result gets an error that names it', async () => {
    const { verdict } = await replay(inProcess(broken({ load: () => 'seven' })), CASE);
    expect(verdict).toMatchObject({ kind: 'inconclusive' });
    expect(JSON.stringify(verdict)).toMatch(/returned an invalid value: .*load.*seven/);
  });

  test('is refused if its declaration is contradictory', () => {
    expect(() => inProcess(adapterOf(undefined, 'frames'))).toThrow(/"frames" without "entries"/);
    expect(() => inProcess({ ...adapterOf(), profiles: [] })).toThrow(/declares no profile/);
  });

  test('cannot be checked in a profile that it does not declare', async () => {
    await expect(async () => check(inProcess(adapterOf()), { profiles: ['linux-6.1'] })).rejects.toThrow(
      'The target follows origin',
    );
    await expect(async () => check(inProcess(adapterOf()), { requirements: ['forks'] })).rejects.toThrow(
      'no requirement or chapter "forks"',
    );
  });
});
