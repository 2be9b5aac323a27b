/** A clock that moves only by calls of `moveTo`, and only forward. */
export interface ReplayClock {
  readonly now: () => Date;
  /**
   * Moves to this time, or forward by 1 ms if it is past. The time never repeats, because the recording time
   * tells an event from its redelivery.
   */
  readonly moveTo: (time: number) => void;
}

/** A clock that starts at `start`, in ms since the epoch. */
export const replayClock = (start: number): ReplayClock => {
  let time = start;
  return {
    now: () => new Date(time),
    moveTo: (next) => {
      time = Math.max(time + 1, next);
    },
  };
};
