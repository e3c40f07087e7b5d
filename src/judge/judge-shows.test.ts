import { describe, expect, test } from 'vitest';
import { judgeTrace } from '../../spec/judge/judge-trace.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { caseRandom } from '../generate/case-random.ts';
import { CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

// A target that shows little or executes few commands does not violate a requirement because of it.

const SHOWN = [
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
] as const satisfies readonly Capability[];
const COMMANDS = USUAL_CAPABILITIES.filter((one) => !SHOWN.some((shown) => shown === one));

const POORER: readonly (readonly [string, readonly Capability[]])[] = [
  ['nothing but results', COMMANDS],
  ['callbacks', [...COMMANDS, 'callbacks']],
  ['callbacks and allocations', [...COMMANDS, 'callbacks', 'allocations']],
  ['entries at inspect', [...COMMANDS, 'entries']],
  ['entries', [...COMMANDS, 'entries', 'every-step']],
  ['entries and frames', [...COMMANDS, 'entries', 'frames', 'every-step']],
  ['frames alone', [...COMMANDS, 'frames', 'least-count', 'every-step']],
  ['frames and callbacks', [...COMMANDS, 'callbacks', 'allocations', 'frames', 'every-step']],
  ['accounting', [...COMMANDS, 'accounting', 'every-step']],
  ['callbacks and entries', [...COMMANDS, 'callbacks', 'entries', 'every-step']],
  ['everything, but only the core', SHOWN],
  ['nothing, and only the core', []],
  [
    'everything, without copy-on-write by the device and without oom as an answer',
    USUAL_CAPABILITIES.filter((one) => one !== 'device-copy-on-write' && one !== 'oom-result'),
  ],
];

const CASES = 200;

describe.each<ProfileName>(['origin', 'linux-5.18', 'linux-6.1'])(
  'the embedded kernel conforms in %s',
  (profile) => {
    test.each(POORER)('where it shows %s', (_, shows) => {
      const target = new EmbeddedTarget({ shows });
      const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
      const accused: string[] = [];
      let conforming = 0;
      for (let index = 0; index < CASES; index++) {
        const testCase = source.draw(caseRandom(11, index));
        const verdict = judgeTrace(target.runNow(testCase));
        if (verdict.kind === 'conforms') conforming++;
        if (verdict.kind === 'violates') accused.push(`case ${index}: ${JSON.stringify(verdict)}`);
      }
      expect(accused).toEqual([]);
      // Inconclusive verdicts are rare: at most one case in ten.
      expect(conforming).toBeGreaterThan(0.9 * CASES);
    });
  },
);
