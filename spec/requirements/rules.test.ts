import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProfileName } from '../profiles/profile.ts';
import { OPS, SPECS } from '../vocabulary/command.ts';
import { CATALOGUE, CHAPTERS, findRequirement } from './catalogue.ts';

const rules = readFileSync(new URL('../RULES.md', import.meta.url), 'utf8');

/** The chapters of RULES.md, without the introduction: the number, and the text below the heading. */
const chapters = rules
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ number: Number.parseInt(text, 10), text }));

const isOfAChapter = (id: string): boolean => CHAPTERS.some(({ name }) => id.startsWith(`${name}.`));

/** The numbers of rules, as `chapter.rule`. */
const numbers = [...rules.matchAll(/^\*\*(\d+\.\d+)\*\* /gm)].map(([, number]) => number);

/** The rows of the table of commands. */
const commandRows = (chapters.find(({ number }) => number === 2)?.text ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

describe('RULES.md', () => {
  test('names every requirement', () => {
    expect(CATALOGUE.map(({ id }) => id).filter((id) => !rules.includes(`\`${id}\``))).toEqual([]);
  });

  test('names no requirement that does not exist', () => {
    const named = [...rules.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, id = '']) => id).filter(isOfAChapter);
    expect(named.filter((id) => findRequirement(id) === undefined)).toEqual([]);
  });

  test('numbers its chapters, and the rules of each chapter', () => {
    expect(chapters.map(({ number }) => number)).toEqual(chapters.map((_, index) => index + 1));
    const expected = chapters.flatMap(({ number, text }) =>
      [...text.matchAll(/^\*\*\d+\.\d+\*\* /gm)].map((_, index) => `${number}.${index + 1}`),
    );
    expect(numbers).toEqual(expected);
  });

  test('refers to rules and chapters that exist', () => {
    const cited = [...rules.matchAll(/(?<![\w.*-])(\d+\.\d+)(?![\w.*])/g)].map(([, number = '']) => number);
    // Versions of Linux and profiles are written alike.
    const versions = new Set([
      '5.3',
      '5.19',
      ...ProfileName.options.map((name) => name.replace('linux-', '')),
    ]);
    expect(cited.filter((one) => !versions.has(one) && !numbers.includes(one))).toEqual([]);
    const last = chapters.at(-1)?.number ?? 0;
    const cites = [...rules.matchAll(/chapters? (\d+)/g)].map(([, number]) => Number(number));
    expect(cites.filter((number) => number > last)).toEqual([]);
  });

  test('lists for every command the call that it stands for and its rules', () => {
    expect(commandRows.map(([, name]) => name)).toEqual(OPS.map((op) => `\`${op}\``));
    const calls = commandRows.map(([, name = '', call]) => [name.slice(1, -1), call]);
    expect(Object.fromEntries(calls.filter(([op]) => op !== 'race'))).toEqual(
      Object.fromEntries(Object.entries(SPECS).map(([op, { call }]) => [op, call])),
    );
    for (const [, , call, where] of commandRows) {
      expect(call).toMatch(/\S/);
      expect(where).toMatch(/^(?:chapter \d+|\d+\.\d+(?:[–,] ?\d+\.\d+)*)$/);
    }
  });
});
