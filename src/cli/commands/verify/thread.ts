import { type Checked, type SectionOptions, sectionChecker } from '../../../verifier/check-section.ts';
import type { Section } from '../../../verifier/sections.ts';
import { serveThread } from '../../threads/serve.ts';

/** A section with transferred bytes, which arrive as a plain `Uint8Array` and not as a `Buffer`. */
export type PackedSection = Omit<Section, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> };

/** The thread that `checkFile` starts. It checks the sections that it receives, in order. */
serveThread<SectionOptions, PackedSection, Checked>((options) => {
  const check = sectionChecker(options);
  return ({ bytes, ...section }) => check({ ...section, bytes: Buffer.from(bytes.buffer) });
});
