/**
 * The moments to ask about: the end of each second in which something was told, and the millisecond before it.
 * In a second of which only CloudTrail or only EventBridge tells, also each moment that a record names, and the
 * millisecond before. Where both tell of a second, only its ends are asked about, because an act in it is at the
 * start of the second by one source and somewhere inside it by the other.
 */
export const momentsOf = (records: readonly object[]): string[] => {
  const times = (records as readonly { readonly eventTime?: string; readonly time?: string }[]).map(
    ({ eventTime, time }) => ({ ms: Date.parse(eventTime ?? time ?? ''), isCall: eventTime !== undefined }),
  );
  const secondOf = (ms: number) => Math.floor(ms / 1_000) * 1_000;
  const isMixed = (second: number) =>
    new Set(times.filter(({ ms }) => secondOf(ms) === second).map(({ isCall }) => isCall)).size > 1;
  const asked = times.flatMap(({ ms }) => {
    const second = secondOf(ms);
    return [second - 1, second + 999, ...(isMixed(second) ? [] : [ms - 1, ms])];
  });
  return [...new Set(asked)].sort((a, b) => a - b).map((ms) => new Date(ms).toISOString());
};
