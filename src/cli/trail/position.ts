import type { Piece } from './json-splitter/json-splitter.ts';

/** Says where a piece stands in its file, in words that no other piece of it has; empty for what is all of the file. */
export const positionOf = (piece: Piece): string => {
  const { offset, isFirst, line } = piece;
  if (isFirst && !line) return within(piece);
  const place = [line ? `line ${line}` : '', isFirst ? '' : `byte ${offset}`, within(piece)];
  return place.filter(Boolean).join(', ');
};

const within = ({ kind, list, index }: Piece): string => {
  switch (kind) {
    case 'value':
      return '';
    case 'element':
      return `${list}[${index}]`;
    case 'frame':
      return index > 0 ? `after ${list}[${index - 1}]` : list;
  }
};
