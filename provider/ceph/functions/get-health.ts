import { list, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { isRow, rowsOf, valuesOf } from "../wire.ts";

const outputs = {
  status: text({ doc: "HEALTH_OK, HEALTH_WARN or HEALTH_ERR." }),
  checks: list(
    object(
      "HealthCheck",
      {
        type: text({ doc: "Ceph's name of the check, for example OSD_DOWN." }),
        severity: text({ doc: "HEALTH_WARN or HEALTH_ERR." }),
        message: text({
          decode: ({ summary }) => (isRow(summary) ? String(summary.message ?? "") : undefined),
          doc: "What is wrong.",
        }),
      },
      {},
    ),
    { doc: "What is wrong, if anything." },
  ),
  version: text({ doc: "Ceph's version, for example `ceph version 19.2.1 (…) squid (stable)`." }),
} as const;

export const getHealth = defineFunction<Client, Record<never, never>, typeof outputs>({
  token: "ceph:cluster:getHealth",
  doc: "How the cluster is.",
  inputs: {},
  outputs,

  async call({ api, signal }) {
    const report = (await api.list("health/minimal", { signal })) as { health?: { checks?: unknown } } | undefined;
    const { version } = (await api.list("summary", { signal })) as { version?: string };
    return valuesOf(outputs, { ...report?.health, checks: rowsOf(report?.health?.checks), version });
  },
});
