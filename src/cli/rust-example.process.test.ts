import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Shell } from './world.fixture.ts';

const EXAMPLE = fileURLToPath(new URL('../targets/examples/zone_device.rs', import.meta.url));
const hasRust = spawnSync('rustc', ['--version']).status === 0;

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

describe.skipIf(!hasRust)('the Rust example (rustc)', () => {
  const program = shell.path('zone_device');
  const target = `stdio:'${program}'`;

  beforeAll(() => {
    // Without -O, which takes longer to compile than these cases take to run.
    execFileSync('rustc', ['--edition', '2021', '-D', 'warnings', '-o', program, EXAMPLE]);
  });

  test('passes zdc doctor', async () => {
    const { code, out } = await shell.call(['doctor', '--target', target]);
    expect(out).toContain('No problem found.');
    expect(out).not.toContain('✗');
    expect(code).toBe(0);
  });

  // The directed suite of every profile, and random cases besides the hundred of each profile that doctor runs.
  test('conforms in every profile', async () => {
    const words = ['run', '--target', target, '--runs', '30', '--seed', '1', '--no-corpus', '--no-save'];
    const { code, out } = await shell.call(words);
    expect(out).toContain('CONFORMS: zone_device.rs');
    expect(code).toBe(0);
  });

  // The modes replace rules from the profiles on that have them; earlier profiles are followed as without.
  test('conforms in the modes one-owner and watch-unpopulated', async () => {
    const modes = `stdio:'${program}' --one-owner --watch-unpopulated`;
    const words = ['run', '--target', modes, '--runs', '30', '--seed', '1', '--no-corpus', '--no-save', '-v'];
    const { code, out } = await shell.call(words);
    for (const id of ['devices.joined-access', 'devices.joined-migration', 'watch.unpopulated'])
      expect(out).toMatch(new RegExp(`^ *${id} .*✓`, 'm'));
    expect(code).toBe(0);
  });

  test('refuses an unknown option', () => {
    const { status, stderr } = spawnSync(program, ['--two-owners'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('usage: zone_device [--one-owner] [--watch-unpopulated]');
  });
});
