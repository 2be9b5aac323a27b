import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { hintsOfLaunch, recoveredLaunch } from '../../src/cloudtrail/body/recovery.ts';
import { parentsOf } from '../../src/cloudtrail/identity/parents.ts';
import { issuedKeyOf, sessionKeyOf } from '../../src/cloudtrail/identity/session-key.ts';
import { type Meaning, meaningOf } from '../../src/cloudtrail/meaning.ts';
import { OPERATIONS } from '../../src/cloudtrail/operations/operations.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { gapStream } from '../../src/commands/record-gap.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { arnOf, parseArn } from '../../src/events/resource-arn.ts';
import { CauseSchema, InstantSchema, WhoSchema } from '../../src/events/tag-event.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { bodyWith, IDS, response, sample } from '../support/cloudtrail/samples.ts';

const test = suite('any input');

/** The meaning, or undefined where the input was refused as it should be. Anything else that is thrown fails. */
const understood = (input: unknown): Meaning | undefined => {
  try {
    return meaningOf(parseRecord(input));
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
};

/** What every meaning promises: each part can stand in an event of the ledger. */
const checkPromises = (meaning: Meaning | undefined): void => {
  if (!meaning) return;
  canonicalJson(meaning);
  if (meaning.kind === 'nothing') {
    if (meaning.lost) parseArn(gapStream(meaning.lost, v.parse(CauseSchema, meaning.lost.cause)));
    return;
  }
  v.parse(CauseSchema, meaning.cause);
  v.parse(InstantSchema, meaning.at);
  v.parse(WhoSchema, meaning.who);
  assert.ok(meaning.resources.length > 0);
  const identities =
    meaning.kind === 'creation' ? meaning.resources.map((r) => r.identity) : meaning.resources;
  const arns = identities.map((identity) => parseArn(arnOf(identity)).arn);
  assert.is(new Set(arns).size, arns.length);
};

/** A whole record of every operation, with ids, tags and a tagging call among them. */
const RECORDS: readonly object[] = [
  ...OPERATIONS.map(({ operation, creates = [], ends = [], restores = [] }, i) => {
    const shape = i % 2 ? 'plain' : 'wrapped';
    const beside = { tagSet: { items: [{ key: 'Owner', value: 'ada' }] } };
    const idsOf = (type: string) => IDS[type] ?? [];
    const made = creates.map(({ type, path }) => bodyWith(path, idsOf(type), shape, beside));
    const ended = (body: 'request' | 'response') =>
      ends
        .filter((row) => row.in === body)
        .map(({ type, path }) => bodyWith(path, idsOf(type), body === 'request' ? 'plain' : shape, beside));
    const restored = restores.map(({ type, path }) => bodyWith(path, idsOf(type), 'plain', beside));
    const specification = { resourceType: creates[0]?.type, tags: [{ key: 'App', value: 'shop' }] };
    return sample(operation, {
      requestParameters: Object.assign(
        { tagSpecificationSet: { items: [specification] } },
        ...restored,
        ...ended('request'),
      ),
      responseElements: response(operation, Object.assign({}, ...made, ...ended('response')), shape),
    });
  }),
  ...['CreateTags', 'DeleteTags'].map((name) =>
    sample(name, {
      requestParameters: {
        resourcesSet: { items: [{ resourceId: 'i-0a1b' }, { resourceId: 'vol-0a1b' }] },
        tagSet: { items: [{ key: 'Owner', value: 'ada' }] },
      },
    }),
  ),
];

/** Any JSON, and more than JSON: member names and values that the code looks for are likely in it. */
const anyValue = fc.oneof(
  fc.jsonValue({ depthSize: 'small', stringUnit: 'binary' }) as fc.Arbitrary<unknown>,
  fc.constantFrom<unknown>(
    undefined, null, '', {}, [], { items: null }, { item: { item: {} } }, { content: { content: 1 } },
    { tag: 1, content: 'i-0a1b' }, 'i-0a1b', 'a\ud800', Number.NaN, 'HIDDEN', { Tag: 1 }, { key: 'K', value: 1e99 },
  ),
  fc.dictionary(
    fc.constantFrom('items', 'item', 'content', 'tag', 'tagSet', 'key', 'value', 'vpc', '__proto__', 'constructor'),
    fc.jsonValue(),
  ),
); // biome-ignore format: one line per kind

/** Every place in a document: the member names that lead there. */
const places = (document: unknown, here: readonly string[] = []): readonly (readonly string[])[] =>
  typeof document === 'object' && document !== null
    ? [here, ...Object.entries(document).flatMap(([key, value]) => places(value, [...here, key]))]
    : [here];

/** The document with another value at one place. */
const replaced = (document: unknown, [name, ...rest]: readonly string[], value: unknown): unknown => {
  if (name === undefined) return value;
  const copy = structuredClone(document) as Record<string, unknown>;
  copy[name] = replaced(copy[name], rest, value);
  return copy;
};

const mutated = fc
  .constantFrom(...RECORDS)
  .chain((record) =>
    fc
      .array(fc.tuple(fc.constantFrom(...places(record)), anyValue), { maxLength: 3 })
      .map((changes) =>
        changes.reduce<unknown>(
          (document, [place, value]) =>
            typeof document === 'object' && document !== null && isThere(document, place)
              ? replaced(document, place, value)
              : document,
          record,
        ),
      ),
  );

const isThere = (document: unknown, [name, ...rest]: readonly string[]): boolean =>
  name === undefined ||
  (typeof document === 'object' &&
    document !== null &&
    Object.hasOwn(document, name) &&
    isThere((document as Record<string, unknown>)[name], rest));

test('the records that are mutated here mean something, so that mutating them does', () => {
  for (const record of RECORDS) assert.is.not(understood(record)?.kind, 'nothing');
});

test('any value is understood or refused', () => {
  fc.assert(fc.property(fc.oneof(anyValue, fc.anything()), (input) => checkPromises(understood(input))));
});

test('any bodies in a real frame are understood', () => {
  const names = fc.constantFrom(...RECORDS.map((record) => (record as { eventName: string }).eventName));
  fc.assert(
    fc.property(names, anyValue, anyValue, (name, requestParameters, responseElements) => {
      const meaning = understood(sample(name, { requestParameters, responseElements }));
      assert.ok(meaning, 'it was refused');
      checkPromises(meaning);
    }),
  );
});

test('a mutated record is understood or refused', () => {
  fc.assert(
    fc.property(mutated, (input) => checkPromises(understood(input))),
    { numRuns: 1000 },
  );
});

test('whatever else a record is asked leads to an answer that can stand in the ledger', () => {
  fc.assert(
    fc.property(mutated, anyValue, (input, tag) => {
      if (understood(input) === undefined) return;
      const record = parseRecord(input);
      for (const arn of parentsOf(record)) parseArn(arn);
      canonicalJson([issuedKeyOf(record) ?? null, sessionKeyOf(record) ?? null]);
      const omitted = { ...record, responseElements: { reservationId: 'r-0a1b', omitted: true, tag } };
      canonicalJson({ ...hintsOfLaunch(omitted) });
      checkPromises(meaningOf(recoveredLaunch(omitted, [{ InstanceId: 'i-0a1b' }, {}])));
    }),
    { numRuns: 500 },
  );
});

test('a record in which a call failed never means anything', () => {
  fc.assert(
    fc.property(mutated, fc.string({ minLength: 1 }), (input, errorCode) => {
      if (typeof input !== 'object' || input === null) return;
      const meaning = understood({ ...input, errorCode });
      assert.ok(meaning === undefined || meaning.kind === 'nothing');
    }),
    { numRuns: 500 },
  );
});

test('understanding a record leaves it as it was', () => {
  for (const record of RECORDS) {
    const before = JSON.stringify(record);
    understood(record);
    assert.is(JSON.stringify(record), before);
  }
});

test.run();
