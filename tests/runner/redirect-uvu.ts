import { register } from 'node:module';

/**
 * From now on `import 'uvu'` gives `recorded-uvu.ts`. uvu keeps its tests, hooks and `.only` in closures that
 * none of its globals reach, so the runner can only see them by standing in for it.
 */
export const redirectUvu = (): void => {
  const target = JSON.stringify(new URL('recorded-uvu.ts', import.meta.url).href);
  // The hook is plain JavaScript in a URL because Node loads it in a thread of its own, where tsx may be absent.
  const hook = `export const resolve = (specifier, context, next) =>
    next(specifier === 'uvu' ? ${target} : specifier, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
};
