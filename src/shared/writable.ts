/**
 * A value while it is put together, member by member. Where millions are made that takes a fraction of the time of spreads
 * under conditions (`...(x && { x })`), which are clearer everywhere else.
 */
export type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
