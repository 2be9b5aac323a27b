/** A clock that stands still until it is moved, and only ever goes forward. */
export interface ReplayClock {
  readonly now: () => Date;
  /** To this time, or by 1 ms when that is past: an event is told from its redelivery by when it was recorded. */
  readonly moveTo: (time: number) => void;
}

/** A clock that begins at `start`, in ms since the epoch. */
export const replayClock = (start: number): ReplayClock => {
  let time = start;
  return {
    now: () => new Date(time),
    moveTo: (next) => {
      time = Math.max(time + 1, next);
    },
  };
};
