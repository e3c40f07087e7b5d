import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MIN_NODE, nodeTooOld } from './node-version.ts';

test('the oldest Node is the one that package.json asks for', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ engines: { node: `>=${MIN_NODE}` } });
});

test.each(['20.19.0', '20.20.2', '21.0.0', '22.1.0', '100.0.0'])('Node %s will do', (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

test.each(['20.18.3', '18.20.8', '12.22.12', '9.99.0', ''])(
  'Node %j is told what is needed, in one line',
  (version) => {
    expect(nodeTooOld(version)).toMatch(/^error: zdc needs Node 20\.19 or newer; this is Node .*\.$/);
  },
);

// Imports that an old Node could not parse would bring the SyntaxError back.
test('what an old Node loads imports nothing but the check', () => {
  const main = readFileSync(new URL('main.ts', import.meta.url), 'utf8');
  expect(main.match(/^import .*$/gm)).toEqual(["import { nodeTooOld } from './node-version.ts';"]);
  const check = readFileSync(new URL('node-version.ts', import.meta.url), 'utf8');
  expect(check).not.toMatch(/^import |\?\?|\?\.|\bawait\b/m);
});
