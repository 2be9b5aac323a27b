import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';

/** Something in a file that could not be used, and why. */
export interface Reject {
  readonly file: string;
  readonly position: string;
  readonly reason: string;
  /** What stands there. */
  readonly text: string;
}

/** Keeps a reject in a file that only its owner may read, one JSON object a line: what stands there may be a secret. */
export const keepReject = (path: string, { file, position, reason, text }: Reject): void =>
  appendFileSync(path, `${JSON.stringify({ file, position, reason, text })}\n`, { mode: 0o600 });

/** Tells a person of rejects: the first of them, and how many there were. */
export interface RejectTeller {
  add(reject: Omit<Reject, 'text'>): void;
  /** How many there were. */
  readonly count: () => number;
  /** Says it all; `kept` is the file that has their text. */
  tell(console: Console, kept: string | undefined): void;
}

const MOST_TOLD = 20;

/** Collects rejects in order to tell of them at the end. */
export const rejectTeller = (): RejectTeller => {
  const told: string[] = [];
  let count = 0;
  return {
    add: ({ file, position, reason }) => {
      count += 1;
      if (count <= MOST_TOLD) {
        told.push(sanitizeTerminal(`rejected: ${basename(file)}${position && `, ${position}`}: ${reason}`));
      }
    },
    count: () => count,
    tell: (console, kept) => {
      for (const line of told) console.stderr(line);
      if (count > 0) console.stderr(`${count} rejected${kept ? `; kept in ${kept}` : ''}`);
    },
  };
};
