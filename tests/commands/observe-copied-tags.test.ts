import { suite } from 'uvu';
import { observeCopiedTags } from '../../src/commands/observe-copied-tags.ts';
import { eventIdOf, type TagObserved } from '../../src/events/tag-event.ts';
import {
  applied,
  at,
  created,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('observe copied tags');

const LOOK = { source: 'tagledger', id: 'request/1', name: 'DescribeImages' } as const;
/** What EC2 shows at minute 30. */
const sees = (shown: string) => observeCopiedTags(STREAM, { cause: LOOK, at: at(30), tags: tags(shown) });
const seen = (set: string, more: Partial<TagObserved> = { allSeen: true }): TagObserved => ({
  type: 'TagObserved',
  eventId: eventIdOf('sweep', STREAM, LOOK.id),
  effectiveAt: at(30),
  cause: LOOK,
  how: 'sweep',
  set: tags(set),
  removed: [],
  ...more,
});

const COPIED = { unseenTags: true } as const;
const ASK = requested(trail('copy-1', 'CopyImage'), at(1), 'Owner=ada Team=blue', {
  birth: { tags: tags('Env=prod') },
  ...COPIED,
});

test('the tags that were copied are recorded, also under a key that a request is about to set', () =>
  given(STREAM, ASK)
    .when(sees('CostCenter=4100 Env=prod Owner=platform'))
    .yields(seen('CostCenter=4100 Owner=platform')));

test('that there are no other tags is recorded as well', () =>
  given(STREAM, ASK).when(sees('Env=prod')).yields(seen('')));

test('a tag with the requested value may be the work of a lost attempt, and is not taken for a copied one', () =>
  given(STREAM, ASK).when(sees('Env=prod Owner=ada')).yields(seen('')));

test('what is known of a key stays, because EC2 may not show its latest change yet', () =>
  given(
    STREAM,
    ASK,
    observed(trail('c-1'), at(29), 'Env=dev'),
    observed(trail('c-2'), at(29), '', { removed: ['App'] }),
  )
    .when(sees('App=shop Env=prod Name=x'))
    .yields(seen('Name=x')));

test('where all tags were seen before, only keys of which nothing is known are recorded', () => {
  const before = created(trail('copy-1'), at(1), 'Env=prod');
  given(STREAM, before).when(sees('Env=prod')).yields();
  given(STREAM, before).when(sees('Env=dev Name=x')).yields(seen('Name=x', {}));
});

test('nothing is recorded of a resource that has ended', () =>
  given(STREAM, ASK, applied(ASK, at(2)), retired('x', at(3)))
    .when(sees('Name=x'))
    .yields());

test.run();
