import * as v from 'valibot';
import type { Alert } from './notices/alert-text.ts';
import { summaryOf, withEarlier } from './notices/notice.ts';

const count = v.pipe(v.number(), v.safeInteger());
const MutedSchema = v.object({ count, since: v.string(), samples: v.array(v.string()) });

const common = {
  noun: v.string(),
  where: v.string(),
  /** The id of the notice last claimed or counted, so that no two writers want the very same content. */
  by: v.string(),
  quietMs: count,
  muted: MutedSchema,
};

const held = { ...common, holder: v.string(), lease: v.string() };

/** The holder is publishing the alert, or has died once `lease` has passed. */
const ClaimedSchema = v.object({
  ...held,
  stage: v.literal('claimed'),
  alert: v.object({ subject: v.string(), message: v.string() }),
  /** Counted in the window before, and published with this message. */
  earlier: v.exactOptional(MutedSchema),
});

/** The same for the summary that closes a window; notices that arrive meanwhile are counted anew. */
const ClosingSchema = v.object({
  ...held,
  stage: v.literal('closing'),
  earlier: MutedSchema,
});

/** The message was sent, and notices before `until` are only counted. */
const AnnouncedSchema = v.object({ ...common, stage: v.literal('announced'), until: v.string() });

/** Nothing is left to publish. */
const EndedSchema = v.object({ ...common, stage: v.literal('ended'), expires: v.string() });

/** The state of a suppression window, as stored in a memo. */
export const SuppressionSchema = v.variant('stage', [
  ClaimedSchema,
  ClosingSchema,
  AnnouncedSchema,
  EndedSchema,
]);
/** The state of a suppression window. */
export type Suppression = v.InferOutput<typeof SuppressionSchema>;

/** A suppression window whose message has to be published. */
export type HeldBack = v.InferOutput<typeof ClaimedSchema> | v.InferOutput<typeof ClosingSchema>;

/** Whether a suppression window has a message to publish. */
export const isHeld = (state: Suppression): state is HeldBack =>
  state.stage === 'claimed' || state.stage === 'closing';

/** The message that the holder of a claim publishes. */
export const alertOfHeld = (held: HeldBack): Alert =>
  held.stage === 'closing' ? summaryOf(held, held.earlier) : withEarlier(held, held.alert, held.earlier);

/** When a suppression window has to be looked at next; undefined for one that has ended. */
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
