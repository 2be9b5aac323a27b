/** The earliest and the latest `effectiveAt` of some events. */
export interface Span {
  readonly began: string;
  readonly newest: string;
}

/** Widens a span by an event that was known at a moment, if that is not later. */
export const widenedBy =
  (knownAt: string) =>
  (span: Span | undefined, { recordedAt, effectiveAt }: Times): Span | undefined =>
    recordedAt <= knownAt && effectiveAt <= knownAt ? widened(span, effectiveAt) : span;

/** The two times of an event. */
interface Times {
  readonly recordedAt: string;
  readonly effectiveAt: string;
}

const widened = (span: Span | undefined, at: string): Span => {
  if (!span) return { began: at, newest: at };
  return { began: at < span.began ? at : span.began, newest: at > span.newest ? at : span.newest };
};
