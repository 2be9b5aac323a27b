import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { isResourceArn, parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import type { StateRow } from '../../projections/state-row.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { NotKnownError } from '../errors.ts';
import { readTyped } from '../option-values.ts';
import type { ReadOnlyLedger } from './open-read-only.ts';

/**
 * Checks a resource id or ARN. Throws a `WrongUsageError` for text that starts like an ARN but is not one.
 */
export const resourceNamed = (text: string): string =>
  text.startsWith('arn:') ? readTyped(() => parseArn(text)).arn : text;

/** Where resources are looked for. */
type Known = Pick<ReadOnlyLedger, 'states' | 'streamsWithId'>;

/**
 * Finds the row of a resource by ARN, or by id, which scans the whole state table or file, unless its index tells.
 * Throws a `NotKnownError` if there is none, and an `InvalidInputError` if the id exists in several accounts or Regions.
 */
export const findResource = async (ledger: Known, resource: string): Promise<StateRow> => {
  const row = await lookForResource(ledger, resource);
  if (!row) throw unknownResource(resource);
  return row;
};

/**
 * Reads the stream of a resource by ARN or id. An ARN needs no state row, because events are appended before
 * the row is updated. Rejects as {@link findResource} does. The events are empty if the ARN, or the row of an
 * id, has none.
 */
export const findStream = async (
  ledger: Known & { readonly store: Pick<ReadOnlyEventStore, 'read'> },
  resource: string,
): Promise<{ readonly arn: ResourceArn; readonly events: readonly RecordedEvent[] }> => {
  const arn = isResourceArn(resource) ? resource : (await findResource(ledger, resource)).arn;
  return { arn, events: await ledger.store.read(arn) };
};

/** Like {@link findResource}, but returns undefined if there is no such row. */
export const lookForResource = async (ledger: Known, resource: string): Promise<StateRow | undefined> => {
  const rows = resource.startsWith('arn:')
    ? await ledger.states.get([parseArn(resource).arn])
    : await rowsWithId(ledger, resource);
  const [row, ...others] = rows;
  if (others.length > 0) {
    const arns = rows.map(({ arn }) => arn).join(', ');
    throw new InvalidInputError(`got ${resource}, which stands for ${arns}: give one of the ARNs`);
  }
  return row;
};

const rowsWithId = async ({ states, streamsWithId }: Known, id: string): Promise<StateRow[]> => {
  const arns = await streamsWithId?.(id);
  if (arns) return states.get(arns);
  const rows: StateRow[] = [];
  for await (const row of states.list()) if (hasId(row.arn, id)) rows.push(row);
  return rows;
};

const hasId = (arn: ResourceArn, id: string): boolean => arn.endsWith(`/${id}`);

/** The error for a resource that the ledger does not know. */
export const unknownResource = (resource: string): NotKnownError =>
  new NotKnownError(
    `This ledger does not know ${resource}. Look for it with \`tagledger list\`, or name another ledger with --ledger.`,
  );
