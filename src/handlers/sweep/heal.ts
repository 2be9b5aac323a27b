import { healTags, lackingTags } from '../../commands/heal-tags.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import type { Tag } from '../../events/tag.ts';
import type { TagRequested } from '../../events/tag-event.ts';
import type { StateRow } from '../../projections/state-row.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { TagRules } from '../../tagging/rules/tag-rules.ts';

/** The dependencies of {@link heal}. */
export interface HealDeps {
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** The current rules. A key without a current rule is not healed. */
  readonly rules: TagRules;
  /** The most times that a resource is healed in one day. */
  readonly limit: number;
}

/**
 * Whether a resource lost a key or has one that others changed. Only the ledger shows whether a rule demands
 * the key.
 */
export const mayNeedHealing = ({ resource }: StateRow): boolean =>
  resource.tags.some(({ value, ours }) => value === null || !ours);

/**
 * Requests again the tags that rules demand and somebody removed or changed. Returns true if it appended a
 * request.
 */
export const heal = async (
  { ledger, telemetry, rules, limit }: HealDeps,
  stream: ResourceArn,
): Promise<boolean> => {
  const known = await ledger.store.read(stream);
  const last = byRules(known).at(-1);
  if (!last) return false;
  const today = new Map(rules.rules.map(({ key, overwrite }) => [key, overwrite]));
  const tags = demanded(known).filter(({ key }) => today.has(key));
  const overwrite = tags.flatMap(({ key }) => (today.get(key) ? [key] : []));
  const demand = { ...(last.rules && { rules: last.rules }), overwrite };
  const at = ledger.now().toISOString();
  const remedy = { demand, tags, at, limit };
  const { resource, appended } = await transact(ledger, stream, healTags(stream, remedy), known);
  if (appended.length === 0 && lackingTags(resource, remedy).length > 0) {
    telemetry.count('HealsRefused', 1);
    telemetry.error('a resource was healed as often as a day allows', { stream, limit });
  }
  return appended.length > 0;
};

const byRules = (events: readonly RecordedEvent[]): TagRequested[] =>
  events.flatMap(({ event }) => (event.type === 'TagRequested' && event.rules ? [event] : []));

/** The last value that rules requested for each key. */
const demanded = (events: readonly RecordedEvent[]): Tag[] => [
  ...new Map(byRules(events).flatMap(({ tags }) => tags.map((tag) => [tag.key, tag] as const))).values(),
];
