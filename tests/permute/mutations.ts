import { type Mutation, runBroken } from '../support/mutation.ts';
import { MUTATIONS } from './mutation-list.ts';

/**
 * Breaks a copy of the product in one way after the other, and tells what shows it first: a case of `cases.test.ts`, a
 * test of `continue-fold.test.ts`, or a generated trail. `npm run permute:mutations -- [TRAILS] [NAME]`. Exit code 1 when one is not caught.
 */
const [trails = '60', only = ''] = process.argv.slice(2);

const caughtBy = (mutation: Mutation): string | undefined => {
  const runs: readonly (readonly [args: readonly string[], shown: RegExp])[] = [
    [['tests/run.ts', 'tests/permute/cases'], /^FAIL \S+ › [^›]+ › (.+?): Expected/m],
    [['tests/run.ts', 'tests/events/continue-fold'], /^FAIL \S+ › [^›]+ › (.+?): Expected/m],
    [['tests/permute/permute.ts', '--trails', trails], /^(seed \d+: .*)/m],
  ];
  for (const [args, shown] of runs) {
    const { stdout, stderr, status } = runBroken(mutation, args);
    if (status === 0) continue;
    const [, caught] = shown.exec(stdout) ?? [];
    // What does not even run is no mistake that a comparison would have to find.
    if (caught === undefined) throw new Error(`${mutation.name}: ${stdout}${stderr}`);
    return caught;
  }
  return undefined;
};

for (const mutation of MUTATIONS.filter(({ name }) => name.includes(only))) {
  const caught = caughtBy(mutation);
  if (!caught) process.exitCode = 1;
  console.log(`${caught ? `caught by ${caught}` : 'NOT CAUGHT'} — ${mutation.name}`);
}
