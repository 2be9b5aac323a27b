/** A clock that stands still until it is moved, and never goes back. */
export interface ReplayClock {
  readonly now: () => Date;
  readonly moveTo: (time: number) => void;
}

/** A clock that begins at `start`, in ms since the epoch. */
export const replayClock = (start: number): ReplayClock => {
  let time = start;
  return {
    now: () => new Date(time),
    moveTo: (next) => {
      time = Math.max(time, next);
    },
  };
};
