import type { ReadOnlyEventStore } from '../../events/event-store.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { currentTags } from '../../events/resource.ts';
import { isResourceArn, parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import type { StateRow } from '../../projections/state-row.ts';
import type { ReadOnlyStateStore } from '../../projections/state-store.ts';
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
 * Finds the row of a resource by ARN, id, tag Name or the beginning of an id. All but an ARN scan the whole state table or file,
 * unless its index has the id.
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

/**
 * Like {@link findResource}, but returns undefined if there is no such row. A text that is neither an ARN nor an id is the
 * value of a tag `Name`, or the beginning of an id. Throws an `InvalidInputError` if it stands for several resources.
 */
export const lookForResource = async (ledger: Known, resource: string): Promise<StateRow | undefined> => {
  if (resource.startsWith('arn:')) return (await ledger.states.get([parseArn(resource).arn]))[0];
  const arns = await ledger.streamsWithId?.(resource);
  const found = arns ? await ledger.states.get(arns) : await rowsNamed(ledger.states, resource);
  if (found.length > 1) throw severalError(resource, found);
  return found[0];
};

/** The fewest characters of an id that name it. */
const LEAST_PREFIX = 4;

/** The rows with an id. If there is none, those with a tag Name, and then those whose id begins so; ended ones last. */
const rowsNamed = async (states: ReadOnlyStateStore, text: string): Promise<readonly StateRow[]> => {
  const exact: StateRow[] = [];
  const named: StateRow[] = [];
  const begun: StateRow[] = [];
  const id = text.toLowerCase();
  for await (const row of states.list()) {
    const own = parseArn(row.arn).id;
    if (own === text || own === id) exact.push(row);
    else if (currentTags(row.resource).some(({ key, value }) => key === 'Name' && value === text))
      named.push(row);
    else if (id.length >= LEAST_PREFIX && own.startsWith(id)) begun.push(row);
  }
  const [rows = []] = [exact, named, begun].filter((some) => some.length > 0);
  const present = rows.filter(({ resource }) => !resource.retired);
  return present.length > 0 ? present : rows;
};

/** The most resources that a message names. */
const MOST_NAMED = 4;

const severalError = (text: string, rows: readonly StateRow[]): InvalidInputError => {
  const ids = new Set(rows.map(({ arn }) => parseArn(arn).id));
  // One id can be in several accounts or Regions.
  const isOneId = ids.size < rows.length;
  const names = isOneId ? rows.map(({ arn }) => arn) : [...ids];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return new InvalidInputError(
    `${text} matches ${rows.length} resources: ${names.slice(0, MOST_NAMED).join(', ')}${more}. Name one of them by its ${isOneId ? 'ARN' : 'id'}.`,
  );
};

/** The error for a resource that the ledger does not know. */
export const unknownResource = (resource: string): NotKnownError =>
  new NotKnownError(
    `This ledger does not know ${resource}. Look for it with \`tagledger list\`, or name another ledger with --ledger.`,
  );
