import pMap from 'p-map';
import type { Tampering } from '../../alerts/tampering.ts';
import { recordTampering, type TamperIncident } from '../../commands/record-tampering.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { idFrom } from '../../events/hash-chain.ts';
import type { LedgerLine } from '../../events/ledger-line.ts';
import { tamperStreamOf } from '../../events/ledger-stream.ts';
import { isDamage } from '../../events/recorded-event.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { groupBy } from '../../shared/collections.ts';
import { quoted } from '../../verifier/finding.ts';

const STREAMS_AT_ONCE = 16;

/**
 * Records incidents, each once however often it is found. If the stream for them cannot be read because it
 * was tampered with too, they go to the tampering stream of that stream. Resolves to the incidents that could
 * not be recorded, each with its error.
 */
export const recordIncidents = async (
  ledger: Ledger,
  incidents: readonly TamperIncident[],
): Promise<Map<TamperIncident, unknown>> => {
  const unrecorded = new Map<TamperIncident, unknown>();
  await pMap(
    groupBy(incidents, ({ tampered }) => tamperStreamOf(tampered)),
    async ([stream, group]) => {
      try {
        await recordIn(ledger, stream, group).catch((error: unknown) => {
          if (!isDamage(error)) throw error;
          return recordIn(ledger, tamperStreamOf(stream), group);
        });
      } catch (error) {
        for (const incident of group) unrecorded.set(incident, error);
      }
    },
    { concurrency: STREAMS_AT_ONCE },
  );
  return unrecorded;
};

const recordIn = (ledger: Ledger, stream: ResourceArn, incidents: readonly TamperIncident[]) =>
  transact(ledger, stream, recordTampering(stream, incidents));

/**
 * Builds the incident that a change feed record describes. `now` is used if the record has no time. Names and
 * texts that tagledger does not write are left out, because they can be anything, even tag values.
 */
export const feedIncidentOf = (recordId: string, tampering: Tampering, now: Date): TamperIncident => {
  const { stream, seq, what, at, before, after } = tampering;
  const place = Number(seq);
  return {
    id: idFrom('tagledger/change-feed-record/v1', recordId, JSON.stringify(tampering)),
    at: at ?? now.toISOString(),
    how: 'change-feed',
    tampered: stream,
    seqs: Number.isSafeInteger(place) ? [place] : [],
    what,
    expected: `the event with the hash ${quoted(before.hash)}`,
    found: after
      ? `one with the hash ${quoted(after.hash)}${differsText(tampering)}`
      : `none${byText(tampering)}`,
  };
};

const COLUMNS: ReadonlySet<string> = new Set([
  'type',
  'eventId',
  'recordedAt',
  'effectiveAt',
  'prev',
  'hash',
  'body',
] satisfies (keyof LedgerLine)[]);

const differsText = ({ differs }: Tampering): string => {
  const known = differs.filter((name) => COLUMNS.has(name));
  const others = differs.length - known.length;
  const names = [...known, ...(others > 0 ? [`${others} unknown`] : [])];
  return names.length > 0 ? `; attributes that differ: ${names.join(', ')}` : '';
};

/** DynamoDB names itself as the principal only for items that its time to live removed. */
const byText = ({ by }: Tampering): string =>
  by === 'dynamodb.amazonaws.com' ? ', removed by its time to live' : '';
