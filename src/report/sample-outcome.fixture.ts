import { Tally } from '../../spec/judge/tally.ts';
import { fingerprintOf, type Violation } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { NO_EVENTS } from '../../spec/vocabulary/observation.ts';
import { deviceEntry, UNPOPULATED, PRESENT, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { ProfileOutcome, RequirementOutcome, RunOutcome } from '../run/outcome.ts';
import type { Counterexample, Finding } from '../shrink/finding.ts';
import type { Hello, TargetFailure } from '../targets/target.ts';
import type { ReportSetting } from './checks.ts';
import { chapterOf } from './json-report.ts';

/** Fixed outcomes for the tests of reports, independent of the generator. */

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

export const SAMPLE_HELLO: Hello = {
  name: 'sample',
  version: '1.2',
  profiles: ['origin', 'linux-6.1'],
  capabilities: EVERYTHING,
};

/** A child reads the store of its parent, on a page that was migrated to the device and back. */
export const SAMPLE_CASE: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
  observe: 'every-step',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'migrate-to-device', process: 0, page: 0, count: 2 },
    { op: 'spawn', process: 0 },
    { op: 'fork', process: 0, child: 1 },
    { op: 'store', process: 0, page: 0, value: 7 },
    { op: 'load', process: 1, page: 0 },
  ],
};

const idle = { refs: [1, 1], maps: [0, 0], least: [1, 1] };
const onDevice = (frame: number): number => deviceEntry(frame, false);

export const SAMPLE_TRACE: Trace = {
  case: SAMPLE_CASE,
  capabilities: EVERYTHING,
  observations: [
    {
      result: 'ok',
      events: NO_EVENTS,
      state: { entries: [UNPOPULATED, UNMAPPED, UNMAPPED, UNMAPPED], ...idle, rss: [0, 0], charged: 0 },
    },
    {
      result: ['moved', 'skipped'],
      events: [{ event: 'alloc', frame: 1 }],
      state: {
        entries: [deviceEntry(1, true), UNMAPPED, UNMAPPED, UNMAPPED],
        refs: [1, 2],
        maps: [0, 1],
        least: [1, 1],
        rss: [1, 0],
        charged: 1,
      },
    },
    undefined,
    {
      result: 'ok',
      events: NO_EVENTS,
      state: {
        entries: [onDevice(1), UNMAPPED, onDevice(1), UNMAPPED],
        refs: [1, 3],
        maps: [0, 2],
        least: [1, 2],
        rss: [1, 1],
        charged: 1,
      },
    },
    {
      result: 'ok',
      events: [
        { event: 'fault', process: 0, page: 0, frame: 1 },
        { event: 'free', frame: 1, refs: 1, maps: 0 },
      ],
      state: { entries: [PRESENT, UNMAPPED, PRESENT, UNMAPPED], ...idle, rss: [1, 1], charged: 1 },
    },
    {
      result: 7,
      events: NO_EVENTS,
      state: { entries: [PRESENT, UNMAPPED, PRESENT, UNMAPPED], ...idle, rss: [1, 1], charged: 1 },
    },
  ],
};

const VIOLATION: Violation = {
  step: 5,
  op: 'load',
  requirement: 'fork.isolation',
  clause: 'value',
  expected: ['the value 0'],
  observed: 'the value 7',
  breaches: [
    { clause: 'value', requirement: 'fork.isolation', expected: 'the value 0', observed: 'the value 7' },
    { clause: 'accounting', requirement: 'account.charge', expected: '2 charged', observed: '1 charged' },
  ],
};

export const SAMPLE_COUNTEREXAMPLE: Counterexample = {
  case: SAMPLE_CASE,
  trace: SAMPLE_TRACE,
  violation: VIOLATION,
  failure: undefined,
  certificate: '2-minimal',
  slice: undefined,
  asked: 123,
};

/** A crash of a target that writes terminal control sequences. */
export const SAMPLE_CRASH: TargetFailure = {
  kind: 'crash',
  message: 'The target was killed by SIGSEGV before it answered case 4.',
  step: 1,
  stderr: 'starting\n\u001B[2J\u001B]0;owned\u0007Segmentation fault\r\n',
};

const CRASHED: Counterexample = {
  case: { ...SAMPLE_CASE, observe: 'inspect', commands: SAMPLE_CASE.commands.slice(0, 2) },
  trace: undefined,
  violation: {
    step: 1,
    op: 'migrate-to-device',
    requirement: 'robust.no-crash',
    clause: 'result',
    expected: ['an answer'],
    observed: SAMPLE_CRASH.message,
    breaches: [],
  },
  failure: SAMPLE_CRASH,
  certificate: 'interrupted',
  slice: undefined,
  asked: 4,
  flaky: {
    failed: 7,
    of: 21,
    differed: {
      step: 1,
      fields: [{ field: 'result', failing: SAMPLE_CRASH.message, passing: 'every step returned a result' }],
    },
  },
};

