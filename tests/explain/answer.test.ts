import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answerText } from '../../src/cli/commands/why/text.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { currentTags, fold } from '../../src/events/resource.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { answerOf, type WhyAnswer } from '../../src/explain/answer.ts';
import { anyFacts } from '../support/any-event.ts';
import {
  applied,
  at,
  attempted,
  chain,
  created,
  failed,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';

const test = suite('why, from a stream');

const LEDGER = { name: '.tagledger', isThere: true };
const why = (...events: readonly TagEvent[]): WhyAnswer =>
  answerOf({ id: 'i-0abc', arn: STREAM, type: 'instance', events: chain(events, STREAM) }, LEDGER, undefined);
const fates = ({ tags: all }: WhyAnswer) => Object.fromEntries(all.map(({ key, fate }) => [key, fate]));

const LAUNCH = trail('launch');
const ask = requested(LAUNCH, at(0), 'App=shop Owner=ada', { birth: { tags: [] }, rules: 'r-1' });
const THROTTLED = { code: 'RequestLimitExceeded', class: 'throttled', message: 'Slow down.' } as const;

test('a resource with all its tags says so, and for whom each was set', () => {
  const answer = why(ask, applied(ask, at(1)));
  assert.is(answer.verdict, 'i-0abc has all the tags that were asked for');
  assert.equal(fates(answer), { App: 'set', Owner: 'set' });
  const [app] = answer.tags;
  assert.equal(
    [app?.value, app?.who?.name, app?.cause.name, app?.at, app?.seq],
    ['shop', 'ada', 'RunInstances', at(1), 2],
  );
});

test('one that was refused for good says why, and what to do', () => {
  const answer = why(ask, failed(ask, at(1)));
  assert.is(
    answer.verdict,
    'i-0abc was not tagged: EC2 refused with UnauthorizedOperation (denied), and no further attempt will be made',
  );
  assert.equal(fates(answer), { App: 'failed', Owner: 'failed' });
  const [attempt] = answer.requests[0]?.attempts ?? [];
  assert.equal(attempt?.keys, ['App', 'Owner']);
  assert.is(attempt?.error?.retryAt, null);
  assert.match(attempt?.error?.advice ?? '', 'ec2:CreateTags');
});

test('one that will be tried again says when', () => {
  const answer = why(ask, failed(ask, at(1), { ...THROTTLED, retryAt: at(2) }));
  assert.is(
    answer.verdict,
    `i-0abc lacks App, Owner so far: the attempt failed with RequestLimitExceeded (throttled), and another attempt is due at ${at(2)}`,
  );
  assert.equal(fates(answer), { App: 'retrying', Owner: 'retrying' });
});

test('a request that succeeded at its second attempt is one request with both', () => {
  const second = attempted(ask, 2, at(2));
  const answer = why(
    ask,
    failed(ask, at(1), { ...THROTTLED, retryAt: at(2) }),
    second,
    applied(second, at(3)),
  );
  assert.is(answer.verdict, 'i-0abc has all the tags that were asked for');
  assert.equal(
    answer.requests.map(({ status, attempts }) => [
      status,
      ...attempts.map(({ attempt, error }) => `${attempt} ${error?.code ?? 'ok'}`),
    ]),
    [['applied', '1 RequestLimitExceeded', '2 ok']],
  );
});

test('one without an outcome waits for its attempt', () => {
  assert.is(
    why(ask).verdict,
    `i-0abc lacks App, Owner so far: asked for at ${at(0)}, and no attempt has come to an end`,
  );
});

test('a tag that a person removed says who, when and by which call', () => {
  const answer = why(
    ask,
    applied(ask, at(1)),
    observed(trail('c1', 'DeleteTags'), at(5), '', { removed: ['Owner'] }),
  );
  assert.is(
    answer.verdict,
    `i-0abc lacks Owner, removed by bob with DeleteTags at ${at(5)}; it has all else that was asked for`,
  );
  assert.equal(fates(answer), { App: 'set', Owner: 'removed' });
});

test('a call that removed all tags removed each of them', () => {
  const answer = why(
    ask,
    applied(ask, at(1)),
    observed(trail('c1', 'DeleteTags'), at(5), '', { removed: 'all' }),
  );
  assert.is(answer.verdict, `i-0abc lacks App, Owner, removed by bob with DeleteTags at ${at(5)}`);
});

test('tags that came to be known after all were removed are removed, too', () => {
  const answer = why(
    ask,
    observed(trail('c1', 'DeleteTags'), at(5), '', { removed: 'all' }),
    applied(ask, at(1)),
  );
  assert.equal(fates(answer), { App: 'removed', Owner: 'removed' });
  assert.equal(
    answer.tags.map(({ who }) => who?.name),
    ['bob', 'bob'],
  );
});

test('a tag that a person changed since shows both values', () => {
  const answer = why(ask, applied(ask, at(1)), observed(trail('c1', 'CreateTags'), at(5), 'Owner=bob'));
  assert.is(
    answer.verdict,
    `i-0abc has Owner with another value than was asked for, set by bob with CreateTags at ${at(5)}; it has all else that was asked for`,
  );
  const [, owner] = answer.tags;
  assert.equal([owner?.value, owner?.asked, owner?.fate], ['bob', 'ada', 'replaced']);
});

test('what a person set while the request failed is the person’s, and the rest failed', () => {
  const mine = trail('c1', 'CreateTags');
  const answer = why(ask, observed(mine, at(1), 'Owner=ada'), failed(ask, at(2)));
  assert.equal(fates(answer), { App: 'failed', Owner: 'others' });
  assert.match(answer.verdict, 'i-0abc lacks App: EC2 refused');
  assert.match(answer.verdict, /has all else that was asked for$/);
});

test('what a person set after the failure is no failure any more', () => {
  const mine = trail('c1', 'CreateTags');
  const answer = why(ask, failed(ask, at(1)), observed(mine, at(5), 'App=shop Owner=ada'));
  assert.is(answer.verdict, 'i-0abc has all the tags that were asked for');
});

test('a tag that was there before the rules, which do not overwrite it, is kept', () => {
  const kept = requested(LAUNCH, at(0), 'App=shop', {
    birth: { tags: tags('Owner=bob') },
    notes: [{ key: 'Owner', note: 'kept' }],
  });
  const answer = why(kept, applied(kept, at(1)));
  assert.is(
    answer.verdict,
    `i-0abc has Owner as set by ada with RunInstances at ${at(0)}, and the rules keep it; it has all else that was asked for`,
  );
  assert.ok(answer.tags.find(({ key }) => key === 'Owner')?.isBornWith);
});

test('a tag whose rule lacks a field is left out, until somebody sets it', () => {
  const partial = requested(LAUNCH, at(0), 'App=shop', {
    birth: { tags: [] },
    notes: [{ key: 'Owner', note: 'missing-field' }],
  });
  const left = why(partial, applied(partial, at(1)));
  assert.equal(fates(left), { App: 'set', Owner: 'missing-field' });
  assert.match(
    left.verdict,
    'i-0abc lacks Owner: RunInstances does not contain the field that the rule needs',
  );
  const mine = observed(trail('c1', 'CreateTags'), at(5), 'Owner=ada');
  assert.is(
    why(partial, applied(partial, at(1)), mine).verdict,
    'i-0abc has all the tags that were asked for',
  );
});

test('a tag that the resource was born with, in a value that was lost, is kept without a value', () => {
  const lost = created(LAUNCH, at(0), '', { notes: [{ key: 'Owner', note: 'uncertain' }] });
  const [owner] = why(lost).tags;
  assert.equal([owner?.fate, owner?.value, owner?.who?.name], ['kept', null, 'ada']);
});

test('a value that was cut says so', () => {
  const long = requested(LAUNCH, at(0), 'Owner=ada', { notes: [{ key: 'Owner', note: 'cut' }] });
  const [owner] = why(long, applied(long, at(1))).tags;
  assert.equal([owner?.fate, owner?.isCut], ['set', true]);
});

test('a later request for the same key decides, and the older one is superseded', () => {
  const later = requested({ source: 'direct', id: 'd1' }, at(3), 'App=till Owner=eve');
  const answer = why(ask, later, failed(later, at(4)));
  assert.equal(fates(answer), { App: 'failed', Owner: 'failed' });
  assert.equal(
    answer.requests.map(({ status, rules }) => [status, rules]),
    [
      ['superseded', 'r-1'],
      ['failed', null],
    ],
  );
});

test('a failed request for another value leaves the tag that tagledger had set', () => {
  const later = requested({ source: 'direct', id: 'd1' }, at(3), 'Owner=eve');
  const answer = why(ask, applied(ask, at(1)), later, failed(later, at(4)));
  assert.equal(fates(answer), { App: 'set', Owner: 'failed' });
  assert.is(answer.tags.find(({ key }) => key === 'Owner')?.value, 'ada');
});

test('a resource that is gone says who ended it, and what it had', () => {
  const end = retired(trail('c9', 'TerminateInstances'), at(9));
  assert.is(
    why(ask, applied(ask, at(1)), end).verdict,
    `i-0abc has ended: bob ended it with TerminateInstances at ${at(9)}; until then it had all the tags that were asked for`,
  );
  assert.equal(fates(why(ask, end)), { App: 'too-late', Owner: 'too-late' });
});

test('one that was born with its tags was asked nothing', () => {
  const answer = why(created(LAUNCH, at(0), 'Owner=ada'));
  assert.match(answer.verdict, /^i-0abc has no request for tags: it was created with the tags, /);
  assert.equal([fates(answer), answer.requests], [{ Owner: 'others' }, []]);
});

test('one whose birth the ledger has not seen says so', () => {
  const answer = why(observed(trail('c1', 'CreateTags'), at(5), 'Owner=bob'));
  assert.is(answer.verdict, 'i-0abc has no request for tags: its creation was not recorded');
});

test('whatever was recorded, every tag that the resource bears is explained, and in text without surprises', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const events = chain(facts, STREAM);
      const answer = answerOf({ id: 'i-0abc', arn: STREAM, events }, LEDGER, undefined);
      const borne = answer.tags.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
      assert.equal(borne, currentTags(fold(events)));
      for (const { fate, key } of answer.tags) {
        const ours = fold(events).tags.find((fact) => fact.key === key)?.ours;
        if (fate === 'set') assert.ok(ours);
      }
      for (const text of [answer.verdict, answerText(answer, PLAIN_TEXT)])
        assert.not.match(text, /undefined|null|\[object/);
    }),
  );
});

test.run();
