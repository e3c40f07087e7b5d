import { Argument, type Command, Option } from 'commander';
import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { type Io, isTerminal, paintFor } from './io.ts';
import { collectProfile, parseDuration, wholeNumber } from './options.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { amount, figure } from '../report/figures.ts';
import { profileDiffText } from '../report/profile-diff-text.ts';
import {
  profileDifference,
  type ProfileDifference,
  type ObservedDifference,
} from '../search/profile-diff.ts';

const DEFAULT_LONGEST = 6;
const DEFAULT_BUDGET = 60_000;

const EXAMPLES = `
Examples:
  zdc diff origin linux-4.14                  with the differences in poisoning
  zdc diff linux-5.18 linux-6.1 --longest 4   the shortest cases only
  zdc diff origin linux-6.19 --json           as JSON

Lists every requirement that holds in one of the two profiles, and every switch with different values, each with the
shortest case that shows the difference. Each switch is tested alone: the embedded kernel follows one profile, and is judged
by the same profile with that switch changed, in both directions. (Switches that depend on each other are changed
together.) The search uses the commands to which the switch applies, in a world of 2 processes × 1 page × 1 frame, and
observes results, then callbacks, then the whole state.`;

interface DiffFlags {
  readonly longest: number;
  readonly budget: number;
  readonly json?: boolean;
}

/** Defines the verb that lists the differences between two profiles. */
export function defineDiff(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Lists the differences between two profiles, and finds the shortest case for each.')
    .addArgument(new Argument('<profile>', 'a profile').argParser(parseProfile))
    .addArgument(new Argument('<other>', 'another profile').argParser(parseProfile))
    .option('--longest <steps>', 'maximum number of steps of a case', wholeNumber(1, 12), DEFAULT_LONGEST)
    .addOption(
      new Option('--budget <time>', 'time limit of the search')
        .argParser(parseDuration)
        .default(DEFAULT_BUDGET, '1m'),
    )
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (one: ProfileName, other: ProfileName, flags: DiffFlags) => {
      done(await diffVerb(one, other, flags, io));
    });
}

function parseProfile(text: string): ProfileName {
  const [profile] = collectProfile(text);
  // `parseProfile` reports names that are not profiles.
  return profile ?? 'origin';
}

async function diffVerb(one: ProfileName, other: ProfileName, flags: DiffFlags, io: Io): Promise<ExitCode> {
  const isLive = isTerminal(io.stderr);
  const difference = await profileDifference(one, other, {
    longest: flags.longest,
    budget: flags.budget,
    signal: io.signal,
    onProgress: ({ switches, length, states }) => {
      if (!isLive) return;
      io.stderr.write(
        `\r\u001b[K${switches.join(', ')}: cases of ${amount(length, 'step')}, ${figure(states)} states`,
      );
    },
  });
  if (isLive) io.stderr.write('\r\u001b[K');
  const paint = paintFor(io);
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify(asJson(one, other, difference), null, 2)}\n`
      : `${profileDiffText(one, other, difference, paint)}\n`,
  );
  if (!io.signal.aborted) return EXIT.conforms;
  io.stderr.write('Interrupted: the search is incomplete. (exit 130)\n');
  return EXIT.interrupted;
}

const asJson = (one: ProfileName, other: ProfileName, difference: ProfileDifference): object => ({
  profiles: [one, other],
  longest: difference.longest,
  requirements: difference.requirements.map(({ requirement, holdsIn, notSent, seen }) => ({
    id: requirement.id,
    holdsIn,
    notSent,
    seen: seen === undefined ? null : seenAsJson(seen),
  })),
  switches: difference.switches.map(({ names, seen, searched }) => ({
    switches: names.map((name) => ({ name, values: [PROFILES[one][name], PROFILES[other][name]] })),
    seen: seen.map(seenAsJson),
    searched,
  })),
});

const seenAsJson = ({ commands, violation, does, forbids, sight, switches }: ObservedDifference): object => ({
  switches,
  does,
  forbids,
  sight,
  commands,
  requirement: violation.requirement,
  expected: violation.expected,
  observed: violation.observed,
});
