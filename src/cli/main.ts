#!/usr/bin/env node
import { nodeTooOld } from './node-version.ts';

const userError = nodeTooOld(process.versions.node);
if (userError === undefined) {
  // Only now: an old Node cannot parse what this imports.
  void import('./start.ts');
} else {
  process.stderr.write(userError + '\n');
  // EXIT.configuration, whose file an old Node could not load.
  process.exitCode = 78;
}
