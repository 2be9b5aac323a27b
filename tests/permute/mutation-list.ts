import type { Mutation } from '../support/mutation.ts';

const [REPLAY, JOIN, CONTINUE, INTAKE] = [
  'src/events/fold/replay.ts',
  'src/events/fold/join-acts.ts',
  'src/events/continue-fold.ts',
  'src/commands/observe-tags.ts',
] as const;

/** Mistakes that make answers depend on the order of reading, or wrong in every order. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acts of one second are ordered by their places in the stream',
    file: REPLAY,
    from: 'Number(x !== undefined) - Number(y !== undefined) || byText(a.id, b.id)',
    to: 'Number(x !== undefined) - Number(y !== undefined) || a.source.seq - b.source.seq',
  },
  {
    name: 'the order of the stream counts, not that of time',
    file: REPLAY,
    from: '.sort(([a], [b]) => a - b)',
    to: '',
  },
  {
    name: 'the last end wins',
    file: REPLAY,
    from: 'if (life.ended || !effect) return {};',
    to: 'if (!effect) return {};',
  },
  {
    name: 'the last creation wins',
    file: REPLAY,
    from: 'if (life.created) return {};',
    to: '',
  },
  {
    name: 'the condition of a removal is ignored',
    file: REPLAY,
    from: 'facts.get(key)?.value === value);',
    to: "value !== '');",
  },
  {
    name: 'a removal with a value is judged when it is read, as in format 1',
    file: 'src/commands/transact.ts',
    from: 'eventFormat === 1 ? inFormat1(event, resource) : event',
    to: 'eventFormat ? inFormat1(event, resource) : event',
  },
  {
    name: 'a creation after an end belongs to the life before',
    file: REPLAY,
    from: " || (act.what === 'creation' && hasEnded(world))",
    to: '',
  },
  {
    name: 'the next life has the tags of the one before',
    file: REPLAY,
    from: '    world.facts.clear();\n',
    to: '',
  },
  {
    name: 'a restoration does nothing',
    file: REPLAY,
    from: '  setLife(world, rest);\n',
    to: '',
  },
  {
    name: 'a restoration comes last in its second',
    file: REPLAY,
    from: 'restoration: isEnded ? 1 : 5',
    to: 'restoration: isEnded ? 5 : 5',
  },
  {
    name: 'a second sighting replaces newer tags',
    file: REPLAY,
    from: 'facts.has(key) ? [] : [[key, value]]',
    to: '[[key, value] as const]',
  },
  {
    name: 'a late event is not folded again',
    file: 'src/handlers/project/project.ts',
    from: 'events.every(({ seq }, i) => seq === i + 1)',
    to: 'events.length > 0',
  },
  {
    name: 'a repetition is an end by its caller',
    file: 'src/events/fold/act.ts',
    from: "event.repeated ? 'repetition' : 'end', endIn(event)",
    to: "'end', endIn({ ...event, repeated: false })",
  },
  {
    name: 'a notice of an end is not joined with its call',
    file: JOIN,
    from: 'if (notices.length === 0) return acts;',
    to: 'if (notices.length >= 0) return acts;',
  },
  {
    name: 'what may have ended has ended',
    file: REPLAY,
    from: 'if (reason !== undefined) return { reason };',
    to: '',
  },
  {
    name: 'what was kept ends with its parent',
    file: REPLAY,
    from: 'endsWith !== endedWith && !isUnknown',
    to: 'isUnknown',
  },
  {
    name: 'what may have ended is known again too soon',
    file: REPLAY,
    from: '>= SHOWN_WITHIN_MS',
    to: '>= 0',
  },
  {
    name: 'a row is continued with ends of which it does not know on what they depend',
    file: CONTINUE,
    from: ' && endedWith === undefined',
    to: '',
  },
  {
    name: 'a row is continued with an end that may be joined with a notice',
    file: CONTINUE,
    from: "isJoined && act.what === 'end'",
    to: "isJoined && act.what === 'creation'",
  },
  {
    name: 'children are not told of ends that were read before their creation',
    file: 'src/intake/intake.ts',
    from: 'onChildren = decisionsOnChildren(stream, events)',
    to: "onChildren = decisionsOnChildren(stream, appended.some(({ event }) => event.type === 'ResourceRetired') ? events : [])",
  },
  {
    name: 'what EventBridge told is not joined with its call',
    file: JOIN,
    from: 'if (told.length === 0) return [...acts];',
    to: 'if (told.length >= 0) return [...acts];',
  },
  {
    name: 'two events of EventBridge are joined with one call',
    file: JOIN,
    from: '!toldOf.has(call) && fits(call, one)',
    to: 'fits(call, one)',
  },
  {
    name: 'versions do not order what EventBridge told',
    file: REPLAY,
    from: 'x.count - y.count || byText(a.id, b.id)',
    to: 'byText(a.id, b.id)',
  },
  {
    name: 'a call that changed nothing then is not recorded',
    file: INTAKE,
    from: 'return andGiveBack(stream, events, observed);',
    to: 'return removedIf.length > 0 ? [] : andGiveBack(stream, events, observed);',
  },
  {
    name: 'a change within a second is not marked',
    file: REPLAY,
    from: 'if (others.length === 0) return NO_KEYS;',
    to: 'if (others.length >= 0) return NO_KEYS;',
  },
  {
    name: 'partial states forget that they must be folded',
    file: 'src/archive/partial-state.ts',
    from: 'if (isDisputed(a) || isDisputed(b) || areInDispute(a, b)) return refold;',
    to: 'if (isDisputed(a)) return b;\n  if (isDisputed(b)) return a;',
  },
  {
    name: 'partial states join values of one second by their places',
    file: 'src/archive/partial-state.ts',
    from: 'other.value !== mark.value && isNear(mark, other)',
    to: 'other.value !== mark.value && mark.at > other.at && other.at > mark.at',
  },
  {
    name: 'a row is continued within the time in which acts are joined',
    file: JOIN,
    from: 'startOfSecond(earlier) >= JOINED_WITHIN_MS',
    to: 'startOfSecond(earlier) >= 0',
  },
  {
    name: 'a row is continued with what happened before',
    file: CONTINUE,
    from: 'isApart(observedUntil, act.at)',
    to: 'isApart(act.at, observedUntil)',
  },
  {
    name: 'a row is continued with restorations and creations',
    file: CONTINUE,
    from: "what !== 'creation' && what !== 'restoration'",
    to: 'what.length > 0',
  },
  {
    name: 'a row forgets what changed nothing',
    file: 'src/events/resource.ts',
    from: 'for (const { at, told } of acts) {',
    to: 'for (const { at, told } of acts.filter((act) => act.removedIf.length === 0)) {',
  },
];
