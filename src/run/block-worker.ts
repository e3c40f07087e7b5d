import { parentPort, workerData } from 'node:worker_threads';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Block } from './block-dealer.ts';
import { BlockRunner } from './block-runner.ts';
import type { ProfileCasesOptions } from './profile-cases.ts';

/** Settings of a thread: the options that determine the cases, and the planted bug of the embedded target. */
export interface BlockWorkerData extends ProfileCasesOptions {
  readonly mutant: string | undefined;
}

// The entry of a worker thread that runs blocks of cases on an embedded target of its own.

const data: BlockWorkerData = workerData;
const mutation = data.mutant === undefined ? undefined : mutantById(data.mutant)?.mutation;
const runner = new BlockRunner(new EmbeddedTarget(mutation === undefined ? {} : { mutation }), data);

parentPort?.on('message', ({ profile, from, to }: Block) => {
  void runner.run(profile, from, to).then((stretches) => parentPort?.postMessage(stretches));
});
