import { existsSync } from 'node:fs';
import type { Paint } from '../../report/paint.ts';
import { lookAtBuilt } from '../../targets/linux/built.ts';
import {
  type LinuxPlaces,
  sourceFolder,
  KERNEL_VERSIONS,
  type KernelVersion,
} from '../../targets/linux/cache-folder.ts';
import { missingPackages } from '../../targets/linux/packages.ts';

/** The built and the missing parts of each kernel. */
export function statusText(places: LinuxPlaces, paint: Paint): string {
  const kernels = KERNEL_VERSIONS.flatMap((version) => kernelLines(places, version, paint));
  return `${[`Cache     ${places.cache}`, ...kernels].join('\n')}\n`;
}

function kernelLines(places: LinuxPlaces, version: KernelVersion, paint: Paint): readonly string[] {
  const { record, kernel, guest } = lookAtBuilt(places, version);
  const ready = kernel === 'there' && guest === 'there';
  const packages = missingPackages(version);
  const source = existsSync(sourceFolder(places, version)) ? 'unpacked' : 'not unpacked';
  const line = (name: string, text: string, good: boolean): string =>
    `  ${good ? paint.green('✓') : paint.red('✗')} ${name.padEnd(9)}${text}`;
  return [
    '',
    paint.bold(`Linux ${version}`),
    line(
      'packages',
      packages.length === 0 ? 'installed' : `missing: ${packages.join(' ')}`,
      packages.length === 0,
    ),
    line('source', record === undefined ? source : `${source}, ${record.source}`, source === 'unpacked'),
    line('kernel', kernel, kernel === 'there'),
    line('guest', `${guest} (module and agent)`, guest === 'there'),
    ready
      ? `  zdc run --target linux:kernel=${version}`
      : `  zdc linux build --kernel ${version}   ${paint.dim('builds what is missing or outdated')}`,
  ];
}
