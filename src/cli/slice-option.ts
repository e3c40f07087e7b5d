import { InvalidArgumentError } from 'commander';
import { type FamilyName, isFamilyName, MODEL_REGIONS } from '../../spec/model/families.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';
import { COVERAGES, type CoverageName } from '../report/specification-text.ts';
import type { SpecificationSlice } from '../search/case-plan.ts';
import { didYouMean } from './nearest.ts';

const FAMILIES = Object.keys(MODEL_REGIONS).filter(isFamilyName);

/** Families as the option takes them: without spaces. */
const OPTION_NAMES: ReadonlyMap<string, FamilyName> = new Map(
  FAMILIES.map((name) => [name.replaceAll(' ', '-'), name]),
);

export const FAMILY_NAMES: readonly string[] = [...OPTION_NAMES.keys()];

/** Parses a list of families, to which the core is added. */
export function parseFamilies(text: string): readonly FamilyName[] {
  const found = text.split(',').map((name) => {
    const family = OPTION_NAMES.get(name);
    if (family !== undefined) return family;
    throw new InvalidArgumentError(
      `The families are ${FAMILY_NAMES.join(', ')}.${didYouMean(name, FAMILY_NAMES)}`,
    );
  });
  return [...new Set<FamilyName>(['core', ...found])];
}

/** Parses a world size: processes, pages and frames, and optionally pin slots and devices. */
export function parseScope(text: string): Scope {
  const match = /^(\d+)x(\d+)x(\d+)(?:x(\d+))?(?:x(\d+))?$/.exec(text);
  const [processes = 0, pages = 0, frames = 0, slots = 0, devices = 1] = (match ?? [])
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const parsed = Scope.safeParse({ processes, pages, frames, slots, ...(devices === 1 ? {} : { devices }) });
  if (match !== null && parsed.success) return parsed.data;
  throw new InvalidArgumentError(
    'Expected processes x pages x frames, such as 2x1x1, optionally followed by pin slots and devices: 2x1x1x1x2.',
  );
}

const PINNED: ReadonlySet<FamilyName> = new Set<FamilyName>(['pin', 'pin read']);

/** The slice of the two options; undefined without a world size. Pins need a slot. */
export function sliceOf(
  scope: Scope | undefined,
  families: readonly FamilyName[] = ['core'],
): SpecificationSlice | undefined {
  if (scope === undefined) return undefined;
  const isPinned = families.some((family) => PINNED.has(family));
  return { scope: isPinned && scope.slots === 0 ? { ...scope, slots: 1 } : scope, families };
}

/** Parses a required coverage, such as transitions=95, and adds it to the preceding ones. */
export function collectFailUnder(
  text: string,
  before: ReadonlyMap<CoverageName, number> = new Map(),
): ReadonlyMap<CoverageName, number> {
  const [, name = '', number = ''] = /^([a-z]+)=(\d{1,3}(?:\.\d+)?)$/.exec(text) ?? [];
  const coverage = COVERAGES.find((one) => one === name);
  const percent = Number(number);
  if (coverage !== undefined && number !== '' && percent <= 100)
    return new Map([...before, [coverage, percent]]);
  throw new InvalidArgumentError(
    `Expected ${COVERAGES.join(', ')} with a percentage, such as transitions=95.${didYouMean(name, COVERAGES)}`,
  );
}
