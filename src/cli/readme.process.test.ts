import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const file = `${root}README.md`;
const readme = readFileSync(file, 'utf8');

/** Every `npx zdc` line of the README, without its remark. */
const commands = readme
  .split('\n')
  .filter((line) => line.startsWith('    npx zdc '))
  .map((line) => line.trim().replace(/\s+#.*$/, ''));

const hasPython = spawnSync('python3', ['--version']).status === 0;

const runInShell = (command: string) =>
  spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

test('the README shows commands', () => {
  expect(commands.length).toBeGreaterThanOrEqual(6);
});

test.each(commands)('%s', (command) => {
  if (command.includes('python3') && !hasPython) return;
  mkdirSync(`${root}reports/runs`, { recursive: true });
  const { status, stderr } = runInShell(command);
  // A run against a planted bug must find it; everything else must be well.
  expect({ status, stderr }).toMatchObject({
    status: command.includes('run --target embedded:mutant=') ? 1 : 0,
  });
});

test('the counterexample in the README equals the output of the command', () => {
  const command = commands.find((line) => line.includes('embedded:mutant=')) ?? '';
  const { stdout } = runInShell(command);
  const [, printed = ''] = /^(\u2717 \S+ \(MUST\)[^]*?\n  Replay [^\n]*)\n/m.exec(stdout) ?? [];
  expect(printed).not.toBe('');
  const block = `<!-- counterexample -->\n\n\`\`\`text\n${printed}\n\`\`\`\n\n<!-- /counterexample -->`;
  const shown = /<!-- counterexample -->[^]*<!-- \/counterexample -->/;
  const update = process.env['ZDC_UPDATE_GOLDEN'] === '1';
  if (update) writeFileSync(file, readme.replace(shown, block));
  expect(update ? block : shown.exec(readme)?.[0]).toBe(block);
});

test('the README says which node is needed, as package.json does', () => {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    engines: { node: string };
  };
  expect(readme).toContain(`Node ${engines.node.replace('>=', '')} or newer`);
});
