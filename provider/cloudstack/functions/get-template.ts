import { ProviderError } from "../../core/errors.ts";
import { boolean, id, integer, oneOf, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";

const bytesPerGib = 2 ** 30;

const inputs = {
  name: text({ min: 1, doc: "Name of the template." }),
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
  doc: "Finds a template that a zone can start instances from. Among several of one name it takes the newest.",
  inputs,
  outputs,

  async call({ api, signal }, { name, zoneId, filter, hypervisor }) {
    const params = { templatefilter: filter, zoneid: zoneId, hypervisor };
    const rows = await api.list("listTemplates", params, { signal });
    const found = rows.filter((row) => row.name === name);
    const newest = found.filter(({ isready }) => isready === true).sort((a, b) => created(b) - created(a))[0];
    if (newest !== undefined) return valuesOf(outputs, newest);
    const names = [...new Set(rows.map((row) => String(row.name)))].sort().join(", ");
    throw new ProviderError({
      what: "look-up of a template",
      value: name,
      rule: found.length > 0 ? "the zone does not have it ready yet" : "the zone has none of this name",
      remedy: found.length > 0 ? "wait for its download" : `there are: ${names || "none"}`,
    });
  },
});

function created({ created: text }: Record<string, unknown>): number {
  return Date.parse(String(text)) || 0;
}
