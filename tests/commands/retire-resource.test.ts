import { suite } from 'uvu';
import { retireResource } from '../../src/commands/retire-resource.ts';
import type { Cause } from '../../src/events/tag-event.ts';
import { BOB, bornWith, minute, requested, retired, STREAM, trail } from '../support/facts.ts';
import { given } from '../support/given.ts';

const test = suite('retire a resource');

const END = trail('end-1', 'TerminateInstances');

const end = (cause: Cause = END) => retireResource(STREAM, { cause, who: BOB, at: minute(5) });

test('a deletion retires the resource', () => {
  given(STREAM, requested(trail('run-1'), minute(1), { Owner: 'ada' }))
    .when(end())
    .yields(retired(END, minute(5)));
});

test('a resource that was never seen is retired as well', () => {
  given(STREAM)
    .when(end())
    .yields(retired(END, minute(5)));
});

test('a resource is retired once, whatever comes later and whoever asks', () => {
  const past = [retired(END, minute(5)), bornWith(trail('run-1'), minute(1), {})];
  given(STREAM, ...past)
    .when(end())
    .yields();
  given(STREAM, ...past)
    .when(end(trail('end-2', 'TerminateInstances')))
    .yields();
});

test.run();
