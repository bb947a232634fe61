import { boolean, id, text } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { readHostPart, readHostPartNow } from "../host-part.ts";
import { readAgain } from "../regular.ts";
import { type Description, defineResource } from "../resource.ts";

const inputs = {
  hostId: id("infrastructure:Host", { onChange: "replace" }),
  provider: text({
    default: "kvmhaprovider",
    from: "haprovider",
    canonical: (name) => name.toLowerCase(),
    doc: "What watches and restarts the host; for KVM the only one is kvmhaprovider.",
  }),
  enabled: boolean({
    default: true,
    param: false,
    from: "haenable",
    doc: "Whether the host is watched. What happens to a host that does not answer is set by the settings kvm.ha.*.",
  }),
} as const;

const config = { part: "hostha", proof: "haprovider" } as const;

const description: Description<typeof inputs, Record<never, never>> = {
  token: "cloudstack:infrastructure:HostHa",
  doc:
    "High availability of a host: one that does not answer any more is switched off through its service processor, so that its " +
    "instances can start elsewhere without fear of running twice. Needs OutOfBandManagement of the host and shared storage. " +
    "Deleting this switches it off; the server has no command to forget it.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {},

  async create(context, given) {
    await configure(context, given.hostId, given.provider);
    context.created(given.hostId, { ...given });
    await enable(context, given.hostId, given.enabled);
    return { id: given.hostId, values: { ...given } };
  },

  read: (context, id) => readHostPart(context, id, inputs, config),

  async update(context, id, { after, changed, state }) {
    if (changed.has("provider")) {
      // The server takes another provider only while the host is not watched.
      if (state.enabled === true) await enable(context, id, false);
      await configure(context, id, after.provider);
    }
    const live = readAgain(context, id, await readHostPartNow(context, id, inputs, config));
    if (live.values.enabled === after.enabled) return live;
    await enable(context, id, after.enabled);
    return { id, values: { ...live.values, enabled: after.enabled } };
  },

  async delete(context, id) {
    const live = await readHostPartNow(context, id, inputs, config);
    if (live?.values.enabled === true) await enable(context, id, false);
  },
};

export const hostHa = defineResource(description);

async function configure({ api, signal }: Context<Client>, hostid: string, provider: string): Promise<void> {
  await api.job("configureHAForHost", { hostid, provider }, { signal });
}

async function enable({ api, signal }: Context<Client>, hostid: string, on: boolean): Promise<void> {
  await api.job(on ? "enableHAForHost" : "disableHAForHost", { hostid }, { signal });
}
