import { match } from 'ts-pattern';
import { Capability } from '../../../spec/vocabulary/capability.ts';
import { wireObservations } from '../../corpus/case-file.ts';
import { oneLine, printable } from '../../corpus/printable.ts';
import { stderrLines } from '../../report/counterexample-text.ts';
import type { Paint } from '../../report/paint.ts';
import { capabilityGains, judgeable } from '../../report/status-text.ts';
import { stepLines } from '../../report/steps-text.ts';
import { columns, cut, wrap } from '../../report/text-layout.ts';
import type { ReplayOutcome } from '../../run/replay.ts';
import type { Hello } from '../../targets/target.ts';
import { didYouMean } from '../nearest.ts';
import { nameOf } from '../run-display.ts';
import type { ProbeResult } from './probe.ts';

/** The number of characters shown of a line that was sent or received. */
const EXCERPT_LENGTH = 600;

/** The hello of a target, with the names that this version does not know. */
export function helloText(hello: Hello, unknownNames: readonly string[], paint: Paint): string {
  const known = [...Capability.options, ...hello.profiles];
  return [
    `  ${paint.green('✓')} started; hello: ${nameOf(hello)}; profiles ${hello.profiles.join(', ')}`,
    ...unknownNames.map(
      (name) =>
        `  ${paint.yellow('!')} "${oneLine(name)}" is not a known capability or profile, and is ignored.${didYouMean(name, known)}`,
    ),
  ].join('\n');
}

/** The declared capabilities, and the number of requirements that further ones would make judgeable. */
export function declarationText({ capabilities, profiles }: Hello, paint: Paint): string {
  const { count, all } = judgeable(capabilities, profiles);
  const declared = Capability.options.filter((one) => capabilities.has(one));
  const gains = capabilityGains(capabilities, profiles);
  const rows = gains.map(({ capability, atOnce, later }) => [
    capability,
    atOnce === 0 ? '' : `+${atOnce}`,
    later === 0 ? '' : `${later}`,
    CAPABILITY_TEXTS[capability],
  ]);
  return [
    ...wrap(`  Declared: ${declared.length === 0 ? 'the core only' : declared.join(', ')}.`, '    '),
    `  ${count} of ${all} requirements can be judged with these capabilities.`,
    ...(rows.length === 0
      ? []
      : [
          '  Not declared, in order of gain (requirements judgeable with it alone; with further capabilities):',
          '',
          ...columns(rows, '    '),
        ]),
    ...(profiles.length === 0 ? [] : ['', paint.dim('  An undeclared capability only reduces coverage.')]),
  ].join('\n');
}

/** The text of a passed probe. */
export const wellText = ({ title, capability }: ProbeResult['probe'], paint: Paint): string =>
  `  ${paint.green('✓')} ${capability === undefined ? title : `${capability.padEnd(20)}  ${title}`}`;

/** The text of a failed probe: expected and observed outcome, the lines on the wire, and advice. */
export function wrongText(
  { probe, case: testCase, outcome, sent }: ProbeResult,
  hello: Hello,
  paint: Paint,
): string {
  const { trace, failure } = outcome;
  const name = probe.capability === undefined ? probe.title : `${probe.capability}: ${probe.title}`;
  const steps = stepLines(
    {
      case: testCase,
      observations: trace?.observations,
      capabilities: hello.capabilities,
      broken: brokenStep(outcome),
    },
    paint,
  );
  const received =
    trace === undefined
      ? []
      : [
          `  Received ${cut(JSON.stringify({ observations: wireObservations(trace).filter((one) => one !== null) }), EXCERPT_LENGTH)}`,
        ];
  return [
    `  ${paint.red('✗')} ${paint.bold(name)} (${testCase.profile})`,
    ...whatIsWrong(outcome, paint),
    '',
    ...steps.map((line) => `    ${line}`),
    '',
    `    Sent     ${cut(sent, EXCERPT_LENGTH)}`,
    ...received.map((line) => `  ${line}`),
    ...stderrLines(failure?.stderr ?? '').map((line) => `  ${line}`),
    // Without a response, the failure already contains advice.
    ...(failure === undefined ? wrap(`    Fix      ${probe.advice}`, '             ') : []),
  ].join('\n');
}

