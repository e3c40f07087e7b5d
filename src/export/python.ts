import type { ExpectedStep } from './expectation.ts';
import { exportedData } from './exported-data.ts';
import { laidOut, type Notation } from './laid-out.ts';
import { MATCHING_PYTHON } from './matching-python.ts';
import { recordedCommand, remarks } from './remarks.ts';
import { type Subject, titleOf } from './subject.ts';

/** Python has other names for three of JSON's values; its strings are JSON's where everything odd is escaped. */
function literal(value: unknown): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const NOTATION: Notation = { scalar: literal, key: literal, pad: '' };

const written = (value: unknown): string => laidOut(value, NOTATION);

/** A stand-alone test for Python's own unittest: the same as the one for vitest. */
export function pythonExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const { suite, needs, counts, case: testCase, steps: rows } = exportedData(subject, steps);
  const recorded = recordedCommand(subject);
  const head = [
    ...remarks(subject),
    '',
    'Needs Python 3.8 and nothing else. ZDC_TARGET is the command that starts your adapter, a program that speaks wire',
    'protocol v1 on its standard input and output; this file never starts anything else.',
    ...(recorded === undefined ? [] : [`It was found on: ${recorded}`]),
  ];
  return `#!/usr/bin/env python3
# A test of an implementation of ZONE_DEVICE private memory.
#
${head.map((line) => `# ${line}`.trimEnd()).join('\n')}

import json
import os
import signal
import subprocess
import unittest

HELLO = ${written({ type: 'hello', protocol: 1, suite })}

CASE = ${written({ type: 'case', id: 0, ...testCase })}

# What the adapter must declare; without, this test would see nothing.
NEEDS = ${written(needs)}

# The reference count of a frame by the number of entries that name it, and inside page_free.
COUNTS = ${written(counts)}

# Each step with its allowed ways, from one of the states before it to one of the states after it.
STEPS = ${written(rows)}

TIME_LIMIT = 10


class Conformance(unittest.TestCase):
    maxDiff = None

    def test_case(self):
        ${literal(titleOf(subject))}
        command = os.environ.get("ZDC_TARGET", "")
        self.assertNotEqual(command, "", "set ZDC_TARGET to the command that starts your adapter")
        lines = converse(command)
        self.assertGreaterEqual(len(lines), 2, "the adapter ended, or was silent for too long")
        hello, answer = json.loads(lines[0]), json.loads(lines[1])
        self.assertIn(CASE["profile"], hello["profiles"])
        self.assertEqual([], [need for need in NEEDS if need not in hello["capabilities"]], "not declared")
        self.assertEqual(("observations", 0), (answer["type"], answer["id"]), answer)
        self.assertEqual(len(answer["observations"]), len(STEPS), "an observation for each step")
        self.assertIsNone(first_not_allowed(answer["observations"], set(hello["capabilities"])))


def converse(command):
    """Sends hello and the case at once, and gives the lines that come back. The adapter ends when its input does."""
    request = f"{json.dumps(HELLO)}\\n{json.dumps(CASE)}\\n".encode()
    pipe = subprocess.PIPE
    adapter = subprocess.Popen(command, shell=True, stdin=pipe, stdout=pipe, start_new_session=True)
    try:
        output = adapter.communicate(request, timeout=TIME_LIMIT)[0]
    except subprocess.TimeoutExpired:
        os.killpg(adapter.pid, signal.SIGKILL)
        output = adapter.communicate()[0]
    return output.decode("utf-8", "replace").split("\\n")[:-1]

${MATCHING_PYTHON}

if __name__ == "__main__":
    unittest.main()
`;
}
