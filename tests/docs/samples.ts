/**
 * Console samples in Markdown. A sample is a command behind `$ ` in a block fenced as `console`, with the output
 * below it. These lines of a sample are not output:
 *
 * - `...` stands for any number of lines that are left out, and ` ...` at the end of a line for its rest;
 * - `exit code N` as the last line gives the exit code, which is 0 where the line is absent.
 *
 * Comments directly above a block say what else happens:
 *
 * - `<!-- not run: REASON -->`: the samples of the block are not run;
 * - `<!-- prepare: NAME -->`: a step of `prepare.ts` goes before it;
 * - `<!-- file: NAME -->`: the block, of any language, is the content of a file in the page's folder.
 */
export interface Sample {
  /** The command as it is written, with its `$ `, in one line or more. */
  readonly typed: readonly string[];
  readonly output: readonly string[];
  readonly exitCode: number;
  /** Where the command is in the page, from 1. */
  readonly line: number;
}

export interface Block {
  readonly language: string;
  readonly indent: string;
  /** Where its content begins and ends in the lines of the page, from 0; the end is excluded. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
  readonly notRun?: string;
  readonly prepare: readonly string[];
  readonly file?: string;
}

const FENCE = /^( *)```([\w-]*)/;
const COMMENT = /^ *<!-- (not run|prepare|file): (.+?) -->$/;
const ELLIPSIS = '...';
const EXIT_CODE = /^exit code (\d+)$/;

const commentsAbove = (lines: readonly string[], fence: number) => {
  const comments: { kind: string; text: string }[] = [];
  for (let at = fence - 1; at >= 0; at -= 1) {
    const [, kind = '', text = ''] = COMMENT.exec(lines[at] ?? '') ?? [];
    if (kind === '') break;
    comments.unshift({ kind, text });
  }
  return (kind: string): string[] => comments.filter((one) => one.kind === kind).map(({ text }) => text);
};

/** The fenced blocks of a page. Throws where a fence is not closed. */
export const blocksIn = (markdown: string): Block[] => {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', language] = FENCE.exec(lines[at] ?? '') ?? [];
    if (language === undefined) continue;
    const to = lines.findIndex((line, index) => index > at && line.startsWith(`${indent}\`\`\``));
    if (to === -1) throw new Error(`the block that begins in line ${at + 1} has no end`);
    const above = commentsAbove(lines, at);
    const [notRun, file] = [above('not run')[0], above('file')[0]];
    blocks.push({
      language,
      indent,
      from: at + 1,
      to,
      lines: lines.slice(at + 1, to).map((line) => line.slice(indent.length)),
      prepare: above('prepare'),
      ...(notRun !== undefined && { notRun }),
      ...(file !== undefined && { file }),
    });
    at = to;
  }
  return blocks;
};

/** The samples of a block of the language `console`. Throws where a block does not begin with a command. */
export const samplesIn = ({ lines, from }: Block): Sample[] => {
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  if (starts[0] !== 0) throw new Error(`the sample in line ${from + 1} does not begin with "$ "`);
  return starts.map((start, index) => {
    const all = lines.slice(start, starts[index + 1] ?? lines.length);
    const typedTo = all.findIndex((line) => !line.endsWith('\\')) + 1;
    const output = all.slice(typedTo);
    const [, code] = EXIT_CODE.exec(output.at(-1) ?? '') ?? [];
    return {
      typed: all.slice(0, typedTo),
      output: code === undefined ? output : output.slice(0, -1),
      exitCode: Number(code ?? 0),
      line: from + start + 1,
    };
  });
};

export interface Typed {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether stderr goes to stdout. */
  readonly both: boolean;
  /** The file that gets stdout. */
  readonly into?: string;
}

const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;
const unquoted = (word: string): string => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2');

/**
 * Reads a command as a shell would, as far as samples need it: quotes, `NAME=value` before the command, `2>&1` and
 * `> FILE`. `glob` gives the names for a word with `*`. Throws for whatever else a shell would do.
 */
