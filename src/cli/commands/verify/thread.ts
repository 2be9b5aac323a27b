import { parentPort, workerData } from 'node:worker_threads';
import { sectionChecker } from '../../../verifier/check-section.ts';
import type { Section } from '../../../verifier/sections.ts';

/** A section with transferred bytes, which arrive as a plain `Uint8Array` and not as a `Buffer`. */
export type PackedSection = Omit<Section, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> };

/** The thread that `startThread` starts. It answers each section with its result, in order. */
const check = sectionChecker(workerData);
parentPort?.on('message', ({ bytes, ...section }: PackedSection) =>
  parentPort?.postMessage(check({ ...section, bytes: Buffer.from(bytes.buffer) })),
);
