import type { Catalogue } from './catalogue.ts';
import { linesName, summariesName } from './segment.ts';
import type { Shard } from './shard-name.ts';
import { snapshotShards } from './snapshot.ts';
import { watermarkShards } from './stream-watermarks.ts';

/** The folders of the objects that a catalogue names. */
export const FOLDERS = ['segments/', 'snapshots/', 'heads/'] as const;

/** All objects that a catalogue uses, with their digests. */
export const objectsOf = ({ segments, snapshots, heads }: Catalogue): readonly Shard[] => [
  ...segments.flatMap(({ id, sha256 }) => [
    { name: linesName(id), sha256: sha256?.lines },
    { name: summariesName(id), sha256: sha256?.outlines },
  ]),
  ...snapshots.flatMap(snapshotShards),
  ...(heads ? watermarkShards(heads) : []),
];
