import { type Checked, type SectionOptions, sectionChecker } from '../../../verifier/check-section.ts';
import type { Section } from '../../../verifier/sections.ts';
import { serveThread } from '../../threads/serve.ts';

/** A section whose bytes have changed hands: they come as no `Buffer`. */
export type PackedSection = Omit<Section, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> };

/** The thread that `checkFile` starts: checks the sections that it is given, in their order. */
serveThread<SectionOptions, PackedSection, Checked>((options) => {
  const check = sectionChecker(options);
  return ({ bytes, ...section }) => check({ ...section, bytes: Buffer.from(bytes.buffer) });
});
