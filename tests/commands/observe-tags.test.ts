import { suite } from 'uvu';
import { observeTags, type TagChange } from '../../src/commands/observe-tags.ts';
import { observeToldChange } from '../../src/commands/observe-told-change.ts';
import { recordApplied } from '../../src/commands/record-outcome.ts';
import { decideTagRequest } from '../../src/commands/request-tags.ts';
import {
  ADA,
  applied,
  at,
  BOB,
  givenBack,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('observe tags');

const CHANGE = trail('change-1', 'CreateTags');

/** Bob's change of Owner at minute 5; `more` replaces. */
const change = (more: Partial<TagChange> = {}) =>
  observeTags(STREAM, {
    cause: CHANGE,
    who: BOB,
    at: at(5),
    set: tags('Owner=bob'),
    removed: [],
    ...more,
  });

test('tags that somebody set are observed, sorted by key', () => {
  given(STREAM)
    .when(change({ set: tags('Team=red Owner=bob') }))
    .yields(observed(CHANGE, at(5), 'Owner=bob Team=red'));
});

test('keys that somebody removed are observed, sorted', () => {
  given(STREAM, observed(trail('c-0'), at(1), 'Owner=ada'))
    .when(change({ set: [], removed: ['Team', 'Owner', 'Zone', 'Area'] }))
    .yields(observed(CHANGE, at(5), '', { removed: ['Area', 'Owner', 'Team', 'Zone'] }));
});

test('a removal that names no key is observed as the removal of all', () => {
  given(STREAM)
    .when(change({ set: [], removed: 'all' }))
    .yields(observed(CHANGE, at(5), '', { removed: 'all' }));
});

test('the removed keys of the caller stay in their order', () => {
  const removed = Object.freeze(['Team', 'Owner']);
  given(STREAM)
    .when(change({ removed }))
    .yields(observed(CHANGE, at(5), 'Owner=bob', { removed: ['Owner', 'Team'] }));
});

test('the same change hours later, after other events, is not news', () => {
  const request = requested(trail('run-2'), at(6), 'Cost=1');
  given(STREAM, observed(CHANGE, at(5), 'Owner=bob'), request, applied(request, at(7)))
    .when(change())
    .yields();
});

test('another change to the same value is an event of its own', () => {
  given(STREAM, observed(trail('c-0'), at(1), 'Owner=bob'))
    .when(change())
    .yields(observed(CHANGE, at(5), 'Owner=bob'));
});

test('a late change is recorded with the moment at which it happened, also after the resource ended', () => {
  given(STREAM, observed(trail('c-9'), at(9), 'Owner=eve'), retired(trail('end-1'), at(10)))
    .when(change())
    .yields(observed(CHANGE, at(5), 'Owner=bob'));
});

test('a tag that a person had set before tagledger did is given back when it comes to be known', () => {
  const ask = requested(trail('run-1'), at(0), 'Owner=ada Team=blue');
  const told = observed(CHANGE, at(5), 'Owner=bob');
  given(STREAM, ask, applied(ask, at(6)))
    .when(change())
    .yields(told, givenBack(told, 'Owner=bob', 2));
  given(STREAM, { ...ask, overwrite: ['Owner'] }, applied(ask, at(6)))
    .when(change())
    .yields(told);
  given(STREAM, ask, applied(ask, at(4)))
    .when(change())
    .yields(told);
});

test('of several people’s values the last one is given back, whatever the order in which they come to be known', () => {
  const ask = requested(trail('run-1'), at(0), 'Owner=ada');
  const newer = observed(trail('c-7'), at(7), 'Owner=eve');
  const owed = givenBack(newer, 'Owner=eve', 2);
  given(STREAM, ask, applied(ask, at(8)), newer, owed)
    .when(change())
    .yields(observed(CHANGE, at(5), 'Owner=bob'));
});

test('what was given back stays somebody’s own: no rule asks for the key again', () => {
  const ask = requested(trail('run-1'), at(0), 'Owner=ada');
  const told = observed(CHANGE, at(5), 'Owner=bob');
  const back = givenBack(told, 'Owner=bob', 2);
  const again = {
    cause: trail('run-2'),
    who: ADA,
    at: at(20),
    tags: tags('Owner=ada'),
    overwrite: [],
    notes: [],
  };
  given(STREAM, ask, applied(ask, at(6)), told, back, applied(back, at(9)))
    .when(decideTagRequest(STREAM, again))
    .yields();
});

test('an echo of what tagledger had set before is nobody’s tag, however late it comes', () => {
  const ask = requested(trail('run-1'), at(0), 'Owner=ada');
  const call = requested(trail('run-2'), at(10), 'Owner=bob');
  const echo = { cause: trail('echo-1'), who: BOB, at: at(2), set: tags('Owner=ada'), removed: [] };
  given(STREAM, ask, applied(ask, at(2)), call, applied(call, at(11)))
    .when(observeToldChange(STREAM, echo))
    .yields();
  const news = { ...echo, at: at(12), set: tags('Owner=eve') };
  given(STREAM, ask, applied(ask, at(2)))
    .when(observeToldChange(STREAM, news))
    .yields(observed(trail('echo-1'), at(12), 'Owner=eve'));
});

test('what a rule has won over is not given back later', () => {
  const before = observed(trail('c-0'), at(1), 'Owner=bob');
  const rule = requested(trail('run-1'), at(2), 'Owner=ada', { overwrite: ['Owner'] });
  const call = requested(trail('run-2'), at(5), 'Owner=cyn');
  given(STREAM, before, rule, applied(rule, at(3)), call)
    .when(recordApplied(STREAM, { request: call.eventId, attempt: 1 }, { at: at(6), tags: call.tags }))
    .yields(applied(call, at(6)));
});

test('a removal on condition is observed as it was called, whatever the ledger knows', () => {
  const removedIf = tags('Owner=ada Team=blue Zone=');
  for (const past of [[], [observed(trail('c-0'), at(1), 'Owner=ada Team=red')]]) {
    given(STREAM, ...past)
      .when(change({ set: [], removedIf }))
      .yields(observed(CHANGE, at(5), '', { removedIf }));
  }
});

test('what EventBridge told is recorded, whatever the ledger knows, with its version', () => {
  const word = { cause: trail('word'), who: BOB, at: at(5), set: tags('Owner=bob'), removed: [], version: 3 };
  given(STREAM, observed(CHANGE, at(5), 'Owner=bob'))
    .when(observeToldChange(STREAM, word))
    .yields(observed(trail('word'), at(5), 'Owner=bob', { version: 3 }));
});

test('what EventBridge tells of tags that tagledger is about to set is an echo', () => {
  const word = { cause: trail('word'), who: BOB, at: at(5), set: tags('Owner=ada'), removed: [] };
  const ask = requested(trail('run-1'), at(0), 'Owner=ada Team=red');
  given(STREAM, ask).when(observeToldChange(STREAM, word)).yields();
  const more = tags('Owner=ada Zone=1');
  given(STREAM, ask)
    .when(observeToldChange(STREAM, { ...word, set: more }))
    .yields(observed(trail('word'), at(5), 'Owner=ada Zone=1'));
  given(STREAM, ask)
    .when(observeToldChange(STREAM, { ...word, removed: ['Zone'] }))
    .yields(observed(trail('word'), at(5), 'Owner=ada', { removed: ['Zone'] }));
});

test('a value that may have lost some of itself is observed with a note', () => {
  const notes = [{ key: 'Cost', note: 'uncertain' as const }];
  given(STREAM)
    .when(change({ set: tags('Cost=7'), uncertain: ['Cost'] }))
    .yields({ ...observed(CHANGE, at(5), 'Cost=7'), notes });
});

test.run();
