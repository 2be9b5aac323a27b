import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../../src/cli/main.ts';
import type { OutputWishes } from '../../src/cli/terminal.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { temporaryFolder } from '../support/cli/command-line.ts';
import { start } from '../support/cli/spawned.ts';

const test = suite('what a command line asks of its console');
const folder = temporaryFolder(test);

/** What `tagledger list` with these words asks for. */
const wishesOf = async (...words: readonly string[]): Promise<OutputWishes> => {
  let asked: OutputWishes = {};
  await main(['list', '--ledger', folder, ...words], {}, (wishes) => {
    asked = wishes;
    return { stdout() {}, stderr() {}, note() {}, progress() {}, style: PLAIN_TEXT };
  });
  return asked;
};

for (const [words, asked] of [
  [[], {}],
  [['-q'], { quiet: true }],
  [['-qv'], { quiet: true, verbose: true }],
  [['--no-color', '--no-progress'], { 'no-color': true, 'no-progress': true }],
  [['--creator', '-q'], {}],
  [['--creator=--no-color'], {}],
] as const) {
  test(`list ${words.join(' ')}`, async () => {
    const { command, quiet, verbose, ...others } = await wishesOf(...words);
    assert.is(command, 'list');
    assert.equal(
      { quiet, verbose, 'no-color': others['no-color'], 'no-progress': others['no-progress'] },
      { quiet: false, verbose: false, 'no-color': false, 'no-progress': false, ...asked },
    );
  });
}

test('quiet leaves out notes, and no error', async () => {
  const { said } = await start(['list', '-qv', '--owner', 'ana', '--ledger', `${folder}/none`]).exited;
  assert.match(said, /^tagledger: /);
  assert.not.match(said, 'note:');
});

test.run();
