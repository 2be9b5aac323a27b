/** A memory of the last so many names. */
export interface Recent {
  has(name: string): boolean;
  add(name: string): void;
}

/** Remembers the last `max` names that were added, and forgets the oldest first. */
export const recent = (max: number): Recent => {
  const names = new Set<string>();
  return {
    has: (name) => names.has(name),
    add: (name) => {
      names.add(name);
      const [oldest] = names;
      if (names.size > max && oldest !== undefined) names.delete(oldest);
    },
  };
};
