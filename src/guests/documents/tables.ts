import { readFileSync } from "node:fs";
import { join } from "node:path";
import { file, type Guest, type Setup } from "../setup.ts";
import { unitText } from "../units.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const documents = read("tables.sql");
const quotas = read("quotas.sql");
const usage = read("department-usage.sh");

/** SQL of the database of documents, which changes nothing where it has been run before, with the departments of the plan (T5). */
export function tables({ context: { tenants = [] } }: Guest): string {
  const names = tenants.map(({ key }) => quoted(key));
  const rows = tenants.map(({ key, storageGib }) => `(${quoted(key)}, ${storageGib * 2 ** 30})`);
  const upsert =
    rows.length === 0
      ? ""
      : `INSERT INTO department (name, quota_bytes) VALUES ${rows.join(", ")}
  ON CONFLICT (name) DO UPDATE SET quota_bytes = EXCLUDED.quota_bytes;
`;
  return `${documents}${quotas}
${upsert}-- Who is no tenant any more adds nothing, and keeps what is there until somebody takes it away.
UPDATE department SET quota_bytes = 0 WHERE NOT name = ANY (ARRAY[${names.join(", ")}]::text[]);
UPDATE department SET used_bytes = coalesce(
  (SELECT sum(document_bytes(title, body)) FROM document WHERE document.department = department.name), 0);
DELETE FROM department WHERE quota_bytes = 0 AND used_bytes = 0;
COMMIT;
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Every quarter of an hour, how much the departments store: for Prometheus, wherever it is, and for the journal. */
export const departmentUsage: Setup = {
  files: [
    file("/usr/local/sbin/department-usage", usage, "0755"),
    file(
      "/etc/systemd/system/strata-department-usage.service",
      unitText({
        Unit: { Description: "Storage of departments", After: "strata-database.service" },
        Service: { Type: "oneshot", ExecStart: "/usr/local/sbin/department-usage" },
      }),
    ),
    file(
      "/etc/systemd/system/strata-department-usage.timer",
      unitText({
        Unit: { Description: "Storage of departments, asked regularly" },
        Timer: { OnCalendar: "*:0/15", AccuracySec: "1min" },
        Install: { WantedBy: "timers.target" },
      }),
    ),
  ],
  commands: [],
  services: ["strata-department-usage.timer"],
};
