import type { Piece } from './json-splitter/json-splitter.ts';

/**
 * Describes the position of a piece in its file, uniquely within the file. Empty for a piece that is the
 * whole file.
 */
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
