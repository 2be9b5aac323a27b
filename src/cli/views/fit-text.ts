import stringWidth from 'string-width';
import type { TextStyle } from '../text-style.ts';

const graphemes = new Intl.Segmenter();

/** Fills text with spaces on the right until it is `width` columns wide. */
export const padText = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

/**
 * Cuts text to at most `width` columns and marks the cut with `…`, or `...` in ASCII. A character that takes
 * two columns is never halved.
 */
export const cutText = (text: string, width: number, { unicode }: Pick<TextStyle, 'unicode'>): string => {
  if (stringWidth(text) <= width) return text;
  const mark = unicode ? '…' : '...'.slice(0, width);
  const room = width - mark.length;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > room) break;
    kept += segment;
  }
  return `${kept.trimEnd()}${mark}`;
};

/**
 * Breaks text at its spaces into lines of at most `width` columns. A longer word, such as an ARN, gets a
 * longer line, so that it can be copied.
 */
export const wrapText = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || stringWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
};

/** Sentences as lines that fit the style's width. */
export const paragraph = (text: string, { width }: Pick<TextStyle, 'width'>): string =>
  width === undefined ? text : wrapText(text, width).join('\n');
