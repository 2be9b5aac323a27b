import type { Piece } from './split-json.ts';

/** Says where the pieces of one file stand, each in words of its own, in the order in which they come. */
export const positions = (): ((piece: Piece) => string) => {
  let first: number | undefined;
  let document = { offset: -1, line: 0, isAlone: true };
  return (piece) => {
    const { offset, line = 0 } = piece;
    first ??= offset;
    if (document.offset !== offset) document = { offset, line, isAlone: document.line !== line };
    const place = [
      line > 0 ? `line ${line}` : '',
      (line > 0 ? document.isAlone : offset === first) ? '' : `byte ${offset}`,
      within(piece),
    ];
    return place.filter(Boolean).join(', ');
  };
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
