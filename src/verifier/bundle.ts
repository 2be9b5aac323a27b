import { HASH_BYTES } from './merkle.ts';
import { NotProvenError } from './not-proven-error.ts';
import { fromBase64 } from './strict-text.ts';

/** An event with the proof that it is sealed. */
export interface ProvenEvent {
  readonly stream: string;
  readonly seq: number;
  /** 64 hex digits, like `hash`. */
  readonly prev: string;
  readonly hash: string;
  /** The exact text that the ledger stores. */
  readonly body: string;
  /** The place of its leaf in the log, from 0. */
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

/** An earlier checkpoint of the log, and the proof that the bundle's checkpoint extends it. */
interface Earlier {
  readonly checkpoint: string;
  readonly proof: readonly Uint8Array[];
}

/** All that is needed to check, without the ledger and without a network, that events are sealed. */
export interface Bundle {
  /** A signed note. */
  readonly checkpoint: string;
  /** Consecutive events of one stream; may be empty. */
  readonly events: readonly ProvenEvent[];
  readonly earlier: readonly Earlier[];
}

const FORMAT = 'tagledger/bundle/v1';
const HEX = /^[0-9a-f]{64}$/;

/** Writes a bundle as JSON text. */
export const bundleText = ({ checkpoint, events, earlier }: Bundle): string => {
  const base64 = (proof: readonly Uint8Array[]) => proof.map((hash) => Buffer.from(hash).toString('base64'));
  const written = {
    format: FORMAT,
    checkpoint,
    events: events.map((event) => ({ ...event, proof: base64(event.proof) })),
    earlier: earlier.map((one) => ({ ...one, proof: base64(one.proof) })),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
};

/**
 * Parses a bundle. Throws a {@link NotProvenError} for any other text, including one with unknown members: a
 * bundle must hold nothing that a verifier ignores.
 */
export const parseBundle = (text: string): Bundle => {
  const bundle = object(parseJson(text), 'the bundle', ['format', 'checkpoint', 'events', 'earlier']);
  if (bundle.format !== FORMAT)
    malformed(`has the format ${shown(bundle.format)}, and ${FORMAT} was expected`);
  const events = list(bundle.events, 'events').map((one): ProvenEvent => {
    const event = object(one, 'an event', ['stream', 'seq', 'prev', 'hash', 'body', 'index', 'proof']);
    return {
      stream: string(event.stream, 'stream'),
      seq: integer(event.seq, 'seq', 1),
      prev: hex(event.prev, 'prev'),
      hash: hex(event.hash, 'hash'),
      body: string(event.body, 'body'),
      index: integer(event.index, 'index', 0),
      proof: hashes(event.proof),
    };
  });
  const earlier = list(bundle.earlier, 'earlier').map((one): Earlier => {
    const { checkpoint, proof } = object(one, 'an earlier checkpoint', ['checkpoint', 'proof']);
    return { checkpoint: string(checkpoint, 'checkpoint'), proof: hashes(proof) };
  });
  if (events.length + earlier.length === 0) malformed('has neither an event nor an earlier checkpoint');
  return { checkpoint: string(bundle.checkpoint, 'checkpoint'), events, earlier };
};

const malformed = (why: string): never => {
  throw new NotProvenError(
    'malformed',
    `This is not a bundle of tagledger: it ${why}. Get it again from whoever ran \`tagledger prove\`.`,
  );
};

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 50)) : typeof value;

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return malformed('is not JSON');
  }
};

const object = (
  value: unknown,
  what: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return malformed(`has no object as ${what}`);
  const strange = Object.keys(value).find((name) => !names.includes(name));
  if (strange !== undefined) malformed(`has the unknown member ${shown(strange)} in ${what}`);
  return value as Readonly<Record<string, unknown>>;
};

const list = (value: unknown, what: string): readonly unknown[] =>
  Array.isArray(value) ? value : malformed(`has no list as ${what}`);

const string = (value: unknown, what: string): string =>
  typeof value === 'string' && value.isWellFormed() ? value : malformed(`has no text as ${what}`);

const integer = (value: unknown, what: string, least: number): number =>
  Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : malformed(`has no whole number from ${least} on as ${what}`);

const hex = (value: unknown, what: string): string =>
  typeof value === 'string' && HEX.test(value) ? value : malformed(`has no 64 hex digits as ${what}`);

const hashes = (value: unknown): Uint8Array[] =>
  list(value, 'proof').map((one) => {
    const hash = typeof one === 'string' ? fromBase64(one) : undefined;
    return hash?.length === HASH_BYTES ? hash : malformed('has a proof that is not a list of hashes');
  });
