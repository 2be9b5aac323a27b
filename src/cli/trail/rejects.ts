import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';

/** An unusable part of a file, and the reason. */
export interface Reject {
  readonly file: string;
  readonly position: string;
  readonly reason: string;
  /** The rejected text. */
  readonly text: string;
}

/**
 * Appends a reject to a file as one JSON object per line. Only its owner can read the file, because the text
 * can contain secrets.
 */
export const keepReject = (path: string, { file, position, reason, text }: Reject): void =>
  appendFileSync(path, `${JSON.stringify({ file, position, reason, text })}\n`, { mode: 0o600 });

/** Collects rejects and reports the first of them and their number. */
export interface RejectTeller {
  add(reject: Omit<Reject, 'text'>): void;
  /** The number of rejects. */
  readonly count: () => number;
  /** Writes the report to stderr. `kept` is the file with the rejected text. */
  tell(console: Console, kept: string | undefined): void;
}

const MOST_TOLD = 20;

/** Starts an empty report of rejects. */
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
      if (count > 0) console.stderr(`${count} rejected${kept ? `, and saved in ${kept}` : ''}`);
    },
  };
};
