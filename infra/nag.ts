import { ACKNOWLEDGED } from './acknowledgements.ts';
import { endOnMistakes } from './end-on-mistakes.ts';
import { findingsIn } from './findings.ts';
import { templates } from './templates.ts';

/**
 * Lists the cdk-nag findings in the templates, and the acknowledged ones with their reasons (`npm run nag`).
 */
const { app } = endOnMistakes(() => templates());
const findings = findingsIn(app);
for (const { rule, on, description } of findings) console.log(`${rule}  ${on}\n    ${description}`);
console.log(`${findings.length} findings that are not acknowledged\n`);
for (const { rule, on, only, because } of ACKNOWLEDGED) {
  console.log(`acknowledged: ${rule}\n    on ${only?.join(', ') ?? `each ${on}`}: ${because}`);
}
process.exitCode = findings.length > 0 ? 1 : 0;
