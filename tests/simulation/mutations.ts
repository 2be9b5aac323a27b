import { type Mutation, runBroken } from '../support/mutation.ts';
import { MUTATIONS } from './mutation-list.ts';

/**
 * Breaks a copy of the product in one way after the other, and tells by which seed the simulation catches it:
 * `npm run simulate:mutations -- [SEEDS] [NAME]`. Exit code 1 when one is not caught.
 */
const [seeds = '600', only = ''] = process.argv.slice(2);

const caughtBy = (mutation: Mutation): string | undefined => {
  const args = ['tests/simulation/simulate.ts', '--seeds', seeds, '--first'];
  const { stdout, stderr, status } = runBroken(mutation, args);
  if (status === 0) return undefined;
  const violation = /^seed (\d+): .*\n {2}(.*)/m.exec(stdout)?.slice(1).join(': ');
  // What does not even run is no mistake that a simulation would have to find.
  if (!violation) throw new Error(`${mutation.name}: ${stderr}`);
  return violation;
};

for (const mutation of MUTATIONS.filter(({ name }) => name.includes(only))) {
  const caught = caughtBy(mutation);
  if (!caught) process.exitCode = 1;
  console.log(`${caught ? `caught by seed ${caught}` : 'NOT CAUGHT'} — ${mutation.name}`);
}
