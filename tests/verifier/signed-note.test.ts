import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NotProvenError } from '../../src/verifier/not-proven-error.ts';
import { noteText, parseNote } from '../../src/verifier/signed-note.ts';
import {
  isSignedBy,
  keyIdOf,
  parseVerifierKey,
  parseVerifierKeys,
  SIGNATURE,
  verifierKeyText,
} from '../../src/verifier/verifier-key.ts';

const test = suite('signed notes');

/** C2SP signed-note, "Example"; and golang.org/x/mod/sumdb/note, TestSign. */
const EXAMPLES = [
  {
    key: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    note: 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
  },
  {
    key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
  },
];

for (const { key: text, note } of EXAMPLES) {
  const key = parseVerifierKey(text);
  const parsed = parseNote(note);
  const [line] = parsed.signatures;

  test(`the published note of ${key.name} is signed by its published key`, () => {
    assert.equal(line && [line.name, line.keyId], [key.name, keyIdOf(key, SIGNATURE.note)]);
    assert.ok(isSignedBy(key, Buffer.from(parsed.text), line?.signature ?? Buffer.alloc(64)));
    assert.not.ok(isSignedBy(key, Buffer.from(`${parsed.text}\n`), line?.signature ?? Buffer.alloc(64)));
  });

  test(`the published note and key of ${key.name} are written as they were read`, () => {
    assert.is(noteText(parsed), note);
    assert.is(verifierKeyText(key), text);
  });
}

test('the text of a note may have empty lines: the last one ends it', () => {
  const note = `a\n\nb\n\n${EXAMPLES[0]?.note.split('\n\n')[1]}`;
  assert.is(parseNote(note).text, 'a\n\nb\n');
});

const malformed = (read: () => unknown, what: string) => {
  try {
    read();
  } catch (error) {
    assert.instance(error, NotProvenError, `${what}: ${error}`);
    assert.is((error as NotProvenError).reason, 'malformed');
    return;
  }
  assert.unreachable(`${what} was taken`);
};

const LINE = EXAMPLES[0]?.note.split('\n\n')[1] ?? '';
for (const [what, note] of [
  ['nothing', ''],
  ['a text alone', 'text\n'],
  ['a text without its end', `text\n${LINE}`],
  ['no signature', 'text\n\n'],
  ['a signature without its end', `text\n\n${LINE.trimEnd()}`],
  ['a hyphen for the dash', `text\n\n${LINE.replace('—', '-')}`],
  ['a signature without a name', `text\n\n${LINE.replace('example.com/foo ', '')}`],
  ['a name with a plus', `text\n\n${LINE.replace('foo', 'f+o')}`],
  ['a name with a space that is none of ASCII', `text\n\n${LINE.replace('foo', 'f\u2003o')}`],
  ['a signature that is no base64', `text\n\n${LINE.replace('Uw2Q', 'Uw-Q')}`],
  ['base64 with bits behind its end', `text\n\n${LINE.replace('aQM=', 'aQN=')}`],
  ['a signature of nothing', 'text\n\n— foo Uw2QOg==\n'],
  ['a text behind its signatures', `text\n\n${LINE}more\n`],
  ['a tab', `te\txt\n\n${LINE}`],
  ['a carriage return', `text\r\n\n${LINE}`],
  ['half a character', `te\ud800xt\n\n${LINE}`],
  ['a hundred signatures and one', `text\n\n${LINE.repeat(101)}`],
] as const) {
  test(`a note with ${what} is refused`, () => malformed(() => parseNote(note), what));
}

const KEY = EXAMPLES[0]?.key ?? '';
for (const [what, key] of [
  ['without parts', 'example.com'],
  ['with the id of another', KEY.replace('530d903a', '530d903b')],
  ['with another name', KEY.replace('foo', 'bar')],
  ['of another kind', KEY.replace('+Aeky', '+Beky')],
  ['with a byte too few', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q='],
  ['with spaces in its name', KEY.replace('foo', 'f o')],
] as const) {
  test(`a key ${what} is refused`, () => malformed(() => parseVerifierKey(key), what));
}

test('a file of keys has one a line, and at least one', () => {
  const keys = parseVerifierKeys(`${EXAMPLES.map(({ key }) => key).join('\r\n')}\n\n`);
  assert.equal(
    keys.map(({ name }) => name),
    ['example.com/foo', 'PeterNeumann'],
  );
  malformed(() => parseVerifierKeys('\n'), 'an empty file');
  malformed(() => parseVerifierKeys(`${KEY}\nnonsense\n`), 'a line of nonsense');
});

test.run();
