import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds once before the tests, so that none of them runs a stale dist. A build that fails stops the run. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
