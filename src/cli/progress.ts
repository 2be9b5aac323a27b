/**
 * Shows how far a long command has come. `total` is undefined while it is not known. A count ends when `done`
 * reaches `total`. Until then, other counts are its steps, and are not shown. Call it for batches, not for
 * each item.
 */
export type ShowProgress = (done: number, total: number | undefined, what: string) => void;

/** How progress is shown: drawn and erased on a terminal, as a line now and then, or not at all. */
export type ProgressMode = 'draw' | 'lines' | 'off';

/** Where and how progress is shown. */
export interface ProgressOptions {
  readonly mode: ProgressMode;
  /** The name of the command, with which the line begins. */
  readonly command: string;
  /** Milliseconds since the start of the process. */
  readonly now: () => number;
  readonly write: (text: string) => void;
  /** The columns of the terminal. */
  readonly width: () => number;
}

/** The progress of a command. */
export interface Progress {
  readonly show: ShowProgress;
  /** Erases the line, so that something else can be written. */
  readonly clear: () => void;
}

/** Commands that end before this show nothing. */
const QUIET_MS = 500;
const DRAWN_EVERY_MS = 100;
const LINE_EVERY_MS = 30_000;
/** A rate over less time would jump. */
const RATE_AFTER_S = 1;
const ERASE = '\r\u001b[K';

/** A count since it was first shown. */
interface Count {
  readonly what: string;
  readonly begunAt: number;
  readonly begunWith: number;
  readonly done: number;
}

/** The {@link Progress} of one command. */
export const progressTo = ({ mode, command, now, write, width }: ProgressOptions): Progress => {
  let shown: Count | undefined;
  let isDrawn = false;
  let nextAt = mode === 'lines' ? LINE_EVERY_MS : QUIET_MS;

  const clear = (): void => {
    if (!isDrawn) return;
    isDrawn = false;
    write(ERASE);
  };

  const show: ShowProgress = (done, total, what) => {
    if (mode === 'off' || (shown && shown.what !== what)) return;
    const at = now();
    shown = done === total ? undefined : countAt(at, done, what, shown);
    if (!shown) return clear();
    if (at < nextAt) return;
    const text = `${command}  ${progressText(shown, total, at)}`;
    nextAt = at + (mode === 'lines' ? LINE_EVERY_MS : DRAWN_EVERY_MS);
    isDrawn = mode === 'draw';
    write(isDrawn ? `${ERASE}${text.slice(0, width() - 1)}` : `${text}\n`);
  };

  return { show, clear };
};

/** The count after another one, or one that begins. */
const countAt = (at: number, done: number, what: string, before: Count | undefined): Count =>
  before && done >= before.done ? { ...before, done } : { what, begunAt: at, begunWith: done, done };

const progressText = (
  { what, begunAt, begunWith, done }: Count,
  total: number | undefined,
  at: number,
): string => {
  const seconds = (at - begunAt) / 1_000;
  const rate = seconds < RATE_AFTER_S ? 0 : (done - begunWith) / seconds;
  const speed = rate > 0 ? [`${numberText(Number(rate.toPrecision(2)))}/s`] : [];
  // A total can be an estimate.
  if (total === undefined || done > total) return [`${numberText(done)} ${what}`, ...speed].join('  ');
  return [
    `${numberText(done)} of ${numberText(total)} ${what}`,
    `${Math.floor((100 * done) / total)} %`,
    ...speed,
    ...(rate > 0 ? [`${durationText(Math.ceil((total - done) / rate))} left`] : []),
  ].join('  ');
};

const { format: numberText } = new Intl.NumberFormat('en-US');

const durationText = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
