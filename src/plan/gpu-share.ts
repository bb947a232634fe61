/** What a machine has of the hosts' cards, in the words of the server: the one idea behind all ways of giving it (P5). */
export interface GpuShare {
  /** Of the card, e.g. `A100-40`. */
  model: string;
  vendorId: string;
  deviceId: string;
  /** Name of the slice's profile on the server; `passthrough` for whole cards. */
  profile: string;
  /** Whole cards or slices. */
  count: number;
  /** Of each. */
  memoryGib: number;
  /** Where the profile names PCI devices, as Mold needs it. */
  devices?: { server: string; busAddresses: string[] };
}

/** Name that CloudStack gives the profile of a whole card. */
export const wholeCard = "passthrough";

/** What people call the share: the slice, or the card where it is a whole one. */
export function shareName({ profile, model }: GpuShare): string {
  return profile === wholeCard ? model : profile;
}