const brokenStep = ({ verdict, failure }: ReplayOutcome): number | undefined =>
  verdict.kind === 'violates' ? verdict.violation.step : failure?.step;

const whatIsWrong = ({ verdict, disagreements }: ReplayOutcome, paint: Paint): readonly string[] =>
  match(verdict)
    .with({ kind: 'violates' }, ({ violation }) => [
      `    Violated ${violation.requirement} at step ${violation.step + 1} (${violation.clause})`,
      `    Expected ${violation.expected.map(printable).join(', or ')}`,
      ...wrap(`    Observed ${printable(violation.observed)}`, '             '),
    ])
    .with({ kind: 'inconclusive' }, ({ reason }) => wrap(`    ${printable(reason)}`, '    '))
    .with({ kind: 'conforms' }, () =>
      disagreements.map(
        ({ property, message }) =>
          `    ${paint.yellow(`model and property ${property} disagree: ${message}`)}`,
      ),
    )
    .exhaustive();

/** The number of probes that were skipped after a failure. */
export const untriedText = (count: number, paint: Paint): string =>
  paint.dim(`  – ${count} more of this stage not tried: fix this first`);

/** The heading of a stage. */
export const stageText = (number: number, title: string, paint: Paint): string =>
  paint.bold(`${number}. ${title}`);

/** A short description of each capability. */
const CAPABILITY_TEXTS: { readonly [C in Capability]: string } = {
  fork: 'the command fork',
  discard: 'the command discard',
  protect: 'the command protect',
  host: 'map of the kind host: memory that is not private',
  'device-load': 'the command device-load: the device reads',
  'device-store': 'the command device-store: the device writes',
  pin: 'the commands pin and unpin',
  evict: 'the command evict: the driver reclaims one frame',
  attach: 'the commands attach and detach',
  'swap-on': 'the command swap-on',
  'inject-sigbus': 'inject sigbus: the driver cannot migrate a page back',
  'inject-oom': 'inject oom: no free system page to migrate back to',
  'inject-no-frame': 'inject no-frame: no free frame for a migration to the device',
  'inject-no-copy': 'inject no-copy: the copy to the device fails',
  shared: 'map of the kind shared: memory of several processes',
  file: 'map of the kind file: a private mapping of a file',
  move: 'the command move: moves a mapping to another page',
  'move-keep': 'move with keep: the old mapping stays; from 5.18; needs move',
  populate: 'the command populate',
  lock: 'the commands lock and unlock',
  advise: 'the command advise',
  'kernel-access': 'the commands kernel-load and kernel-store',
  peek: 'the command peek: a no-fault kernel access',
  'watch-missing': 'watch missing: accesses to unpopulated pages are trapped',
  'watch-write': 'watch write-protect: stores are trapped; from 5.18',
  'soft-dirty': 'the commands clear-soft-dirty and soft-dirty',
  query: 'the commands page-map, residency and smaps',
  limit: 'the command limit: the maximum number of pages of a group',
  groups: 'the commands join and charge',
  'evict-all': 'the command evict-all: the driver empties the device',
  close: 'the commands close and open',
  'hot-add': 'the command hot-add',
  exclusive: 'make-exclusive and device-exchange; from 5.18',
  devices: 'a scope with two devices, and commands that name one',
  race: 'the command race: two commands at the same time',
  'surprise-removal': 'the command surprise-remove: the device disappears with its pages; needs attach',
  'pin-read': 'pin with access read; needs pin',
  inherit: 'the command inherit: the behavior of a mapping at fork',
  'race-extended': 'race with every other side; needs race',
  'device-copy-on-write': 'a device store to a shared page works',
  'one-owner': "mode: both devices have the same owner, and access each other's pages in place",
  'watch-unpopulated': 'mode: a write-protect watch also applies to unpopulated pages',
  'oom-result': 'an access may return oom instead of retrying',
  callbacks: 'shows page_fault and page_free among the events',
  allocations: 'shows the frames that the driver allocates',
  entries: 'shows the page-table entries in state',
  frames: 'shows the counts of the frames in state; needs entries',
  'least-count': 'shows the minimum count since the last snapshot; needs frames',
  accounting: 'shows rss and charge in state',
  'every-step': 'shows the state after every command',
  progress: 'writes a line after each command, when asked',
};
