/**
 * How many parts of a pool there are, and how many must be there for it to take writes. The second is what Ceph takes by itself
 * (`osd_pool_default_min_size`), but what nobody names nobody watches: lowered by hand to get over a failure, and forgotten, it
 * lets data be written that the next failure loses.
 */
export function copies(size: number): { size: number; minSize: number } {
  return { size, minSize: size - Math.floor(size / 2) };
}

/** The same of an erasure coded pool, whose chunks are those of its profile. */
export function chunks({ data, coding }: { data: number; coding: number }): { minSize: number } {
  return { minSize: data + Math.min(1, coding - 1) };
}
