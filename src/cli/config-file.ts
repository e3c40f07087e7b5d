import { existsSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../api/config.ts';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { PACKAGE_FOLDER, SUITE } from '../corpus/suite.ts';
import { EXIT } from '../report/exit-code.ts';
import { durationOption } from './options.ts';
import { type Io, UserError } from './io.ts';
import { didYouMean } from './nearest.ts';
import { checkRegular, readText } from '../corpus/read-text.ts';

/** The types of settings, with the words of messages and the types of JSON Schema. */
const KINDS = {
  text: { words: 'a string', schema: { type: 'string' } },
  number: { words: 'a number', schema: { type: 'integer' } },
  flag: { words: 'true or false', schema: { type: 'boolean' } },
  list: { words: 'a list of strings', schema: { type: 'array', items: { type: 'string' } } },
} as const;

interface Setting {
  readonly kind: keyof typeof KINDS;
  /** The attribute of the option, if it has another name. */
  readonly option?: string;
}

/** The settings of a configuration file, each an option of "zdc run". */
const SETTINGS: { readonly [K in Exclude<keyof Config, '$schema'>]-?: Setting } = {
  target: { kind: 'text' },
  startupTimeout: { kind: 'text' },
  caseTimeout: { kind: 'text' },
  jobs: { kind: 'number' },
  profiles: { kind: 'list', option: 'profile' },
  runs: { kind: 'number' },
  budget: { kind: 'text' },
  seed: { kind: 'number' },
  requirements: { kind: 'list', option: 'requirement' },
  strict: { kind: 'flag' },
  reports: { kind: 'list', option: 'report' },
  baseline: { kind: 'text' },
  failOn: { kind: 'list' },
  totalTimeout: { kind: 'text' },
  corpus: { kind: 'text' },
  corpusAll: { kind: 'flag' },
  directed: { kind: 'flag' },
  save: { kind: 'flag' },
  bail: { kind: 'flag' },
  quiet: { kind: 'flag' },
  verbose: { kind: 'flag' },
};
type Key = keyof typeof SETTINGS;

const isKey = (name: string): name is Key => Object.hasOwn(SETTINGS, name);
const KEYS: readonly Key[] = Object.keys(SETTINGS).filter(isKey);
const attributeOf = (key: Key): string => SETTINGS[key].option ?? key;

/** Options that exclude each other: one on the command line replaces the other of the file. */
const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ['runs', 'budget'],
  ['noCorpus', 'corpus'],
  ['noCorpus', 'corpusAll'],
  ['bail', 'baseline'],
  ['quiet', 'verbose'],
  // A resumed run has the settings of its journal.
  ...['profile', 'runs', 'budget', 'seed', 'requirement', 'directed'].map(
    (attribute): readonly [string, string] => ['resume', attribute],
  ),
];

const FILES = ['zdc.config.ts', 'zdc.config.js', 'zdc.config.mjs', 'zdc.config.json'];

/** Lets the options of a command take their values from a configuration file. */
export const addConfigOption = (verb: Command, io: Io): Command =>
  verb
    .option(
      '--config <file>',
      `configuration file (default: ${FILES[0]}, .js, .mjs or .json of this directory)`,
    )
    .option('--no-config', 'ignore the configuration file')
    .hook('preAction', async (command) => {
      const { config: asked } = command.opts<{ config?: string | false }>();
      const path = asked === false ? undefined : (asked ?? found(io.cwd));
      if (path !== undefined) apply(await read(resolve(io.cwd, path), path), path, command);
    });

/** The name of the configuration file of a directory; undefined if it has none. */
function found(cwd: string): string | undefined {
  const [file, other] = FILES.filter((name) => existsSync(join(cwd, name)));
  if (other === undefined) return file;
  throw failure(`There is ${file} as well as ${other}. Keep one of them, or select one with --config.`);
}

const failure = (message: string): UserError => new UserError(EXIT.configuration, message);

async function read(path: string, name: string): Promise<object> {
  const contents: unknown = await load(path).catch((error: unknown) => {
    throw failure(`${oneLine(name)} cannot be read: ${reasonOf(error)}.`);
  });
  if (typeof contents === 'object' && contents !== null && !Array.isArray(contents)) return contents;
  throw failure(
    `${oneLine(name)} does not contain settings. A JSON file is an object; a module exports one with "export default".`,
  );
}

