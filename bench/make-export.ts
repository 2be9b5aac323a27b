import { columnsOf, type StoredColumns } from '../src/events/ledger-line.ts';
import { type RecordedEvent, record } from '../src/events/recorded-event.ts';
import { arnOf, type ResourceArn } from '../src/events/resource-arn.ts';
import { eventIdOf, type TagEvent } from '../src/events/tag-event.ts';
import { type ExportOrigin, exportLedger } from '../src/exports/export-ledger.ts';

const BEGIN = Date.UTC(2026, 2, 31);
const EVENTS_A_STREAM = 10;
const STREAMS_A_BATCH = 100;

/**
 * Writes the export of a made-up ledger: 10 events for each resource, of a size that real ones have, in streams that
 * come in no order.
 */
export const makeExport = (path: string, events: number) =>
  exportLedger(batches(events / EVENTS_A_STREAM), path, { origin: ORIGIN, period: {} }, () => {});

const ORIGIN: ExportOrigin = {
  ledger: { kind: 'folder', name: 'bench' },
  selection: { kind: 'whole' },
  toolVersion: 'bench',
  exportedAt: '2026-04-30T00:00:00.000Z',
};

async function* batches(streams: number): AsyncGenerator<StoredColumns[]> {
  for (let first = 0; first < streams; first += STREAMS_A_BATCH) {
    const count = Math.min(STREAMS_A_BATCH, streams - first);
    yield Array.from({ length: count }, (_, i) => eventsOf(first + i).map(columnsOf)).flat();
  }
}

/** The stream of a resource of that ledger. */
export const benchStream = (n: number): ResourceArn => {
  // A multiplicative hash spreads the ids, as the order of DynamoDB does.
  const id = `i-${((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}${n.toString(16).padStart(9, '0')}`;
  return arnOf({ region: 'eu-west-1', account: '111122223333', type: 'instance', id });
};

const eventsOf = (n: number): RecordedEvent[] => {
  const stream = benchStream(n);
  const events: RecordedEvent[] = [];
  const born = BEGIN + n * 1000;
  for (let i = 0; i < EVENTS_A_STREAM; i++) {
    const at = new Date(born + i * 3_600_000);
    events.push(record(stream, eventOf(stream, n, i, at.toISOString()), events.at(-1), at));
  }
  return events;
};

const eventOf = (stream: string, n: number, i: number, effectiveAt: string): TagEvent => {
  const name = `person.${n % 997}@example.com`;
  const common = { effectiveAt } as const;
  const cause = {
    source: 'cloudtrail',
    id: `7f3c1c55-0d1e-4f5c-9a51-${n}-${i}`,
    name: 'CreateTags',
  } as const;
  const who = { name, kind: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${name}`, ip: '203.0.113.9' };
  const tags = [
    { key: 'CostCenter', value: String(4000 + (n % 100)) },
    { key: 'CreatedBy', value: who.arn },
    { key: 'Owner', value: name },
  ];
  const request = eventIdOf('ask', stream, '0');
  if (i === 0) {
    const birth = { tags: [{ key: 'Name', value: `web-${n}` }] };
    const made = { ...cause, name: 'RunInstances' };
    return {
      ...common,
      type: 'TagRequested',
      eventId: request,
      cause: made,
      who,
      rules: '8iSAM_eO',
      tags,
      birth,
      attempt: 1,
    };
  }
  const eventId = eventIdOf('bench', stream, String(i));
  if (i === 1) {
    return {
      ...common,
      type: 'TagApplied',
      eventId,
      request,
      attempt: 1,
      tags,
      awsRequestId: '59dbff89-35bd-4eac-99ed-be587EXAMPLE',
    };
  }
  const set = [{ key: 'Stage', value: `stage-${i}` }];
  return { ...common, type: 'TagObserved', eventId, cause, who, how: 'change', set, removed: [] };
};
