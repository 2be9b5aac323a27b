import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { isResourceArn, parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import type { StateRow } from '../../projections/state-row.ts';
import type { ReadOnlyStateStore } from '../../projections/state-store.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { NotKnownError, WrongUsageError } from '../errors.ts';
import { readTyped } from '../option-values.ts';

/** The one resource that a command is about. Throws a `WrongUsageError` for none, for several, and for what is no ARN. */
export const oneResource = (positionals: readonly string[], command: string): string => {
  const [resource] = positionals;
  if (!resource || positionals.length > 1) {
    throw new WrongUsageError(
      `got ${positionals.length} resources, expected one: type \`tagledger ${command} i-0abc\` or give the ARN`,
    );
  }
  return resourceNamed(resource);
};

/** An id or an ARN as it was typed; throws a `WrongUsageError` for what begins as an ARN, and is none. */
export const resourceNamed = (text: string): string =>
  text.startsWith('arn:') ? readTyped(() => parseArn(text)).arn : text;

/**
 * The row of a resource by its ARN, or by its id, for which the whole state table is read. Throws a `NotKnownError`
 * when there is none, and an `InvalidInputError` when the same id stands in several accounts or Regions.
 */
export const findResource = async (states: ReadOnlyStateStore, resource: string): Promise<StateRow> => {
  const row = await lookForResource(states, resource);
  if (!row) throw unknownResource(resource);
  return row;
};

/**
 * The stream of a resource, by its ARN or its id. An ARN needs no row: events are there before it. Rejects as
 * {@link findResource}; the events are empty where an ARN, or the row of an id, has none.
 */
export const findStream = async (
  {
    store,
    states,
  }: { readonly store: Pick<ReadOnlyEventStore, 'read'>; readonly states: ReadOnlyStateStore },
  resource: string,
): Promise<{ readonly arn: ResourceArn; readonly events: readonly RecordedEvent[] }> => {
  const arn = isResourceArn(resource) ? resource : (await findResource(states, resource)).arn;
  return { arn, events: await store.read(arn) };
};

/** As {@link findResource}, with undefined where there is no such row. */
export const lookForResource = async (
  states: ReadOnlyStateStore,
  resource: string,
): Promise<StateRow | undefined> => {
  const rows = resource.startsWith('arn:')
    ? await states.get([parseArn(resource).arn])
    : await rowsWithId(states, resource);
  const [row, ...others] = rows;
  if (others.length > 0) {
    const arns = rows.map(({ arn }) => arn).join(', ');
    throw new InvalidInputError(`got ${resource}, which stands for ${arns}: give one of the ARNs`);
  }
  return row;
};

const rowsWithId = async (states: ReadOnlyStateStore, id: string): Promise<StateRow[]> => {
  const rows: StateRow[] = [];
  for await (const row of states.list()) if (hasId(row.arn, id)) rows.push(row);
  return rows;
};

const hasId = (arn: ResourceArn, id: string): boolean => arn.endsWith(`/${id}`);

/** Nothing is known of what a person asked for. */
export const unknownResource = (resource: string): NotKnownError =>
  new NotKnownError(
    `This ledger does not know ${resource}. Look for it with \`tagledger list\`, or name another ledger with --ledger.`,
  );
