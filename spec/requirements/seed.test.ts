import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, CHAPTERS, findRequirement } from './catalogue.ts';
import { SEED, type SeedPart } from './seed.ts';

/** How many sentences each part of the seed has. */
const SENTENCES: Readonly<Record<SeedPart, number>> = {
  message: 17,
  'memory types': 11,
  callbacks: 15,
  dev_pagemap: 4,
};
const PARTS = ['message', 'memory types', 'callbacks', 'dev_pagemap'] as const;

const traced = new Set(SEED.flatMap(({ traces }) => (traces.to === 'requirements' ? traces.ids : [])));

describe('the table of the origin commit', () => {
  test.each(PARTS)('lists every sentence of %s once, in order', (part) => {
    const numbers = SEED.filter((row) => row.part === part).map((row) => row.sentence);
    expect(numbers).toEqual(Array.from({ length: SENTENCES[part] }, (_, index) => index + 1));
  });

  test('lists nothing else', () => {
    expect(SEED).toHaveLength(PARTS.reduce((sum, part) => sum + SENTENCES[part], 0));
  });

  test('names existing requirements, each once in a row', () => {
    const rows = SEED.flatMap(({ traces }) => (traces.to === 'requirements' ? [traces.ids] : []));
    expect(rows.flat().filter((id) => findRequirement(id) === undefined)).toEqual([]);
    expect(rows.filter((ids) => new Set(ids).size < ids.length)).toEqual([]);
  });

  test('summarizes every sentence in one line, with the reason if no requirement follows', () => {
    const words = SEED.flatMap(({ gist, traces }) =>
      traces.to === 'requirements' ? [gist] : [gist, traces.why],
    );
    expect(words.filter((line) => !/^\S.*\S$/.test(line))).toEqual([]);
  });

  test('is complete: each requirement with the origin commit as its source belongs to a sentence', () => {
    const claimed = CATALOGUE.filter(({ source }) => source.includes('5042db43cc26')).map(({ id }) => id);
    expect(claimed.length).toBeGreaterThan(15);
    expect(claimed.filter((id) => !traced.has(id))).toEqual([]);
  });

  test('names a requirement of every chapter that the origin commit concerns', () => {
    const chapters = CHAPTERS.filter(({ requirements }) => requirements.some(({ id }) => traced.has(id)));
    expect(chapters.map(({ name }) => name)).toEqual([
      'count',
      'fault',
      'failure',
      'migrate',
      'pin',
      'types',
      'devices',
      'account',
      'robust',
    ]);
  });
});

const patch = fileURLToPath(new URL('../../../shared/seed-zone-device-private.patch.txt', import.meta.url));

/** A sentence ends at a full stop that a capital follows, with or without a bracket between them. */
const sentencesIn = (paragraph: string): readonly string[] =>
  paragraph.split(/(?<=\.\)?)\s+(?=[A-Z])/).filter((sentence) => sentence.trim() !== '');

/** The added comments that explain something, each as paragraphs. */
function commentsIn(added: readonly string[]): readonly (readonly string[])[] {
  const text = added.join('\n');
  return [...text.matchAll(/^\/\*\n(?<body>[^]*?)^ \*\/$/gm)].map(({ groups }) =>
    (groups?.['body'] ?? '')
      .split('\n')
      .map((line) => line.replace(/^ \* ?/, ''))
      .join('\n')
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.replaceAll('\n', ' ').trim()),
  );
}

/** The sentences of each part, counted in the text itself. */
function countSentences(text: string): Readonly<Record<SeedPart, number>> {
  const lines = text.split('\n');
  const [title = '', ...body] = lines.slice(
    0,
    lines.findIndex((line) => /^(?:\[|[A-Z][\w-]+: )/.test(line)),
  );
  const added = lines.filter((line) => /^\+(?!\+\+)/.test(line)).map((line) => line.slice(1));
  const ofComments = commentsIn(added).map((paragraphs) => paragraphs.flatMap(sentencesIn).length);
  const from = added.findIndex((line) => line.startsWith('enum memory_type {'));
  const members = added.slice(from + 1, added.indexOf('};', from));
  expect(ofComments).toHaveLength(2);
  return {
    message: sentencesIn(title).length + sentencesIn(body.join(' ')).length,
    'memory types': (ofComments[0] ?? 0) + members.length,
    callbacks: (ofComments[1] ?? 0) + added.filter((line) => line.startsWith('typedef ')).length,
    dev_pagemap: added.filter((line) => /^ \* @\w+:/.test(line)).length,
  };
}

test.skipIf(!existsSync(patch))('the text of the origin commit has as many sentences as the table', () => {
  expect(countSentences(readFileSync(patch, 'utf8'))).toEqual(SENTENCES);
});
