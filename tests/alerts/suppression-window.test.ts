import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import {
  alertOfHeld,
  dueAtOf,
  type HeldBack,
  isHeld,
  type Suppression,
  SuppressionSchema,
} from '../../src/alerts/suppression-state.ts';
import { close, LEASE_MS, onNotice, onPublished, release } from '../../src/alerts/suppression-window.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { noticeOf, streamOf } from '../support/failures.ts';

const test = suite('quiet period');

/** So many seconds after noon. */
const after = (seconds: number) => new Date(Date.UTC(2026, 2, 31, 12, 0, seconds));
const QUIET_S = 15 * 60;

const held = (state: Suppression | undefined): HeldBack => {
  assert.ok(state && isHeld(state), `${state?.stage} is not held`);
  return state as HeldBack;
};

/** The message of `i-1` was claimed at noon, and is out a second later. */
const claimed = held(onNotice(undefined, noticeOf('i-1'), after(0)));
const announced = onPublished(claimed, claimed, after(1)) as Suppression;
const muted = (count: number, from = announced): Suppression => {
  let state = from;
  for (let n = 0; n < count; n++) state = onNotice(state, noticeOf(`i-m${n}`), after(2));
  return state;
};
const over = after(1 + QUIET_S);

test('the first notice claims the period for a minute, and its alert is to be published', () => {
  assert.equal(
    [claimed.stage, claimed.holder, claimed.lease],
    ['claimed', 'i-1', after(LEASE_MS / 1000).toISOString()],
  );
  assert.equal(alertOfHeld(claimed), { subject: 'alert of i-1', message: 'i-1 failed' });
  assert.is(dueAtOf(claimed), claimed.lease);
});

test('once it is out, the period is quiet for its length, and due at its end', () => {
  assert.is(announced.stage, 'announced');
  assert.is(dueAtOf(announced), over.toISOString());
});

test('in the quiet period a notice is only counted', () => {
  const state = onNotice(announced, noticeOf('i-2', { count: 7 }), after(1 + QUIET_S - 1));
  assert.is(state.stage, 'announced');
  assert.equal(state.muted, { count: 7, since: after(0).toISOString(), samples: [streamOf('i-2')] });
  assert.is(dueAtOf(state), dueAtOf(announced));
});

test('of ten thousand muted notices ten resources are kept, and the count', () => {
  const { count, samples } = muted(10_000).muted;
  assert.equal([count, samples.length, new Set(samples).size], [10_000, 10, 10]);
});

test('while somebody else publishes a notice is only counted, and the claim stays theirs', () => {
  const state = held(onNotice(claimed, noticeOf('i-2'), after(59)));
  assert.equal([state.holder, state.lease, state.muted.count], ['i-1', claimed.lease, 1]);
  assert.is(onPublished(state, claimed, after(60))?.muted.count, 1);
});

test('an abandoned claim is taken over by whoever comes after its lease, who publishes', () => {
  const counting = onNotice(claimed, noticeOf('i-2'), after(59));
  const state = held(onNotice(counting, noticeOf('i-3'), after(60)));
  assert.equal([state.holder, state.lease, state.muted.count], ['i-3', after(120).toISOString(), 1]);
  assert.is(alertOfHeld(state).subject, 'alert of i-3');
});

test('a notice that comes again before the lease of its own abandoned claim is over publishes at once', () => {
  const state = held(onNotice(claimed, noticeOf('i-1'), after(10)));
  assert.equal([state.holder, state.lease, state.muted.count], ['i-1', after(70).toISOString(), 0]);
});

test('a claim whose message could not be sent is free for whoever comes next, and what it muted is kept', () => {
  const counting = held(onNotice(claimed, noticeOf('i-2'), after(1)));
  const free = release(counting, claimed, after(2)) as Suppression;
  assert.is(dueAtOf(free), after(2).toISOString());
  const state = held(onNotice(free, noticeOf('i-3'), after(2)));
  assert.equal([state.holder, state.muted.count], ['i-3', 1]);
});

test('who lost its claim to a takeover can neither mark it as told nor release it', () => {
  const taken = onNotice(claimed, noticeOf('i-3'), after(60));
  for (const state of [taken, announced, undefined]) {
    assert.is(onPublished(state, claimed, after(61)), undefined);
    assert.is(release(state, claimed, after(61)), undefined);
  }
});

