import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAhead } from '../../../src/cli/trail/read-ahead.ts';
import { entriesIn } from '../../../src/cli/trail/read-trail.ts';
import type { TrailFile } from '../../../src/cli/trail/trail-file.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { rejectionOf } from '../../support/async.ts';

const test = suite('reading files ahead');

/** A file with the values `from`, `from + 1` and so on, a chunk of a megabyte each. `taken` counts the chunks. */
const fileOf = (from: number, count: number, size?: number) => {
  const file = { taken: 0, wait: 0 };
  const padding = ' '.repeat(1024 * 1024);
  async function* read(): AsyncGenerator<Buffer> {
    for (let n = from; n < from + count; n++) {
      await delay(file.wait);
      file.taken += 1;
      yield Buffer.from(`${JSON.stringify({ n })}${padding}\n`);
    }
  }
  const trailFile: TrailFile = { name: `${from}.json`, read, ...(size !== undefined && { size }) };
  return Object.assign(file, { trailFile });
};

const valuesOf = async (files: readonly TrailFile[]): Promise<unknown[]> => {
  const values: unknown[] = [];
  for await (const batch of readAhead(files, { onRead: () => {} }))
    for (const entry of entriesIn(batch)) values.push('value' in entry ? entry.value : entry.problem);
  return values;
};

test('the entries come in the order of the files, whichever is read first', async () => {
  const files = Array.from({ length: 40 }, (_, n) => fileOf(n * 10, 1 + (n % 3), 1));
  for (const [n, file] of files.entries()) file.wait = (n * 7) % 11;
  const expected = files.flatMap((_, n) =>
    Array.from({ length: 1 + (n % 3) }, (_, m) => ({ n: n * 10 + m })),
  );
  assert.equal(await valuesOf(files.map(({ trailFile }) => trailFile)), expected);
});

test('of a few files the beginning is read ahead, and of all others nothing', async () => {
  const files = Array.from({ length: 40 }, (_, n) => fileOf(n * 100, 20, 1));
  const reading = readAhead(
    files.map(({ trailFile }) => trailFile),
    { onRead: () => {} },
  );
  await reading.next();
  await delay(50);
  const taken = files.map(({ taken }) => taken);
  assert.ok(
    taken.every((chunks) => chunks <= 3),
    taken.join(),
  );
  assert.ok(taken.filter(Boolean).length <= 14, taken.join());
  assert.ok(taken.filter(Boolean).length > 8, taken.join());
  await reading.return(undefined);
});

test('what can be read only once is not opened before its turn', async () => {
  const [first, pipe] = [fileOf(0, 5, 1), fileOf(10, 2)];
  const reading = readAhead([first.trailFile, pipe.trailFile], { onRead: () => {} });
  await reading.next();
  await delay(20);
  assert.is(pipe.taken, 0);
  for await (const _ of reading);
  assert.is(pipe.taken, 2);
});

test('a file that cannot be read is an error in its turn', async () => {
  const gone: TrailFile = {
    name: 'gone.json',
    size: 1,
    // biome-ignore lint/correctness/useYield: It fails before there is anything.
    async *read() {
      throw new Error('gone');
    },
  };
  const read: number[] = [];
  const error = await rejectionOf(
    (async () => {
      for await (const batch of readAhead([fileOf(0, 2, 1).trailFile, gone, fileOf(9, 1, 1).trailFile], {
        onRead: () => {},
      }))
        for (const _ of entriesIn(batch)) read.push(1);
    })(),
  );
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, 'gone.json cannot be read (gone)');
  assert.is(read.length, 2);
});

test.run();
