import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodeCase } from '../../../spec/protocol/codec.ts';
import type { ProfileName } from '../../../spec/profiles/profile.ts';
import { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { caseRandom, CaseSource } from '../../generate/case-source.ts';
import { directedSuite } from '../../generate/directed-suite.ts';
import { EXIT } from '../../report/exit-code.ts';
import type { LinuxPlaces } from '../../targets/linux/kernel.ts';
import { batchOf } from '../../targets/stdio-batch.ts';
import { UserError } from '../io.ts';

/** A row of the agent's table of capabilities: its name, and the condition on which it is declared. */
const ROW = /^\t\{ "(?<name>[\w-]+)", (?<condition>\w+), (?:true|false) \},$/gm;
/** Conditions that hold in a virtual machine only, or on request. */
const NEVER_HERE: ReadonlySet<string> = new Set(['in_guest', 'can_swap', 'can_access_as_kernel', 'can_join']);

/** What the agent may declare as a process of a machine, each with whether that depends on the machine. */
export function agentCapabilities(places: LinuxPlaces): ReadonlyMap<Capability, boolean> {
  const source = readFileSync(join(places.ours, 'agent/main.c'), 'utf8');
  const rows = [...source.matchAll(ROW)].flatMap(({ groups }) => {
    const { success, data } = Capability.safeParse(groups?.['name']);
    const condition = groups?.['condition'] ?? '';
    return success && !NEVER_HERE.has(condition) ? [[data, condition !== 'NULL'] as const] : [];
  });
  return new Map(rows);
}

interface BundleOptions {
  readonly profile: ProfileName;
  readonly seed: number;
  /** The number of random cases. */
  readonly runs: number;
}

/** The lines of the cases for a bundle: those of the directed suite, then random ones. */
export function* bundledCases(
  places: LinuxPlaces,
  { profile, seed, runs }: BundleOptions,
): Generator<string> {
  const declared = agentCapabilities(places);
  const capabilities = new Set(declared.keys());
  let id = 0;
  for (const { case: testCase } of directedSuite(profile, capabilities))
    yield caseLine(testCase, id++, declared);
  const source = new CaseSource({ profile, capabilities });
  for (let index = 0; index < runs; index++) {
    yield caseLine(source.draw(caseRandom(seed, index)), id++, declared);
  }
}

/** A case as it is sent, with the capabilities without which the agent has to skip it. */
function caseLine(testCase: Case, id: number, declared: ReadonlyMap<Capability, boolean>): string {
  const { profile, scope, observe } = testCase;
  const all = new Set(declared.keys());
  const { commands } = batchOf(testCase, all);
  const needs = [...declared].flatMap(([name, isConditional]) => {
    if (!isConditional) return [];
    const others = new Set(all);
    others.delete(name);
    return batchOf(testCase, others).commands.length < commands.length ? [name] : [];
  });
  const line = encodeCase({ id, profile, scope, observe, commands });
  return needs.length === 0 ? line : line.replace('{', `{"needs":${JSON.stringify(needs)},`);
}

const NAME = 'zdc-linux';

/** Writes the sources of driver and agent, a script, and the cases as one archive. Returns the number of cases. */
export function writeBundle(places: LinuxPlaces, path: string, options: BundleOptions): number {
  const folder = mkdtempSync(join(tmpdir(), 'zdc-bundle-'));
  try {
    const root = join(folder, NAME);
    for (const part of ['module', 'agent', 'run.sh'])
      cpSync(join(places.ours, part), join(root, part), { recursive: true });
    cpSync(join(places.ours, 'config/driver.config'), join(root, 'driver.config'));
    const cases = [...bundledCases(places, options)];
    writeFileSync(join(root, 'cases.ndjson'), cases.join(''));
    const words = ['--sort=name', '--owner=0', '--group=0', '-czf', resolve(path), '-C', folder, NAME];
    const { status, stderr, error } = spawnSync('tar', words, { encoding: 'utf8' });
    if (status === 0) return cases.length;
    throw new UserError(EXIT.unstartable, `tar could not write ${path}: ${error?.message ?? stderr.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
