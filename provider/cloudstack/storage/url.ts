/** The `url` of createStoragePool, which carries the Ceph user's key. */
import { CloudStackError, isCloudStackError } from "../client/errors.ts";

export interface PoolAddress {
  readonly type: "rbd" | "glueBlock" | "glueFilesystem";
  readonly monitors: readonly string[];
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly secretKey?: string | undefined;
  /** Ceph pool, or path within the file system. */
  readonly path: string;
}

/**
 * `rbd://user:key@mon1,mon2/pool`, or `gluefs://user:key@server/path`. The server takes `-` for `+` and `_` for `/` of the key
 * (UriUtils), and libvirt wants the user without Ceph's `client.`.
 */
export function urlOf({ type, monitors, port, user, secretKey, path }: PoolAddress): string {
  const scheme = type === "glueFilesystem" ? "gluefs" : "rbd";
  const login = user === undefined ? "" : `${bareUser(user)}${secretKey === undefined ? "" : `:${inUrl(secretKey)}`}@`;
  return `${scheme}://${login}${monitors.join(",")}${port === undefined ? "" : `:${port}`}/${path.replace(/^\//, "")}`;
}

export function bareUser(user: string): string {
  return user.replace(/^client\./, "");
}

function inUrl(key: string): string {
  return key.replaceAll("+", "-").replaceAll("/", "_");
}

/** Runs what sends the key; should the server quote it in a failure, it is struck out. */
export async function hidingKey<T>(key: string | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (key === undefined || !isCloudStackError(error)) throw error;
    const spellings = [key, inUrl(key), encodeURIComponent(key), encodeURIComponent(inUrl(key))];
    if (!spellings.some((spelling) => error.facts.text.includes(spelling))) throw error;
    const text = spellings.reduce((said, spelling) => said.replaceAll(spelling, "[secret]"), error.facts.text);
    // Without the cause: it may quote the key as well.
    throw new CloudStackError({ ...error.facts, text, cause: undefined });
  }
}
