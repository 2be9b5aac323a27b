import pMap from 'p-map';
import * as v from 'valibot';
import type { PublishNoticesDeps } from '../../alerts/held-notices.ts';
import { oneLine } from '../../alerts/notices/alert-text.ts';
import { quarantineNotices, type UnreadableRecord } from '../../alerts/notices/quarantine-notice.ts';
import { publishNotices } from '../../alerts/publish-notices.ts';
import { compareAndSwap } from '../../coordination/compare-and-swap.ts';
import { idFrom } from '../../events/hash-chain.ts';
import type { UnreadableEventError } from '../../events/recorded-event.ts';
import { groupBy } from '../../shared/collections.ts';

/** Quarantines unreadable events. Resolves to those that must be redelivered instead. */
export type Quarantined = (
  errors: readonly UnreadableEventError[],
) => Promise<ReadonlySet<UnreadableEventError>>;

/** A quarantined event as its memo stores it. The memo never expires. */
type SetAsideEvent = UnreadableRecord & {
  /** When the event was quarantined. */
  readonly at: string;
  /** Whether an alert about it was published. */
  readonly told: boolean;
};

/**
 * The most characters of a stream's name that a memo keeps. The name of an unreadable event can be anything.
 */
const STREAM_LENGTH = 1_000;

const AT_ONCE = 16;

/**
 * Stores each event once in a memo of its own, `poison/STREAM/SEQ`, publishes an alert about those not yet
 * published, and then marks them as published. After a crash in between, redelivery publishes them again;
 * events marked as published are not repeated. Only events that the coordination store or SNS did not accept
 * are redelivered.
 */
export const quarantine =
  ({ quietMs, ...deps }: PublishNoticesDeps & { readonly quietMs: number }): Quarantined =>
  async (errors) => {
    const { coordination, now, telemetry } = deps;
    const again = new Set<UnreadableEventError>();
    const groups = groupBy(errors, keyOf);
    const fail = (key: string) => {
      for (const error of groups.get(key) ?? []) again.add(error);
    };
    const kept = await pMap(
      groups,
      async ([key, [error]]) => {
        try {
          const poison = poisonOf(error as UnreadableEventError, now());
          const memo = await compareAndSwap(coordination, key, (there) =>
            v.is(TOLD, there?.value) ? undefined : { value: { ...poison } },
          );
          return memo ? [{ ...memo.value, key }] : [];
        } catch (cause) {
          fail(key);
          telemetry.error('an unreadable event could not be quarantined', { error: cause, key });
          return [];
        }
      },
      { concurrency: AT_ONCE },
    );
    const notices = quarantineNotices(kept.flat(), quietMs);
    const unheard = await publishNotices(
      deps,
      notices.map(({ notice }) => notice),
    );
    for (const { notice, poisons } of notices) {
      if (unheard.has(notice)) for (const { key } of poisons) fail(key);
      else await markTold(deps, poisons);
    }
    return again;
  };

const TOLD = v.object({ told: v.literal(true) });

/** If marking fails, the event may be published once more. */
const markTold = async (
  { coordination, telemetry }: PublishNoticesDeps,
  poisons: readonly (SetAsideEvent & { readonly key: string })[],
): Promise<void> => {
  await pMap(
    poisons,
    async ({ key, ...poison }) => {
      try {
        await compareAndSwap(coordination, key, () => ({ value: { ...poison, told: true } }));
      } catch (error) {
        telemetry.error('it could not be noted that people heard of an unreadable event', { error, key });
      }
    },
    { concurrency: AT_ONCE },
  );
};

const poisonOf = ({ stream, seq, why }: UnreadableEventError, now: Date): SetAsideEvent => ({
  stream: oneLine(stream, STREAM_LENGTH),
  seq: String(seq),
  reason: oneLine(why),
  at: now.toISOString(),
  told: false,
});

const keyOf = ({ stream, seq }: UnreadableEventError): string =>
  `poison/${idFrom('tagledger/poison/v1', stream)}/${seq}`;