export const readCommand = (typed: readonly string[], glob: (pattern: string) => string[]): Typed => {
  const text = typed.map((line) => line.replace(/\\$/, ' ')).join('');
  const words = text.slice(2).match(WORD) ?? [];
  const env: Record<string, string> = {};
  while (/^[A-Z][A-Z_]*=/.test(words[0] ?? '')) {
    const [name = '', ...value] = unquoted(words.shift() ?? '').split('=');
    env[name] = value.join('=');
  }
  const both = words.at(-1) === '2>&1';
  if (both) words.pop();
  const into = words.at(-2) === '>' ? words.splice(-2)[1] : undefined;
  if (words.some((word) => /^(?:[|<>&]|\d>)|;$|\$\(/.test(word)))
    throw new Error(`"${text}" needs a shell: mark its block with <!-- not run: needs a shell -->`);
  const args = words.flatMap((word) => (/^[^'"]*\*/.test(word) ? glob(word) : [unquoted(word)]));
  return { args, env, both, ...(into !== undefined && { into }) };
};

type Mask = (line: string) => string;

const isEllipsis = (line: string): boolean => line.trim() === ELLIPSIS;

const sameLine = (written: string, actual: string, mask: Mask): boolean => {
  const [one, other] = [mask(written).trimEnd(), mask(actual).trimEnd()];
  return one.endsWith(` ${ELLIPSIS}`)
    ? other.startsWith(one.slice(0, -ELLIPSIS.length).trimEnd())
    : one === other;
};

const withoutEnd = (lines: readonly string[]): string[] => {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, last + 1);
};

/** Whether an output is the one that is written, lines that are left out and changing values aside. */
export const isShown = (written: readonly string[], actual: readonly string[], mask: Mask): boolean => {
  const [want, have] = [withoutEnd(written), withoutEnd(actual)];
  // reach[j]: the lines of `want` so far can stand for the first j lines of `have`.
  let reach = [true, ...have.map(() => false)];
  for (const line of want) {
    const next = reach.map(() => false);
    for (let j = 0; j <= have.length; j += 1) {
      const before = j > 0 && (isEllipsis(line) ? next[j - 1] : reach[j - 1]);
      next[j] = isEllipsis(line)
        ? reach[j] === true || before === true
        : before === true && sameLine(line, have[j - 1] ?? '', mask);
    }
    reach = next;
  }
  return reach[have.length] === true;
};

const wordsOf = (line: string): Set<string> => new Set(line.split(/\s+/).filter(Boolean));

/** How alike two lines are, from 0 to 1. */
const likeness = (one: string, other: string, mask: Mask): number => {
  if (sameLine(one, other, mask)) return 1;
  if (one.trim() !== '' && other.startsWith(one.trimEnd())) return 0.95;
  const [a, b] = [wordsOf(mask(one)), wordsOf(mask(other))];
  const common = [...a].filter((word) => b.has(word)).length;
  return (1.8 * common) / Math.max(1, a.size + b.size);
};

/** For each written line, the first line of the output that is most likely the same; the order is kept. */
const alignment = (
  written: readonly string[],
  actual: readonly string[],
  mask: Mask,
): Map<number, number> => {
  const best = [...written, ''].map(() => [...actual, ''].map(() => 0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const score = (i: number, j: number): number => {
    const alike = likeness(written[i] ?? '', actual[j] ?? '', mask);
    return alike < 0.3 ? 0 : alike + at(i + 1, j + 1);
  };
  for (let i = written.length - 1; i >= 0; i -= 1) {
    for (let j = actual.length - 1; j >= 0; j -= 1) {
      const row = best[i];
      if (row) row[j] = Math.max(at(i + 1, j), at(i, j + 1), score(i, j));
    }
  }
  const pairs = new Map<number, number>();
  for (let [i, j] = [0, 0]; i < written.length && j < actual.length; ) {
    const paired = score(i, j);
    if (paired > 0 && at(i, j) === paired) {
      pairs.set(i, j);
      i += 1;
      j += 1;
    } else if (at(i, j) === at(i, j + 1)) j += 1;
    else i += 1;
  }
  return pairs;
};

/** The line as it is to be written: as before where nothing but changing values differ, and shortened as before. */
const rewritten = (before: string | undefined, actual: string, mask: Mask): string => {
  if (before === undefined) return actual.trimEnd();
  if (sameLine(before, actual, mask)) return before;
  if (!before.endsWith(` ${ELLIPSIS}`)) return actual.trimEnd();
  const short = actual.slice(0, before.length - ELLIPSIS.length).trimEnd();
  return short === actual.trimEnd() ? short : `${short}  ${ELLIPSIS}`;
};

/** The lines between two ellipses, by their numbers. */
const segmentsOf = (written: readonly string[]): number[][] => {
  const segments: number[][] = [[]];
  for (const [index, line] of written.entries()) {
    if (isEllipsis(line)) segments.push([]);
    else segments.at(-1)?.push(index);
  }
  return segments;
};

/** The lines of an output that are shown anew: in each segment from the first that is found again to the last. */
const shownAnew = (
  segments: readonly (readonly number[])[],
  pairs: ReadonlyMap<number, number>,
  length: number,
): Set<number> => {
  const shown = new Set<number>();
  for (const [index, segment] of segments.entries()) {
    const found = segment.flatMap((i) => pairs.get(i) ?? []);
    if (index === 0 && segment.length > 0) found.push(0, segment.length - 1);
    if (index === segments.length - 1 && segment.length > 0) found.push(length - segment.length, length - 1);
    for (let j = Math.max(Math.min(...found), 0); j <= Math.max(...found); j += 1) shown.add(j);
  }
  return shown;
};

/** The output of a sample anew, with lines left out in the same places as far as they can be found again. */
export const renewed = (written: readonly string[], actual: readonly string[], mask: Mask): string[] => {
  const have = withoutEnd(actual);
  if (isShown(written, have, mask)) return [...written];
  if (withoutEnd(written).length === 0) return have;
  const pairs = alignment(written, have, mask);
  const shown = shownAnew(segmentsOf(withoutEnd(written)), pairs, have.length);
  const before = new Map([...pairs].map(([i, j]) => [j, written[i]]));
  const ellipsis = written.find(isEllipsis) ?? ELLIPSIS;
  const lines: string[] = [];
  for (const [index, line] of have.entries()) {
    if (shown.has(index)) lines.push(rewritten(before.get(index), line, mask));
    else if (lines.at(-1) !== ellipsis) lines.push(ellipsis);
  }
  return lines;
};

/** The page with other lines in its blocks. */
export const withBlocks = (
  markdown: string,
  changes: readonly { readonly block: Block; readonly lines: readonly string[] }[],
): string => {
  const lines = markdown.split('\n');
  for (const { block, lines: content } of [...changes].sort((a, b) => b.block.from - a.block.from)) {
    const indented = content.map((line) => (line === '' ? '' : `${block.indent}${line}`));
    lines.splice(block.from, block.to - block.from, ...indented);
  }
  return lines.join('\n');
};

/** The lines of a sample, with its command and exit code. */
export const written = ({ typed, output, exitCode }: Sample): string[] => [
  ...typed,
  ...withoutEnd(output),
  ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
];
