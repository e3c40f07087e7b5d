import type { ProfileName } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { judgeable } from '../report/capability-gains.ts';
import type { Paint } from '../report/paint.ts';
import { oneLine } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import type { Hello } from '../targets/target.ts';

/** The name and version of a target, safe for a terminal. */
export const nameOf = ({ name, version }: Pick<Hello, 'name' | 'version'>): string =>
  oneLine(version === undefined ? name : `${name} ${version}`);

/** The first lines of a run: target, profiles and seed. */
export function headText(hello: Hello, profiles: readonly ProfileName[], seed: number, paint: Paint): string {
  const { count, all } = judgeable(hello.capabilities, profiles);
  const declared = `${hello.capabilities.size} of ${USUAL_CAPABILITIES.length} capabilities`;
  return [
    paint.dim(SUITE_AND_VERSION),
    `Target    ${paint.bold(nameOf(hello))}, with ${declared}: ${count} of ${all} requirements can be judged`,
    `Profiles  ${profiles.join(', ')}`,
    `Seed      ${seed}`,
    '',
    '',
  ].join('\n');
}
