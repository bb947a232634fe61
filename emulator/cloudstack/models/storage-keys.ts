/** A cephx key that the emulated hosts can log in with, and the pools that it opens (all when none are named). */
export interface StorageKey {
  readonly user: string;
  readonly key: string;
  readonly pools?: readonly string[];
}

/**
 * The keys that the storage accepts. The emulated hosts have no Ceph: they believe every key until somebody names the good
 * ones, in the seed or through the control API. In memory only; a key is a secret.
 */
export class StorageKeys {
  #keys: readonly StorageKey[] | undefined;

  /** Absent: every key is good. */
  set(keys: readonly StorageKey[] | undefined): void {
    this.#keys = keys;
  }

  opens(pool: string, user: string | undefined, secret: string | undefined): boolean {
    if (this.#keys === undefined) return true;
    const name = bare(user ?? "");
    return this.#keys.some(
      (one) => bare(one.user) === name && one.key === secret && (one.pools?.includes(pool) ?? true),
    );
  }
}

/** Ceph calls a user `client.x`, libvirt `x`; both are taken. */
function bare(user: string): string {
  return user.replace(/^client\./, "");
}
