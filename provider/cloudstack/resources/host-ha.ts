import { boolean, id, text } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Plain, PlainObject } from "../../core/values.ts";
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

const outputs = {
  previousProvider: text({
    optional: true,
    from: false,
    doc: "What was to watch the host before; none where nothing was.",
  }),
  previouslyEnabled: boolean({ optional: true, from: false, doc: "Whether the host was watched before." }),
} as const;

const config = { part: "hostha", proof: "haprovider" } as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:infrastructure:HostHa",
  doc:
    "High availability of a host: one that does not answer any more is switched off through its service processor, so that its " +
    "instances can start elsewhere without fear of running twice. Needs OutOfBandManagement of the host and shared storage. " +
    "Deleting this puts back what was before, which for most hosts means that it is switched off: the server has no command to " +
    "forget what watches a host.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  async create(context, given) {
    const { hostId, provider, enabled } = given;
    const before = (await readHostPartNow(context, hostId, inputs, config))?.values;
    const values = { ...given, ...previousOf(before) };
    if (before?.enabled === true && !isSame(before.provider, provider)) await enable(context, hostId, false);
    await configure(context, hostId, provider);
    context.created(hostId, values);
    await enable(context, hostId, enabled);
    return { id: hostId, values };
  },

  async read(context, id, known) {
    const live = await readHostPart(context, id, inputs, config);
    return live && { id, values: { ...live.values, ...keptOf(known) } };
  },

  async update(context, id, { after, changed, state }) {
    if (changed.has("provider")) {
      // The server takes another provider only while the host is not watched.
      if (state.enabled === true) await enable(context, id, false);
      await configure(context, id, after.provider);
    }
    const { values } = readAgain(context, id, await readHostPartNow(context, id, inputs, config));
    if (values.enabled !== after.enabled) await enable(context, id, after.enabled);
    return { id, values: { ...values, enabled: after.enabled, ...keptOf(state) } };
  },

  async delete(context, id, { previousProvider, previouslyEnabled = false }) {
    const live = await readHostPartNow(context, id, inputs, config);
    if (live === undefined) return;
    const isOther = typeof previousProvider === "string" && !isSame(previousProvider, live.values.provider);
    if (live.values.enabled === true && (isOther || previouslyEnabled !== true)) await enable(context, id, false);
    if (isOther) await configure(context, id, previousProvider);
    if (previouslyEnabled === true && (isOther || live.values.enabled !== true)) await enable(context, id, true);
  },
};

/** What there is before anything is changed. */
function previousOf(before: PlainObject | undefined): PlainObject {
  if (before === undefined) return {};
  return keptOf({ previousProvider: before.provider, previouslyEnabled: before.enabled });
}

function keptOf({ previousProvider, previouslyEnabled }: PlainObject): PlainObject {
  return {
    ...(previousProvider !== undefined && { previousProvider }),
    ...(previouslyEnabled !== undefined && { previouslyEnabled }),
  };
}

function isSame(one: Plain | undefined, other: Plain | undefined): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

export const hostHa = defineResource(description);

async function configure({ api, signal }: Context<Client>, hostid: string, provider: string): Promise<void> {
  await api.job("configureHAForHost", { hostid, provider }, { signal });
}

async function enable({ api, signal }: Context<Client>, hostid: string, on: boolean): Promise<void> {
  await api.job(on ? "enableHAForHost" : "disableHAForHost", { hostid }, { signal });
}
