import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { stdout, status } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
});

/**
 * The path of the Python interpreter; undefined if there is none. The command `python3` may be a script that selects a
 * version, which takes longer than the interpreter itself to start.
 */
export const PYTHON = status === 0 ? stdout.trim() : undefined;

/** The path of the example adapter in Python. */
export const PYTHON_EXAMPLE = fileURLToPath(new URL('examples/zone_device.py', import.meta.url));

/** The command line of an adapter in Python. */
export const pythonAdapter = (file: string): string => `'${PYTHON}' '${file}'`;
