/** The root disk of an instance, which grows while the instance is stopped, and never shrinks. */
import { ProviderError } from "../../core/errors.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { neverShrinks } from "../rules.ts";

const gib = 2 ** 30;

/**
 * What makes the root disk as large as wanted, to be done while the instance is stopped; none where it is so already.
 * @throws ProviderError for a smaller size, which `check` cannot know where the program named none before
 */
export async function growRootDisk(
  { api, signal, urn }: Context<Client>,
  instanceId: string,
  wantedGib: number,
): Promise<(() => Promise<unknown>)[]> {
  const [root] = await api.list(
    "listVolumes",
    { virtualmachineid: instanceId, type: "ROOT", listall: true },
    { signal },
  );
  const size = Number(root?.size);
  if (size === wantedGib * gib) return [];
  if (size > wantedGib * gib) {
    throw new ProviderError({
      what: "resize the root disk of cloudstack:compute:Instance",
      where: urn,
      value: `rootDiskSizeGib: ${wantedGib}`,
      rule: neverShrinks("a root disk", Number((size / gib).toFixed(2))),
      remedy:
        "give rootDiskSizeGib at least that or leave it out; `pulumi up --replace` makes the instance anew, without its data",
    });
  }
  return [() => api.job("resizeVolume", { id: String(root?.id), size: wantedGib }, { signal })];
}
