/** A JSON object in the body of a CloudTrail record. */
export type JsonBody = Readonly<Record<string, unknown>>;

/** A value at the end of a path, and the object that contains it. */
export interface FoundValue {
  readonly value: string;
  readonly holder: JsonBody;
}

/** Whether a value is a JSON object. */
export const isBody = (value: unknown): value is JsonBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The texts at the end of a dotted path, in order; lists along the path are expanded. A member matches by its
 * name, or by its name with the first letter in the other case: plain records have `natGatewayId` where
 * wrapped ones have `NatGatewayId`.
 */
export const find = (body: unknown, path: string): readonly FoundValue[] => {
  const names = path.split('.');
  const last = names.pop() ?? '';
  return objectsAt(body, names).flatMap((holder) =>
    each(memberOf(holder, last)).flatMap((value) => {
      const text = scalarOf(value);
      return typeof text === 'string' ? [{ value: text, holder }] : [];
    }),
  );
};

/** The objects at the end of a path of member names; lists along the path and at its end are expanded. */
export const objectsAt = (body: unknown, names: readonly string[]): readonly JsonBody[] => {
  let objects = [body].filter(isBody);
  for (const name of names) objects = objects.flatMap((o) => each(memberOf(o, name))).filter(isBody);
  return objects;
};

/** The member with this name, or with this name and its first letter in the other case. */
export const memberOf = (body: JsonBody, name: string): unknown => {
  if (Object.hasOwn(body, name)) return body[name];
  const [first = ''] = name;
  const other = (first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()) + name.slice(1);
  return Object.hasOwn(body, other) ? body[other] : undefined;
};

/**
 * The items of a list in any form that CloudTrail uses: `{items: [...]}` in plain records, `{item: X}` and
 * `{item: [...]}` in wrapped ones (and occasionally in plain ones), a bare array, or X itself if it is the
 * only item. Null, `''` and `{}` are the empty list.
 */
export const each = (value: unknown): readonly unknown[] => {
  const key = isBody(value) ? ['items', 'item'].find((name) => Object.hasOwn(value, name)) : undefined;
  const inner = isBody(value) && key ? value[key] : value;
  return (Array.isArray(inner) ? inner : [inner]).filter(
    (item) =>
      item !== undefined && item !== null && item !== '' && !(isBody(item) && !Object.keys(item).length),
  );
};

/**
 * The scalar in `{tag: 1, content: "vpce-0abc"}`, a list item of wrapped requests; other values unchanged.
 */
export const scalarOf = (value: unknown): unknown =>
  isBody(value) && Object.hasOwn(value, 'content') ? value.content : value;
