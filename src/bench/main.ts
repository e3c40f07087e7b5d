import { fileURLToPath } from 'node:url';
import { benchInProcess } from './in-process.ts';
import { benchLinux } from './linux.ts';
import { benchShrinking } from './shrinking.ts';
import { benchStdio } from './stdio.ts';

// These figures are of one machine at one time: compare the ratios, which come from the same run.
const say = (line: string): void => {
  console.log(line);
};
const example = fileURLToPath(new URL('../../../src/targets/examples/zone_device.py', import.meta.url));

await benchInProcess({ cases: 3000, rounds: 15, seed: 7 }, say);
await benchStdio(`python3 '${example}'`, { cases: 400, rounds: 5, seed: 7 }, say);
await benchLinux({ cases: 400, seed: 7 }, say);
for (const seed of [1, 2, 7]) await benchShrinking(seed, say);
