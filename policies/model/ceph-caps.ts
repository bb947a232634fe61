/** One grant out of a capability's text, such as `profile rbd pool=tenant-a-ai-data`. */
export interface Grant {
  daemon: string;
  /** With single spaces, and none around `=`. */
  text: string;
  pool: string | undefined;
  /** What else says where: folders of files, and the value of a tag such as `tag cephfs data=tenant-a`. */
  places: readonly string[];
  /** `allow *` and its like. */
  isEverything: boolean;
  /** Reads or writes data or files and says nothing of where. */
  isUnbounded: boolean;
}

/**
 * Reads capabilities as Ceph writes them: grants apart by comma or semicolon, each with one of two words at its head. What
 * comes without belongs to the grant before, as in `gids=7,8`.
 * @see https://docs.ceph.com/en/latest/rados/operations/user-management/#authorization-capabilities
 */
export function grantsOf(caps: Readonly<Record<string, string | undefined>>): Grant[] {
  return Object.entries(caps).flatMap(([daemon, text = ""]) =>
    text
      .split(/[,;](?=\s*(?:allow|profile)\b)/)
      .map((part) => part.trim().replace(/\s+/g, " ").replace(/ ?= ?/g, "="))
      .filter((part) => part !== "")
      .map((part) => grantOf(daemon, part)),
  );
}

function grantOf(daemon: string, text: string): Grant {
  const pool = /\bpool[= ]["']?([^\s"']+)/.exec(text)?.[1];
  // A file system's name alone is a place of everybody who has files there.
  const places = daemon === "mds" ? foldersIn(text) : tagsIn(text);
  const isBound = daemon === "mds" ? places.length > 0 : pool !== undefined || places.length > 0;
  return { daemon, text, pool, places, isEverything: /\ballow\s+(\*|all)/.test(text), isUnbounded: !isBound };
}

function foldersIn(text: string): string[] {
  return [...text.matchAll(/\bpath[= ]["']?([^\s"']+)/g)].map(([, folder = ""]) => folder);
}

/** Pools of an application by what is noted of them. Any key or any value is a tag on everything. */
function tagsIn(text: string): string[] {
  const tags = [...text.matchAll(/\btag \S+ ["']?([^\s"'=]+)["']?=["']?([^\s"']+)/g)];
  return tags.flatMap(([, key = "", value = ""]) => (key.includes("*") || value.includes("*") ? [] : [value]));
}
