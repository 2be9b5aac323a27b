import type { ObjectHeaders } from '../../objects/object-store.ts';

/** A year, the longest time that HTTP caches are asked to keep anything. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const TEXT = 'text/plain; charset=utf-8';

/**
 * The headers of an object of a sealed log (C2SP tlog-tiles): checkpoints are text, tiles and entries are bytes, and all but
 * the newest checkpoint never change. Undefined for other objects, which only the sealer reads.
 */
export const logObjectHeaders = (name: string): ObjectHeaders | undefined => {
  const [, kind] = /^[^/]+\/(checkpoint|checkpoints|tile)(?:\/|$)/.exec(name) ?? [];
  switch (kind) {
    case 'checkpoint':
      return { contentType: TEXT, cacheControl: 'no-cache' };
    case 'checkpoints':
      return { contentType: TEXT, cacheControl: FOR_EVER };
    case 'tile':
      return { contentType: 'application/octet-stream', cacheControl: FOR_EVER };
    default:
      return undefined;
  }
};
