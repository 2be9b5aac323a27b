import { instanceIds, launch } from '../launches.ts';

/** How resources come into being. */
export interface Scenario {
  readonly name: string;
  readonly resources: number;
  /** Records of CloudTrail, in groups: all of a group come before the feed is read. */
  readonly groups: readonly (readonly unknown[])[];
  /** Whether EC2 refuses to tag them. */
  readonly refused?: true;
}

const EACH = 20;
let [made, calls] = [0, 0];

const launched = (count: number): unknown => {
  const ids = instanceIds(made, count);
  made += count;
  return launch(calls++, { ids });
};
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Not measured: a function that has just started is slower. */
export const WARM_UP: Scenario = {
  name: 'warm-up',
  resources: 40 * EACH,
  groups: times(40, () => [launched(EACH)]),
};

/** From the dearest to the cheapest, and what failures cost. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'one at a time', resources: 200, groups: times(200, () => [launched(1)]) },
  { name: 'launches of 20', resources: 2_000, groups: times(100, () => [launched(EACH)]) },
  { name: 'a burst of 10,000', resources: 10_000, groups: [times(10_000 / EACH, () => launched(EACH))] },
  {
    name: 'refused, in a burst',
    resources: 400,
    groups: [times(400 / EACH, () => launched(EACH))],
    refused: true,
  },
];
