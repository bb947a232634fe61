import type { Row } from "./table.ts";

/** Cloud-init or similar, registered under a name. */
export interface UserData extends Row {
  readonly name: string;
  readonly accountId: number;
  readonly domainId: number;
  /** Base64. */
  readonly userData: string;
  /** Comma-separated names of the variables in it. */
  readonly params?: string;
}

export interface KeyPair extends Row {
  readonly name: string;
  readonly accountId: number;
  readonly domainId: number;
  readonly fingerprint: string;
  readonly publicKey: string;
}
