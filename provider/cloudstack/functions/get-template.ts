import { ProviderError } from "../../core/errors.ts";
import { boolean, id, integer, oneOf, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";

const bytesPerGib = 2 ** 30;

const inputs = {
  name: text({ min: 1, doc: "Name or id of the template." }),
  zoneId: id("infrastructure:Zone", {}),
  filter: oneOf(["executable", "featured", "self", "selfexecutable", "community", "all"], {
    default: "executable",
    doc: "Which templates to look among; `all` is for administrators.",
  }),
  hypervisor: text({ optional: true, doc: "Only templates of this hypervisor, such as KVM." }),
} as const;

const outputs = {
  id: id("compute:Template", {}),
  name: text({ doc: "Name of the template." }),
  displayText: text({ optional: true, doc: "Longer text." }),
  hypervisor: text({ doc: "Hypervisor it runs on." }),
  format: text({ doc: "Format of the image." }),
  isReady: boolean({ doc: "Whether the zone has it." }),
  osTypeName: text({ optional: true, doc: "Name of the operating system's type." }),
  sizeGib: integer({
    optional: true,
    unit: "GiB",
    decode: ({ size }) => (typeof size === "number" ? Math.ceil(size / bytesPerGib) : undefined),
    doc: "Size of its root disk, rounded up.",
  }),
} as const;

export const getTemplate = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:compute:getTemplate",
  doc: "Finds a template that a zone can start instances from. Of one name, those that the administrators feature come first: everybody may publish one. Several that are left are an error, for a newer one would replace every instance.",
  inputs,
  outputs,

  async call({ api, signal }, { name, zoneId, filter, hypervisor }) {
    const params = { templatefilter: filter, zoneid: zoneId, hypervisor };
    const rows = await api.list("listTemplates", params, { signal });
    const found = rows.filter((row) => row.name === name || row.id === name);
    const ready = found.filter(({ isready }) => isready === true);
    const featured = ready.filter(({ isfeatured }) => isfeatured === true);
    const [only, ...others] = featured.length > 0 ? featured : ready;
    if (only !== undefined && others.length === 0) return valuesOf(outputs, only);
    throw new ProviderError({
      what: "look-up of a template",
      value: name,
      ...reasonOf([only, ...others], found, rows),
    });
  },
});

type Row = Record<string, unknown>;

function reasonOf(ready: (Row | undefined)[], found: Row[], rows: Row[]): { rule: string; remedy: string } {
  const several = ready.filter((row) => row !== undefined);
  if (several.length > 0) {
    const each = several.map(
      ({ id, account, created }) => `${id} (of ${account ?? "nobody"}, ${created ?? "no date"})`,
    );
    return {
      rule: `there are ${several.length} of this name`,
      remedy: `give the id of one: ${each.sort().join(", ")}`,
    };
  }
  if (found.length > 0) return { rule: "the zone does not have it ready yet", remedy: "wait for its download" };
  const names = [...new Set(rows.map((row) => String(row.name)))].sort().join(", ");
  return { rule: "the zone has none of this name that fits", remedy: `there are: ${names || "none"}` };
}
