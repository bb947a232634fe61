import { id, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { limitFields, limitsOf } from "../limits.ts";

const inputs = {
  domainId: id("identity:Domain", {}),
  account: text({
    optional: true,
    doc: "Name of an account of the domain. Without it: the limits of the whole domain.",
  }),
} as const;

const outputs = {
  limits: object("Limits", limitFields, { doc: "Limits by kind; -1 = unlimited." }),
} as const;

export const getLimits = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:identity:getLimits",
  doc: "The limits of an account, or of a domain as a whole.",
  inputs,
  outputs,

  async call({ api, signal }, { domainId, account }) {
    const rows = await api.list("listResourceLimits", { domainid: domainId, account }, { signal });
    return { limits: { ...limitsOf(rows) } };
  },
});
