const BOM = '\ufeff';

/**
 * The JSON values of a text, one after another, as when answers were appended to one file. Throws a `SyntaxError` for
 * a text that holds anything else.
 */
export const jsonDocuments = (text: string): readonly unknown[] => {
  const trimmed = (text.startsWith(BOM) ? text.slice(1) : text).trim();
  if (trimmed === '') return [];
  try {
    return [JSON.parse(trimmed)];
  } catch {
    return documentTexts(trimmed).map((one): unknown => JSON.parse(one));
  }
};

/** Splits a text after each bracket that closes the outermost one. */
const documentTexts = (text: string): readonly string[] => {
  const texts: string[] = [];
  let [begin, depth] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1;
    if (token !== ']' && token !== '}') continue;
    depth -= 1;
    if (depth !== 0) continue;
    texts.push(text.slice(begin, index + 1));
    begin = index + 1;
  }
  const rest = text.slice(begin).trim();
  return rest === '' ? texts : [...texts, rest];
};
