/** What is written to stdout and stderr while something runs. */
export const written = async (run: () => unknown): Promise<string> => {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr];
  const own = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array): boolean => chunks.push(String(chunk)) > 0;
  }
  try {
    await run();
  } finally {
    streams.forEach((stream, i) => {
      stream.write = own[i] as typeof stream.write;
    });
  }
  return chunks.join('');
};
