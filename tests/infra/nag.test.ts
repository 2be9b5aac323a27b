import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ACKNOWLEDGED } from '../../infra/acknowledgements.ts';
import { findingsIn } from '../../infra/findings.ts';
import { app } from './template.ts';

const test = suite('cdk-nag');

test('the packs AwsSolutions and NIST 800-53 find nothing that is not acknowledged', () => {
  assert.equal(
    findingsIn(app()).map(({ rule, on }) => `${rule} on ${on}`),
    [],
  );
});

test('each acknowledgement has a reason', () => {
  assert.equal(
    ACKNOWLEDGED.filter(({ because }) => because.split(' ').length < 8),
    [],
  );
});

test.run();
