// An adapter for the tests of the suite, which misbehaves as its mode says. Without a further argument it has no memory:
// it returns well-formed responses and misbehaves in case 1 only. If an argument gives a value, its results are correct,
// and it misbehaves in every case that stores this value.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Memory } from './misbehaving-memory.mjs';

// The third argument marks its processes; where it is a path, the mode may keep a file there from one start to the next.
const [mode = 'well', argument, tag = ''] = process.argv.slice(2);
const STUBBORN = 'setInterval(() => {}, 1000); process.on("SIGTERM", () => {});';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const shows = ['callbacks', 'entries', 'frames', 'accounting', 'every-step'];

const hello = {
  type: 'hello',
  protocol: 1,
  name: 'misbehaving',
  version: mode,
  profiles: ['origin'],
  capabilities: [
    ...(argument === undefined ? ['pin', 'evict', 'swap-on'] : []),
    ...(mode.startsWith('shows') ? shows : []),
    ...(mode.startsWith('reports') ? ['progress'] : []),
    ...(mode === 'declares-what-it-lacks' ? ['fork', 'protect', 'discard', 'evict', 'host'] : []),
  ],
};

function daemon() {
  const grandchild = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}, ${JSON.stringify(tag)}], { detached: true, stdio: 'ignore' }).unref()`;
  spawn(process.execPath, ['-e', grandchild, tag], { detached: true, stdio: 'ignore' }).unref();
}

const helloModes = {
  'hello-never': () => {},
  'hello-late': () => setTimeout(() => say(hello), 300),
  'hello-garbage': () => process.stdout.write('Starting up ...\n'),
  'hello-flood': () => setInterval(() => process.stdout.write('zone device\n'.repeat(5000)), 0),
  'hello-endless': () => setInterval(() => process.stdout.write('x'.repeat(65536)), 0),
  'hello-version': () => say({ ...hello, protocol: 2 }),
  'hello-profiles': () => say({ ...hello, profiles: ['linux-9.9'] }),
  'hello-form': () => say({ ...hello, capabilities: 'all' }),
  'hello-needs': () => say({ ...hello, capabilities: ['frames'] }),
  'hello-error': () => say({ type: 'error', id: null, message: 'no device' }),
  'hello-other': () => say({ type: 'observations', id: 0, observations: [] }),
  'hello-unknown': () =>
    say({ ...hello, profiles: ['linux-9.9', 'origin'], capabilities: ['warp', 'pin'], colour: 'red' }),
  'hello-twice': () => process.stdout.write(`${JSON.stringify(hello)}\n${JSON.stringify(hello)}\n`),
  'hello-exit': () => {
    process.stderr.write('a warning\nNo module named zone\n');
    process.exitCode = 3;
    process.exit();
  },
  // Also hangs in case 1; its version names the two processes to check.
  'hello-with-child': () => {
    const child = spawn(process.execPath, ['-e', STUBBORN, tag], { stdio: 'ignore' });
    say({ ...hello, version: `${process.pid} ${child.pid}` });
  },
  'hello-then-exit': () => process.stdout.write(`${JSON.stringify(hello)}\n`, () => process.exit(0)),
  'hello-with-long-names': () =>
    say({
      ...hello,
      name: 'x'.repeat(20_000),
      version: 'y'.repeat(20_000),
      capabilities: ['z'.repeat(20_000)],
    }),
  'hello-of-ten-megabytes': () => say({ ...hello, name: 'x'.repeat(10_000_000) }),
  'hello-with-many-mistakes': () => say({ ...hello, capabilities: Array.from({ length: 20_000 }, () => 1) }),
  // All its children leave its process group and keep running.
  'hello-with-daemon': () => {
    daemon();
    say(hello);
  },
  'hello-then-deaf': () => {
    // Stops reading before the hello is sent; otherwise the first case would still be read.
    closeSync(0);
    say(hello);
    setInterval(() => {}, 1000);
  },
  'hello-changes': () => say({ ...hello, version: String(process.pid) }),
  'hello-once': () => {
    if (existsSync(tag)) process.exit(3);
    writeFileSync(tag, '');
    say(hello);
  },
  'hello-half': () => process.stdout.write(half(hello)),
  'hello-half-and-exit': () => process.stdout.write(half(hello), () => process.exit(0)),
  'hello-killed': () => process.kill(process.pid, 'SIGKILL'),
  'hello-echoed': ({ line }) => process.stdout.write(`${line}\n`),
  'hello-empty-line': () => process.stdout.write('\n'),
  'hello-pretty': () => process.stdout.write(`${JSON.stringify(hello, null, 2)}\n`),
  'hello-with-mark': () => process.stdout.write(`\ufeff${JSON.stringify(hello)}\n`),
  'hello-of-windows': () => process.stdout.write(`${JSON.stringify(hello)}\r\n`),
  'hello-of-another-charset': () =>
    process.stdout.write(Buffer.from(`${JSON.stringify(hello)}\n`, 'utf16le')),
  'hello-by-bytes': () => sayByBytes({ ...hello, name: 'Gerät' }),
  'hello-with-bad-bytes': () =>
    process.stdout.write(
      Buffer.concat([
        Buffer.from('{"name":"'),
        Buffer.from([0xff, 0xc3]),
        Buffer.from(`",${JSON.stringify({ ...hello, name: undefined }).slice(1)}\n`),
      ]),
    ),
  'hello-version-in-words': () => say({ ...hello, protocol: '1' }),
  'hello-without-name': () => say({ ...hello, name: undefined }),
  'hello-without-profiles': () => say({ ...hello, profiles: [] }),
  'hello-with-more': () =>
    say({
      colour: 'red',
      ...hello,
      profiles: ['linux-9.9', 'origin', 'origin'],
      capabilities: ['warp', ...hello.capabilities, ...hello.capabilities],
    }),
  'hello-nested': () => process.stdout.write(`{"type":"hello","protocol":1,"name":${'['.repeat(30_000)}\n`),
  'hello-and-answer': () =>
    process.stdout.write(
      `${JSON.stringify(hello)}\n{"type":"observations","id":0,"observations":[{"result":"ok"}]}\n`,
    ),
};

