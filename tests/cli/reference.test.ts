import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { cliReference } from '../../src/cli/reference.ts';

const test = suite('the reference of the command line');
const FOLDER = 'docs/reference/cli';

test('is what the definitions of the commands say; `npm run generate` renews it', () => {
  const pages = cliReference(COMMANDS);
  assert.equal(readdirSync(FOLDER).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assert.is(readFileSync(join(FOLDER, name), 'utf8'), text, name);
});

test('every option and argument is explained, and every command has an example that names it', () => {
  for (const { name, brief, args, flags, examples } of COMMANDS) {
    const briefs = [brief, ...[...Object.values(args), ...Object.values(flags)].map((one) => one.brief)];
    for (const text of briefs) assert.match(text, /^[A-Z`].*\.$/, `${name}: ${text}`);
    assert.ok(examples.length > 0, name);
    for (const { line, brief: about } of examples) {
      assert.ok(line === name || line.startsWith(`${name} `), line);
      assert.match(about, /^[A-Z].*[.?]$/, line);
    }
  }
});

test.run();
