import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { run } from './run.ts';

const example = fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url));
const source = readFileSync(example, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'zdc-mistakes-'));

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A mistake of one line in somebody's implementation, and the rules that may be named for it. */
interface Mistake {
  readonly name: string;
  readonly line: string;
  readonly becomes: string;
  readonly named: readonly RequirementId[];
  readonly profile?: ProfileName;
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'fork leaves WRITE entries',
    line: 'mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.',
    becomes: 'pass',
    named: ['fork.read-both'],
  },
  {
    name: 'a frame is never freed',
    line: 'if frame.refs == self.idle_count:',
    becomes: 'if frame.refs < self.idle_count:',
    named: [
      'count.free-once',
      'unmap.releases',
      'migrate.frees-source',
      'failure.poison-releases',
      'device.store-counts',
    ],
  },
  {
    name: 'a failed fault poisons nothing',
    line: 'self.lose(entry, POISON)',
    becomes: 'pass',
    named: ['failure.poison', 'failure.poison-releases'],
  },
  {
    name: 'a failed fault poisons in linux-6.1 too',
    line: 'if self.profile.sigbus_poisons:',
    becomes: 'if True:',
    named: ['failure.nothing-lost'],
    profile: 'linux-6.1',
  },
  {
    name: 'out of memory is answered as SIGBUS',
    line: 'if outcome == "oom":\n            return "oom"',
    becomes: 'if outcome == "oom":\n            return "SIGBUS"',
    named: ['failure.oom', 'pin.failure'],
  },
  {
    name: 'protection is not asked for on the device',
    line: 'if not permitted:',
    becomes: 'if not permitted and not entry.on_device:',
    named: ['fault.permission-first'],
  },
  {
    name: 'copy-on-write is forgotten',
    line: 'elif entry.object.shared:',
    becomes: 'elif False:',
    named: ['fork.isolation', 'account.charge'],
  },
  {
    name: 'pinned pages migrate',
    line: 'if entry.object is not None and entry.object.pins > 0:',
    becomes: 'if entry.object is not None and entry.object.pins > 1:',
    named: ['pin.stays-put'],
  },
  {
    name: 'protect leaves WRITE entries',
    line: 'if entry.protection != command["protection"]:',
    becomes: 'if entry.protection == command["protection"]:',
    named: ['protect.downgrades'],
  },
  {
    name: 'resident pages are not counted',
    line: 'entry.process.rss += 1',
    becomes: 'entry.process.rss += 0',
    named: ['account.rss'],
  },
  {
    name: 'a hole on the device is not cleared',
    line: '        frame.write(0)\n',
    becomes: '        pass\n',
    named: ['migrate.hole-is-zero'],
  },
  {
    name: 'half a page is copied',
    line: 'self.cells = list(other.cells)',
    becomes: 'self.cells = [other.cells[0]] + self.cells[1:]',
    named: ['migrate.transparent', 'fault.last-value', 'device.load-value', 'fork.isolation'],
  },
];

describe.skipIf(!hasPython)('mistakes of one line in the Python example (python3)', () => {
  test.each(MISTAKES)(
    '$name',
    { timeout: 60_000 },
    async ({ line, becomes, named, profile = 'origin', name }) => {
      const wrong = source.replace(line, becomes);
      expect(wrong).not.toBe(source);
      const file = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.py`);
      writeFileSync(file, wrong);
      const commandLine = `python3 '${file}'`;
      const started = await StdioTarget.start(commandLine);
      if (started.kind !== 'target') throw new Error(started.failure.message);
      try {
        const outcome = await run({
          target: started.target,
          targetSpec: `stdio:${commandLine}`,
          profiles: [profile],
          seed: 1,
          budget: { runs: 150 },
          focus: [],
        });
        expect(outcome.verdict).toBe('violates');
        const found = outcome.profiles.flatMap(({ findings }) => findings);
        const requirements = found.map(({ counterexample }) => counterexample.violation.requirement);
        expect(requirements.some((requirement) => named.includes(requirement))).toBe(true);
      } finally {
        await started.target.close();
      }
    },
  );
});