function resultOf({ op, count, areas }) {
  switch (op) {
    case 'migrate-to-device':
    case 'migrate-to-system':
      return Array.from({ length: count }, () => 'moved');
    case 'evict':
      return ['moved'];
    case 'load':
    case 'unpin':
      return 0;
    case 'swap-on':
      return areas;
    default:
      return 'ok';
  }
}

const stateOf = ({ processes, pages, frames }) => ({
  entries: Array.from({ length: processes }, (_, at) =>
    at === 0 ? Array.from({ length: pages }, () => 'hole') : null,
  ),
  frames: Array.from({ length: frames }, () => ({ refs: 1, maps: 0 })),
  rss: Array.from({ length: processes }, () => 0),
  charged: 0,
});

/** The correct response, computed with a memory of the core. */
function rightAnswerTo({ id, scope, commands, observe }) {
  const memory = new Memory(scope);
  const observations = commands.map((command) => ({ result: memory.run(command) }));
  if (mode === 'lies-at-inspect' && observe === 'inspect') lie(observations);
  return { type: 'observations', id, observations };
}

function lie(observations) {
  for (const observation of observations) {
    if (typeof observation.result === 'number') observation.result += 1;
  }
}

function answerTo({ id, scope, commands, observe }) {
  const due = (op) =>
    mode.startsWith('shows') && (observe === 'every-step' || (observe === 'inspect' && op === 'inspect'));
  const observations = commands.map((command) => ({
    result: resultOf(command),
    ...(due(command.op) ? { state: stateOf(scope) } : {}),
  }));
  return { type: 'observations', id, observations };
}

