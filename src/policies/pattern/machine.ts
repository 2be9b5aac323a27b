import { type Fits, fits, fitsOf } from './character.ts';
import type { Edge, Syntax } from './syntax.ts';

/**
 * The number of characters in a pattern when its counts are written out: `[a-z]{2,63}` is 63. The work for a
 * value is at most proportional to this number times the value's length.
 */
export const sizeOf = (syntax: Syntax): number => {
  switch (syntax.kind) {
    case 'one':
    case 'edge':
      return 1;
    case 'sequence':
    case 'choice':
      return Math.max(
        1,
        syntax.parts.reduce((sum, part) => sum + sizeOf(part), 0),
      );
    case 'repeat': {
      const { part, least, most } = syntax;
      return sizeOf(part) * Math.max(1, Number.isFinite(most) ? most : least);
    }
  }
};

/**
 * A state of the machine. It moves to `next` after a character that fits, or at an edge that holds. A fork
 * moves to `next` and `other` at once; the end does not move. All states have the same members, because
 * JavaScript is slow on mixed shapes.
 */
interface State {
  readonly kind: 'one' | 'edge' | 'fork' | 'end';
  readonly next: number;
  other: number;
  readonly fits: Fits | undefined;
  readonly edge: Edge | undefined;
}

/**
 * Compiles a pattern into a test of whole values, with the results of JavaScript's own engine with the `u`
 * flag. It follows all possible states side by side, each at most once per character (K. Thompson, "Regular
 * expression search algorithm", CACM 11, 1968), so it never backtracks.
 */
export const machineOf = (syntax: Syntax): ((value: string) => boolean) => {
  const states: State[] = [{ kind: 'end', next: 0, other: 0, fits: undefined, edge: undefined }];
  const begin = build(syntax, 0, states, new Map());
  const memory = memoryFor(states);
  return (value) => run(states, begin, value, memory);
};

/** Adds the states of a part before the state `next`, and returns the first of them. */
const build = (syntax: Syntax, next: number, states: State[], known: Map<string, Fits>): number => {
  const add = (state: Partial<State> & Pick<State, 'kind'>): number =>
    states.push({ next, other: next, fits: undefined, edge: undefined, ...state }) - 1;
  switch (syntax.kind) {
    case 'one': {
      const { source } = syntax;
      const fits = known.get(source) ?? fitsOf(source);
      known.set(source, fits);
      return add({ kind: 'one', fits });
    }
    case 'edge':
      return add({ kind: 'edge', edge: syntax.at });
    case 'sequence':
      return syntax.parts.reduceRight((after, part) => build(part, after, states, known), next);
    case 'choice':
      return syntax.parts
        .map((part) => build(part, next, states, known))
        .reduceRight((other, first) => add({ kind: 'fork', next: first, other }));
    case 'repeat': {
      const { part, least, most } = syntax;
      let [first, copies] = [next, least];
      if (Number.isFinite(most)) {
        for (let i = least; i < most; i++) {
          first = add({ kind: 'fork', next: build(part, first, states, known) });
        }
      } else {
        const again = add({ kind: 'fork' });
        const body = build(part, again, states, known);
        (states[again] as State).other = body;
        // The last copy is the one that loops.
        [first, copies] = least > 0 ? [body, least - 1] : [again, 0];
      }
      for (let i = 0; i < copies; i++) first = build(part, first, states, known);
      return first;
    }
  }
};

/**
 * The working memory of a run. The machine keeps it, because allocating it takes longer than matching most
 * values.
 */
interface Memory {
  /** The last round that visited each state. */
  readonly seen: Float64Array;
  /** The states to visit for this character, and for the next one. */
  now: Int32Array;
  next: Int32Array;
  round: number;
}

/** A round begins with each state at most once, and each state adds at most two. */
const memoryFor = ({ length }: readonly State[]): Memory => ({
  seen: new Float64Array(length),
  now: new Int32Array(3 * length + 1),
  next: new Int32Array(3 * length + 1),
  round: 0,
});

/** Stands for the character before the first one and the character after the last. */
const NONE = -1;

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: The loop runs for each character and state, and its variables would have to be passed to every part of it.
const run = (states: readonly State[], begin: number, value: string, memory: Memory): boolean => {
  const { seen } = memory;
  let { now, next } = memory;
  now[0] = begin;
  let waiting = 1;
  let before = NONE;
  for (let place = 0; waiting > 0; ) {
    const char = value.codePointAt(place) ?? NONE;
    const round = ++memory.round;
    let reached = 0;
    while (waiting > 0) {
      const at = now[--waiting] as number;
      if (seen[at] === round) continue;
      seen[at] = round;
      const state = states[at] as State;
      if (state.kind === 'one') {
        if (char !== NONE && fits(state.fits as Fits, char)) next[reached++] = state.next;
      } else if (state.kind === 'fork') {
        now[waiting++] = state.other;
        now[waiting++] = state.next;
      } else if (state.kind === 'edge') {
        if (holds(state.edge as Edge, before, char)) now[waiting++] = state.next;
      } else if (char === NONE) return true;
    }
    waiting = reached;
    [now, next] = [next, now];
    before = char;
    place += char > 0xffff ? 2 : 1;
  }
  return false;
};

const holds = (edge: Edge, before: number, after: number): boolean => {
  if (edge === '^') return before === NONE;
  if (edge === '$') return after === NONE;
  return (isWord(before) !== isWord(after)) === (edge === '\\b');
};

const isWord = (char: number): boolean => char !== NONE && /^\w$/.test(String.fromCodePoint(char));
