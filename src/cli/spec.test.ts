import { afterAll, describe, expect, test } from 'vitest';
import { CATALOGUE, CHAPTERS, findRequirement } from '../../spec/requirements/catalogue.ts';
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

  test('explains one, with what covers it', async () => {
    const { out } = await shell.call(['spec', 'fork.isolation']);
    expect(out).toContain('through every interleaving');
    expect(out).toContain(`Source    ${findRequirement('fork.isolation')?.source}`);
    expect(out).toMatch(/Needs +fork/);
    expect(out).toMatch(/Properties without a model:\n +\S+\/\S+: /);
    expect(out).toMatch(/Mutants that break it:\n +[a-z-]+: /);
  });

  test('is data with --json', async () => {
    const { out } = await shell.call(['spec', '--json']);
    const { requirements }: { requirements: readonly { id: string; mutants: readonly string[] }[] } =
      JSON.parse(out);
    expect(requirements.map(({ id }) => id)).toEqual(CATALOGUE.map(({ id }) => id));
    expect(requirements.find(({ id }) => id === 'fork.counts')?.mutants).not.toEqual([]);
  });
});
