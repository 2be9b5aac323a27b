import { suite } from 'uvu';
import { healTags } from '../../src/commands/heal-tags.ts';
import { eventIdOf, type TagRequested } from '../../src/events/tag-event.ts';
import { applied, at, observed, requested, retired, STREAM, tags, trail } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('heal tags');

const ask = requested(trail('run-1'), at(0), 'Owner=ada Team=blue', { rules: 'r' });
const done = applied(ask, at(1));
const stripped = observed(trail('c-1'), at(2), '', { removed: ['Owner'] });
const replaced = observed(trail('c-2'), at(2), 'Owner=eve');

const heal = (more: Partial<Parameters<typeof healTags>[1]> = {}) =>
  healTags(STREAM, { demand: ask, tags: ask.tags, at: at(30), limit: 2, ...more });

const healed = (n: number, wanted: string, more: Partial<TagRequested> = {}) => {
  const eventId = eventIdOf('heal', STREAM, `2026-03-31/${n}`);
  const who = { name: 'tagledger', kind: 'Tagledger' };
  const cause = { source: 'tagledger', id: eventId, name: 'heal' } as const;
  return requested(cause, at(30), wanted, { eventId, who, rules: 'r', tags: tags(wanted), ...more });
};

test('what somebody removed is asked for again, and nothing else', () => {
  given(STREAM, ask, done, stripped).when(heal()).yields(healed(1, 'Owner=ada'));
  given(STREAM, ask, done).when(heal()).yields();
});

test('what somebody set instead is theirs, unless the rule wins over others', () => {
  given(STREAM, ask, done, replaced).when(heal()).yields();
  given(STREAM, ask, done, replaced)
    .when(heal({ demand: { rules: 'r', overwrite: ['Owner', 'Team'] } }))
    .yields(healed(1, 'Owner=ada', { overwrite: ['Owner'] }));
});

test('a day has room for so many heals, and the next one again', () => {
  const first = healed(1, 'Owner=ada');
  const again = observed(trail('c-3'), at(40), '', { removed: ['Owner'] });
  const past = [ask, done, stripped, first, applied(first, at(35)), again];
  given(STREAM, ...past)
    .when(heal({ limit: 1 }))
    .yields();
  given(STREAM, ...past)
    .when(heal())
    .yields(healed(2, 'Owner=ada'));
});

test('a resource that ended needs nothing', () =>
  given(STREAM, ask, done, stripped, retired(trail('end'), at(3)))
    .when(heal())
    .yields());

test.run();
