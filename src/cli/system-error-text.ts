/** The cause and the remedy, by the code of the operating system's error; `at` is the path, if there is one. */
const TEXTS: Readonly<Record<string, (at: string) => string>> = {
  EACCES: (at) => `No permission to use ${at}. Run the command as its owner, or change its permissions.`,
  EPERM: (at) => `No permission to change ${at}. Run the command as its owner, or change its permissions.`,
  EROFS: (at) => `${at} is on a read-only file system. Name a place that can be written.`,
  ENOSPC: (at) => `The disk is full: ${at} cannot be written. Free some space and repeat the command.`,
  EDQUOT: (at) =>
    `The disk quota is used up: ${at} cannot be written. Free some space and repeat the command.`,
  ENOENT: (at) => `${at} does not exist. Check the name.`,
  EISDIR: (at) => `${at} is a folder, and the command needs a file.`,
  ENOTDIR: (at) => `${at} is not in a folder: a part of its path is a file.`,
  EMFILE: () => 'Too many files are open. Raise the limit with `ulimit -n` and repeat the command.',
  EIO: (at) => `The disk failed while tagledger used ${at}. Check the disk.`,
};

/** Describes an error of the operating system in plain words; undefined for any other error. */
export const systemErrorText = (error: unknown): string | undefined => {
  const { code = '', syscall, path } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : TEXTS[code]?.(path ?? 'the output');
};
