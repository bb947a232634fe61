/** Which Ceph the dashboard belongs to: Glue and self-run clusters differ in it. */
export type Release = keyof typeof releases;

export const releases = {
  /** No lifecycle in the dashboard: that needs S3 itself. Hosts and OSDs come in one page. */
  reef: { version: "ceph version 18.2.4 (e7ad5345525c7aa95470c26863873b581076945d) reef (stable)", number: 18 },
  squid: { version: "ceph version 19.2.1 (58a7fab8be0a062d730ad7da874972fd3fba59fb) squid (stable)", number: 19 },
  /** As Squid, with storage classes that can be taken away again, and buckets that are never purged. Which build: none. */
  tentacle: { version: "ceph version 20.2.2 (0000000000000000000000000000000000000000) tentacle (stable)", number: 20 },
} as const;

/** True when `release` is `first` or later. */
export function isSince(release: Release, first: Release): boolean {
  return releases[release].number >= releases[first].number;
}