/** The misbehaviours in one case; each gets the correct response and the line that was sent. */
const caseModes = {
  exit: () => process.exit(0),
  crash: () => {
    process.stderr.write('free(): double free detected\n');
    process.exit(7);
  },
  killed: () => process.kill(process.pid, 'SIGSEGV'),
  hang: () => {},
  'hello-with-child': () => process.on('SIGTERM', () => {}),
  'hang-with-child': () => {
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', STUBBORN, tag], { stdio: 'inherit' });
    process.stderr.write(`child ${child.pid}\n`);
  },
  'crash-with-child': () => {
    const child = spawn(process.execPath, ['-e', STUBBORN, tag], { stdio: 'inherit' });
    process.stderr.write(`child ${child.pid}\n`, () => process.exit(1));
  },
  garbage: () => process.stdout.write('segmentation fault?\n'),
  'empty-line': () => process.stdout.write('\n'),
  'not-an-object': () => process.stdout.write('[1,2]\n'),
  'half-and-exit': (answer) => process.stdout.write(half(answer), () => process.exit(0)),
  'half-and-stall': (answer) => process.stdout.write(half(answer)),
  'long-line': () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let at = 0; at < 50; at++) process.stdout.write(megabyte);
  },
  'wrong-id': (answer) => say({ ...answer, id: answer.id + 1 }),
  'wrong-type': (answer) => say({ ...answer, type: 'answer' }),
  'flood-after': (answer) => {
    say(answer);
    setInterval(() => process.stdout.write('and another thing\n'.repeat(5000)), 0);
  },
  'twice-at-once': (answer) => process.stdout.write(`${JSON.stringify(answer)}\n\n`),
  'late-line': (answer) => {
    say(answer);
    setTimeout(() => process.stdout.write('by the way\n'), 50);
  },
  'too-few': (answer) => say({ ...answer, observations: answer.observations.slice(1) }),
  'too-many': (answer) => say({ ...answer, observations: [...answer.observations, { result: 'ok' }] }),
  'wrong-result': (answer) => say(replaceFirst(answer, { result: true })),
  'wrong-word': (answer) => say(replaceFirst(answer, { result: 'OK' })),
  unsupported: (answer) => say(replaceFirst(answer, { result: 'unsupported' })),
  error: (answer) => say({ type: 'error', id: answer.id, step: 1, message: 'out of file descriptors' }),
  'shows-short-row': (answer) => {
    for (const { state } of answer.observations) state?.entries[0].pop();
    say(answer);
  },
  'closes-stdout': () => process.stdout.end(),
  'answer-then-exit': (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0)),
  'answer-then-close': (answer) => {
    say(answer);
    closeSync(0);
    setInterval(() => {}, 1000);
  },
  slow: (answer) => setTimeout(() => say(answer), 200),
  'daemon-and-crash': () => {
    daemon();
    process.exit(1);
  },
  'wrong-values': (answer) => {
    lie(answer.observations);
    say(answer);
  },
  'huge-value': (answer) => say(replaceFirst(answer, { result: 1e9 })),
  'long-word': (answer) => say(replaceFirst(answer, { result: 'x'.repeat(900_000) })),
  'error-of-a-megabyte': (answer) => say({ type: 'error', id: answer.id, message: 'x'.repeat(1_000_000) }),
  'answer-of-ten-megabytes': (answer) => say({ ...answer, padding: 'x'.repeat(10_000_000) }),
  'deep-answer': (answer) =>
    process.stdout.write(`{"type":"observations","id":${answer.id},"observations":${'['.repeat(200_000)}\n`),
  'no-text': (answer) =>
    process.stdout.write(
      Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from(`${JSON.stringify(answer)}\n`)]),
    ),
  'lines-of-windows': (answer) => process.stdout.write(`${JSON.stringify(answer)}\r\n`),
  'much-on-stderr': (answer) => process.stderr.write('a warning\n'.repeat(1_000_000), () => say(answer)),
  'progress-unasked': (answer) => {
    say({ type: 'progress', id: answer.id, step: 0 });
    say(answer);
  },
  // Its standard output is on a full disk.
  'full-stdout': (answer) => writeSync(openSync('/dev/full', 'w'), `${JSON.stringify(answer)}\n`),
  echoed: (_, line) => process.stdout.write(`${line}\n`),
  'hello-again': () => say(hello),
  pretty: (answer) => process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`),
  'line-for-each-command': (answer) => {
    for (const observation of answer.observations) say(observation);
  },
  twice: (answer) => {
    say(answer);
    setTimeout(() => say(answer), 1);
  },
  'next-answer-too': (answer) =>
    process.stdout.write(`${text(answer)}${text({ ...answer, id: answer.id + 1 })}`),
  'answer-before': (answer) => say({ ...answer, id: answer.id - 1 }),
  'id-in-words': (answer) => say({ ...answer, id: String(answer.id) }),
  'without-id': (answer) => say({ ...answer, id: undefined }),
  'without-type': (answer) => say({ ...answer, type: undefined }),
  'without-observations': (answer) => say({ ...answer, observations: undefined }),
  'without-result': (answer) => say(replaceFirst(answer, {})),
  'object-for-list': (answer) => say({ ...answer, observations: { ...answer.observations } }),
  'null-observation': (answer) => say(replaceFirst(answer, null)),
  'null-result': (answer) => say(replaceFirst(answer, { result: null })),
  'nested-result': (answer) => say(replaceFirst(answer, { result: { result: 'ok' } })),
  'not-a-number': (answer) =>
    process.stdout.write(text(replaceFirst(answer, { result: 0 })).replace(':0}', ':NaN}')),
  'number-too-large': (answer) =>
    process.stdout.write(text(replaceFirst(answer, { result: 0 })).replace(':0}', ':1e999}')),
  'negative-number': (answer) => say(replaceFirst(answer, { result: -1 })),
  fraction: (answer) => say(replaceFirst(answer, { result: 0.5 })),
  'number-in-words': (answer) => say(replaceFirst(answer, { result: '7' })),
  'word-for-vector': (answer) => say(replaceVectors(answer, 'moved')),
  'short-vector': (answer) => say(replaceVectors(answer, [])),
  'with-mark': (answer) => process.stdout.write(`\ufeff${text(answer)}`),
  'with-nul': (answer) => process.stdout.write(`\0${text(answer)}`),
  'bad-bytes': (answer) =>
    process.stdout.write(
      Buffer.concat([
        Buffer.from(`{"type":"observations","id":${answer.id},"observations":[{"result":"`),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}]}\n'),
      ]),
    ),
  'lines-of-old-macs': (answer) => process.stdout.write(`${JSON.stringify(answer)}\r`),
  'with-blanks': (answer) => process.stdout.write(` \t${JSON.stringify(answer)} \t\n`),
  'with-escapes': (answer) =>
    process.stdout.write(text(answer).replace('"type"', '"\\u0074ype"').replace('"ok"', '"\\u006fk"')),
  'with-more': (answer) =>
    say({
      ...answer,
      observations: answer.observations.map((one) => ({ ...one, events: 3, state: 'none', cost: null })),
      took: 5,
    }),
  'by-bytes': sayByBytes,
  'error-of-another-case': (answer) => say({ type: 'error', id: answer.id + 1, message: 'busy' }),
  'error-without-message': (answer) => say({ type: 'error', id: answer.id }),
  'error-for-any-case': () => say({ type: 'error', id: null, message: 'I cannot read this' }),
  'shows-no-state': (answer) => say(answer),
  'hello-changes': () => process.exit(1),
  'hello-once': () => process.exit(1),
  stopped: () => process.kill(process.pid, 'SIGSTOP'),
  deaf: () => {
    closeSync(0);
    setInterval(() => {}, 1000);
  },
  'many-children': () => {
    for (let count = 0; count < 20; count++)
      spawn(process.execPath, ['-e', STUBBORN, tag], { stdio: 'inherit', detached: count % 2 === 0 });
    setTimeout(() => process.exit(1), 100);
  },
  'endless-stderr': (answer) => {
    setInterval(() => process.stderr.write('x'.repeat(65536)), 0);
    setTimeout(() => say(answer), 50);
  },
  'crash-after-much-stderr': () =>
    process.stderr.write('\u0007\u001b[2J'.repeat(500_000), () => process.exit(1)),
  'closed-stderr': (answer) => {
    if (!isWarm) closeSync(2);
    isWarm = true;
    say(answer);
  },
  // Modes that declare progress; `report` writes the lines for finished commands.
  'reports-hang': () => {},
  'reports-crash': () => process.exit(7),
  'reports-crash-at-the-end': () => process.exit(7),
  'reports-nothing': (answer) => say(answer),
  'reports-a-step-twice': (answer) => say(answer),
  'reports-too-much': (answer) => say(answer),
  // Also blocks its input: the next request stays in the pipe.
  'slow-chatter': (answer) => {
    process.stderr.write('warning: this is only a warning\n'.repeat(10_000));
    setTimeout(() => say(answer), 50);
  },
};