export const sampleFinding = (counterexample: Counterexample, file: string | undefined): Finding => ({
  fingerprint: fingerprintOf(counterexample.violation),
  index: 15,
  after: 387,
  found: { ...SAMPLE_CASE, commands: [...SAMPLE_CASE.commands, ...SAMPLE_CASE.commands] },
  counterexample,
  times: 3,
  otherSymptoms: [],
  file,
  isIncidental: false,
});

const CHAPTERS_SHOWN = new Set(['fork', 'migrate', 'robust']);

const outcomes = (
  profile: ProfileName,
  changes: Partial<Record<RequirementId, Partial<RequirementOutcome>>>,
): RequirementOutcome[] =>
  CATALOGUE.filter(
    (requirement) => appliesTo(requirement, profile) && CHAPTERS_SHOWN.has(chapterOf(requirement.id)),
  ).map((requirement, index) =>
    Object.assign(
      { requirement, status: 'passed', covered: 1000 + index, notFollowed: 0, missing: [], withheld: [] },
      changes[requirement.id],
    ),
  );

export const sampleProfile = (
  profile: ProfileName,
  changes: Partial<ProfileOutcome> = {},
  requirements: Partial<Record<RequirementId, Partial<RequirementOutcome>>> = {},
): ProfileOutcome => ({
  profile,
  directed: { of: 40, cases: 40, commands: 321, covered: 24, coverable: 25 },
  cases: 2040,
  commands: 54_321,
  sent: 54_300,
  moved: 1234,
  asked: 4321,
  requirements: outcomes(profile, requirements),
  tally: new Tally(),
  properties: [
    { id: 'fork/isolation', title: 'Neither side sees the other', covered: 321 },
    { id: 'fork/survives', title: 'A page outlives a sharer', covered: 0 },
  ],
  findings: [],
  warnings: [],
  disagreements: [],
  inconclusive: 0,
  inconclusiveReason: undefined,
  setAside: 0,
  setAsideReason: undefined,
  protocolErrors: [],
  elapsed: 1728.35,
  ...changes,
});

export const sampleOutcome = (changes: Partial<RunOutcome> = {}): RunOutcome => ({
  target: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
  verdict: 'conforms',
  profiles: [sampleProfile('origin'), sampleProfile('linux-6.1')],
  elapsed: 3456.7,
  interrupted: false,
  uncovered: [],
  ...changes,
});

/** A run with every kind of error. */
export const TROUBLED: RunOutcome = sampleOutcome({
  target: {
    ...SAMPLE_HELLO,
    name: 'bad \u001B[31mname\u202E',
    capabilities: new Set([...EVERYTHING].filter((one) => one !== 'pin' && one !== 'frames')),
  },
  targetSpec: "stdio:python3 'my adapter.py' --loud",
  verdict: 'violates',
  uncovered: ['fork.survives'],
  profiles: [
    sampleProfile(
      'origin',
      {
        directed: { of: 40, cases: 12, commands: 100, covered: 20, coverable: 25 },
        findings: [
          {
            ...sampleFinding(SAMPLE_COUNTEREXAMPLE, 'reports/runs/fork.isolation-0123abcd.json'),
            otherSymptoms: [
              {
                requirement: 'fork.isolation',
                op: 'kernel-load',
                clause: 'value',
                times: 1,
                index: 3,
                directed: 'fork-keeps-parent-write',
              },
              { requirement: 'account.charge', op: 'store', clause: 'accounting', times: 4, index: 21 },
            ],
          },
          { ...sampleFinding(CRASHED, undefined), index: 7, directed: 'fork-keeps-parent-write' },
        ],
        disagreements: [
          { index: 8, property: 'fork/isolation', step: 2, message: 'process 1 reads 7, not 0' },
        ],
        inconclusive: 2,
        inconclusiveReason: 'it happened once, and not again',
        setAside: 3,
        setAsideReason: 'the target shows too little to determine its state',
        protocolErrors: [
          {
            index: 9,
            directed: 'page-free-twice',
            failure: {
              kind: 'protocol',
              message: 'The target\'s answer breaks the protocol: a line that is not JSON: "\\u001b[0m".',
              step: undefined,
              stderr: 'Traceback:\n\u0007  line 1\n',
            },
          },
        ],
      },
      {
        'fork.isolation': { status: 'violated' },
        'robust.no-crash': { status: 'violated' },
        'fork.counts': { status: 'not-observable', covered: 0, missing: ['frames'] },
        'fork.pin-stays': { status: 'capability-missing', covered: 0, missing: ['pin'] },
        'fork.survives': { status: 'not-covered', covered: 0 },
        'migrate.progress': { status: 'not-followed', covered: 70, notFollowed: 7 },
      },
    ),
  ],
});

/** The settings of reports in tests. */
export const SAMPLE_SETTING: ReportSetting = {
  exitCode: 1,
  strict: false,
  cwd: '/',
  date: new Date('2030-01-02T03:04:05Z'),
};
