/** The version of the package, put here by the build of the functions. */
declare const BUILD_VERSION: string | undefined;

/** The version of the package that a function was built from; `unknown` where it was not built. */
export const buildVersion = (): string => (typeof BUILD_VERSION === 'string' ? BUILD_VERSION : 'unknown');
