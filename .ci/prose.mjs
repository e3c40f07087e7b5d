#!/usr/bin/env node
// Prints how often comments and documents use a vague construction: a word of VAGUE for each 1,000 words. Gates nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const VAGUE = /\b(?:what|whatever|whoever|nobody|somebody)\b/gi;

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');

/** The comments of a source file: whole lines, so that no string is taken for a comment. */
const commentsIn = (text) =>
  [...text.matchAll(/^[ \t]*(?:\/\/|\/?\*+)(.*)$/gm)].map(([, words]) => words).join('\n');

/** The prose of a document, without blocks of code. */
const proseIn = (text) => text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '');

function print(name, files, read) {
  let words = 0;
  let vague = 0;
  for (const file of files) {
    const text = read(readFileSync(file, 'utf8'));
    words += text.match(/[\w'’-]+/g)?.length ?? 0;
    vague += text.match(VAGUE)?.length ?? 0;
  }
  const rate = ((1000 * vague) / Math.max(words, 1)).toFixed(1);
  process.stdout.write(`${name}: ${rate} vague constructions per 1,000 words (${vague} in ${words})\n`);
}

print(
  'comments',
  tracked.filter((file) => /^(?:spec|src|properties)\/.*\.(?:ts|mjs|js|c|h)$/.test(file)),
  commentsIn,
);
print(
  'documents',
  tracked.filter((file) => file.endsWith('.md')),
  proseIn,
);
