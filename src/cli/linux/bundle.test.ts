import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { linuxPlaces } from './linux-spec.ts';
import { agentCapabilities, bundledCases, writeBundle } from './bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-bundle-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const places = linuxPlaces({});
const options = { profile: 'linux-6.12', seed: 3, runs: 5 } as const;

test('the capabilities are those of the agent, without those of a virtual machine', () => {
  const capabilities = agentCapabilities(places);
  expect(capabilities.get('fork')).toBe(false);
  expect(capabilities.get('exclusive')).toBe(true);
  for (const name of ['swap-on', 'hot-add', 'kernel-access', 'groups'] as const)
    expect(capabilities.has(name)).toBe(false);
});

test('each case lists the capabilities that the machine must have', () => {
  const cases = [...bundledCases(places, options)];
  expect(new Set(cases.map((line) => line.includes('"needs":["exclusive"]')))).toEqual(
    new Set([true, false]),
  );
  const without = cases.filter((line) => !/"(?:make-exclusive|device-exchange)"/.test(line));
  expect(without.filter((line) => line.includes('"needs":["exclusive"'))).toEqual([]);
  // Each run of the same seed has the same cases.
  expect([...bundledCases(places, options)]).toEqual(cases);
});

test('the archive contains all files that a machine without Node needs', () => {
  const path = join(folder, 'bundle.tar.gz');
  const count = writeBundle(places, path, options);
  expect(count).toBeGreaterThan(100);
  const { stdout } = spawnSync('tar', ['-tzf', path], { encoding: 'utf8' });
  for (const name of ['run.sh', 'driver.config', 'cases.ndjson', 'module/probes.sh', 'agent/record.c']) {
    expect(stdout).toContain(`zdc-linux/${name}\n`);
  }
});
