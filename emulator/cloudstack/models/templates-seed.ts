import type { Seed } from "../seed.ts";
import { stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import type { World } from "./world.ts";

/** Guest systems of the API that templates of the platform's documents use, by category; the real list has hundreds. */
const osTypes: Readonly<Record<string, readonly string[]>> = {
  CentOS: ["CentOS 5.6 (64-bit)", "CentOS 7", "CentOS 8", "CentOS Stream 9"],
  Debian: ["Debian GNU/Linux 11 (64-bit)", "Debian GNU/Linux 12 (64-bit)"],
  Ubuntu: ["Ubuntu 20.04 LTS", "Ubuntu 22.04 LTS", "Ubuntu 24.04 LTS"],
  RedHat: ["Red Hat Enterprise Linux 8", "Red Hat Enterprise Linux 9", "Rocky Linux 9"],
  Other: ["Other Linux (64-bit)", "Other (64-bit)"],
};

const gib = 2 ** 30;

/** Guest systems, and the templates of the seed, owned by the system account and ready. */
export function seedTemplates({ tables }: World, seed: Seed): void {
  const fixed = (name: string) => ({ uuid: stableUuid(name), created: seededAt });
  for (const [category, names] of Object.entries(osTypes)) {
    const { id: categoryId } = tables.osCategories.insert({ ...fixed(`os-category/${category}`), name: category });
    for (const name of names) tables.osTypes.insert({ ...fixed(`os-type/${name}`), categoryId, name });
  }
  const system = tables.accounts.find((account) => account.name === "system");
  const zone = tables.zones.find(() => true);
  if (!system || !zone) throw new Error("templates are seeded after accounts and zone");
  for (const { name, displayText, osType, format, sizeGib } of seed.templates) {
    const os = tables.osTypes.find((candidate) => candidate.name === osType);
    if (!os)
      throw new Error(`the seed's template ${name} has a guest system that the emulator does not know: ${osType}`);
    tables.templates.insert({
      ...fixed(`template/${name}`),
      name,
      displayText,
      accountId: system.id,
      domainId: system.domainId,
      zoneId: zone.id,
      hypervisor: seed.hypervisor,
      format,
      osTypeId: os.id,
      type: "BUILTIN",
      sizeBytes: sizeGib * gib,
      isPublic: true,
      isFeatured: true,
      isExtractable: true,
      isDynamicallyScalable: false,
      passwordEnabled: false,
      sshKeyEnabled: false,
      requiresHvm: true,
      arch: "x86_64",
      url: `http://templates.invalid/${encodeURIComponent(name)}.${format.toLowerCase()}`,
      details: {},
      readyAt: seededAt,
    });
  }
}