/** Node 20 cannot import TypeScript. */
async function load(path: string): Promise<unknown> {
  await checkRegular(path);
  if (extname(path) === '.json') return JSON.parse(await readText(path));
  if (!path.endsWith('.ts')) return (await import(pathToFileURL(path).href)).default;
  const { createJiti } = await import('jiti');
  // The package is found by its name where it is not installed, too, as under npx.
  const alias =
    PACKAGE_FOLDER === undefined ? {} : { [SUITE.name]: join(PACKAGE_FOLDER, 'dist/src/api/index.js') };
  return createJiti(path, { alias }).import(path, { default: true });
}

/** Sets every option that is not on the command line. */
function apply(config: object, file: string, command: Command): void {
  const wrong = (key: string, message: string): UserError =>
    failure(`${oneLine(file)}: "${oneLine(key)}": ${message}`);
  const isGiven = (attribute: string): boolean => command.getOptionValueSource(attribute) === 'cli';
  for (const [key, value] of Object.entries(config)) {
    if (key === '$schema' || value === undefined) continue;
    if (!isKey(key))
      throw failure(`${oneLine(file)}: There is no setting "${oneLine(key)}".${suggestion(key)}`);
    const { kind } = SETTINGS[key];
    if (!isOfKind(kind, value)) throw wrong(key, `Expected ${KINDS[kind].words}.`);
    const attribute = attributeOf(key);
    const rivals = EXCLUSIVE.filter((pair) => pair.includes(attribute)).flat();
    const option = command.options.find((one) => one.attributeName() === attribute);
    if (option === undefined || isGiven(attribute) || rivals.some(isGiven)) continue;
    const rival = KEYS.find((one) => one !== key && rivals.includes(attributeOf(one)) && isSet(config, one));
    if (rival !== undefined) throw wrong(key, `It cannot be set together with "${rival}".`);
    try {
      command.setOptionValueWithSource(attribute, parsed(value, key, option.parseArg), 'config');
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw wrong(key, error.message);
      throw error;
    }
  }
}

/** Names of options are known as well: "profile" is the setting "profiles". */
function suggestion(name: string): string {
  const same = KEYS.find((key) => attributeOf(key) === name || key.toLowerCase() === name.toLowerCase());
  return same === undefined ? didYouMean(name, KEYS) : ` Did you mean ${same}?`;
}

const isSet = (config: object, key: Key): boolean => {
  const value: unknown = Reflect.get(config, key);
  return value !== undefined && value !== false;
};

function isOfKind(
  kind: Setting['kind'],
  value: unknown,
): value is string | number | boolean | readonly string[] {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
  }
}

/** The value of an option, parsed as its text on the command line. */
function parsed(
  value: string | number | boolean | readonly string[],
  key: Key,
  parse: ((text: string, before: unknown) => unknown) | undefined,
): unknown {
  if (typeof value === 'boolean' || parse === undefined) return value;
  if (typeof value !== 'object') return parse(String(value), undefined);
  if (key === 'failOn') return parse(value.length === 0 ? 'none' : value.join(','), undefined);
  return value.reduce<unknown>((before, text) => parse(text, before), undefined);
}

/** The settings with which a command runs, in the form of a configuration file. */
export function settingsIn(command: Command): Config {
  const settings = KEYS.flatMap((key) => {
    const value: unknown = command.getOptionValue(attributeOf(key));
    return value === undefined ? [] : [[key, printedValue(key, value)]];
  });
  return Object.fromEntries(settings);
}

const DURATIONS: ReadonlySet<Key> = new Set(['startupTimeout', 'caseTimeout', 'totalTimeout']);

function printedValue(key: Key, value: unknown): unknown {
  if (key === 'budget') return typeof value === 'number' ? durationOption(value) : value;
  if (DURATIONS.has(key)) return durationOption(Number(value));
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return value.map(printedItem);
  return printedItem(value);
}

/** A target as it was given, and a report as FORMAT=PATH. */
function printedItem(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && 'path' in value) return `${String(value.kind)}=${String(value.path)}`;
  return 'text' in value ? value.text : value;
}

/** The JSON Schema of a configuration file. The descriptions are those of the options. */
export const configSchema = (command: Command): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'zdc.config.json',
  description: 'Settings of "zone-device-conformance run". An option on the command line takes precedence.',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    ...Object.fromEntries(
      KEYS.map((key) => {
        const option = command.options.find((one) => one.attributeName() === attributeOf(key));
        const isNegated = option?.negate === true;
        const description = isNegated ? `false: ${option.description}` : option?.description;
        return [key, { description, ...KINDS[SETTINGS[key].kind].schema }];
      }),
    ),
  },
  additionalProperties: false,
});
