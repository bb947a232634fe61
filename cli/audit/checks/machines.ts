import type { Row } from "../../doctor/questions.ts";
import { type Check, type CheckFinding, type Estate, everywhere, networksOf } from "../estate.ts";
import { foreignCheck, type Touch } from "../foreign.ts";
import { type Kept, recordsOf, textOf } from "../state.ts";

/** Machines that nobody declared, in networks of the stack. */
export const foreignMachines = foreignCheck(
  {
    id: "live-foreign-machine",
    title: { en: "Only declared machines stand in the stack's networks", ko: "선언된 가상머신만 스택 네트워크에 존재" },
    requirements: ["P1.5", "O4"],
  },
  [{ kind: "virtual machine", command: "listVirtualMachines", touches: standing }],
);

function standing(machine: Row, estate: Estate): Touch | undefined {
  const [network] = tenantsFirst(networksOf(machine, estate));
  if (network === undefined) return undefined;
  const [name, zone, owner] = [textOf(machine.name), network.name, textOf(machine.account)];
  return {
    name,
    severity: network.isTenants ? "critical" : "high",
    layer: network.layer,
    message: {
      en: `${name} of account ${owner} has a network card in ${zone} and is not in the state`,
      ko: `계정 ${owner}의 ${name}이(가) ${zone}에 네트워크 카드를 가지고 있으나 상태에 없음`,
    },
    remedy: {
      en: `Find out who made it. Declare it in the profile and import it, or cut it off at once: cmk stop virtualmachine id=${textOf(machine.id)} forced=true`,
      ko: `생성자를 확인한 뒤 프로파일에 선언하고 가져오거나 즉시 차단: cmk stop virtualmachine id=${textOf(machine.id)} forced=true`,
    },
  };
}

/** Network cards that somebody added to declared machines: a second leg is a bridge. */
export const foreignNics: Check = {
  id: "live-foreign-nic",
  title: { en: "Machines have the declared network cards only", ko: "가상머신은 선언된 네트워크 카드만 보유" },
  requirements: ["P1.5", "P7"],
  async ask(estate) {
    const machines = await everywhere(estate.cloud, "listVirtualMachines");
    const declared = new Map(estate.state.ofType("cloudstack:compute:Instance").map((one) => [one.id, one]));
    return machines.flatMap((machine) => {
      const kept = declared.get(textOf(machine.id));
      return kept === undefined ? [] : addedTo(machine, kept, estate);
    });
  },
};

function addedTo(machine: Row, kept: Kept, { networks }: Estate): CheckFinding[] {
  const expected = recordsOf(kept.inputs.nics).map(({ networkId }) => textOf(networkId));
  const added = recordsOf(machine.nic).filter(({ networkid }) => {
    const place = expected.indexOf(textOf(networkid));
    if (place >= 0) expected.splice(place, 1);
    return place < 0;
  });
  return added.map((nic) => {
    const network = networks.get(textOf(nic.networkid));
    const zone = network?.name ?? (textOf(nic.networkname) || textOf(nic.networkid));
    return {
      ...machineOf(machine),
      severity: kept.isTenants || network?.isTenants ? "critical" : "high",
      layer: kept.layer,
      message: {
        en: `${kept.name} has a network card in ${zone} that is not in the state: it bridges two networks`,
        ko: `${kept.name}에 상태에 없는 ${zone} 네트워크 카드가 있음: 두 네트워크를 연결함`,
      },
      remedy: {
        en: `cmk remove nicfromvirtualmachine virtualmachineid=${textOf(machine.id)} nicid=${textOf(nic.id)}`,
        ko: `카드 제거: cmk remove nicfromvirtualmachine virtualmachineid=${textOf(machine.id)} nicid=${textOf(nic.id)}`,
      },
    };
  });
}

/** Declared machines and volumes that belong to another account than the state says. */
export const owners: Check = {
  id: "live-owner",
  title: { en: "Machines and volumes belong to whom the state says", ko: "가상머신과 볼륨의 소유자가 상태와 일치" },
  requirements: ["P1.1"],
  async ask({ state, cloud }) {
    const kinds = [
      { type: "cloudstack:compute:Instance", command: "listVirtualMachines", kind: "virtual machine" },
      { type: "cloudstack:storage:Volume", command: "listVolumes", kind: "volume" },
    ] as const;
    const found: CheckFinding[] = [];
    for (const { type, command, kind } of kinds) {
      const rows = new Map((await everywhere(cloud, command)).map((row) => [textOf(row.id), row]));
      for (const { id, name, layer, outputs } of state.ofType(type)) {
        const [owner, expected] = [textOf(rows.get(id)?.account), textOf(outputs.account)];
        if (owner === "" || expected === "" || owner === expected) continue;
        const message = {
          en: `${name} belongs to account ${owner}, by the state to ${expected}`,
          ko: `${name}의 소유 계정은 ${owner}이나 상태에는 ${expected}`,
        };
        const command =
          kind === "volume"
            ? `cmk assign volume volumeid=${id} account=${expected}`
            : `cmk assign virtualmachine virtualmachineid=${id} account=${expected}`;
        const remedy = { en: `Give it back: ${command}`, ko: `소유자를 되돌릴 것: ${command}` };
        found.push({ kind, id, name, layer, severity: "critical", message, remedy });
      }
    }
    return found;
  },
};

function machineOf({ id, name }: Row) {
  return { kind: "virtual machine" as const, id: textOf(id), name: textOf(name) };
}

function tenantsFirst(networks: readonly Kept[]): Kept[] {
  return [...networks].sort((one, other) => Number(other.isTenants) - Number(one.isTenants));
}
