// Bundles the command: one file for each group of modules that load together, so that it starts in half the time;
// and the script of a page.
// Other people's packages are part of it, and their licenses are put beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package that a module belongs to; undefined for a module of this project. */
const packageOf = (id) => {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
  return folder;
};

/** The name, version and license of a package. */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version}\n\n${text}\n`;
}

const licenses = {
  name: 'licenses',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    const folders = new Set(modules.map(packageOf).filter((one) => one !== undefined && existsSync(one)));
    const rule = `\n${'-'.repeat(72)}\n\n`;
    const source = [...folders].toSorted().map(licenseOf).join(rule);
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
  },
};

const built = (path) => join(dirname(import.meta.dirname), 'dist/src', path);

export default [
  {
    input: {
      main: built('cli/main.js'),
      // The entry of a thread, which is started by its name.
      'block-worker': built('run/block-worker.js'),
    },
    platform: 'node',
    // jiti loads its parts by path, and only for a configuration file in TypeScript; bullmq is needed by "zdc fleet" alone, and
    // is installed by those who use that.
    external: ['jiti', 'bullmq'],
    output: { dir: 'dist/cli', format: 'esm', cleanDir: true },
    plugins: [licenses],
  },
  // The script of the page of `zdc explore`: one file, with the model and the embedded implementation.
  {
    input: join(dirname(import.meta.dirname), 'src/report/html/page/explore.js'),
    platform: 'browser',
    output: { dir: 'dist/explore', format: 'iife', minify: true, cleanDir: true },
    plugins: [licenses],
  },
];
