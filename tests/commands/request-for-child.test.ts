import { suite } from 'uvu';
import { decideChildRequest } from '../../src/commands/request-for-child.ts';
import {
  ADA,
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

const test = suite('request for a child');

const LAUNCH = trail('launch-1');
const BIRTH = { birth: { tags: tags('Name=root') } };

/** What Ada's launch asks of a resource that was found to have come with it. */
const launch = decideChildRequest(STREAM, {
  cause: LAUNCH,
  who: ADA,
  at: at(1),
  tags: tags('Owner=ada'),
  overwrite: [],
  notes: [],
  ...BIRTH,
});

test('a child that nobody has heard of is born by its parent’s cause, and asked to bear the tags', () => {
  given(STREAM)
    .when(launch)
    .yields(requested(LAUNCH, at(1), 'Owner=ada', BIRTH));
});

test('a child that bears the tags from the first moment is only observed', () => {
  const full = { birth: { tags: tags('Owner=ada') } };
  given(STREAM)
    .when(
      decideChildRequest(STREAM, {
        cause: LAUNCH,
        who: ADA,
        at: at(1),
        tags: tags('Owner=ada'),
        overwrite: [],
        notes: [],
        ...full,
      }),
    )
    .yields(created(LAUNCH, at(1), 'Owner=ada'));
});

test('one whose own record told of its birth is left to that cause', () => {
  const own = requested(trail('volume-1', 'CreateVolume'), at(0), 'Owner=bob', { birth: { tags: [] } });
  given(STREAM, own).when(launch).yields();
  given(STREAM, own, applied(own, at(2)))
    .when(launch)
    .yields();
});

test('one that only a change or the end was heard of is born all the same', () => {
  const change = observed(trail('change-1', 'CreateTags'), at(2), 'App=shop');
  given(STREAM, change)
    .when(launch)
    .yields(requested(LAUNCH, at(1), 'Owner=ada', BIRTH));
  given(STREAM, retired(trail('end-1', 'DeleteVolume'), at(3)))
    .when(launch)
    .yields(created(LAUNCH, at(1), 'Name=root'));
});

test.run();
