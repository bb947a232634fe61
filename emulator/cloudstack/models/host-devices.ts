/**
 * PCI devices of hosts, as ABLESTACK Mold gives them to instances: an allocation that is only written down, and pieces of
 * libvirt XML among the instance's details (`extraconfig-N`) that count from its next start. Nothing keeps the two together.
 */
import { fail } from "./errors.ts";
import type { Host } from "./infrastructure.ts";
import type { Instance } from "./instance.ts";
import type { Row } from "./table.ts";
import type { World } from "./world.ts";

export interface HostDevice extends Row {
  readonly hostId: number;
  /** Begins with the address, `[dddd:]bb:ss.f`; the API names the device by all of it. */
  readonly name: string;
  readonly text: string;
  /** To whom it is allocated. It stays so when the instance is expunged: nobody clears that but a release. */
  readonly instanceId?: number;
}

export function hostDevicesOf({ tables }: Pick<World, "tables">, host: Host): HostDevice[] {
  return tables.hostDevices.where("hostId", host.id);
}

/** The full spelling of the address that a device's name begins with: `0000:3b:00.0`. */
export function addressOf(name: string): string | undefined {
  const [, domain = "0000", rest = ""] = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\b/i.exec(name) ?? [];
  return rest === "" ? undefined : `${domain}:${rest}`.toLowerCase();
}

/** The pieces of XML among an instance's details, by name. */
export function extraConfigOf({ details }: Pick<Instance, "details">): Record<string, string> {
  return Object.fromEntries(Object.entries(details).filter(([name]) => name.startsWith("extraconfig")));
}

const hostdev = /<hostdev\b[^>]*\btype=['"]pci['"][^>]*>[\s\S]*?<\/hostdev>/g;

/**
 * The PCI addresses that pieces of XML pass through, as libvirt reads them: a number without 0x is decimal.
 * @throws {ApiError} for what libvirt does not take
 */
function passedThrough(pieces: readonly string[]): string[] {
  const addresses = pieces.flatMap((xml) =>
    [...xml.matchAll(hostdev)].map(([element]) => {
      const part = (name: string, digits: number) => {
        const text = new RegExp(`<address\\b[^>]*\\b${name}=['"]([^'"]*)['"]`).exec(element)?.[1] ?? "0";
        const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
        if (Number.isNaN(value)) {
          throw libvirt(`XML error: Invalid value for attribute '${name}' in element 'address': '${text}'`);
        }
        return value.toString(16).padStart(digits, "0");
      };
      return `${part("domain", 4)}:${part("bus", 2)}:${part("slot", 2)}.${part("function", 1)}`;
    }),
  );
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice !== undefined) throw libvirt(`XML error: Hostdev already exists in the domain configuration: ${twice}`);
  return addresses;
}

/** What an instance was started with, as libvirt knows it until it stops: later changes of the details do not count. */
export interface LastStart {
  readonly hostId: number;
  readonly extraConfig: Readonly<Record<string, string>>;
  /** PCI addresses, in full spelling. */
  readonly devices: readonly string[];
}

/** What this instance would be started with now. @throws {ApiError} when libvirt would refuse it */
export function startWith(instance: Instance, hostId: number): LastStart | undefined {
  const extraConfig = extraConfigOf(instance);
  if (Object.keys(extraConfig).length === 0) return undefined;
  return { hostId, extraConfig, devices: passedThrough(Object.values(extraConfig)) };
}

/**
 * Hosts that could not start this instance, with libvirt's reason. Only what is there and what runs counts; to whom a device
 * is allocated does not, and a device at the same address of another host will do.
 */
export function hostsWithoutDevices(world: World, instance: Instance): Map<number, string> {
  const devices = startWith(instance, 0)?.devices ?? [];
  const unfit = new Map<number, string>();
  if (devices.length === 0) return unfit;
  for (const host of world.tables.hosts.live()) {
    const reason = devices.map((address) => whyNot(world, host, address)).find((text) => text !== undefined);
    if (reason !== undefined) unfit.set(host.id, reason);
  }
  return unfit;
}

function whyNot(world: World, host: Host, address: string): string | undefined {
  if (!hostDevicesOf(world, host).some(({ name }) => addressOf(name) === address)) {
    return `Device ${address} not found: could not access /sys/bus/pci/devices/${address}/config: No such file or directory`;
  }
  const user = world.tables.instances
    .where("hostId", host.id)
    .find(({ lastStart }) => lastStart?.hostId === host.id && lastStart.devices.includes(address));
  if (user === undefined) return undefined;
  return `Requested operation is not valid: PCI device ${address} is in use by driver QEMU, domain ${user.instanceName}`;
}

/** How a start fails for a reason that only the host knows: in the job, as 530. */
export function libvirt(reason: string): Error {
  return fail("runtime", `Unable to start a VM due to org.libvirt.LibvirtException: ${reason}`);
}
