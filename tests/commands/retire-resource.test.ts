import { suite } from 'uvu';
import { retireResource } from '../../src/commands/retire-resource.ts';
import type { Cause } from '../../src/events/tag-event.ts';
import { at, BOB, created, requested, retired, STREAM, trail } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('retire a resource');

const END = trail('end-1', 'TerminateInstances');

const end = (cause: Cause = END, isRepeated = false) =>
  retireResource(STREAM, { cause, who: BOB, at: at(5), isRepeated });

test('a deletion retires the resource', () => {
  given(STREAM, requested(trail('run-1'), at(1), 'Owner=ada'))
    .when(end())
    .yields(retired(END, at(5)));
});

test('a resource that was never seen is retired as well', () => {
  given(STREAM)
    .when(end())
    .yields(retired(END, at(5)));
});

test('a call is recorded once, and each call of several, for the earliest one counts', () => {
  const past = [retired(END, at(5)), created(trail('run-1'), at(1), '')];
  given(STREAM, ...past)
    .when(end())
    .yields();
  const again = trail('end-2', 'TerminateInstances');
  given(STREAM, ...past)
    .when(end(again))
    .yields(retired(again, at(5)));
  given(STREAM)
    .when(end(again, true))
    .yields(retired(again, at(5), { repeated: true }));
});

test.run();
