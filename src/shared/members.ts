/** `T` in which what may be absent may also be undefined. */
export type Undefinable<T> = {
  [Member in keyof T]: Partial<Pick<T, Member>> extends Pick<T, Member> ? T[Member] | undefined : T[Member];
};

/**
 * An object without its members that are undefined, such as an optional member is given: instead of spreads under
 * conditions, `...(who && { who })`, for each of them. `T` comes from where the object goes; where it goes nowhere that has
 * a type, it is to be named.
 */
export const defined = <T extends object>(members: NoInfer<Undefinable<T>>): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

/**
 * A value while it is put together, member by member. Where millions are made that takes a fraction of the time of spreads
 * under conditions (`...(x && { x })`), which are clearer everywhere else.
 */
export type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
