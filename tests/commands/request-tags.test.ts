import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askEventId, decideTagRequest, type TagRequest } from '../../src/commands/request-tags.ts';
import { arnOf, parseArn } from '../../src/events/resource-arn.ts';
import type { Cause } from '../../src/events/tag-event.ts';
import {
  ADA,
  applied,
  at,
  BOB,
  created,
  failed,
  givenBack,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('request tags');

const RUN = trail('run-1');
const CALL: Cause = { source: 'direct', id: 'call-1' };
const CHANGE = trail('change-1', 'CreateTags');
const END = trail('end-1', 'TerminateInstances');

/** Ada's direct call at minute 5. */
const call = (wanted: string, more: Partial<TagRequest> = {}) =>
  decideTagRequest(STREAM, {
    cause: CALL,
    who: ADA,
    at: at(5),
    tags: tags(wanted),
    overwrite: [],
    notes: [],
    ...more,
  });

/** Ada's creation of the resource at minute 1, with these tags from the first moment. */
const creation = (birth: string, wanted: string, more: Partial<TagRequest> = {}) =>
  call(wanted, { cause: RUN, at: at(1), rules: 'r-1', birth: { tags: tags(birth) }, ...more });

const kept = (key: string) => ({ key, note: 'kept' as const });

test('of a resource never seen before all tags are requested, sorted by key', () => {
  given(STREAM)
    .when(call('Team=blue Owner=ada'))
    .yields(requested(CALL, at(5), 'Owner=ada Team=blue'));
});

test('a creation is requested with its rule set and the tags of birth, sorted by key', () => {
  given(STREAM)
    .when(creation('Team=blue Name=web', 'Owner=ada'))
    .yields(
      requested(RUN, at(1), 'Owner=ada', { rules: 'r-1', birth: { tags: tags('Name=web Team=blue') } }),
    );
});

test('a creation without tags is a birth with no tags', () => {
  given(STREAM)
    .when(creation('', 'Owner=ada'))
    .yields(requested(RUN, at(1), 'Owner=ada', { rules: 'r-1', birth: { tags: [] } }));
});

test('where a key is asked for twice the last value counts', () => {
  given(STREAM)
    .when(call('', { tags: [...tags('Owner=bob'), ...tags('Owner=ada')] }))
    .yields(requested(CALL, at(5), 'Owner=ada'));
});

test('a resource that is born with all tags is observed, not requested', () => {
  given(STREAM)
    .when(creation('Team=blue Owner=ada', 'Owner=ada'))
    .yields(created(RUN, at(1), 'Owner=ada Team=blue'));
});

test('a creation of which nothing is asked is observed', () => {
  given(STREAM)
    .when(creation('Name=web', '', { notes: [{ key: 'Owner', note: 'missing-field' }] }))
    .yields(created(RUN, at(1), 'Name=web', { notes: [{ key: 'Owner', note: 'missing-field' }] }));
});

test('equal values are dropped silently, others at birth are kept and noted, the rest is requested', () => {
  given(STREAM)
    .when(creation('Owner=bob Team=blue', 'Owner=ada Team=blue Cost=1'))
    .yields(
      requested(RUN, at(1), 'Cost=1', {
        rules: 'r-1',
        birth: { tags: tags('Owner=bob Team=blue') },
        notes: [kept('Owner')],
      }),
    );
});

test('a creation whose only wanted key has another value is observed, with a note', () => {
  given(STREAM)
    .when(creation('Owner=bob', 'Owner=ada'))
    .yields(created(RUN, at(1), 'Owner=bob', { notes: [kept('Owner')] }));
});

test('a key that was born with a value nobody knows is kept and noted, unless the ask may overwrite it', () => {
  const birth = { tags: tags('Name=web'), uncertain: ['Owner'] };
  const recorded = { rules: 'r-1', birth: { tags: birth.tags } };
  const wanted = 'Owner=ada Team=red';
  given(STREAM)
    .when(creation('', wanted, { birth }))
    .yields(requested(RUN, at(1), 'Team=red', { ...recorded, notes: [{ key: 'Owner', note: 'uncertain' }] }));
  given(STREAM)
    .when(creation('', wanted, { birth, overwrite: ['Owner'] }))
    .yields(requested(RUN, at(1), wanted, { ...recorded, overwrite: ['Owner'] }));
});

test('an empty value is a value that is kept', () => {
  given(STREAM)
    .when(creation('Owner=', 'Owner=ada'))
    .yields(created(RUN, at(1), 'Owner=', { notes: [kept('Owner')] }));
});

test('keys are told apart by case, and __proto__ is a key like any other', () => {
  given(STREAM)
    .when(
      creation('owner=bob', 'Owner=ada', { tags: [{ key: '__proto__', value: 'x' }, ...tags('Owner=ada')] }),
    )
    .yields(
      requested(RUN, at(1), '', {
        rules: 'r-1',
        tags: [...tags('Owner=ada'), { key: '__proto__', value: 'x' }],
        birth: { tags: tags('owner=bob') },
      }),
    );
});

test("with overwrite another one's value is replaced; the request says for which of its keys", () => {
  given(STREAM)
    .when(
      creation('Owner=bob Cost=1', 'Owner=ada Cost=1 Team=blue', { overwrite: ['Owner', 'Cost', 'Other'] }),
    )
    .yields(
      requested(RUN, at(1), 'Owner=ada Team=blue', {
        rules: 'r-1',
        overwrite: ['Owner'],
        birth: { tags: tags('Cost=1 Owner=bob') },
      }),
    );
});

test('what somebody set later is kept: of a direct call nothing is left, of two keys the other', () => {
  const change = observed(CHANGE, at(2), 'Owner=bob');
  given(STREAM, change).when(call('Owner=ada')).yields();
  given(STREAM, change)
    .when(call('Owner=ada Team=blue'))
    .yields(requested(CALL, at(5), 'Team=blue', { notes: [kept('Owner')] }));
  given(STREAM, change)
    .when(call('Owner=ada', { overwrite: ['Owner'] }))
    .yields(requested(CALL, at(5), 'Owner=ada', { overwrite: ['Owner'] }));
});

test('a direct call for what is there already records nothing, whoever set it', () => {
  const request = requested(trail('run-0'), at(1), 'Owner=ada');
  given(STREAM, request, applied(request, at(2)))
    .when(call('Owner=ada'))
    .yields();
  given(STREAM, observed(CHANGE, at(2), 'Owner=ada'))
    .when(call('Owner=ada', { overwrite: ['Owner'] }))
    .yields();
});

test('tags that tagledger set earlier may be replaced', () => {
  const request = requested(trail('run-0'), at(1), 'Owner=bob');
  given(STREAM, request, applied(request, at(2)))
    .when(call('Owner=ada'))
    .yields(requested(CALL, at(5), 'Owner=ada'));
});

test("a tag of tagledger's that somebody changed is theirs from then on", () => {
  const request = requested(trail('run-0'), at(1), 'Owner=ada');
  given(STREAM, request, applied(request, at(2)), observed(CHANGE, at(3), 'Owner=bob'))
    .when(call('Owner=eve'))
    .yields();
});

test('tags that were requested but never set are requested again by a new cause', () => {
  const request = requested(trail('run-0'), at(1), 'Owner=ada');
  given(STREAM, request, failed(request, at(2)))
    .when(call('Owner=ada'))
    .yields(requested(CALL, at(5), 'Owner=ada'));
});

test('a key that somebody removed is free again', () => {
  const request = requested(trail('run-0'), at(1), 'Owner=ada');
  given(STREAM, request, applied(request, at(2)), observed(CHANGE, at(3), '', { removed: ['Owner'] }))
    .when(call('Owner=ada'))
    .yields(requested(CALL, at(5), 'Owner=ada'));
  given(
    STREAM,
    observed(trail('change-0'), at(2), 'Owner=bob'),
    observed(CHANGE, at(3), '', { removed: 'all' }),
  )
    .when(call('Owner=ada'))
    .yields(requested(CALL, at(5), 'Owner=ada'));
});

test('a late creation record does not bring back a tag of birth that was removed in the meantime', () => {
  for (const value of ['bob', 'ada']) {
    given(STREAM, observed(CHANGE, at(2), '', { removed: ['Owner'] }))
      .when(creation(`Owner=${value}`, 'Owner=ada'))
      .yields(requested(RUN, at(1), 'Owner=ada', { rules: 'r-1', birth: { tags: tags(`Owner=${value}`) } }));
  }
});

test('a late creation record keeps what somebody set in the meantime, in place of the tag of birth', () => {
  given(STREAM, observed(CHANGE, at(2), 'Owner=bob'))
    .when(creation('Owner=ada', 'Owner=ada'))
    .yields(created(RUN, at(1), 'Owner=ada', { notes: [kept('Owner')] }));
});

test('a late creation record finds the tag that tagledger has put over the one of birth, which is given back', () => {
  const request = requested(trail('run-0'), at(2), 'Owner=ada');
  const birth = created(RUN, at(1), 'Owner=bob', { notes: [kept('Owner')] });
  given(STREAM, request, applied(request, at(3)))
    .when(creation('Owner=bob', 'Owner=ada'))
    .yields(birth, givenBack(birth, 'Owner=bob', 2));
});

test('of a retired resource nothing is requested, but a late birth is observed', () => {
  given(STREAM, retired(END, at(3)))
    .when(call('Owner=ada'))
    .yields();
  given(STREAM, retired(END, at(3)))
    .when(creation('Team=red', 'Owner=ada Team=blue'))
    .yields(created(RUN, at(1), 'Team=red', { notes: [kept('Team')] }));
});

test('a creation after an end is requested anew, without a look at the tags of the life before', () => {
  const before = [created(trail('run-0'), at(-9), 'Owner=bob'), retired(END, at(0))];
  given(STREAM, ...before)
    .when(creation('', 'Owner=ada'))
    .yields(requested(RUN, at(1), 'Owner=ada', { rules: 'r-1', birth: { tags: [] } }));
});

test('a creation that came before a known end and the next life is observed', () => {
  const later = [retired(END, at(2)), created(trail('run-2'), at(3))];
  given(STREAM, ...later)
    .when(creation('', 'Owner=ada'))
    .yields(created(RUN, at(1)));
});

test('the same cause hours later, after other events, is not news', () => {
  const request = requested(RUN, at(1), 'Owner=ada', { birth: { tags: [] } });
  const past = [
    request,
    applied(request, at(2)),
    observed(CHANGE, at(3), 'Team=red', { removed: ['Owner'] }),
    requested(trail('call-0'), at(4), 'Cost=1'),
  ];
  given(STREAM, ...past)
    .when(creation('', 'Owner=ada'))
    .yields();
  given(STREAM, ...past)
    .when(creation('Owner=eve', 'Owner=bob More=x', { who: BOB, rules: 'r-2', overwrite: ['Owner'] }))
    .yields();
  given(STREAM, created(RUN, at(1), 'Owner=ada'), observed(CHANGE, at(3), '', { removed: 'all' }))
    .when(creation('Owner=ada', 'Owner=ada'))
    .yields();
});

test('notes of the ask are recorded; for a key that is kept, that note alone', () => {
  given(STREAM)
    .when(
      creation('Owner=bob', 'Owner=ada Team=blue', {
        notes: [
          { key: 'Cost', note: 'missing-field' },
          { key: 'Owner', note: 'cut' },
          { key: 'Team', note: 'cut' },
        ],
      }),
    )
    .yields(
      requested(RUN, at(1), 'Team=blue', {
        rules: 'r-1',
        birth: { tags: tags('Owner=bob') },
        notes: [{ key: 'Cost', note: 'missing-field' }, { key: 'Team', note: 'cut' }, kept('Owner')],
      }),
    );
});

test('one cause has its own event id in each stream, and it is the one that askEventId tells', () => {
  const other = arnOf({ ...parseArn(STREAM), id: 'i-0def' });
  assert.is(askEventId(STREAM, RUN), requested(RUN, at(1), '').eventId);
  assert.is.not(askEventId(STREAM, RUN), askEventId(other, RUN));
  assert.is.not(askEventId(STREAM, RUN), askEventId(STREAM, CALL));
});

test.run();
