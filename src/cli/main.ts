#!/usr/bin/env node
import { nodeTooOld } from './node-version.ts';

const complaint = nodeTooOld(process.versions.node);
if (complaint === undefined) {
  // Only now: an old Node cannot parse what this imports.
  void import('./start.ts');
} else {
  process.stderr.write(complaint + '\n');
  // EXIT.configuration, whose file an old Node could not load.
  process.exitCode = 78;
}
