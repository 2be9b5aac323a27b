import { GENESIS, hashOf } from '../../../src/events/hash-chain.ts';
import { sealedLog } from '../../../src/sealing/log/sealed-log.ts';
import { signCheckpoint } from '../../../src/sealing/log/signer.ts';
import { proveConsistency, proveEvents } from '../../../src/sealing/prove.ts';
import { type Bundle, bundleText, type ProvenEvent } from '../../../src/verifier/bundle.ts';
import { checkCheckpoint } from '../../../src/verifier/checkpoint.ts';
import type { NotProven } from '../../../src/verifier/not-proven-error.ts';
import { verifierKeyText } from '../../../src/verifier/verifier-key.ts';
import { appendAll } from '../doubles.ts';
import { eventsOf, keyOf, NAME, signerOf, worldOf } from '../sealing/world.ts';
import { lyingProofs, turned } from './lies.ts';

/** A bundle, and what a verifier must say of it. */
export interface Case {
  readonly what: string;
  readonly text: string;
  readonly expected: 'holds' | NotProven;
}

const ORIGIN = `${NAME}/log0`;
const [A, B] = [eventsOf('i-0a', 4), eventsOf('i-0b', 20)];

/** Honest bundles of a small log, and all the ways in which they could lie; with the log's public key. */
export const sampleBundles = async (): Promise<{ readonly key: string; readonly cases: readonly Case[] }> => {
  const world = worldOf();
  await appendAll(world.store, [...A.slice(0, 2), ...B]);
  await world.seal();
  await appendAll(world.store, A);
  world.later(1000);
  await world.seal();
  const log = sealedLog(world.objectsOf(ORIGIN));
  const [older, newer] = [(await log.checkpoint(23)) ?? '', (await log.checkpoint()) ?? ''];
  const whole = await proveEvents(log, newer, A, undefined);
  const last = await proveEvents(log, newer, A.slice(3), undefined);
  const growth = await proveConsistency(log, older, newer);
  const key = await keyOf(world, ORIGIN);
  const head = checkCheckpoint(newer, [key]);

  const other = await forkOf();
  const resigned = await signCheckpoint(signerOf(7), { ...head, origin: `${NAME}/log9` }, 1);
  const replayed = resigned.split('\n\n')[0] ?? '';
  const strangers = await signCheckpoint(signerOf(8), head, 1);
  const timeOf = (note: string, bit: number): string => withSignature(note, 1, (bytes) => turned(bytes, bit));

  return {
    key: verifierKeyText(key),
    cases: [
      holds('all events of a resource', whole),
      holds('one event', last),
      holds('the same log, larger', growth),
      holds('events and growth together', { ...whole, earlier: growth.earlier }),
      holds('a checkpoint that is its own beginning', await proveConsistency(log, newer, newer)),
      holds('a checkpoint that others have signed as well', {
        ...whole,
        checkpoint: `${newer}${lines(strangers)}`,
      }),
      holds('a checkpoint without its time', { ...whole, checkpoint: withoutTime(newer) }),
      ...proofLies('event 2', whole.events[1]?.proof ?? [], 'not-included', (proof) =>
        withEvent(whole, 1, { proof }),
      ),
      ...proofLies('the last event', last.events[0]?.proof ?? [], 'not-included', (proof) =>
        withEvent(last, 0, { proof }),
      ),
      ...proofLies('growth', growth.earlier[0]?.proof ?? [], 'not-consistent', (proof) => ({
        ...growth,
        earlier: [{ checkpoint: older, proof }],
      })),
      ...Array.from({ length: head.size + 1 }, (_, index) => index)
        .filter((index) => index !== last.events[0]?.index)
        .map((index) => fails(`the index ${index}`, withEvent(last, 0, { index }), 'not-included')),
      fails('another body', withEvent(last, 0, { body: `${A[3]?.body} ` }), 'bad-hash'),
      fails('another hash', withEvent(last, 0, { hash: A[2]?.hash ?? '' }), 'bad-hash'),
      fails('another prev', withEvent(last, 0, { prev: A[1]?.hash ?? '' }), 'bad-hash'),
      fails('another seq', withEvent(last, 0, { seq: 3 }), 'bad-hash'),
      fails('another stream', withEvent(last, 0, { stream: B[0]?.stream ?? '' }), 'bad-hash'),
      fails(
        'an edited body with its right hash',
        rehashed(last, { body: '{"Owner":"mallory"}' }),
        'not-included',
      ),
      fails(
        'an event moved to another stream',
        rehashed(last, { stream: B[0]?.stream ?? '' }),
        'not-included',
      ),
      fails('an event renumbered', rehashed(last, { seq: 5 }), 'not-included'),
      fails('a beginning that follows something', rehashedFirst(whole, A[3]?.hash ?? ''), 'bad-chain'),
      fails('an event that does not follow the one before it', relinked(whole), 'bad-chain'),
      fails('events out of order', { ...whole, events: whole.events.toReversed() }, 'malformed'),
      fails('a gap', { ...whole, events: whole.events.toSpliced(1, 1) }, 'malformed'),
      fails('an event of another log', other, 'unknown-key'),
      fails('the checkpoint of a fork', { ...whole, checkpoint: await forkedNote() }, 'not-included'),
      fails(
        'growth from a fork',
        { ...growth, earlier: [{ ...one(growth), checkpoint: await forkedNote(23) }] },
        'not-consistent',
      ),
      fails(
        'growth from a fork of the same size',
        { ...growth, earlier: [{ checkpoint: await forkedNote(), proof: [] }] },
        'not-consistent',
      ),
      fails(
        'a log that was cut',
        { ...growth, checkpoint: older, earlier: [{ ...one(growth), checkpoint: newer }] },
        'not-consistent',
      ),
      fails(
        'growth from another log',
        { ...growth, earlier: [{ ...one(growth), checkpoint: resigned }] },
        'unknown-key',
      ),
      fails('a checkpoint by another key', { ...whole, checkpoint: strangers }, 'unknown-key'),
      fails('a checkpoint of another origin', { ...whole, checkpoint: resigned }, 'unknown-key'),
      fails(
        'a checkpoint of another origin, replayed under the name of this key',
        { ...whole, checkpoint: `${replayed}\n\n${await replayLine(`${replayed}\n`)}` },
        'other-origin',
      ),
      fails(
        'a checkpoint with another size',
        { ...whole, checkpoint: newer.replace('\n25\n', '\n26\n') },
        'bad-signature',
      ),
      fails(
        'a checkpoint with another root',
        { ...whole, checkpoint: await otherRoot(newer) },
        'bad-signature',
      ),
      fails(
        'a signature with a bit turned',
        { ...whole, checkpoint: withSignature(newer, 0, (b) => turned(b, 10)) },
        'bad-signature',
      ),
      fails(
        'a signature cut short',
        { ...whole, checkpoint: withSignature(newer, 0, (b) => b.subarray(0, 40)) },
        'bad-signature',
      ),
      fails('another time', { ...whole, checkpoint: timeOf(newer, 11) }, 'bad-signature'),
      fails('a time beyond all numbers', { ...whole, checkpoint: timeOf(newer, 4) }, 'bad-signature'),
      fails(
        'a time without its signature',
        { ...whole, checkpoint: withSignature(newer, 1, (b) => b.subarray(0, 9)) },
        'bad-signature',
      ),
      fails('no signature', { ...whole, checkpoint: `${newer.split('\n\n')[0]}\n\n` }, 'malformed'),
      fails(
        'a checkpoint with a fourth line',
        { ...whole, checkpoint: newer.replace('=\n\n', '=\nmore\n\n') },
        'malformed',
      ),
      fails(
        'a size with a zero before it',
        { ...whole, checkpoint: newer.replace('\n25\n', '\n025\n') },
        'malformed',
      ),
      ...malformedTexts(bundleText(whole)),
    ],
  };
};

