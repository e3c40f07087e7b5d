import { afterAll, describe, expect, test } from 'vitest';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

describe('zdc diff', () => {
  test('tells what differs, with the shortest cases', async () => {
    const { code, out } = await shell.call(['diff', 'linux-6.1', 'linux-6.12', '--longest', '4']);
    expect(out).toMatch(/^linux-6\.1 {3}\S.*\nlinux-6\.12 {2}\S/);
    expect(out).toContain('1 requirement of linux-6.1 only\n\nquery.sole-mapper (MUST)');
    expect(out).toMatch(/tellsSoleMapper {2}true → false {2}\S/);
    expect(out).toMatch(/ {4}3 {2}ask what the page map holds for page 0 of process 0\n/);
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

  test('of a profile with itself says that there is nothing', async () => {
    const { code, out } = await shell.call(['diff', 'origin', 'origin']);
    expect(out).toContain('Every requirement holds in both.\n\nAll switches are equal.');
    expect(code).toBe(0);
  });

  test('knows the profiles', async () => {
    const { code, err } = await shell.call(['diff', 'origin', 'linux-6.13']);
    expect(err).toContain('linux-6.12');
    expect(code).toBe(2);
  });

  test('ends when somebody says so', async () => {
    const { code, err } = await shell.call(['diff', 'origin', 'linux-6.19'], { signal: AbortSignal.abort() });
    expect(err).toContain('Interrupted');
    expect(code).toBe(130);
  });
});
