import pMap from 'p-map';
import type { PublishNoticesDeps } from '../../alerts/held-notices.ts';
import { type AnyTampering, type TamperNotice, tamperNotices } from '../../alerts/notices/tamper-notice.ts';
import { publishNotices } from '../../alerts/publish-notices.ts';
import type { Tampering } from '../../alerts/tampering.ts';
import { tamperingFoundIn } from '../../alerts/tampering-found.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import type { EventStore } from '../../events/event-store.ts';
import { isDamage } from '../../events/recorded-event.ts';
import { isResourceArn } from '../../events/resource-arn.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { markTampered } from '../../projections/tampered-mark.ts';
import { groupBy } from '../../shared/collections.ts';
import type { FeedConsumer, FeedTampering } from '../runtime/feed-batch.ts';
import { feedIncidentOf, recordIncidents } from './tamper-incidents.ts';

/** The dependencies of {@link alertTampering}. */
export interface AlertTamperingDeps extends PublishNoticesDeps {
  readonly store: EventStore;
  /** The format of the events that record tampering. */
  readonly eventFormat: EventFormat;
}

const MARKS_AT_ONCE = 16;

/**
 * The change feed consumer that alerts on changed or removed events. It marks each affected resource
 * permanently, records the tampering in the ledger, and publishes an alert at once, even if recording failed.
 * Tampering that another check found and recorded is marked and published in the same way. Records whose
 * tampering could not be marked, recorded or published are redelivered. Recording is abandoned if no stream
 * for it can be read, because tampering must not be able to block the change feed.
 */
export const alertTampering =
  (deps: AlertTamperingDeps): FeedConsumer =>
  async ({ tampered, events }) => {
    const { coordination, now, telemetry } = deps;
    for (const { tampering } of tampered) {
      const { what, stream, seq } = tampering;
      telemetry.error('an event of the ledger was changed or removed', { what, stream, seq });
    }
    telemetry.count('TamperedRecords', tampered.length);

    const positions = new Map<AnyTampering, number>();
    for (const { position, tampering } of tampered) positions.set(tampering, position);
    for (const { position, recorded } of events) {
      const later = tamperingFoundIn(recorded);
      if (later) positions.set(later, position);
    }
    const notices = tamperNotices([...positions.keys()]);
    const again = new Set<TamperNotice>();
    for (const one of notices) {
      try {
        await mark(coordination, one, now());
      } catch (error) {
        again.add(one);
        telemetry.error('a resource could not be marked as tampered with', { error });
      }
    }
    const unrecorded = await recordFound(deps, tampered);
    const unheard = await publishNotices(
      deps,
      notices.filter((one) => !again.has(one)).map(({ notice }) => notice),
    );
    const failed = notices.filter((one) => again.has(one) || unheard.has(one.notice));
    const untold = [...failed.flatMap(({ tamperings }) => tamperings), ...unrecorded];
    return new Set(untold.flatMap((one) => positions.get(one) ?? []));
  };

/** Records the tampering found. Returns what must be tried again. */
const recordFound = async (
  { store, eventFormat, now, telemetry }: AlertTamperingDeps,
  tampered: readonly FeedTampering[],
): Promise<Tampering[]> => {
  const incidents = new Map(
    tampered.map(({ recordId, tampering }) => [feedIncidentOf(recordId, tampering, now()), tampering]),
  );
  const unrecorded = await recordIncidents({ store, eventFormat, now }, [...incidents.keys()]);
  for (const error of new Set(unrecorded.values())) {
    telemetry.error('tampering could not be recorded', { error });
  }
  return [...incidents]
    .filter(([incident]) => unrecorded.has(incident) && !isDamage(unrecorded.get(incident)))
    .map(([, tampering]) => tampering);
};

/** Marks the resources that a notice is about. A stream that belongs to no resource has no row to mark. */
const mark = async (
  coordination: CoordinationStore,
  { notice, tamperings }: TamperNotice,
  now: Date,
): Promise<void> => {
  await pMap(
    groupBy(tamperings, ({ stream }) => stream),
    async ([stream, group]) => {
      if (!isResourceArn(stream)) return;
      const seqs = group
        .flatMap(({ seq }) => seq.split(', '))
        .map(Number)
        .filter((n) => Number.isSafeInteger(n) && n > 0);
      await markTampered(coordination, stream, seqs, notice.id, now);
    },
    { concurrency: MARKS_AT_ONCE },
  );
};
