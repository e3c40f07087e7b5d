import { afterAll, describe, expect, test } from 'vitest';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { SUITE } from '../corpus/suite.ts';
import { parseDuration } from './options.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

const MUTANT = MUTANTS[0]?.id ?? '';

describe('a usage error exits with 2 and names the flag and the allowed values', () => {
  test.each([
    ['run --runs 12x', ['--runs', 'whole number from 1']],
    ['run --runs 0', ['--runs', 'whole number from 1']],
    ['run --runs -5', ['--runs', 'whole number from 1']],
    ['run --runs 1e3', ['--runs', 'whole number']],
    ['run --runs 99999999999', ['--runs', 'to 1000000000']],
    ['run --runs', ['--runs', 'argument missing']],
    ['run --seed 4294967296', ['--seed', '0 to 4294967295']],
    ['run --seed 12345678901234567890', ['--seed', '0 to 4294967295']],
    ['run --seed -1', ['--seed', '0 to 4294967295']],
    ['run --seed 1.5', ['--seed', 'whole number']],
    ['run --budget 30', ['--budget', '30s or 2m']],
    ['run --budget until-quite', ['30s or 2m', 'or until-quiet']],
    ['run --budget until-quiet --seed 1 --shard 1/2', ['A shard cannot determine', '--runs']],
    [
      'run --budget until-quiet --strategy transitions --scope 1x1x1',
      ['--strategy transitions determines the end'],
    ],
    ['run --budget 0s', ['--budget', '30s or 2m']],
    ['run --budget 48h', ['--budget', 'up to 24h']],
    ['run --budget 30s --runs 5', ['--runs', 'cannot be used with', '--budget']],
    ['run --case-timeout soon', ['--case-timeout', '500ms']],
    [
      'run --profile linux-6.2',
      ['--profile', 'origin, linux-4.14, linux-5.18, linux-6.1', 'Did you mean linux-6.1'],
    ],
    ['run --strategy transitoins', ['--strategy', 'transitions']],
    ['run --strategy transitions', ['needs a world size', '--scope 2x1x1']],
    ['run --families pin', ['needs a world size']],
    ['run --fail-under transitions=95', ['needs a world size']],
    ['run --scope 2x1', ['--scope', 'such as 2x1x1']],
    ['run --scope 2x99x1', ['--scope', 'such as 2x1x1']],
    ['run --scope 2x1x1 --families pins', ['--families', 'inject-sigbus', 'Did you mean pin?']],
    ['run --fail-under transition=95', ['--fail-under', 'Did you mean transitions?']],
    ['run --fail-under states=101', ['--fail-under', 'transitions=95']],
    ['run --requirement fork.isolatoin', ['--requirement', 'Did you mean fork.isolation?', 'zdc spec']],
    ['run --report xml=a.xml', ['--report', 'json, junit, html']],
    ['run --report junti=a.xml', ['Did you mean junit?']],
    ['run --report json=', ['json=PATH']],
    ['run --report json=a --report junit=a', ['Two reports']],
    ['run --target embeded', ['--target', 'Did you mean embedded?']],
    ['run --target python3', ['--target', 'stdio:COMMAND']],
    ['run --target ./adapter', ['Did you mean "stdio:./adapter"?']],
    ['run --target embedded:x', ['embedded:mutant=ID']],
    [`run --target embedded:mutant=${MUTANT}x`, [`Did you mean ${MUTANT}`, 'zdc mutants']],
    ['run --target stdio:', ['names no program']],
    ['run --target stdio:"a', ['quote', 'never closed']],
    ['run --sed 4', ['unknown option', 'Did you mean --seed?']],
    ['run everything', ['too many arguments']],
    ['rnu', ["unknown command 'rnu'", 'Did you mean run?']],
    ['replay', ["missing required argument 'file'"]],
    ['explain', ["missing required argument 'file'"]],
    ['explain a.json --offline --target embedded', ['--offline', 'cannot be used with', '--target']],
    ['spec no.such', ['No requirement begins with "no.such"']],
    ['spec fork.isolatoin', ['Did you mean fork.isolation?']],
    ['mutants nothing-like-it-at-all', ['no mutant', 'zdc mutants']],
    ['mutants --max-commands none', ['--max-commands', 'whole number']],
    ['doctor --target', ['argument missing']],
    ['run --corpus kept --no-corpus', ['--no-corpus', 'cannot be used with', '--corpus <folder>']],
    ['run --no-corpus --corpus kept', ['--no-corpus', 'cannot be used with', '--corpus <folder>']],
    ['run --no-corpus --corpus-all', ['--no-corpus', 'cannot be used with', '--corpus-all']],
    ['explain a.json --offline --case-timeout 3s', ['--offline', 'cannot be used with', '--case-timeout']],
    ['minimize a.json --all-commands', ['--all-commands requires --certify']],
    ['spec fork --not-asserted', ['leave out "fork"']],
    ['mutants --seed 1', ['--seed requires --check']],
    ['mutants --max-commands 5', ['--max-commands requires --check']],
    ['mutants --levels', ['--levels requires --check']],
    ['mutants --export out', ['--export requires --target linux --check']],
    ['mutants --check --export out', ['--export requires --target linux --check']],
    ['mutants --target stdio:x --check', ['"embedded" or "linux"']],
    [`mutants --target embedded:mutant=${MUTANT}`, ['named by its id']],
    [`mutants ${MUTANT} --target linux --check`, ['linux:mutant=ID']],
    ['mutants --target linux --check --levels', ['--levels is for']],
    ['mutants --target linux --check --profile origin', ['--profile is for']],
  ])('zdc %s', async (line, words) => {
    const { code, out, err } = await shell.call(line.split(' '));
    for (const word of words) expect(err).toContain(word);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('zdc without a command prints the help and exits with 2', async () => {
    const { code, err } = await shell.call([]);
    expect(err).toContain('Usage: zdc');
    expect(code).toBe(2);
  });
});

describe('help', () => {
  test.each(['run', 'replay', 'explain', 'spec', 'mutants', 'doctor', 'export'])(
    'of %s has an example',
    async (verb) => {
      const { code, out } = await shell.call([verb, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: zdc ${verb}`);
      expect(out).toContain(`Examples:\n  zdc ${verb}`);
    },
  );

  test('of zdc names every command and the first steps', async () => {
    const { code, out } = await shell.call(['--help']);
    expect(code).toBe(0);
    for (const verb of ['run', 'replay', 'explain', 'spec', 'mutants', 'doctor']) {
      expect(out).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
    }
    expect(out).toContain('A first run:');
    expect((await shell.call(['help', 'run'])).out).toContain('Usage: zdc run');
  });

  test("of zdc lists the arguments of every command as the command's own help does", async () => {
    const { out } = await shell.call(['--help']);
    const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(out) ?? [];
    const verbs = list.split('\n').flatMap((line) => /^ {2}(\w+)(.*?) {2}/.exec(line)?.slice(1) ?? []);
    expect(verbs.length).toBe(2 * 20);
    for (let at = 0; at < verbs.length - 2; at += 2) {
      const [verb = '', synopsis = ''] = verbs.slice(at);
      const help = (await shell.call([verb, '--help'])).out;
      const [, usage = ''] =
        new RegExp(`^Usage: zdc ${verb} \\[options\\](?: \\[command\\])?(.*)`).exec(help) ?? [];
      expect(`${verb}${synopsis.replace(' [options]', '')}`).toBe(`${verb}${usage}`);
      expect(help).toMatch(synopsis.includes('[options]') ? /^Options:\n {2}-(?!h)/m : /^Options:\n {2}-h/m);
    }
  });

  test('--version prints the version of the package', async () => {
    expect(await shell.call(['--version'])).toMatchObject({ code: 0, out: `${SUITE.version}\n` });
  });
});

test('a bug of the suite is reported with its stack and without a verdict', async () => {
  const broken = new Proxy(new AbortController().signal, {
    get() {
      throw new TypeError('a bug');
    },
  });
  const { code, err } = await shell.call(['run', '--runs', '1'], { signal: broken });
  expect(code).toBe(3);
  expect(err).toContain('Internal error in the suite');
  expect(err).toContain('TypeError: a bug');
});

test.each(['minimize', 'diff'])('the default of --budget in "%s --help" is a valid value', async (verb) => {
  const { out } = await shell.call([verb, '--help']);
  const [, shown = ''] = /--budget[^-]*\(default: (\S+)\)/.exec(out) ?? [];
  expect(parseDuration(shown)).toBe(60_000);
});
