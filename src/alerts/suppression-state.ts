import * as v from 'valibot';
import type { Alert } from './notices/alert-text.ts';
import { summaryOf, withEarlier } from './notices/notice.ts';

const count = v.pipe(v.number(), v.safeInteger());
const MutedSchema = v.object({ count, since: v.string(), samples: v.array(v.string()) });

const common = {
  noun: v.string(),
  where: v.string(),
  /** Who wrote this last, so that no two writers ever want the very same content. */
  by: v.string(),
  quietMs: count,
  muted: MutedSchema,
};

const held = { ...common, holder: v.string(), lease: v.string() };

/** Its holder is publishing the alert, or died over it once `lease` has passed. */
const ClaimedSchema = v.object({
  ...held,
  stage: v.literal('claimed'),
  alert: v.object({ subject: v.string(), message: v.string() }),
  /** Muted in the period before, and told with this message. */
  earlier: v.exactOptional(MutedSchema),
});

/** The same for the summary that closes a period; what comes meanwhile is muted anew. */
const ClosingSchema = v.object({
  ...held,
  stage: v.literal('closing'),
  earlier: MutedSchema,
});

/** The message is out, and what else comes before `until` is only counted. */
const AnnouncedSchema = v.object({ ...common, stage: v.literal('announced'), until: v.string() });

/** Nothing is left to tell. */
const EndedSchema = v.object({ ...common, stage: v.literal('ended'), expires: v.string() });

/** Where a quiet period stands, as it is kept in a memo. */
export const SuppressionSchema = v.variant('stage', [
  ClaimedSchema,
  ClosingSchema,
  AnnouncedSchema,
  EndedSchema,
]);
export type Suppression = v.InferOutput<typeof SuppressionSchema>;

/** A period whose message somebody has to publish. */
export type HeldBack = v.InferOutput<typeof ClaimedSchema> | v.InferOutput<typeof ClosingSchema>;

/** Whether a period waits for somebody to publish. */
export const isHeld = (state: Suppression): state is HeldBack =>
  state.stage === 'claimed' || state.stage === 'closing';

/** What the holder of a claim publishes. */
export const alertOfHeld = (held: HeldBack): Alert =>
  held.stage === 'closing' ? summaryOf(held, held.earlier) : withEarlier(held, held.alert, held.earlier);

/** When somebody has to look after a period; undefined for one that has ended. */
export const dueAtOf = (state: Suppression): string | undefined => {
  switch (state.stage) {
    case 'claimed':
    case 'closing':
      return state.lease;
    case 'announced':
      return state.until;
    case 'ended':
      return undefined;
  }
};
