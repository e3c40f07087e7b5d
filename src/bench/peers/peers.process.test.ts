import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../dist/src/bench/peers-main.js', import.meta.url));

test('npm run bench:peers has a row for each tool that is installed, and names the others', () => {
  const words = ['--seeds', '1', '--bugs', 'unmap-leaves-the-permission'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const name of ['zdc', 'fc.commands', 'Hypothesis', 'PropEr']) {
    expect(stdout).toMatch(new RegExp(`^(?:\\| ${name}.* \\| 0 \\||Skipped: ${name} is not installed)`, 'm'));
  }
});

test('npm run bench:peers refuses a bug that does not exist', () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, '--bugs', 'no-such-bug'], {
    encoding: 'utf8',
  });
  expect(stderr).toContain('There is no planted bug no-such-bug');
  expect(status).toBe(2);
});
