import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fold } from '../../src/events/resource.ts';
import { at, chain, created, shown } from '../support/events.ts';

const test = suite('a copy that a baseline shows');

const copied = { ...created('c1', at(0)), unseenTags: true as const };

test('its copied tags are seen once a baseline shows it', () => {
  for (const events of [
    [copied, shown('s1', at(30), 'App=shop')],
    [shown('s1', at(30), 'App=shop'), copied],
  ]) {
    const { unseenTags, tags } = fold(chain(events));
    assert.is(unseenTags, undefined);
    assert.equal(
      tags.map(({ key, value }) => [key, value]),
      [['App', 'shop']],
    );
  }
});

test('a baseline of the minutes in which AWS may not show them yet leaves them unseen', () => {
  assert.is(fold(chain([copied, shown('s1', at(5), '')])).unseenTags, true);
});

test.run();
