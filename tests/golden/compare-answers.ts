/** The fields that later versions added to golden answers, each as `file: place`. They may have any value. */
const ADDED: readonly string[] = [
  'compliance.json: findings[].simulated',
  'compliance.json: foldVersion',
  'compliance.json: policySource',
  'compliance.json: provenance',
  'compliance.json: simulated',
];

/**
 * Throws unless an answer of today has the same facts as a golden one. What may differ is a field that `ADDED` names, and
 * the order of the members of an object. The error lists each line that differs.
 */
export const assertSameFacts = (file: string, golden: unknown, today: unknown): void => {
  const lines = differences(file, golden, today, ADDED);
  if (lines.length === 0) return;
  throw new Error(
    [
      `${file}: ${lines.length} lines of the answer are not what they were:`,
      ...lines,
      'A changed answer needs a decision record in docs/decisions that lists each of these lines; see tests/golden/README.md.',
    ].join('\n'),
  );
};

/** The lines that only one of two answers has: `-` the golden one, `+` that of today. */
export const differences = (
  file: string,
  golden: unknown,
  today: unknown,
  added: readonly string[],
): string[] => {
  const [before, after] = [new Map(factsOf(golden)), new Map(factsOf(today))];
  const isAdded = (place: string) => {
    const field = `${file}: ${place.replace(/\[[^\]]*\]/g, '[]')}`;
    return added.some((one) => field === one || field.startsWith(`${one}.`) || field.startsWith(`${one}[`));
  };
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((place) => {
    const [was, is] = [before.get(place), after.get(place)];
    if (was === is || (was === undefined && isAdded(place))) return [];
    return [
      ...(was === undefined ? [] : [`- ${place} = ${was}`]),
      ...(is === undefined ? [] : [`+ ${place} = ${is}`]),
    ];
  });
};

/** Where each value of an answer stands, with the value as text, and for each list the order of its rows. */
const factsOf = (value: unknown, place = ''): (readonly [place: string, text: string])[] => {
  if (Array.isArray(value)) {
    const names = namesOf(value);
    return [
      [`${place}[]`, names.join(' ')],
      ...value.flatMap((row, i) => factsOf(row, `${place}[${names[i]}]`)),
    ];
  }
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (members.length === 0) return [[place, JSON.stringify(value)]];
  return members.flatMap(([name, member]) => factsOf(member, place === '' ? name : `${place}.${name}`));
};

/** Rows are named by their own id, so that one row more does not change the place of all that follow it. */
const namesOf = (rows: readonly unknown[]): string[] => {
  const names = rows.map((row, i) => {
    const { id, eventId, group, key } = Object(row);
    return String(id ?? eventId ?? group ?? key ?? i);
  });
  return new Set(names).size === names.length ? names : rows.map((_, i) => String(i));
};
