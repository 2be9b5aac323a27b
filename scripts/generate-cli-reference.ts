import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../src/cli/commands.ts';
import { cliReference } from '../src/cli/reference.ts';

/** Writes `docs/reference/cli`: a page for each command, and an index. A test says when they are stale. */
const FOLDER = 'docs/reference/cli';

mkdirSync(FOLDER, { recursive: true });
const pages = cliReference(COMMANDS);
for (const name of readdirSync(FOLDER)) if (!pages.has(name)) rmSync(join(FOLDER, name));
for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
