import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MUTATIONS } from './mutation-list.ts';

const test = suite('mutations of the simulation');

for (const { name, file, from } of MUTATIONS) {
  test(`"${name}" still has exactly one place in the product`, () => {
    assert.is(readFileSync(file, 'utf8').split(from).length - 1, 1, file);
  });
}

test.run();
