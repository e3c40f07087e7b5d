import { InvalidArgumentError } from 'commander';
import type { Shard } from '../run/profile-cases.ts';

/** The environment of a CI or a scheduler that starts several jobs from one description. */
interface Environment {
  readonly name: string;
  /** The variable with the number of the job, and the number of the first one. */
  readonly index: string;
  readonly first: number | { readonly variable: string };
  /** The variable with the number of jobs, and the one with the distance between two numbers. */
  readonly of: string | undefined;
  readonly step?: string;
}

const ENVIRONMENTS: readonly Environment[] = [
  { name: 'GitLab', index: 'CI_NODE_INDEX', first: 1, of: 'CI_NODE_TOTAL' },
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: { variable: 'SLURM_ARRAY_TASK_MIN' },
    of: 'SLURM_ARRAY_TASK_COUNT',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0, of: undefined },
  { name: 'CircleCI', index: 'CIRCLE_NODE_INDEX', first: 0, of: 'CIRCLE_NODE_TOTAL' },
  { name: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', first: 0, of: 'BUILDKITE_PARALLEL_JOB_COUNT' },
];

const MAX_SHARDS = 10_000;
const FORMS =
  'Expected a shard and the number of shards, such as 3/7, or "auto", or "auto/7" if the environment does not give the number.';

type Env = Readonly<Record<string, string | undefined>>;

/** Parses "3/7"; "auto" takes both numbers from the environment, "auto/7" the first one. */
export function parseShard(text: string, env: Env): Shard {
  const [, index = '', of] = /^(auto|[0-9]{1,5})(?:\/([0-9]{1,5}))?$/.exec(text) ?? [];
  const total = of === undefined ? undefined : Number(of);
  const shard = index === 'auto' ? shardFrom(env, total) : { index: Number(index), of: total ?? 0 };
  const isWhole = Number.isSafeInteger(shard.index) && shard.of <= MAX_SHARDS;
  if (isWhole && shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new InvalidArgumentError(
    index === 'auto' && total !== undefined
      ? `The environment gives shard ${shard.index}, but there are only ${shard.of} shards.`
      : FORMS,
  );
}

function shardFrom(env: Env, total: number | undefined): Shard {
  const found = ENVIRONMENTS.find(({ index }) => isSet(env, index));
  if (found === undefined) {
    throw new InvalidArgumentError(
      `"auto" needs one of these variables: ${ENVIRONMENTS.map(({ index, name }) => `${index} (${name})`).join(', ')}. ${FORMS}`,
    );
  }
  const { name, index, first, of, step } = found;
  const begin = typeof first === 'number' ? first : numberIn(env, first.variable);
  const distance = step !== undefined && isSet(env, step) ? numberIn(env, step) : 1;
  if (total === undefined && of === undefined) {
    throw new InvalidArgumentError(`${name} does not give the number of jobs: specify it, as in auto/7.`);
  }
  return {
    index: (numberIn(env, index) - begin) / distance + 1,
    of: total ?? numberIn(env, of ?? ''),
  };
}

const isSet = (env: Env, variable: string): boolean => (env[variable] ?? '') !== '';

function numberIn(env: Env, variable: string): number {
  const text = env[variable] ?? '';
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`The variable ${variable} must be a whole number.`);
}
