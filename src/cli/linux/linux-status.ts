import { existsSync } from 'node:fs';
import type { Paint } from '../../report/paint.ts';
import { shellLine } from '../../targets/command-line.ts';
import {
  allRecords,
  buildWords,
  hasSource,
  type LinuxKernel,
  KERNEL_VERSIONS,
  type LinuxPlaces,
  lookAtBuilt,
  nameOfKernel,
  packagedKernel,
  sourceFolder,
} from '../../targets/linux/kernel.ts';
import { missingPackages } from '../../targets/linux/packages.ts';
import { targetText } from './linux-spec.ts';

/** The built and the missing parts of the selected kernel, of those with a package, and the list of all other builds. */
export function statusText(places: LinuxPlaces, selected: LinuxKernel, paint: Paint): string {
  const packaged = KERNEL_VERSIONS.map(packagedKernel);
  const shown = [selected, ...packaged].filter(
    (kernel, index, all) => all.findIndex((one) => nameOfKernel(one) === nameOfKernel(kernel)) === index,
  );
  const known = new Set(shown.map((kernel) => shellLine(buildWords(kernel))));
  const others = allRecords(places)
    .map(({ words }) => shellLine(words))
    .filter((words) => !known.has(words));
  return `${[
    `Cache     ${places.cache}`,
    ...shown.flatMap((kernel) => kernelLines(places, kernel, paint)),
    ...(others.length === 0
      ? []
      : ['', paint.bold('Other builds'), ...others.map((words) => `  zdc linux build ${words}`)]),
  ].join('\n')}\n`;
}

function kernelLines(places: LinuxPlaces, kernel: LinuxKernel, paint: Paint): readonly string[] {
  const { record, kernel: image, guest } = lookAtBuilt(places, kernel);
  const ready = image === 'there' && guest === 'there';
  const packages = missingPackages(kernel);
  const line = (name: string, text: string, good: boolean): string =>
    `  ${good ? paint.green('✓') : paint.red('✗')} ${name.padEnd(9)}${text}`;
  const build = `zdc linux build ${shellLine(buildWords(kernel))}`;
  return [
    '',
    paint.bold(nameOfKernel(kernel)),
    line(
      'packages',
      packages.length === 0 ? 'installed' : `missing: ${packages.join(' ')}`,
      packages.length === 0,
    ),
    ...(hasSource(kernel)
      ? [sourceLine(existsSync(sourceFolder(places, kernel)), record?.source, line)]
      : []),
    line('kernel', image, image === 'there'),
    line('guest', `${guest} (module and agent)`, guest === 'there'),
    ready
      ? `  zdc run --target ${targetText(kernel)}`
      : `  ${build}   ${paint.dim('builds what is missing or outdated')}`,
  ];
}

const sourceLine = (
  isThere: boolean,
  version: string | undefined,
  line: (name: string, text: string, good: boolean) => string,
): string =>
  line('source', `${isThere ? 'there' : 'missing'}${version === undefined ? '' : `, ${version}`}`, isThere);
