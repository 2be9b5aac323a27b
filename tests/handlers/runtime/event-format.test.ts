import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readEventFormat } from '../../../src/handlers/runtime/event-format.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';

const test = suite('the format in which events are written');

test('is 1 where nothing is said, and else what is said', () => {
  for (const env of [{}, { EVENT_FORMAT: ' ' }, { EVENT_FORMAT: '1' }]) assert.is(readEventFormat(env), 1);
  assert.is(readEventFormat({ EVENT_FORMAT: ' 2 ' }), 2);
});

test('is refused in one sentence where no such format can be written', () => {
  for (const text of ['0', '3', '2.0', 'two', '1 2']) {
    assert.throws(
      () => readEventFormat({ EVENT_FORMAT: text }),
      (error: unknown) =>
        error instanceof InvalidInputError &&
        error.message ===
          `EVENT_FORMAT is "${text}", and this version writes the formats 1 and 2. Set it to one of these, or leave it out for 1.`,
    );
  }
});

test.run();
