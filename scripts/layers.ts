import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

/** Fewer modules than this mean that the parser failed, which must not pass as "no violation". */
const LEAST_MODULES = 300;
const PAGE = 'ARCHITECTURE.md';
const MARKS = ['<!-- layers: written by `npm run layers -- --write` -->', '<!-- end of layers -->'] as const;

const ResultSchema = v.object({
  modules: v.array(
    v.object({ source: v.string(), dependencies: v.array(v.object({ resolved: v.string() })) }),
  ),
  summary: v.object({
    violations: v.array(v.object({ rule: v.object({ name: v.string() }), from: v.string(), to: v.string() })),
  }),
});

/**
 * The report of dependency-cruiser (.dependency-cruiser.mjs), in its own process because tsx breaks its
 * parser.
 */
const { stdout } = spawnSync('node_modules/.bin/depcruise', ['src', '--output-type', 'json'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { modules, summary } = v.parse(v.pipe(v.string(), v.parseJson(), ResultSchema), stdout);

/** The folder of `src` that a path is in; undefined outside of `src`. */
const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

const importsByFolder = (): Map<string, Set<string>> => {
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    if (!from) continue;
    const targets = imports.get(from) ?? new Set();
    imports.set(from, targets);
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (to && to !== from) targets.add(to);
    }
  }
  return imports;
};

/** Drops the arrows that a longer path already implies, so that the picture stays readable. */
const reduced = (imports: ReadonlyMap<string, ReadonlySet<string>>): string[] => {
  const reaches = (from: string, to: string): boolean =>
    [...(imports.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...imports].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))
      .map((to) => `  ${from} --> ${to}`),
  );
};

const picture = (): string => {
  const lines = reduced(importsByFolder()).sort();
  return [MARKS[0], '```mermaid', 'flowchart TD', ...lines, '```', MARKS[1]].join('\n');
};

const withPicture = (page: string): string => {
  const [begin, end] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has lost the marks between which the layers stand`);
  return page.slice(0, begin) + picture() + page.slice(end + MARKS[1].length);
};

if (modules.length < LEAST_MODULES)
  throw new Error(
    `Only ${modules.length} modules were seen, at least ${LEAST_MODULES} expected: the parser does not work here`,
  );

for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} imports ${to}`);
console.log(`${modules.length} modules, ${summary.violations.length} violations of the layers`);
if (summary.violations.length > 0) process.exit(1);

const page = readFileSync(PAGE, 'utf8');
if (process.argv.includes('--write')) writeFileSync(PAGE, withPicture(page));
else if (withPicture(page) !== page) {
  console.error(`The picture of the layers in ${PAGE} is out of date. Run \`npm run layers -- --write\`.`);
  process.exitCode = 1;
}
