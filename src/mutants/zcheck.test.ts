import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { judgeTrace } from '../../spec/judge/judge-trace.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { directedScope, type Mutant } from './mutant.ts';
async function judged(target: EmbeddedTarget, c: any, tally = new Tally()): Promise<string> {
  const run = await target.run(c);
  if (run.kind === 'failure')
    return (
      (run.failure.kind === 'hang' ? 'robust.answers' : 'robust.survives') +
      (process.env['V'] ? ' ' + run.failure.message : '')
    );
  const v = judgeTrace(run.trace, tally);
  return v.kind === 'violates'
    ? v.violation.requirement + (process.env['V'] ? ' ' + JSON.stringify(v.violation) : '')
    : v.kind;
}
it('check', async () => {
  for (const id of readFileSync(process.env['IDS'] ?? '', 'utf8')
    .trim()
    .split('\n')) {
    const mod = await import(`./${id}.ts`);
    const mutant = Object.values(mod)[0] as Mutant;
    const bad: string[] = [];
    for (const profile of mutant.profiles) {
      const c = {
        profile,
        scope: directedScope(mutant),
        observe: 'every-step' as const,
        commands: mutant.directed,
      };
      const clean = await judged(new EmbeddedTarget(), c);
      const t = new EmbeddedTarget({ plant: mutant.plant });
      const got = await judged(t, c);
      const sooner = await judged(t, { ...c, commands: mutant.directed.slice(0, -1) });
      if (clean !== 'conforms') bad.push(`${profile}: clean ${clean}`);
      if (sooner !== 'conforms') bad.push(`${profile}: SOONER ${sooner}`);
      if (got !== mutant.primary) bad.push(`${profile}: ${got}`);
    }
    if (bad.length > 0) console.log(id, mutant.primary, '\n   ' + [...new Set(bad)].join('\n   '));
  }
}, 600000);
