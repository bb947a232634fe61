import type { Row } from "./table.ts";

/** What an instance's root disk is made from. */
export interface Template extends Row {
  readonly name: string;
  readonly displayText: string;
  readonly accountId: number;
  readonly domainId: number;
  readonly zoneId: number;
  readonly hypervisor: string;
  readonly format: string;
  readonly osTypeId: number;
  readonly type: "BUILTIN" | "USER";
  readonly sizeBytes: number;
  readonly isPublic: boolean;
  readonly isFeatured: boolean;
  readonly isExtractable: boolean;
  readonly isDynamicallyScalable: boolean;
  readonly passwordEnabled: boolean;
  readonly sshKeyEnabled: boolean;
  readonly requiresHvm: boolean;
  readonly arch: string;
  readonly url: string;
  readonly checksum?: string;
  readonly tag?: string;
  readonly details: Readonly<Record<string, string>>;
  /** When its download is over, in ms; it can be used from then on. */
  readonly readyAt: number;
  /** What the download ends with instead of an image. */
  readonly downloadError?: string;
}

export function isReady({ readyAt, downloadError }: Template, now: number): boolean {
  return readyAt <= now && downloadError === undefined;
}

/** How far the download is, in whole per cent. */
export function downloaded({ created, readyAt }: Template, now: number): number {
  return readyAt <= now ? 100 : Math.floor((100 * (now - created)) / (readyAt - created));
}

export interface OsCategory extends Row {
  readonly name: string;
}

export interface OsType extends Row {
  readonly categoryId: number;
  readonly name: string;
}
