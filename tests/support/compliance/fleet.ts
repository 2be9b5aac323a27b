import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import type { PolicySource } from '../../../src/compliance/policy-source.ts';
import { type RecordedEvent, record } from '../../../src/events/recorded-event.ts';
import { arnOf, type ResourceArn } from '../../../src/events/resource-arn.ts';
import type { Policy, Rule } from '../../../src/policies/policy.ts';
import { type Horizon, readHorizon } from '../../../src/projections/horizon.ts';
import { ledgerFleet } from '../../../src/projections/ledger-fleet.ts';
import type { FleetReader } from '../../../src/projections/resource-at.ts';
import { END_OF_TIME } from '../../../src/shared/time.ts';

/** Facts recorded one after another in a stream, each at its own moment. */
export const recorded = (
  stream: ResourceArn,
  facts: readonly (readonly [recordedAt: string, RecordedEvent['event']])[],
): RecordedEvent[] => {
  const events: RecordedEvent[] = [];
  for (const [recordedAt, fact] of facts)
    events.push(record(stream, fact, events.at(-1), new Date(recordedAt)));
  return events;
};

/** A store that holds these events. */
export const storeOf = async (...streams: readonly (readonly RecordedEvent[])[]) => {
  const store = memoryStore();
  for (const event of streams.flat()) await store.append(event);
  return store;
};

/** The fleet that these streams give. */
export const fleetOf = async (...streams: readonly (readonly RecordedEvent[])[]): Promise<FleetReader> =>
  ledgerFleet(await storeOf(...streams));

/** A made-up resource of a type, account and Region. */
export const arn = (
  id: string,
  type = 'instance',
  account = '111122223333',
  region = 'eu-west-1',
): ResourceArn => arnOf({ region, account, type, id });

/** The source of a policy that a question brought. */
export const GIVEN: PolicySource = {
  source: 'given',
  files: [{ name: 'test.json', form: 'tagledger' }],
  policyAt: null,
  inForceSince: null,
  recordedAt: null,
  recordedBy: null,
};

/** A policy that asks for keys and knows nothing of exemptions, births and gaps. */
export const requires = (...keys: readonly string[]): Policy => {
  const rules = keys.map(
    (key): Rule => ({
      id: `${key}:required`,
      says: `every resource must have the tag ${key}`,
      key,
      source: { file: 'test.json', place: `rules.${key}` },
    }),
  );
  return {
    id: `requires ${keys.join(' ')}`,
    rules,
    judge: ({ tags }) =>
      rules.map((rule) => {
        const tag = tags.find(({ key }) => key === rule.key);
        return tag
          ? { rule, status: 'compliant', reason: `it has ${rule.key}`, value: tag.value }
          : { rule, status: 'violating', reason: `it does not have ${rule.key}`, value: null };
      }),
  };
};

/** The horizon of a ledger that has heard of everything. */
export const ALL_HEARD: Horizon = {
  knownAt: END_OF_TIME,
  began: null,
  heardUntil: END_OF_TIME,
  basis: 'inferred',
  accounts: [],
};

/** The horizon of a fleet whose coverage was not recorded. */
export const inferredHorizon = (fleet: FleetReader, knownAt: string): Promise<Horizon> =>
  readHorizon(memoryStore(), knownAt, fleet.span);
