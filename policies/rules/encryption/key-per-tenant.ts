import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { Subject } from "../../core/subject.ts";
import type { Surroundings } from "../../core/world.ts";
import { ownerOf, platform, tenantInName } from "../../model/owner.ts";
import { type KeyPair, type StoragePool, types } from "../../model/types.ts";

export default resourceRule({
  id: "encryption-key-per-tenant",
  title: { en: "No two owners share a key", ko: "키는 소유자 간에 공유하지 않음" },
  description: {
    en: "Whoever holds a key that opens two tenants' storage or machines reaches both, whatever the network forbids.",
    ko: "두 테넌트의 저장소나 VM을 여는 키 하나는 네트워크 통제와 무관하게 양쪽 모두에 접근하게 한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.3", "P1.6"],
  frameworks: [
    n2sf("EK-1", "management of encryption keys"),
    n2sf("LP-1", "least privilege"),
    csap("12", "data protection and encryption"),
  ],
  remediation: {
    en: ["Make a Ceph user and a key for each tenant", "Make an SSH key for each tenant", "Exchange the shared key"],
    ko: ["테넌트마다 Ceph 사용자와 키를 생성", "테넌트마다 SSH 키를 생성", "공유된 키는 교체"],
  },
  example: `new storage.StoragePool("tenant-b", {
  pool: "tenant-b-ai-data",
  user: "client.tenant-a",
  secretKey: userOfTenantA.key,
  …
});`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.storagePool, types.keyPair],
  async check(subject, context) {
    if (subject.type === types.keyPair) await checkKeyPair(subject as Subject<KeyPair>, context);
    else await checkPool(subject as unknown as Subject<StoragePool>, context);
  },
});

interface Tools {
  world: Surroundings;
  report(message: { en: string; ko: string }): void;
  part(check: () => void | Promise<void>): Promise<void>;
}

async function checkPool(storage: Subject<StoragePool>, { world, report, part }: Tools): Promise<void> {
  for (const property of ["user", "secretKey"] as const) {
    await part(() => {
      // The server tells neither: of a pool that nobody has written down there is nothing to compare.
      if (storage.raw[property] === undefined) return;
      const other = world.claim(`storage pool ${property}`, keyOf(storage, property), storage);
      if (other === undefined) return;
      const owners = [ownerOfPool(storage, world), ownerOfPool(other as Subject<StoragePool>, world)];
      if (owners[0] === owners[1]) return;
      report({
        en: `storage pools ${storage.name} and ${other.name} of different owners have the same ${property}`,
        ko: `소유자가 다른 스토리지 풀 ${storage.name}, ${other.name}의 ${property} 값이 같음`,
      });
    });
  }
}

/** Before a key is made it is known by the one thing that makes it; once it is made, by itself. */
function keyOf(storage: Subject<StoragePool>, property: "user" | "secretKey"): string {
  const [maker, ...others] = storage.dependencies.get(property) ?? [];
  const isOpen = isUnknown(storage.raw[property]);
  return isOpen && maker !== undefined && others.length === 0 ? maker : storage.props[property];
}

function ownerOfPool({ props, raw }: Subject<StoragePool>, { settings }: Surroundings): string {
  const names = [raw.pool === undefined ? undefined : props.pool, raw.fileSystem && props.fileSystem, props.name];
  const known = names.filter((name): name is string => typeof name === "string");
  return known.map((name) => tenantInName(name, settings)).find((tenant) => tenant !== undefined) ?? platform;
}

async function checkKeyPair(pair: Subject<KeyPair>, { world, report }: Tools): Promise<void> {
  if (pair.raw.publicKey === undefined) return;
  const [algorithm, body] = pair.props.publicKey.trim().split(/\s+/);
  const other = world.claim("SSH key", `${algorithm} ${body}`, pair);
  if (other === undefined || (await ownerOf(other, world)) === (await ownerOf(pair, world))) return;
  report({
    en: `key pairs ${pair.name} and ${other.name} of different owners are the same key`,
    ko: `소유자가 다른 키 쌍 ${pair.name}, ${other.name}이(가) 같은 키임`,
  });
}
