import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import {
  aboutSwitch,
  type ProfileDifference,
  type RequirementDifference,
  type ObservedDifference,
  type SwitchDifference,
} from '../search/profile-diff.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { commandInWords } from './steps-text.ts';
import { wrap } from './text-layout.ts';

const WIDTH = 100;

/** The differences between two profiles: requirements, then switches, each with its shortest case. */
export function profileDiffText(
  one: ProfileName,
  other: ProfileName,
  difference: ProfileDifference,
  paint: Paint,
): string {
  const { requirements, switches } = difference;
  const sides = [one, other].flatMap((side) => {
    const own = requirements.filter(({ holdsIn }) => holdsIn === side);
    return own.length === 0
      ? []
      : [
          paint.bold(`${amount(own.length, 'requirement')} of ${side} only`),
          ...own.map((each) => requirementText(each, difference, paint)),
        ];
  });
  const width = Math.max(one.length, other.length);
  return [
    [one, other].map((name) => titleLine(name, width, paint)).join('\n'),
    ...(sides.length === 0 ? ['Every requirement holds in both.'] : sides),
    ...(switches.length === 0
      ? ['All switches are equal.']
      : [
          paint.bold(
            `${amount(switches.flatMap(({ names }) => names).length, 'switch', 'switches')} that differ`,
          ),
          ...switches.map((each) => switchText(each, [one, other], difference.longest, paint)),
        ]),
  ].join('\n\n');
}

const titleLine = (name: ProfileName, width: number, paint: Paint): string =>
  `${paint.bold(name)}${' '.repeat(width - name.length)}  ${PROFILES[name].title}`;

function requirementText(
  { requirement, absentIn, notSent, seen }: RequirementDifference,
  { longest }: ProfileDifference,
  paint: Paint,
): string {
  const head = `${paint.bold(requirement.id)} (${requirement.level})  ${requirement.title}`;
  if (notSent.length > 0) {
    return [
      head,
      ...indented(`${absentIn} does not send the commands that it needs: ${notSent.join(', ')}.`),
    ].join('\n');
  }
  if (seen === undefined) {
    return [
      head,
      ...indented(
        `No case of up to ${amount(longest, 'step')} was found in which ${absentIn} violates it before another requirement.`,
      ),
    ].join('\n');
  }
  return [head, ...seenLines(seen, paint)].join('\n');
}

function switchText(
  { names, seen, searched }: SwitchDifference,
  [one, other]: readonly [ProfileName, ProfileName],
  longest: number,
  paint: Paint,
): string {
  const heads = names.map((name) => {
    const values = `${String(PROFILES[one][name])} → ${String(PROFILES[other][name])}`;
    return `${paint.bold(name)}  ${values}  ${paint.dim(aboutSwitch(name).what)}`;
  });
  const unseen = [one, other].filter((side) => !seen.some(({ does }) => does === side));
  return [
    ...heads,
    ...seen.flatMap((each) => seenLines(each, paint)),
    ...unseen.flatMap((side) =>
      indented(
        `No outcome of ${side} was found that the other forbids, in cases of up to ${amount(searched, 'step')}` +
          `${searched < longest ? '; the budget did not suffice for longer ones (--budget)' : ''}.`,
      ),
    ),
  ].join('\n');
}

const HOW = {
  everything: '',
  'results and callbacks': ', observable by results and callbacks alone',
  results: ', observable by results alone',
} as const satisfies Record<ObservedDifference['sight'], string>;

function seenLines(
  { commands, violation, does, forbids, sight }: ObservedDifference,
  paint: Paint,
): readonly string[] {
  const digits = String(commands.length).length;
  return [
    ...commands.map(
      (command, step) => `    ${String(step + 1).padStart(digits)}  ${commandInWords(command)}`,
    ),
    ...indented(`${does} allows: ${violation.observed}${HOW[sight]}.`).map((line) => paint.yellow(line)),
    ...indented(`${forbids} requires: ${violation.expected.join('; or ')} (${violation.requirement}).`).map(
      (line) => paint.green(line),
    ),
  ];
}

const indented = (text: string): readonly string[] => wrap(text, '', WIDTH - 2).map((line) => `  ${line}`);
