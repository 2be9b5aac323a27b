import { argv, env, exit } from 'node:process';
import { createDrain } from './runner/drain.ts';
import { findTestFiles } from './runner/find-test-files.ts';
import { guardProcess } from './runner/guard-process.ts';
import { readOptions } from './runner/options.ts';
import { redirectUvu } from './runner/redirect-uvu.ts';
import { createReport } from './runner/report.ts';
import { runFile } from './runner/run-file.ts';

// The SDK's notice about old Node versions says nothing about the tests.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const report = createReport();
guardProcess(report);
try {
  const { limitMs, ...choice } = readOptions(argv.slice(2), env);
  const drain = createDrain();
  redirectUvu();
  for (const file of findTestFiles(choice)) await runFile(file, { report, limitMs, drain });
} catch (error) {
  report.fail('tests/run.ts', error);
}
report.finish();
exit(report.exitCode());
