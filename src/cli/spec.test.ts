import { afterAll, describe, expect, test } from 'vitest';
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

  test('explains one, with what covers it', async () => {
    const { out } = await shell.call(['spec', 'fork.isolation']);
    expect(out).toMatch(/through every\s+interleaving/);
    expect(out).toContain(`Source    ${findRequirement('fork.isolation')?.source}`);
    expect(out).toMatch(/Needs +fork/);
    expect(out).toMatch(/Properties:\n +\S+\/\S+: /);
    expect(out).toMatch(/Planted bugs:\n +[a-z-]+: /);
  });

  test('shows the matrix as data', async () => {
    const { out } = await shell.call(['spec', 'migrate.detach', '--matrix', '--json']);
    expect(JSON.parse(out)).toMatchObject({ requirements: [{ id: 'migrate.detach', commands: ['detach'] }] });
  });

  test('stops measuring when somebody says so', async () => {
    const { code } = await shell.call(['spec', '--matrix'], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
  });

  test('says what is not asserted, and why', async () => {
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
