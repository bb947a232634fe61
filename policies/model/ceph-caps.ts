/** One grant out of a capability's text, such as `profile rbd pool=tenant-a-ai-data`. */
export interface Grant {
  daemon: string;
  text: string;
  pool: string | undefined;
  /** What else says where: folders and file systems, such as `path=/volumes/tenant-a` and `tag cephfs data=tenant-a`. */
  places: readonly string[];
  /** `allow *` and its like. */
  isEverything: boolean;
  /** Reads or writes data and says nothing of where. */
  isUnbounded: boolean;
}

/**
 * Reads capabilities as Ceph writes them: grants apart by comma or semicolon.
 * @see https://docs.ceph.com/en/latest/rados/operations/user-management/#authorization-capabilities
 */
export function grantsOf(caps: Readonly<Record<string, string | undefined>>): Grant[] {
  return Object.entries(caps).flatMap(([daemon, text = ""]) =>
    text
      .split(/[,;]/)
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => grantOf(daemon, part)),
  );
}

function grantOf(daemon: string, text: string): Grant {
  const pool = /\bpool[= ]["']?([^\s"']+)/.exec(text)?.[1];
  const places = [...text.matchAll(/\b(?:path|fsname|data|metadata)[= ]["']?([^\s"']+)/g)].map(
    ([, place = ""]) => place,
  );
  // A tag with any value is a tag on everything.
  const isBound = pool !== undefined || (/\b(tag|path|namespace)\b/.test(text) && !/=["']?\*/.test(text));
  return { daemon, text, pool, places, isEverything: /\ballow\s+(\*|all)/.test(text), isUnbounded: !isBound };
}
