import { NotProvenError } from './not-proven-error.ts';
import { fromBase64 } from './strict-text.ts';
import { isKeyName } from './verifier-key.ts';

/** One signature of a note, not yet checked. */
interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** The parts of a note (C2SP signed-note): a text that ends in a newline, and its signatures. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const DASH = '\u2014';
/** More than any log needs. A note does not state its own length. */
const MOST_CHARACTERS = 1_000_000;
const MOST_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note must not have.
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** Parses a note without checking its signatures. Throws a {@link NotProvenError} for any other text. */
export const parseNote = (note: string): SignedNote => {
  const malformed = (why: string): never => {
    throw new NotProvenError(
      'malformed',
      `This is not a signed note: it ${why}. Get the checkpoint again from where it was kept.`,
    );
  };
  if (note.length > MOST_CHARACTERS) malformed('is far too long');
  if (!note.isWellFormed() || CONTROL.test(note)) malformed('has characters that a note cannot have');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return malformed('has no empty line before its signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES)
    malformed(`has ${lines.length} signatures, and at most ${MOST_SIGNATURES} are read`);
  const signatures = lines.map((line) => {
    const [dash, name = '', base64 = '', ...others] = line.split(' ');
    const bytes = fromBase64(base64);
    if (dash !== DASH || !isKeyName(name) || !bytes || bytes.length <= KEY_ID_BYTES || others.length > 0)
      return malformed('has a line that is not a signature');
    return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
  });
  return { text: note.slice(0, end + 1), signatures };
};

/** Writes a note as text. */
export const noteText = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures
    .map(({ name, keyId, signature }) => {
      const base64 = Buffer.concat([keyId, signature]).toString('base64');
      return `${DASH} ${name} ${base64}\n`;
    })
    .join('')}`;
