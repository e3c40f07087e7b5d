import { amount, figure } from '../../report/figures.ts';
import type { Paint } from '../../report/paint.ts';
import { columns } from '../../report/text-layout.ts';
import { EXIT } from '../../report/exit-code.ts';
import { type CoveredFile, KernelCoverage, missedRanges, reachedOf } from '../../targets/linux/coverage.ts';
import { hasSource } from '../../targets/linux/kernel.ts';
import { type Io, UserError } from '../io.ts';
import type { TargetSpec } from '../target-spec.ts';
import { linuxPlaces, linuxSpec, type LinuxSpec } from './linux-spec.ts';

function refuse(reason: string): never {
  throw new UserError(EXIT.usage, `--coverage requires a kernel that is built here: ${reason}.`);
}

/** The target with a kernel that counts its lines. */
export function withCoverage(spec: TargetSpec, io: Io): LinuxSpec & { readonly coverage: KernelCoverage } {
  if (spec.kind !== 'linux') return refuse('--target linux:source=DIR or linux:kernel=VERSION');
  const { kernel } = spec;
  if (!hasSource(kernel)) return refuse('not an image, and not the running kernel');
  if (kernel.set === 'debug') return refuse('with the set of options "coverage" in place of "debug"');
  const options = spec.text.replace(/^linux:?/, '');
  const counted =
    kernel.set === 'coverage'
      ? spec
      : linuxSpec(['set=coverage', ...(options === '' ? [] : [options])].join(','));
  const coverage = new KernelCoverage(linuxPlaces(io.env), { ...kernel, set: 'coverage' });
  return { ...counted, coverage };
}

/** The lines that a run reached: a table for each file, with the lines of each function that it did not reach. */
export function coverageText(
  files: readonly CoveredFile[],
  { guests, lost }: Pick<KernelCoverage, 'guests' | 'lost'>,
  paint: Paint,
): string {
  const parts = files.map(({ path, functions }) => {
    const all = functions.reduce((sum, { lines }) => sum + lines.size, 0);
    const reached = functions.reduce((sum, { lines }) => sum + reachedOf(lines), 0);
    const entered = functions.filter(({ lines }) => reachedOf(lines) > 0).length;
    const title =
      `${path}  ${figure(reached)} of ${amount(all, 'line')} (${((100 * reached) / Math.max(1, all)).toFixed(1)} %), ` +
      `${entered} of ${amount(functions.length, 'function')}`;
    const rows = functions.map(({ name, lines }) => {
      const missed = missedRanges(lines);
      return [
        name,
        `${reachedOf(lines)}/${lines.size}`,
        reachedOf(lines) === 0 ? 'not reached' : missed.length === 0 ? '' : `not: ${missed.join(' ')}`,
      ];
    });
    return [paint.bold(title), ...columns(rows)].join('\n');
  });
  const without = lost === 0 ? '' : `; ${amount(lost, 'guest')} ended before the counts were read`;
  return `\nLines of the kernel that the run reached, in ${amount(guests, 'guest')}${without}\n\n${parts.join('\n\n')}\n`;
}
