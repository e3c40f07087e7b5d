import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { CaseRequest } from '../../spec/protocol/wire.ts';
import { CATALOGUE, CHAPTERS, findRequirement } from '../../spec/requirements/catalogue.ts';
import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

describe('zdc spec', () => {
  test('lists every requirement by chapter', async () => {
    const { code, out } = await shell.call(['spec']);
    for (const { title } of CHAPTERS) expect(out).toContain(title);
    for (const { id } of CATALOGUE) expect(out).toContain(`  ${id} `);
    expect(code).toBe(0);
  });

  test.each(['fork', 'fork.'])('lists one chapter: %s', async (text) => {
    const { out } = await shell.call(['spec', text]);
    expect(out).toContain('fork.isolation');
    expect(out).not.toContain('fault.');
  });

  test('explains one requirement with its tests', async () => {
    const { out } = await shell.call(['spec', 'fork.isolation']);
    expect(out).toMatch(/after\s+faults, migrations, changes\s+of\s+protection/);
    expect(out).toContain(`Source    ${findRequirement('fork.isolation')?.source}`);
    expect(out).toMatch(/Needs +fork/);
    expect(out).toMatch(/Properties:\n +\S+\/\S+: /);
    expect(out).toMatch(/Planted bugs:\n +[a-z-]+: /);
  });

  test('stops measuring on an interrupt', async () => {
    const { code } = await shell.call(['spec', '--matrix'], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
  });

  test('lists the rules that are not asserted, with reasons', async () => {
    const { code, out } = await shell.call(['spec', '--not-asserted']);
    const words = out.replaceAll(/\s+/g, ' ');
    for (const { rule, why } of NOT_ASSERTED) {
      expect(words).toContain(rule);
      expect(words).toContain(why);
    }
    expect(code).toBe(0);
    const { out: data } = await shell.call(['spec', '--not-asserted', '--json']);
    expect(JSON.parse(data)).toEqual({ notAsserted: NOT_ASSERTED });
  });

  test('is data with --json', async () => {
    const { out } = await shell.call(['spec', '--json']);
    const { requirements }: { requirements: readonly { id: string; mutants: readonly string[] }[] } =
      JSON.parse(out);
    expect(requirements.map(({ id }) => id)).toEqual(CATALOGUE.map(({ id }) => id));
    expect(requirements.find(({ id }) => id === 'fork.counts')?.mutants).not.toEqual([]);
  });
});

describe('zdc suite', () => {
  test('lists the cases of each requested profile with their purpose', async () => {
    const { code, out } = await shell.call(['suite', '--profile', 'origin', '--profile', 'linux-6.1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^origin: \d+ cases\n {2}0 +free-dips-to-zero +The reference count of a frame /);
    expect(out).toMatch(/^linux-6\.1: \d+ cases$/m);
    expect(out).toMatch(/\S+ +\S.*\. The same case: .*fork-keeps-parent-write/);
  });

  test('lists the cases for a target', async () => {
    const { out } = await shell.call(['suite', '--profile', 'origin', '--target', 'embedded']);
    expect(out).toBe((await shell.call(['suite', '--profile', 'origin'])).out);
  });

  test('writes the cases as lines of the protocol, each of which can be replayed', async () => {
    const { code, err } = await shell.call(['suite', '--profile', 'origin', '--output', 'suite.jsonl']);
    const lines = readFileSync(shell.path('suite.jsonl'), 'utf8').trimEnd().split('\n');
    expect(err).toBe(`${lines.length} cases written to suite.jsonl.\n`);
    expect(code).toBe(0);
    const requests = lines.map((line) => CaseRequest.parse(JSON.parse(line)));
    expect(requests.map(({ id }) => id)).toEqual([...lines.keys()]);
    writeFileSync(shell.path('one.json'), lines[3] ?? '');
    const { out } = await shell.call(['replay', 'one.json']);
    expect(out).toContain('CONFORMS');
  });

  test('reports that a file cannot be written', async () => {
    const { code, err } = await shell.call(['suite', '--output', 'no/such/folder/suite.jsonl']);
    expect(err).toMatch(/^error: no\/such\/folder\/suite\.jsonl cannot be written: /);
    expect(code).toBe(78);
  });
});

describe('zdc diff', () => {
  test('lists the differences with the shortest cases', async () => {
    const { code, out } = await shell.call(['diff', 'linux-6.1', 'linux-6.12', '--longest', '4']);
    expect(out).toMatch(/^linux-6\.1 {3}\S.*\nlinux-6\.12 {2}\S/);
    expect(out).toContain('1 requirement of linux-6.1 only\n\nquery.sole-mapper (MUST)');
    expect(out).toMatch(/tellsSoleMapper {2}true → false {2}\S/);
    expect(out).toMatch(/ {4}3 {2}query the page map of page 0 of process 0\n/);
    expect(out).toMatch(
      /linux-6\.12 allows: special\.\n {2}linux-6\.1 requires: special-sole \(query\.sole-mapper\)/,
    );
    expect(code).toBe(0);
  });

  test('is data with --json', async () => {
    const { out } = await shell.call(['diff', 'linux-6.1', 'linux-6.12', '--longest', '3', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      profiles: ['linux-6.1', 'linux-6.12'],
      requirements: [
        { id: 'query.sole-mapper', holdsIn: 'linux-6.1', seen: { does: 'linux-6.12' } },
        { id: 'watch.unpopulated', holdsIn: 'linux-6.12', notSent: ['watch-unpopulated'] },
      ],
    });
  });

  test('of a profile with itself reports no difference', async () => {
    const { code, out } = await shell.call(['diff', 'origin', 'origin']);
    expect(out).toContain('Every requirement holds in both.\n\nAll switches are equal.');
    expect(code).toBe(0);
  });

  test('refuses an unknown profile', async () => {
    const { code, err } = await shell.call(['diff', 'origin', 'linux-6.13']);
    expect(err).toContain('linux-6.12');
    expect(code).toBe(2);
  });

  test('stops when it is interrupted', async () => {
    const { code, err } = await shell.call(['diff', 'origin', 'linux-6.19'], { signal: AbortSignal.abort() });
    expect(err).toContain('Interrupted');
    expect(code).toBe(130);
  });
});