const holds = (what: string, bundle: Bundle): Case => ({ what, text: bundleText(bundle), expected: 'holds' });
const fails = (what: string, bundle: Bundle, expected: NotProven): Case => ({
  what,
  text: bundleText(bundle),
  expected,
});

const proofLies = (
  of: string,
  proof: readonly Uint8Array[],
  expected: NotProven,
  make: (proof: Uint8Array[]) => Bundle,
): Case[] =>
  lyingProofs(proof).map(({ what, proof: lying }) => fails(`${of}: ${what}`, make(lying), expected));

const withEvent = (bundle: Bundle, i: number, over: Partial<ProvenEvent>): Bundle => ({
  ...bundle,
  events: bundle.events.map((event, at) => (at === i ? { ...event, ...over } : event)),
});

const rehashed = (bundle: Bundle, over: Partial<ProvenEvent>, i = 0): Bundle => {
  const event = { ...(bundle.events[i] as ProvenEvent), ...over };
  return withEvent(bundle, i, { ...event, hash: hashOf(event) });
};

/** All these pass the check of the hash, and stop at that of the chain, which comes before that of the proof. */
const rehashedFirst = (bundle: Bundle, prev: string): Bundle => rehashed(bundle, { prev });
const relinked = (bundle: Bundle): Bundle => rehashed(bundle, { prev: GENESIS }, 1);

const one = ({ earlier: [first] }: Bundle) => first as Bundle['earlier'][number];
const lines = (note: string): string => note.split('\n\n')[1] ?? '';
const withoutTime = (note: string): string => note.replace(/[^\n]+\n$/, '');

/** The note with the bytes of one signature, its key id before them, replaced. */
const withSignature = (note: string, i: number, change: (bytes: Buffer) => Uint8Array): string => {
  const [text = '', signatures = ''] = note.split('\n\n');
  const changed = signatures.split('\n').map((line, at) => {
    const [dash, name, base64 = ''] = line.split(' ');
    return at === i
      ? `${dash} ${name} ${Buffer.from(change(Buffer.from(base64, 'base64'))).toString('base64')}`
      : line;
  });
  return `${text}\n\n${changed.join('\n')}`;
};