test('a period in which nothing was muted ends without a word, and a new notice begins another', () => {
  const state = close(announced, 'closer', over);
  assert.is(state?.stage, 'ended');
  assert.is(state && dueAtOf(state), undefined);
  assert.is(held(onNotice(state, noticeOf('i-2'), over)).earlier, undefined);
});

test('a period in which something was muted is closed with one summary', () => {
  const closing = held(close(muted(3), 'closer', over));
  assert.equal([closing.stage, closing.holder], ['closing', 'closer']);
  assert.equal(alertOfHeld(closing), {
    subject: 'tagledger: 3 more failures to tag (denied) in 111122223333 eu-west-1',
    message: `3 more failures to tag (denied) in 111122223333 eu-west-1 since 2026-03-31T12:00:00.000Z, counted and not reported one by one. What was delivered twice counts twice.

Resources (3 of them):
  arn:aws:ec2:eu-west-1:111122223333:instance/i-m0
  arn:aws:ec2:eu-west-1:111122223333:instance/i-m1
  arn:aws:ec2:eu-west-1:111122223333:instance/i-m2

Look further:
  tagledger history arn:aws:ec2:eu-west-1:111122223333:instance/i-m0`,
  });
  assert.is(onPublished(closing, closing, over)?.stage, 'ended');
});

test('nobody closes a period that is not over, that somebody is publishing in, or that has ended', () => {
  assert.is(close(muted(3), 'closer', after(QUIET_S)), undefined);
  assert.is(close(claimed, 'closer', after(59)), undefined);
  const closing = close(muted(3), 'closer', over) as Suppression;
  assert.is(close(closing, 'another', over), undefined);
  assert.is(close(onPublished(closing, held(closing), over) as Suppression, 'closer', over), undefined);
});

test('who closes publishes an abandoned claim, and the summary of somebody who died over it', () => {
  const late = held(close(claimed, 'closer', after(60)));
  assert.is(alertOfHeld(late).subject, 'alert of i-1');
  assert.is(onPublished(late, late, after(61))?.stage, 'announced');

  const died = close(muted(3), 'closer', over) as Suppression;
  const again = held(close(died, 'another', after(1 + QUIET_S + 60)));
  assert.is(again.holder, 'another');
  assert.equal(alertOfHeld(again), alertOfHeld(held(died)));
});

test('a notice after the end of a period begins a new one, and its message tells what was muted before', () => {
  const state = held(onNotice(muted(3), noticeOf('i-9'), over));
  const { subject, message } = alertOfHeld(state);
  assert.is(subject, 'alert of i-9');
  assert.match(message, /^i-9 failed\n\nBefore that: 3 more failures to tag \(denied\) /);
  assert.is(state.muted.count, 0);
  assert.is(onPublished(state, state, over)?.muted.count, 0);
});

test('what was muted before is not lost when the message that should tell it is taken over', () => {
  const first = held(onNotice(muted(3), noticeOf('i-8'), over));
  const second = held(onNotice(release(first, first, over), noticeOf('i-9'), over));
  assert.match(alertOfHeld(second).message, 'Before that: 3 more failures');
  const closing = held(close(muted(3), 'closer', over));
  const third = held(onNotice(release(closing, closing, over), noticeOf('i-9'), over));
  assert.match(alertOfHeld(third).message, /^i-9 failed\n\nBefore that: 3 more failures/);
});

test('what comes while a summary is published waits for the next one', () => {
  const closing = held(close(muted(3), 'closer', over));
  const state = onPublished(onNotice(closing, noticeOf('i-9'), over), closing, over) as Suppression;
  assert.equal([state.stage, state.muted.count], ['announced', 1]);
  const next = held(close(state, 'closer', after(1 + 2 * QUIET_S)));
  assert.match(alertOfHeld(next).subject, 'tagledger: 1 more failure to tag');
});

test('without a quiet period each notice is told', () => {
  const noisy = { quietMs: 0 };
  const first = held(onNotice(undefined, noticeOf('i-1', noisy), after(0)));
  const state = onPublished(first, first, after(0));
  assert.is(held(onNotice(state, noticeOf('i-2', noisy), after(0))).holder, 'i-2');
});

test('every state can be kept as canonical JSON and comes back as it was', () => {
  const closing = close(muted(3), 'closer', over) as Suppression;
  const states = [claimed, announced, closing, onNotice(muted(3), noticeOf('i-9'), over)];
  for (const state of [...states, onPublished(closing, held(closing), over)]) {
    assert.equal(v.parse(SuppressionSchema, JSON.parse(canonicalJson(state))), state);
  }
});

test.run();