const text = (message) => `${JSON.stringify(message)}\n`;

/** Each byte on its own, also within a character. */
function sayByBytes(message) {
  const [first, ...rest] = Buffer.from(text(message)).values();
  process.stdout.write(Buffer.from([first]), () => writeEach(rest));
}

function writeEach([byte, ...rest]) {
  if (byte !== undefined)
    process.stdout.write(Buffer.from([byte]), () => setImmediate(() => writeEach(rest)));
}

const replaceVectors = (answer, result) => ({
  ...answer,
  observations: answer.observations.map((one) => (Array.isArray(one.result) ? { result } : one)),
});

const half = (answer) => JSON.stringify(answer).slice(0, 30);
const replaceFirst = (answer, observation) => ({
  ...answer,
  observations: [observation, ...answer.observations.slice(1)],
});

const isStruck = ({ op, value }) => op === 'store' && value === Number(argument);
const strikes = ({ id, commands }) => (argument === undefined ? id === 1 : commands.some(isStruck));

/** Writes the requested progress lines, wrong ones in some modes. */
function report({ id, commands, progress }, goesWrong) {
  if (progress !== true) return;
  const line = (step) => say({ type: 'progress', id, step });
  const last = goesWrong ? finishedBy(commands) : commands.length;
  for (let step = 0; step < last; step++) line(step);
  if (goesWrong && mode === 'reports-a-step-twice') line(0);
  if (goesWrong && mode === 'reports-too-much') line(commands.length);
}

