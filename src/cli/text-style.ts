import { styleText } from 'node:util';

/** How text output looks: what the terminal, the locale and the user's wishes allow. */
export interface TextStyle {
  /** The columns that text has to fit into. Undefined: text is written in full, however wide it is. */
  readonly width: number | undefined;
  readonly colour: boolean;
  /** Whether text that tagledger adds may go beyond ASCII. Data is written as it is. */
  readonly unicode: boolean;
}

/** The style of text in a file: in full and without colour. */
export const PLAIN_TEXT: TextStyle = { width: undefined, colour: false, unicode: true };

/** A colour for text, or another way to make it stand out. */
export type TextColour = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** What a stream says of its terminal. */
interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Decides the style of an output stream. Without a terminal, text is neither cut nor coloured.
 *
 * `FORCE_COLOR` decides about colour whatever its value is, and `0` or `false` turn it off. `NO_COLOR`, if not
 * empty, turns it off otherwise (https://no-color.org), and so does a dumb terminal. The first of `LC_ALL`,
 * `LC_CTYPE` and `LANG` that is not empty names the locale, as in POSIX. A locale that is not UTF-8 gets ASCII.
 */
export const textStyleOf = (
  { isTTY = false, columns }: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): TextStyle => {
  const isDumb = env.TERM === 'dumb';
  return {
    // A terminal that does not know its size has 0 columns.
    width: isTTY && columns ? columns : undefined,
    colour: forcedColour(env) ?? (isTTY && !isDumb && !env.NO_COLOR),
    unicode: !isDumb && /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
  };
};

const forcedColour = ({ FORCE_COLOR }: Readonly<Record<string, string | undefined>>): boolean | undefined =>
  FORCE_COLOR === undefined ? undefined : !['0', 'false'].includes(FORCE_COLOR);

/** The same style without a width: text is not fitted. */
export const inFull = (style: TextStyle): TextStyle => ({ ...style, width: undefined });

/** The same style for text that is indented by `columns`. */
export const indentedBy = (columns: number, style: TextStyle): TextStyle => ({
  ...style,
  width: style.width === undefined ? undefined : Math.max(1, style.width - columns),
});

/** Colours text if the style has colour. The text must be sanitized before, because escapes are added to it. */
export const coloured = (text: string, colour: TextColour | undefined, style: TextStyle): string =>
  // Node would look at its own stdout and environment. The style has decided.
  style.colour && colour && text !== '' ? styleText(colour, text, { validateStream: false }) : text;
