import { mkdirSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { Capture, recordedRound, Shell } from './world.fixture.ts';
import { SAMPLE_CASE } from '../report/sample-outcome.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const { header, round } = recordedRound();
const [map = '', store = '', migrate = '', fork = '', refused = '', load = ''] = round;

const judge = (lines: readonly string[], { end = '\n' } = {}) => {
  const text = `${lines.join('\n')}${end}`;
  // In pieces of an odd length, as they come through a pipe.
  const pieces = Array.from({ length: Math.ceil(text.length / 77) }, (_, at) =>
    Buffer.from(text.slice(at * 77, at * 77 + 77)),
  );
  return shell.call(['judge', '-'], { stdin: () => Readable.from(pieces) });
};

describe('a recording that conforms', () => {
  test('of several cases is reported for each case and in total', async () => {
    const { code, out, err } = await judge([header, ...round, ...round, header, map, store]);
    expect(err).toBe('');
    expect(out).toContain('✓ case 1 (line 1, origin) conforms: 20 steps');
    expect(out).toContain('✓ case 2 (line 22, origin) conforms: 2 steps');
    expect(out).toMatch(/fork\.shares +✓ 2 /);
    expect(out).toContain('2 cases, 22 steps, 20 of them sent');
    expect(out).toContain('Properties were not checked: they need whole traces.');
    expect(out).toMatch(/CONFORMS: no violation; \d+ requirements passed, \d+ not covered\. \(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('may lack the last newline and begin with a byte order mark', async () => {
    expect((await judge([`\uFEFF${header}`, ...round], { end: '' })).code).toBe(0);
  });

  test('reports the first of several failing cases', async () => {
    const { code, out } = await judge(Array.from({ length: 30 }, () => [header, map]).flat());
    expect(out.match(/✓ case/g)).toHaveLength(20);
    expect(out).toContain('and 10 more that conform');
    expect(code).toBe(0);
  });

  test('without a sent command is inconclusive', async () => {
    const { code, out } = await judge([header]);
    expect(out).toContain('NOTHING APPLICABLE');
    expect(code).toBe(4);
  });
});

describe('a recording that breaks a rule', () => {
  const wrong = load.replace('"result":7', '"result":9');

  test('shows the last twenty steps with their numbers and continues with the next case', async () => {
    expect(wrong).not.toBe(load);
    const lines = [...round, ...round, ...round, map, store, migrate, fork, refused, wrong, load];
    const { code, out } = await judge([header, ...lines, header, ...round]);
    expect(out).toContain('✗ case 1 (line 1, origin) does not conform at step 36 (line 37):');
    expect(out).toContain('✗ fork.isolation (MUST)');
    expect(out).toContain('recorded from a kernel 7; the last 20 steps; 16 steps precede them');
    expect(out).toMatch(/\n +17 {2}/);
    expect(out).not.toMatch(/\n +16 {2}/);
    expect(out).toMatch(/35 {2}fork process 0 into process 1 +not sent: the process slot is busy/);
    expect(out).toMatch(/> 36 {2}load page 0 of process 1 +the value 9/);
    expect(out).toContain('Expected the value 7');
    expect(out).toContain('State after step 36:');
    expect(out).toContain('✓ case 2 (line 39, origin) conforms: 10 steps');
    expect(out).toMatch(/DOES NOT CONFORM: 1 of 2 cases violated fork\.isolation\. \(exit 1\)\n$/);
    expect(code).toBe(1);
  });

  test('takes precedence over a later unreadable line', async () => {
    const { code, out, err } = await judge([header, map, store, migrate, fork, wrong, '{"comm'], { end: '' });
    expect(out).toContain('DOES NOT CONFORM');
    expect(err).toMatch(/line 7: a line that is not JSON: .*the recording may be cut off here/);
    expect(code).toBe(1);
  });
});

test('a recording that shows too little is inconclusive', async () => {
  const blind = header.replace(/"capabilities":\[[^\]]*\]/, '"capabilities":[]');
  const large = blind.replace(
    /"scope":\{[^}]*\}/,
    '"scope":{"processes":1,"pages":12,"frames":12,"slots":0}',
  );
  const moved = Array.from({ length: 12 }, () => '"moved"').join(',');
  const commands = [
    ...Array.from(
      { length: 12 },
      (_, page) =>
        `{"command":{"op":"map","process":0,"page":${page},"kind":"private","protection":"write"},"result":"ok"}`,
    ),
    `{"command":{"op":"migrate-to-device","process":0,"page":0,"count":12},"result":[${moved}]}`,
    '{"command":{"op":"load","process":0,"page":0},"result":0}',
  ];
  const { code, out } = await judge([large, ...commands]);
  expect(out).toMatch(/! case 1 \(line 1, origin\) cannot be judged further at step 14 \(line 15\)/);
  expect(code).toBe(3);
});

describe('an invalid line exits with 78 and names the line and the reason', () => {
  const long = `{"command":"${'x'.repeat(17 * 1024 * 1024)}"}`;
  test.each<[string, readonly string[], RegExp]>([
    ['nothing at all', [], /line 1: (nothing|an empty line)/],
    ['no header', [map], /line 1: .* where a header was expected/],
    ['another format', ['{"format":"zdc-report"}'], /line 1: a header of format "zdc-report"/],
    [
      'a newer version',
      [header.replace('"version":1', '"version":2')],
      /line 1: .*version 2; .* reads version 1/,
    ],
    [
      'a header without a scope',
      [header.replace('"scope"', '"size"')],
      /line 1: a header of the wrong form: scope/,
    ],
    ['needs of a capability', [header.replace('"entries",', '')], /"frames" without "entries"/],
    ['not JSON', [header, map, 'segfault'], /line 3: a line that is not JSON: "segfault"/],
    ['an empty line', [header, '', map], /line 2: an empty line/],
    ['no object', [header, '[1]'], /line 2: .* where a JSON object was expected/],
    ['no step', [header, '{}'], /line 2: .* where a step/],
    ['no command', [header, '{"command":{"op":"leap"}}'], /line 2: \{"op":"leap"\} is no command/],
    ['no result', [header, '{"command":{"op":"inspect"}}'], /line 2: inspect: result: nothing, but/],
    [
      'a wrong result',
      [header, '{"command":{"op":"inspect"},"result":7}'],
      /line 2: inspect: result: 7 where a word/,
    ],
    [
      'a result of what is never sent',
      [header, store],
      /line 2: store: .*never sent \(the page was never mapped\)/,
    ],
    ['a torn state', [header, map.replace('"charged":0', '"charge":0')], /line 2: map: charged is missing/],
    ['a long line', [header, map, long], /line 3: the line is longer than 16 MiB/],
  ])('%s', async (_, lines, reason) => {
    const { code, err } = await judge(lines);
    expect(err).toMatch(reason);
    expect(code).toBe(78);
  });

  test('in a missing file or a folder', async () => {
    mkdirSync(shell.path('folder'), { recursive: true });
    expect(await shell.call(['judge', 'folder'])).toMatchObject({ code: 78, err: /it is a folder/ });
    const { code, err } = await shell.call(['judge', 'nowhere.jsonl']);
    expect(err).toContain('nowhere.jsonl cannot be judged: there is no such file');
    expect(code).toBe(78);
  });
});

test('an interrupted judge reports the interruption', async () => {
  const stop = new AbortController();
  const endless = async function* () {
    yield Buffer.from(`${header}\n${round.join('\n')}\n`);
    stop.abort();
    yield* [];
  };
  const { code, out } = await shell.call(['judge', '-'], {
    stdin: () => Readable.from(endless()),
    signal: stop.signal,
  });
  expect(out).toContain('INTERRUPTED');
  expect(code).toBe(130);
});

test('progress is displayed on a terminal', async () => {
  const stderr = new Capture(true);
  const slow = async function* () {
    yield Buffer.from(`${header}\n`);
    await new Promise((resolve) => {
      setTimeout(resolve, 150);
    });
    yield Buffer.from(`${round.join('\n')}\n`);
  };
  await shell.call(['judge', '-'], { stdin: () => Readable.from(slow()), stderr });
  expect(stderr.text).toMatch(/10 steps of 1 case, 0 MB/);
});

test('a replay writes a recording of its observations', async () => {
  writeFileSync(shell.path('case.json'), JSON.stringify(SAMPLE_CASE));
  expect((await shell.call(['replay', 'case.json', '--record', 'made/trace.jsonl'])).code).toBe(0);
  const { code, out } = await shell.call(['judge', 'made/trace.jsonl']);
  expect(out).toContain('✓ case 1 (line 1, origin) conforms: 6 steps');
  expect(code).toBe(0);
});
