import type { MigGeometry, MigProfile } from "./types.ts";

/** Legal partitions of a card: which instances may stand beside which, and where. */

/** An instance at its place. */
export interface Placed {
  profile: MigProfile;
  /** First memory slice. */
  start: number;
}

/** Where an instance of the profile may still be made beside the given ones, in ascending order. */
export function freeStarts(geometry: MigGeometry, present: readonly Placed[], profile: MigProfile): number[] {
  const used = present.reduce((sum, one) => sum + one.profile.computeSlices, 0);
  if (used + profile.computeSlices > geometry.computeSlices) return [];
  const occupied = present.reduce((mask, one) => mask | maskOf(one.profile, one.start), 0);
  return profile.starts.filter((start) => (occupied & maskOf(profile, start)) === 0);
}

/**
 * The place that leaves most to those who come later, or undefined where there is none. A small instance goes to the
 * far end (slice 6 takes nothing from a 4g), so that the card need not be cut anew for a large one.
 */
export function bestStart(geometry: MigGeometry, present: readonly Placed[], profile: MigProfile): number | undefined {
  let best: { start: number; left: number } | undefined;
  for (const start of freeStarts(geometry, present, profile)) {
    const left = potential(geometry, [...present, { profile, start }]);
    if (best === undefined || left > best.left) best = { start, left };
  }
  return best?.start;
}

/** Places for so many instances on one card, in their order; undefined where no legal partition has them all. */
export function layOut(geometry: MigGeometry, profiles: readonly MigProfile[]): number[] | undefined {
  const starts = new Map<number, number>();
  // The largest first: they have the fewest places.
  const order = profiles
    .map((profile, index) => ({ profile, index }))
    .sort((one, other) => other.profile.memorySlices - one.profile.memorySlices);
  const place = (next: number, present: readonly Placed[]): boolean => {
    const wanted = order[next];
    if (wanted === undefined) return true;
    return freeStarts(geometry, present, wanted.profile).some((start) => {
      starts.set(wanted.index, start);
      return place(next + 1, [...present, { profile: wanted.profile, start }]);
    });
  };
  return place(0, []) ? profiles.map((_, index) => starts.get(index) ?? 0) : undefined;
}

/** True where no two instances overlap, each begins at a place of its own, and the compute slices suffice. */
export function isLegal(geometry: MigGeometry, instances: readonly Placed[]): boolean {
  return instances.every(({ profile, start }, index) =>
    freeStarts(geometry, instances.slice(0, index), profile).includes(start),
  );
}

/** How much could still be made: every place that is left, weighted by its memory. */
function potential(geometry: MigGeometry, present: readonly Placed[]): number {
  return geometry.profiles.reduce(
    (sum, profile) => sum + freeStarts(geometry, present, profile).length * profile.memorySlices,
    0,
  );
}

function maskOf(profile: MigProfile, start: number): number {
  return ((1 << profile.memorySlices) - 1) << start;
}
