import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { AFTER_INTERRUPTION, interruptedText } from '../../src/cli/interrupted.ts';

const test = suite('the message for Ctrl-C');

test('every command says what is true after it and how to go on, and nothing else does', () => {
  const commands = Object.keys(AFTER_INTERRUPTION).map((name) => name.split(' ')[0] ?? '');
  assert.equal([...new Set(commands)].sort(), COMMANDS.map(({ name }) => name).sort());
  for (const [name, text] of Object.entries(AFTER_INTERRUPTION)) {
    assert.match(text, /^[A-Z].*\.$/, name);
    assert.match(text, /\b[Rr]un\b/, `${name}: how to go on`);
  }
});

test('a command that can write says something else when it only reads', () => {
  assert.match(
    interruptedText(['rebuild', '--ledger', 'x']),
    /^rebuild was interrupted\. The rows that it rebuilt/,
  );
  assert.match(
    interruptedText(['rebuild', '--check']),
    /^rebuild --check was interrupted\. It changed nothing/,
  );
  assert.match(
    interruptedText(['archive', 'rebuild']),
    /^archive rebuild was interrupted\. The archive is as it was/,
  );
  assert.match(interruptedText(['archive', 'check']), /^archive was interrupted\. It changed nothing/);
  assert.match(interruptedText(['verify', '--key', 'k', '--record']), /^verify --record was interrupted/);
});

test('without a command it says only that it was interrupted', () => {
  assert.is(interruptedText(['--version']), 'interrupted');
});

test.run();
