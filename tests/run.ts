import { readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { argv, env, exit } from 'node:process';
import { setTimeout } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { nextPlan, type Plan, takeForgotten } from './runner/recorded-uvu.ts';
import { redirectUvu } from './runner/redirect-uvu.ts';
import { startReport } from './runner/report.ts';
import { runSuite, within } from './runner/run-suite.ts';

/**
 * `npm test [-- NAME ...]` runs the test files whose path contains any NAME, in any case. `--dir` and `--suffix`
 * choose other files. uvu alone ends with 0 where a hook throws or a file forgets `run()` (decision 0008).
 */
const GRACE_MS = 5_000;

// The SDK's notice about old Node versions says nothing about the tests.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const report = startReport(Number(env.TEST_TIMEOUT_MS ?? 60_000));

const findTestFiles = (): readonly string[] => {
  const { values, positionals: names } = parseArgs({
    args: argv.slice(2),
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: 'tests' },
      suffix: { type: 'string', default: '.test.ts' },
    },
  });
  const all = readdirSync(values.dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(values.suffix) && !path.split(sep).includes('fixtures'))
    .map((path) => join(values.dir, path).replaceAll(sep, '/'))
    .sort();
  const matches = (path: string, name: string) => path.toLowerCase().includes(name.toLowerCase());
  // Every name must match, and without names there must be a file at all.
  const astray = names.filter((name) => !all.some((path) => matches(path, name)));
  if (astray.length > 0 || all.length === 0) {
    const place = `"${values.dir}" that ends in "${values.suffix}"`;
    report.fail('tests/run.ts', `no file under ${place} matches "${astray.join('", "')}"; correct the name.`);
    return [];
  }
  return names.length === 0 ? all : all.filter((path) => names.some((name) => matches(path, name)));
};

const runFile = async (file: string): Promise<void> => {
  const placeOf = ({ name }: Plan) => (name === '' ? file : `${file} › ${name}`);
  report.enter(file);
  try {
    await within(report.limitMs, () => import(pathToFileURL(resolve(file)).href));
  } catch (thrown) {
    report.fail(file, thrown);
    while (nextPlan());
    takeForgotten();
    return report.endFile(file);
  }
  let suites = 0;
  for (let plan = nextPlan(); plan; plan = nextPlan()) {
    await runSuite(plan, placeOf(plan), report);
    suites += 1;
  }
  const forgotten = takeForgotten();
  for (const plan of forgotten)
    report.fail(placeOf(plan), 'run() was not called after the last test or hook; end with test.run().');
  if (suites + forgotten.length === 0)
    report.fail(file, 'the file has no suite; add one, or remove the file.');
  report.endFile(file);
};

redirectUvu();
for (const file of findTestFiles()) await runFile(file);

// Node ends by itself once the tests have left nothing open.
process.once('beforeExit', () => exit(report.finish()));
setTimeout(() => {
  const open = process.getActiveResourcesInfo().join(', ');
  report.fail(
    'tests/run.ts',
    `the tests left something open that keeps Node alive (${open}); close it in a hook.`,
  );
  exit(report.finish());
}, GRACE_MS).unref();