/** The number of commands finished before it misbehaves. */
function finishedBy(commands) {
  if (mode === 'reports-nothing') return 0;
  if (mode === 'reports-crash-at-the-end' || mode === 'reports-too-much') return commands.length;
  return argument === undefined ? 1 : commands.findIndex(isStruck);
}

/** Longer than the time limit of a case in the tests. */
const SLOW_START = 2500;
let isWarm = false;

createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  if (request.type === 'hello') {
    (helloModes[mode] ?? (() => say(hello)))({ line });
    return;
  }
  const answer = argument === undefined ? answerTo(request) : rightAnswerTo(request);
  if (mode === 'slow-after-each-start' && !isWarm) {
    isWarm = true;
    setTimeout(() => say(answer), SLOW_START);
    return;
  }
  const goWrong = strikes(request) ? caseModes[mode] : undefined;
  report(request, goWrong !== undefined);
  if (goWrong === undefined) say(answer);
  else goWrong(answer, line);
});

/** Modes that begin when the input ends. */
const endModes = {
  'stays-at-the-end': () => setInterval(() => {}, 1000),
  'speaks-at-the-end': () => process.stdout.write('good bye\n'),
  'floods-at-the-end': () => setInterval(() => process.stdout.write('x'.repeat(65536)), 0),
  'crashes-at-the-end': () => process.exit(9),
  'daemon-at-the-end': daemon,
};
process.stdin.on('end', () => endModes[mode]?.());
if (mode === 'stays-at-the-end') process.on('SIGTERM', () => {});
