import { quantile } from './waits.ts';
import type { Sample } from './watched-process.ts';

/** A process is judged after this time: before, it is still loading. */
const WARM_MS = 5_000;
/** How much more the later half of the samples may hold than the earlier one. */
const MEMORY_MB = 64;
/**
 * A client of AWS opens up to 50 connections as it needs them and keeps them (the SDK's `maxSockets`), so a process that has
 * lived longer, as those of the later half have, holds more; what leaks has no end.
 */
const HANDLES = 50;

/** What a process held in the earlier and in the later half of a run, in words, and whether that is no growth. */
export const flatness = (
  name: string,
  samples: readonly Sample[],
): { text: string; violations: string[] } => {
  const warm = samples.filter(({ age }) => age >= WARM_MS);
  const halves = [warm.slice(0, warm.length / 2), warm.slice(warm.length / 2)];
  const [early = 0, late = 0] = halves.map((half) =>
    Math.round(
      quantile(
        half.map(({ memory }) => memory),
        0.5,
      ),
    ),
  );
  const [few = 0, many = 0] = halves.map((half) =>
    quantile(
      half.map(({ handles }) => handles),
      0.5,
    ),
  );
  return {
    text: `${name}: ${early} MB and ${few} handles in the first half, ${late} MB and ${many} in the second`,
    violations: [
      ...(warm.length < 4 ? [`${name} was seen ${warm.length} times only, too seldom to say anything`] : []),
      ...(late - early > MEMORY_MB ? [`the memory of ${name} grew from ${early} to ${late} MB`] : []),
      ...(many - few > HANDLES ? [`the handles of ${name} grew from ${few} to ${many}`] : []),
    ],
  };
};
