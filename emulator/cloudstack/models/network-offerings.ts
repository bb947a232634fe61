/** What makes a network offering acceptable (`ConfigurationManagerImpl.createNetworkOffering`). */
import { invalid } from "./errors.ts";
import type { NetworkOffering, OfferedService } from "./offerings.ts";
import type { Tables } from "./tables.ts";

/** The services in the order in which the real server lists them, and who can provide them here. */
const providersOf: Readonly<Record<string, readonly string[]>> = {
  SourceNat: ["VirtualRouter", "VpcVirtualRouter"],
  Vpn: ["VirtualRouter", "VpcVirtualRouter"],
  UserData: ["VirtualRouter", "VpcVirtualRouter", "ConfigDrive"],
  StaticNat: ["VirtualRouter", "VpcVirtualRouter"],
  NetworkACL: ["VpcVirtualRouter"],
  Firewall: ["VirtualRouter"],
  Dhcp: ["VirtualRouter", "VpcVirtualRouter"],
  Dns: ["VirtualRouter", "VpcVirtualRouter"],
  PortForwarding: ["VirtualRouter", "VpcVirtualRouter"],
  Lb: ["VirtualRouter", "VpcVirtualRouter"],
};

const order = Object.keys(providersOf);

/** Services with their providers, from `supportedservices` and `serviceproviderlist[i].service/.provider`. */
export function offeredServices(
  names: readonly string[],
  pairs: readonly Readonly<Record<string, string>>[],
): OfferedService[] {
  const providers = new Map<string, Set<string>>();
  for (const name of names) {
    if (!(name in providersOf)) throw invalid(`Invalid service name: ${name}`);
    providers.set(name, new Set());
  }
  for (const { service = "", provider = "" } of pairs) {
    const ofService = providers.get(service);
    if (!ofService)
      throw invalid(`Service ${service} is not enabled for the network offering, can't add a provider to it`);
    if (!providersOf[service]?.includes(provider)) throw invalid(`Invalid service provider: ${provider}`);
    ofService.add(provider);
  }
  return [...providers]
    .map(([name, chosen]) => ({
      name,
      providers: chosen.size > 0 ? [...chosen] : (providersOf[name] ?? []).slice(0, 1),
    }))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

export function guestTypeFrom(text: string): NetworkOffering["guestType"] {
  const type = (["Isolated", "Shared", "L2"] as const).find((one) => one.toLowerCase() === text.toLowerCase());
  if (!type) throw invalid(`Invalid guestType ${text}; can have Shared/Isolated/L2 value`);
  return type;
}

type Proposed = Pick<
  NetworkOffering,
  "guestType" | "services" | "specifyIpRanges" | "isPersistent" | "availability" | "forVpc"
>;

/** @throws {ApiError} 431 with the reason of the real server. */
export function checkNetworkOffering(tables: Tables, offering: Proposed): void {
  const { guestType, services, specifyIpRanges, isPersistent, availability } = offering;
  const providers = (name: string) => services.find((service) => service.name === name)?.providers ?? [];
  const hasSourceNat = providers("SourceNat").length > 0;
  if (providers("UserData").includes("VirtualRouter") && !providers("Dhcp").includes("VirtualRouter")) {
    throw invalid("Without VR as dhcp provider, User data can't selected for VR. Please select VR as DHCP provider ");
  }
  if (
    guestType === "L2" &&
    services.some(({ name }) => name !== "UserData" || !providers(name).includes("ConfigDrive"))
  ) {
    throw invalid("Only User Data service is supported by the L2 network offering, provided by ConfigDrive");
  }
  if (specifyIpRanges && guestType === "Isolated" && hasSourceNat) {
    throw invalid(
      "SpecifyIpRanges can only be true for Shared network offerings and Isolated with no SourceNat service",
    );
  }
  if (!specifyIpRanges && guestType === "Shared") {
    throw invalid("SpecifyIpRanges should always be true for Shared network offerings");
  }
  if (isPersistent && guestType === "Shared") {
    throw invalid("isPersistent should be false if network offering's type is Shared");
  }
  if (availability === "Required") checkRequired(tables, offering);
}

/** Only one offering of the whole cloud can be the required one. @throws {ApiError} 431 */
export function checkRequired(
  tables: Tables,
  { id, guestType, services }: Pick<NetworkOffering, "guestType" | "services"> & { readonly id?: number },
): void {
  if (guestType !== "Isolated" || !services.some(({ name }) => name === "SourceNat")) {
    throw invalid("Availability can be Required only for networkOfferings of type Isolated and with SourceNat enabled");
  }
  const [present] = tables.networkOfferings.where("availability", "Required");
  if (present && present.id !== id)
    throw invalid(`System already has network offering id=${present.id} with availability Required`);
}
