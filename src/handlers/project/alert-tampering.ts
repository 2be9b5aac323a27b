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

/** What `tamper` needs from outside. */
export interface AlertTamperingDeps extends PublishNoticesDeps {
  readonly store: EventStore;
  /** The format of the events that record tampering. */
  readonly eventFormat: EventFormat;
}

const MARKS_AT_ONCE = 16;

/**
 * The consumer behind the change feed that sounds when recorded events were changed or removed: each resource is marked
 * for ever, it is recorded in the ledger, and people are told at once, also when it could not be recorded. What somebody
 * else found and recorded is marked and told in the same way. What could not be marked, recorded or told comes again with
 * its records. It is given up where no stream for it can be read: nobody may hold the change feed up by that.
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

/** Records what was found, and gives what is to be tried again. */
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

/** Marks the resources that a notice is about; what is no resource's stream has no row that could be marked. */
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
