import { boolean, id, integer, oneOf, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { readHostPart, readHostPartNow } from "../host-part.ts";
import { readAgain } from "../regular.ts";
import { type Description, defineResource } from "../resource.ts";
import { paramsOf } from "../wire.ts";

const inputs = {
  hostId: id("infrastructure:Host", { onChange: "replace" }),
  driver: oneOf(["ipmitool", "redfish", "nestedcloudstack"], {
    default: "ipmitool",
    doc: "Language of the service processor.",
  }),
  address: text({ min: 1, doc: "Name or address of the host's service processor (BMC)." }),
  port: integer({ default: 623, min: 1, max: 65535, doc: "Its port: 623 for IPMI, 443 for Redfish." }),
  username: text({ min: 1, doc: "User there, who may switch the host's power." }),
  password: text({ min: 1, secret: true, from: false, doc: "Password of that user. The server never tells it." }),
  enabled: boolean({ default: true, param: false, doc: "Whether the server uses it." }),
} as const;

const config = { part: "outofbandmanagement", proof: "address" } as const;

const description: Description<typeof inputs, Record<never, never>> = {
  token: "cloudstack:infrastructure:OutOfBandManagement",
  doc:
    "How the server reaches a host's service processor, to switch the host off and on when it does not answer any more. " +
    "Deleting this switches it off; the server has no command to forget it.",
  deleteBeforeReplace: true,
  inputs,
  outputs: {},

  async create(context, given) {
    await configure(context, given);
    context.created(given.hostId, { ...given });
    await enable(context, given.hostId, given.enabled);
    return { id: given.hostId, values: { ...given } };
  },

  read: (context, id) => readHostPart(context, id, inputs, config),

  async update(context, id, { after, changed }) {
    if ([...changed].some((name) => name !== "enabled")) await configure(context, after);
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

export const outOfBandManagement = defineResource(description);

/** The whole configuration: the command knows no part of it. */
async function configure({ api, signal }: Context<Client>, given: Values<typeof inputs>): Promise<void> {
  await api.call("configureOutOfBandManagement", paramsOf(inputs, given), { signal });
}

async function enable({ api, signal }: Context<Client>, hostid: string, on: boolean): Promise<void> {
  const command = on ? "enableOutOfBandManagementForHost" : "disableOutOfBandManagementForHost";
  await api.job(command, { hostid }, { signal });
}
