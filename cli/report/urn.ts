/** What the engine's names of resources tell. */

/** Owner of what belongs to no layer: offerings, the VPC, roles. */
export const foundation = "foundation";

/** The logical name, the last part of the urn. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** `urn:pulumi:STACK::PROJECT::TYPES::NAME` */
export function stackOf(urn: string): string {
  return /^urn:pulumi:(.*?)::/.exec(urn)?.[1] ?? "";
}

/** The resource's own type, without its parents'. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** Name of the layer's component above a resource, following parents; the tenant's name for a tenant's enclave. */
export function layerOf(urn: string, parents: ReadonlyMap<string, string>): string {
  for (let at: string | undefined = urn, seen = 0; at !== undefined && seen < 100; at = parents.get(at), seen += 1) {
    if (typeOf(at).startsWith("strata:layer:")) return nameOf(at);
  }
  return foundation;
}

/** Everything whose deletion loses what nobody can make again. Root disks are made from templates. */
const dataTypes = new Set([
  "cloudstack:storage:Volume",
  "cloudstack:storage:StoragePool",
  "ceph:pool:Pool",
  "ceph:fs:Filesystem",
  "ceph:fs:Subvolume",
  "ceph:fs:SubvolumeGroup",
  "ceph:rgw:RgwBucket",
  "ceph:rgw:RgwUser",
]);

export function holdsData(type: string): boolean {
  return dataTypes.has(type);
}

export const machineType = "cloudstack:compute:Instance";
