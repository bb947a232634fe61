import { ProviderError } from "../../core/errors.ts";
import { integer, list, number, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { applicationsOf, findPool, usages } from "../pools.ts";
import { gibOf } from "../units.ts";
import { rowsOf, valuesOf } from "../wire.ts";

const inputs = { name: text({ min: 1, doc: "Name of the pool." }) } as const;

const outputs = {
  poolId: integer({ from: "pool", doc: "Ceph's number of the pool." }),
  name: text({ from: "pool_name", doc: "Name of the pool." }),
  type: text({ doc: "replicated or erasure." }),
  size: integer({ doc: "Copies, or chunks." }),
  crushRule: text({ doc: "Name of its CRUSH rule." }),
  erasureCodeProfile: text({ optional: true, doc: "Name of its erasure code profile." }),
  applications: list(text({}), { decode: applicationsOf, doc: "What it is for." }),
  quotaGib: number({ decode: (row) => gibOf(row.quota_max_bytes), doc: "Its quota in GiB; 0 = none." }),
  storedGib: number({
    decode: ({ stored }) => gibOf(stored),
    doc: "What clients have stored, in GiB, before copies.",
  }),
  availableGib: number({
    optional: true,
    decode: ({ available }) => gibOf(available),
    doc: "What clients can still store, in GiB, quota aside.",
  }),
} as const;

export const getPool = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "ceph:pool:getPool",
  doc: "Finds a pool by its name.",
  inputs,
  outputs,

  async call(context, { name }) {
    const row = await findPool(context, name);
    if (row?.pool_name === name) return valuesOf(outputs, { ...row, ...(await usages(context))(row) });
    const names = rowsOf(await context.api.list("pool", { signal: context.signal }));
    throw new ProviderError({
      what: "look-up of a pool",
      value: name,
      rule: "there is none",
      remedy: `there are: ${
        names
          .map((pool) => String(pool.pool_name))
          .sort()
          .join(", ") || "none at all"
      }`,
    });
  },
});
