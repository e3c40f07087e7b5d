#!/usr/bin/env node
import { nodeTooOld } from './node-version.ts';

const userError = nodeTooOld(process.versions.node);
if (userError === undefined) {
  // Imported after the version check, because an old Node cannot parse these modules.
  void import('./start.ts');
} else {
  process.stderr.write(userError + '\n');
  // The value of EXIT.configuration, whose module an old Node cannot load.
  process.exitCode = 78;
}
