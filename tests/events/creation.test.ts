import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCreation } from '../../src/events/creation.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { applied, at, created, failed, observed, requested, retired } from '../support/events.ts';

const test = suite('birth');

const birth = { tags: [] };

for (const [what, event, expected] of [
  ['a request at birth', requested('r1', { birth }), true],
  ['its second attempt', requested('r1/2', { birth, attempt: 2, request: 'r1' }), false],
  ['a request for what was there before', requested('r1'), false],
  ['tags that were there at birth', created('o1', at(0), 'Owner=bob'), true],
  ['tags that somebody changed', observed('o1'), false],
  ['tags that a sweep saw', observed('o1', { how: 'sweep' }), false],
  ['an outcome', applied('a1'), false],
  ['a failure', failed('f1'), false],
  ['an end', retired('x1'), false],
] satisfies [string, TagEvent, boolean][]) {
  test(`${what} is ${expected ? 'a' : 'no'} birth`, () => assert.is(isCreation(event), expected));
}

test.run();
