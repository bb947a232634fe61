import type { Flavor } from "../api/listing.ts";
import { failBare } from "./errors.ts";

/** Where primary storage lies. What was in front of the `@` is only for the check of the key and is never stored. */
export interface PoolUrl {
  readonly type: string;
  readonly host: string;
  readonly port: number;
  /** As the API shows it: a Ceph pool's name without the leading slash. */
  readonly path: string;
  /** The text from which the server derives the pool's id: host and path as they are in the url. */
  readonly identity: string;
  readonly user?: string;
  readonly secret?: string;
}

interface Scheme {
  readonly type: string;
  /** Shown without the leading slash. */
  readonly bare?: boolean;
  readonly example: string;
  /** Only ABLESTACK Mold knows it. */
  readonly moldOnly?: boolean;
}

const schemes: Readonly<Record<string, Scheme>> = {
  nfs: { type: "NetworkFilesystem", example: "nfs://hostname/path" },
  rbd: { type: "RBD", bare: true, example: "rbd://hostname/pool" },
  sharedmountpoint: { type: "SharedMountPoint", example: "SharedMountPoint://hostname/path" },
  gluefs: { type: "SharedMountPoint", example: "gluefs://hostname/path", moldOnly: true },
};

const form = /^([A-Za-z][\w+.-]*):\/\/(?:([^@/]*)@)?([^/]*)(\/.*)?$/;

/**
 * Takes a storage url apart, as `UriUtils.getUriInfo` does: monitors may be several, with a port after the last one, and
 * the secret has `-` for `+` and `_` for `/`. @throws {ApiError} 530 for what cannot be one
 */
export function parsePoolUrl(url: string, flavor: Flavor): PoolUrl {
  const [, name = "", userInfo, hosts = "", path = ""] = form.exec(url) ?? [];
  if (name === "") throw refused("scheme is null <url>, add nfs:// (or cifs://) as a prefix");
  const scheme = schemes[name.toLowerCase()];
  if (scheme === undefined || (scheme.moldOnly && flavor !== "mold")) {
    throw refused(`Unable to figure out the scheme for URI: ${name}`);
  }
  if ((hosts === "" && scheme.type !== "SharedMountPoint") || path.length < 2) {
    throw refused(`host or path is null, should be ${scheme.example}`);
  }
  const [, host = hosts, port = "0"] = /^(.*):(\d+)$/.exec(hosts) ?? [];
  return {
    type: scheme.type,
    host,
    port: Number(port),
    path: scheme.bare ? path.slice(1) : path,
    identity: `${host}${path}`,
    ...credentials(userInfo),
  };
}

function credentials(userInfo: string | undefined): Pick<PoolUrl, "user" | "secret"> {
  if (userInfo === undefined) return {};
  const at = userInfo.indexOf(":");
  if (at < 0) return { user: userInfo };
  return {
    user: userInfo.slice(0, at),
    secret: userInfo
      .slice(at + 1)
      .replaceAll("-", "+")
      .replaceAll("_", "/"),
  };
}

/** The command wraps every failure of the storage plugin in a 530 (`CreateStoragePoolCmd`, `StorageManagerImpl.createPool`). */
export function refused(text: string): Error {
  return failBare(530, `Failed to add data store: ${text}`);
}
