import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('traces');

const FUNCTION = fileURLToPath(new URL('../../support/traced-function.ts', import.meta.url));

/** What came to X-Ray's daemon of each invocation: `0` is one that is not sampled. */
const tracesOf = async (invocations: string): Promise<string[][]> => {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', FUNCTION, invocations]);
  return JSON.parse(/^traces: (.*)$/m.exec(stderr)?.[1] ?? '[]');
};

test('an invocation that is sampled is traced with its calls, also the one that loads the tracer, and no other is', async () => {
  const traced = ['DynamoDB', 'DynamoDB', 'DynamoDB', '## traced'];
  assert.equal(await tracesOf('01101'), [[], traced, traced, [], traced]);
});

test.run();