const otherRoot = async (note: string): Promise<string> => {
  const root = note.split('\n')[2] ?? '';
  return note.replace(root, Buffer.from(turned(Buffer.from(root, 'base64'))).toString('base64'));
};

/** The same name and key id as this log's, over another log's text: what a thief of one signature could write. */
const replayLine = async (text: string): Promise<string> => {
  const { keyIdOf, SIGNATURE } = await import('../../../src/verifier/verifier-key.ts');
  const publicKey = await signerOf(7).publicKey();
  const id = keyIdOf({ name: ORIGIN, publicKey }, SIGNATURE.note);
  const signature = await signerOf(7).sign(Buffer.from(text));
  return `\u2014 ${ORIGIN} ${Buffer.concat([id, signature]).toString('base64')}\n`;
};

/** A log of the same name and key with another history in it. */
const forkedWorld = async (size: number) => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0f', size - 1));
  await world.seal();
  return world;
};
const forkedNote = async (size = 25): Promise<string> =>
  (await sealedLog((await forkedWorld(size)).objectsOf(ORIGIN)).checkpoint()) ?? '';

const forkOf = async (): Promise<Bundle> => {
  const world = { ...worldOf(), newId: () => 'log5' };
  await appendAll(world.store, A);
  await world.seal({ newId: () => 'log5' });
  const log = sealedLog(world.objectsOf(`${NAME}/log5`));
  return proveEvents(log, (await log.checkpoint()) ?? '', A, undefined);
};

/** Texts that are no bundles. */
const malformedTexts = (text: string): Case[] => {
  const bundle = JSON.parse(text);
  const [event] = bundle.events;
  const json = (value: unknown): string => JSON.stringify(value);
  const event0 = (over: object) => json({ ...bundle, events: [{ ...event, ...over }] });
  const without = (name: string) =>
    json(Object.fromEntries(Object.entries(bundle).filter(([key]) => key !== name)));
  const { seq: _, ...noSeq } = event;
  const texts: [what: string, text: string][] = [
    ['nothing', ''],
    ['no JSON', text.slice(0, -3)],
    ['something behind it', `${text}{}`],
    ['a byte order mark', `\ufeff${text}`],
    ['null', 'null'],
    ['a list', '[]'],
    ['another format', json({ ...bundle, format: 'tagledger/bundle/v2' })],
    ['a member that nobody knows', json({ ...bundle, note: 'trust me' })],
    ...['format', 'checkpoint', 'events', 'earlier'].map((name): [string, string] => [
      `no ${name}`,
      without(name),
    ]),
    ['nothing to prove', json({ ...bundle, events: [] })],
    ['events that are no list', json({ ...bundle, events: { 0: event, length: 1 } })],
    ['an event that is none', json({ ...bundle, events: ['x'] })],
    ['an event without its seq', json({ ...bundle, events: [noSeq] })],
    ['an event with a member that nobody knows', event0({ tags: [] })],
    ['a seq of 0', event0({ seq: 0 })],
    ['a seq of 1.5', event0({ seq: 1.5 })],
    ['a seq as text', event0({ seq: '1' })],
    ['a seq that is true', event0({ seq: true })],
    ['an index below 0', event0({ index: -1 })],
    ['an index beyond all numbers', event0({ index: 0 }).replace('"index":0', '"index":9007199254740993')],
    ['a hash in capitals', event0({ hash: String(event.hash).toUpperCase() })],
    ['a hash with a line behind it', event0({ hash: `${event.hash}\n` })],
    ['half a character in a body', event0({ body: '\ud800' })],
    ['a body that is no text', event0({ body: {} })],
    ['a proof that is no list', event0({ proof: 'x' })],
    ['a proof with a short hash', event0({ proof: ['AAAA'] })],
    ['a proof with base64 that no encoder writes', event0({ proof: [`${'A'.repeat(42)}B=`] })],
    ['a proof with base64 in another alphabet', event0({ proof: [`${'-'.repeat(42)}A=`] })],
    ['a checkpoint that is no text', json({ ...bundle, checkpoint: 5 })],
    ['a checkpoint that is no note', json({ ...bundle, checkpoint: 'x\n' })],
    ['an earlier one that is none', json({ ...bundle, earlier: [5] })],
    ['an earlier checkpoint that is no note', json({ ...bundle, earlier: [{ checkpoint: 'x', proof: [] }] })],
  ];
  return [
    ...texts.map(([what, one]): Case => ({ what, text: one, expected: 'malformed' })),
    {
      what: 'numbers written in another way',
      text: text.replace('"seq": 1,', '"seq": 1.0,'),
      expected: 'holds',
    },
  ];
};
