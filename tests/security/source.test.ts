import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the source');

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(SRC, file), 'utf8') }));

/** The places where a pattern is found, as `file: what`. */
const finds = (pattern: RegExp, files = FILES): string[] =>
  files.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([found]) => `${file}: ${found}`));

const SECRETS = [
  /\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}\b/g,
  /-----BEGIN [A-Z ]*KEY-----/g,
  /\b(?:access_?key(?:_?id)?|secret(?:_?access)?(?:_?key)?|session_?token|pass(?:word|wd)|api_?key)\b['"]?\s*[:=]\s*['"`][^'"`]+['"`]/gi,
  /:\/\/[^/\s'"`]+:[^@\s'"`]+@/g,
];

test('supports evidence for CC6.1: no file holds anything like a credential', () => {
  assert.ok(FILES.length > 50);
  assert.equal(
    SECRETS.flatMap((pattern) => finds(pattern)),
    [],
  );
});

test('the patterns would find one', () => {
  const files = [
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN RSA PRIVATE KEY-----',
    'secretAccessKey: "abc"',
    "PASSWORD = 'abc'",
    "session_token='abc'",
    'https://me:secret@example.com',
  ].map((text) => ({ file: 'x.ts', text }));
  for (const file of files)
    assert.is(SECRETS.flatMap((pattern) => finds(pattern, [file])).length, 1, file.text);
});

test('supports evidence for CC6.7: the environment is read at the edge only, by name, and never written out', () => {
  assert.equal(
    [...new Set(finds(/process\.env/g))],
    [
      'cli/tagledger.ts: process.env',
      'handlers/apply/lambda.ts: process.env',
      'handlers/archive/lambda.ts: process.env',
      'handlers/project/lambda.ts: process.env',
      'handlers/query/lambda.ts: process.env',
      'handlers/reconcile/lambda.ts: process.env',
      'handlers/redrive/lambda.ts: process.env',
      'handlers/request/lambda.ts: process.env',
      'handlers/seal/lambda.ts: process.env',
      'handlers/sweep/lambda.ts: process.env',
    ],
  );
  assert.equal(finds(/JSON\.stringify\((?:process\.)?env\b/g), []);
  // `console` is what the command line calls its own stdout and stderr; Node's is never used.
  assert.equal(finds(/\bconsole\.(?:log|info|warn|error|debug|dir|table|trace)\b/g), []);
});

const EDGES = FILES.filter(({ file }) => file.endsWith('/lambda.ts'));

test('supports evidence for CC6.1: a Lambda function’s tables, topic, rules and role come from its settings alone', () => {
  assert.equal(
    EDGES.map(({ file }) => file),
    [
      'handlers/apply/lambda.ts',
      'handlers/archive/lambda.ts',
      'handlers/project/lambda.ts',
      'handlers/query/lambda.ts',
      'handlers/reconcile/lambda.ts',
      'handlers/redrive/lambda.ts',
      'handlers/request/lambda.ts',
      'handlers/seal/lambda.ts',
      'handlers/sweep/lambda.ts',
    ],
  );
  // The settings of the intake, which two of the functions have, are named once.
  const shared = FILES.filter(({ file }) => file === 'handlers/request/deployed-intake.ts');
  const literals = [...EDGES, ...shared].map(({ file, text }) => {
    const code = text.replace(/^import .*$/gm, '').replace(/\/\*\*[\s\S]*?\*\//g, '');
    return [file, ...[...code.matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`/g)].map(([, a, b, c]) => a ?? b ?? c)];
  });
  // Names of settings and of the function.
  assert.equal(literals, [
    ['handlers/apply/lambda.ts', 'LEDGER_TABLE', 'TAG_CHILDREN', 'apply'],
    ['handlers/archive/lambda.ts', 'LEDGER_TABLE', 'STATE_TABLE', 'ARCHIVE_BUCKET', 'archive'],
    [
      'handlers/project/lambda.ts',
      'LEDGER_TABLE',
      'STATE_TABLE',
      'ALERT_TOPIC_ARN',
      'ALERT_QUIET_MINUTES',
      'ARCHIVE_BUCKET',
      'SEALING',
      'project',
    ],
    ['handlers/query/lambda.ts', 'LEDGER_TABLE', 'ARCHIVE_BUCKET', 'query', 'STATE_TABLE'],
    ['handlers/reconcile/lambda.ts', 'LEDGER_TABLE', 'STATE_TABLE', 'ALERT_TOPIC_ARN', 'reconcile'],
    [
      'handlers/redrive/lambda.ts',
      'LEDGER_TABLE',
      'STATE_TABLE',
      'ALERT_TOPIC_ARN',
      'ALERT_QUIET_MINUTES',
      'ARCHIVE_BUCKET',
      'TAG_CHILDREN',
      'SEALING',
      'redrive',
    ],
    ['handlers/request/lambda.ts', 'LEDGER_TABLE', 'request'],
    [
      'handlers/seal/lambda.ts',
      'LEDGER_TABLE',
      'STATE_TABLE',
      'ALERT_TOPIC_ARN',
      'LOG_BUCKET',
      'LOG_NAME',
      'SEAL_KEY_ID',
      'seal',
    ],
    ['handlers/sweep/lambda.ts', 'LEDGER_TABLE', 'STATE_TABLE', 'HEAL', 'HEAL_LIMIT', 'sweep'],
    [
      'handlers/request/deployed-intake.ts',
      'TAG_RULES',
      'TAGGER_ROLE_ARN',
      'RECORD_ALL',
      'RECOVER_OMITTED',
      'IDENTITY_JOIN',
      'HASH_IDENTITIES',
    ],
  ]);
});

test('supports evidence for CC6.1: no client of AWS is given credentials or an endpoint, but those of member accounts', () => {
  const clients = finds(/new [A-Za-z0-9]+Client\((?:\{[\s\S]*?\})?\)/g);
  assert.ok(clients.length >= 5);
  assert.equal(
    clients
      .map((client) => client.split(': '))
      .filter(([, made = '']) => /credentials|endpoint|accessKey/.test(made))
      .map(([file]) => file),
    // A member account is called in a session of its role, which AWS STS opens.
    ['handlers/runtime/ec2-clients.ts'],
  );
});

test('supports evidence for A1.1: JavaScript’s engine, which backtracks, gets a pattern from outside to check its syntax or for one character', () => {
  assert.equal(
    finds(/\bRegExp\(/g).map((found) => found.split(':')[0]),
    [
      // A filter of the product's own calls, in the simulated EC2.
      'embedded/simulated-aws/ec2/describe.ts',
      // Made of our own schemas, in which each alternative begins with another character.
      'events/event-form.ts',
      // The id of a resource, every sign of it escaped.
      'explain/mentions.ts',
      // One character, class or escape.
      'policies/pattern/character.ts',
      // For its syntax: tests/policies/pattern/pattern.test.ts sees that it is asked nothing.
      'policies/pattern/pattern.ts',
    ],
  );
});

test.run();
