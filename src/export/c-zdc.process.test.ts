import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { WireEntry, WireObservation } from '../../spec/protocol/wire.ts';
import { otherName, resultName } from './c-program.ts';
import type { Amalgamation } from './c-sources.ts';
import { testHmmSources } from './c-test-hmm.ts';
import { DRIVER, driverSteps, zdcSources } from './c-zdc.ts';
import { DRIVER_CASES, driverCase, FOLIO_CASE, FOLIO_RACES_CASE, tourOf } from './driver-cases.fixture.ts';
import { exportAs } from './formats.ts';
import { directedRuns, handMadeRuns, type RecordedTest, sampleFile } from './recorded.fixture.ts';
import { subjectOf, subjectOfCase } from './subject.ts';

// The walker of C programs against the judge, on recorded observations. No kernel is involved.

const folder = mkdtempSync(join(tmpdir(), 'zdc-driver-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const COMPILER = 'gcc';
const hasCompiler = spawnSync(COMPILER, ['--version']).status === 0;
const WRONG_ONE_OF = 12;
const RIGHT_ONE_OF = 32;
const WRONG_FOLIO_ONE_OF = 3;
const RIGHT_FOLIO_ONE_OF = 12;

const run = promisify(execFile);

const entryName = (entry: WireEntry): string =>
  typeof entry === 'object' ? `ON(${entry.frame}, ${Number(entry.write)})` : entry.toUpperCase();

/** The observation of a step, as statements that have the program observe it. */
function sight(
  { result, events = [], state }: WireObservation,
  { case: { scope } }: RecordedTest,
  races: boolean,
): string {
  const seen = events.map((one) => {
    const { event, frame = 0 } = one;
    const [process, page] = one.event === 'fault' ? [one.process, one.page] : [0, 0];
    const [refs, maps] = one.event === 'free' ? [one.refs ?? 0, one.maps ?? 0] : [0, 0];
    const kind = `ZDC_EVENT_${event.toUpperCase()}`;
    const device = one.event === 'fault' ? (one.device ?? Math.floor(frame / scope.frames)) : 0;
    const where = `.device = ${device}, .process = ${process}, .page = ${page}, .frame = ${frame}`;
    const large = one.event === 'free' || one.event === 'alloc' ? Number(one.large === true) : 0;
    const tail = one.event === 'split' ? (one.tail ?? -1) : 0;
    const counts = `.refs = ${refs}, .maps = ${maps}`;
    return `{ .kind = ${kind}, ${where}, ${counts}, .large = ${large}, .tail = ${tail} }`;
  });
  const rows = (state?.entries ?? []).flatMap(
    (row) => row?.map(entryName) ?? Array.from({ length: scope.pages }, () => 'UNMAPPED'),
  );
  const counts = (state?.frames ?? []).map(({ refs, maps }, frame) => {
    return `counted.refs[${frame}] = ${refs}; counted.maps[${frame}] = ${maps};`;
  });
  return [
    `answer->result = ${resultName(result)};`,
    ...(races ? [`answer->other = ${otherName(result)};`] : []),
    `event_count = ${seen.length};`,
    ...seen.map((event, at) => `events[${at}] = (struct zdc_event)${event};`),
    ...(state?.rss ?? []).map((pages, process) => `counted.resident[${process}] = ${pages};`),
    `counted.charged = ${state?.charged ?? 0};`,
    ...rows.map((entry, at) => `entries[${at}] = ${entry};`),
    ...Array.from({ length: scope.processes * scope.pages }, (_, at) => {
      const [process, page] = [Math.floor(at / scope.pages), at % scope.pages];
      return `counted.whole[${process}][${page}] = ${Number(state?.whole?.[process]?.[page] ?? false)};`;
    }),
    ...(state?.large ?? []).map((is, frame) => `counted.large[${frame}] = ${Number(is)};`),
    ...counts,
  ].join(' ');
}

const sources = fileURLToPath(new URL('c', import.meta.url));

/** Options with which gcc compiles the sources as they are; the generated files are put into a folder. */
function optionsFor({ has, generated }: Amalgamation, name: string): readonly string[] {
  const included = join(folder, name);
  mkdirSync(included);
  for (const [file, text] of Object.entries(generated)) writeFileSync(join(included, file), text);
  return [...[...has].map((macro) => `-D${macro}`), '-I', included, '-I', sources];
}

/** A program around the walker that replays recorded observations and exits with 1 if one is not allowed. */
function programOf(recorded: RecordedTest): string {
  const races = hasRace(recorded);
  return `
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "../../targets/linux/agent/command.h"
#include "sizes.h"
#include "../../targets/linux/agent/calls.h"
#include "../../targets/linux/agent/result.c"
#include "step.h"
#include "answer.c"
#include "zdc/types.h"
#include "table.h"
#include "give-up.c"
static struct zdc_log empty_log;
struct zdc_log *zdc_log = &empty_log;
static int round_number;
static unsigned long complained;
static int gone(int process) { return !alive[process]; }
unsigned long read_taint(void) { return 0; }
int reset_driver(void) { return 0; }
void read_info(void) {}
static void make_memories(void) {}
void swap_off(void) {}
const char *const entry_names[FIRST_ON];
static void read_calls(void) {}
static void look_around(void) {}
static int perform(const struct step *step, struct answer *answer)
{
	answer->unseen = 0;
	switch (step - STEPS) {
${recorded.observations.map((one, at) => `	case ${at}: ${sight(one, recorded, races)} return 1;`).join('\n')}
	default: return 0;
	}
}
#include "zdc/match.c"
#include "zdc/report.c"
#include "zdc/walk.c"
int main(void)
{
	for (size_t at = 0; at < sizeof STEPS / sizeof *STEPS; at++)
		if (!judge(&STEPS[at]))
			return 1;
	return 0;
}
`;
}

async function verdictOf(recorded: RecordedTest, number: number): Promise<boolean> {
  const name = join(folder, `run-${number}`);
  writeFileSync(`${name}.c`, programOf(recorded));
  const options = optionsFor(zdcSources(subjectOfCase(recorded.case), recorded.steps), `generated-${number}`);
  await run(COMPILER, ['-w', '-O0', ...options, '-o', name, `${name}.c`]);
  const { status } = spawnSync(name);
  if (status !== 0 && status !== 1) throw new Error(`${recorded.name}: ended with ${status}`);
  return status === 1;
}

const hasRace = ({ case: { commands } }: RecordedTest): boolean => commands.some(({ op }) => op === 'race');

describe.skipIf(!hasCompiler)('a C program for our own driver (gcc)', () => {
  test('agrees with the judge on every mutant in its own case', async () => {
    const all = directedRuns([[...DRIVER]], ['linux-6.12']);
    const possible = all.filter((one) => typeof driverSteps(subjectOfCase(one.case)) !== 'string');
    // Each is a program to compile, so some are enough; but every race.
    const chosen = (wrong: boolean, oneOf: number): readonly RecordedTest[] =>
      possible
        .filter((one) => one.wrong === wrong)
        .filter((one, index) => index % oneOf === 0 || hasRace(one));
    const runs = [...chosen(true, WRONG_ONE_OF), ...chosen(false, RIGHT_ONE_OF)];
    expect(runs.filter(({ wrong }) => wrong).length).toBeGreaterThan(20);
    expect(runs.filter((one) => one.wrong && hasRace(one)).length).toBeGreaterThan(3);
    const verdicts: [string, boolean][] = [];
    for (const [number, one] of runs.entries()) verdicts.push([one.name, await verdictOf(one, number)]);
    expect(verdicts).toEqual(runs.map(({ name, wrong }): [string, boolean] => [name, wrong]));
  });

  test('agrees with the judge on mutants of large folios in their own cases', async () => {
    const all = directedRuns([[...DRIVER]], ['linux-7.3']).filter(
      (one) => one.case.scope.block !== undefined,
    );
    const possible = all.filter((one) => typeof driverSteps(subjectOfCase(one.case)) !== 'string');
    const chosen = (wrong: boolean, oneOf: number): readonly RecordedTest[] =>
      possible
        .filter((one) => one.wrong === wrong)
        .filter((one, index) => index % oneOf === 0 || hasRace(one));
    const runs = [
      ...chosen(true, WRONG_FOLIO_ONE_OF),
      ...chosen(false, RIGHT_FOLIO_ONE_OF),
      ...handMadeRuns([...DRIVER]).filter(({ shows }) => shows.includes('callbacks')),
    ];
    expect(runs.filter(({ wrong }) => wrong).length).toBeGreaterThan(15);
    expect(runs.filter((one) => one.wrong && hasRace(one)).length).toBeGreaterThan(1);
    const verdicts: [string, boolean][] = [];
    for (const [number, one] of runs.entries())
      verdicts.push([one.name, await verdictOf(one, 1000 + number)]);
    expect(verdicts).toEqual(runs.map(({ name, wrong }): [string, boolean] => [name, wrong]));
  });

  test.each([
    ['.op = OP_COLLAPSE', FOLIO_CASE],
    ['SIDES[] =', FOLIO_RACES_CASE],
  ])('with large folios and %s is compiled without a warning', (part, testCase) => {
    const exported = exportAs('c', subjectOfCase(testCase), 'zdc');
    if (exported.kind === 'refused') throw new Error(exported.why);
    expect(exported.text).toContain(part);
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-O2', '-x', 'c', '-'];
    const { status, stderr } = spawnSync(COMPILER, flags, { input: exported.text, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(Object.keys(DRIVER_CASES))('is compiled without a warning: %s', (name) => {
    const exported = exportAs('c', subjectOfCase(driverCase(DRIVER_CASES[name] ?? [])), 'zdc');
    if (exported.kind === 'refused') throw new Error(exported.why);
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-O2', '-x', 'c', '-'];
    const { status, stderr } = spawnSync(COMPILER, flags, { input: exported.text, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(['zdc', 'test-hmm'])('consists of sources that compile as they are: %s', (device) => {
    const tour = tourOf(Object.keys(DRIVER_CASES));
    const commands = device === 'zdc' ? tour : (DRIVER_CASES['processes alone'] ?? []);
    const subject = subjectOfCase(driverCase(commands));
    const steps = driverSteps(subject);
    if (typeof steps === 'string') throw new Error(steps);
    const parts = device === 'zdc' ? zdcSources(subject, steps) : testHmmSources(subject, steps);
    // Only the exported program is without the functions that it does not use.
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-Wno-unused-function', '-O2'];
    const options = [...flags, ...optionsFor(parts, device), join(sources, device, 'program.c')];
    const { status, stderr } = spawnSync(COMPILER, options, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('is skipped where there is no such driver', () => {
    const file = sampleFile();
    const exported = exportAs(
      'c',
      subjectOf({ ...file, case: { ...file.case, profile: 'linux-6.12' } }),
      'zdc',
    );
    if (exported.kind === 'refused') throw new Error(exported.why);
    writeFileSync(join(folder, 'real.c'), exported.text);
    const flags = ['-Wall', '-Wextra', '-Werror', '-O2', '-o', 'real', 'real.c'];
    expect(spawnSync(COMPILER, flags, { cwd: folder, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const { status, stdout } = spawnSync(join(folder, 'real'), { encoding: 'utf8' });
    expect(stdout).toMatch(/^1\.\.0 # SKIP \/dev\/zdc cannot be opened: /);
    expect(status).toBe(77);
  });
});
