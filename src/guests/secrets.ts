import type { Packages, Setup } from "./setup.ts";

/**
 * Secrets are never in user data: everybody who may look at a machine may read that. They are files that an operator
 * or agent puts here, readable by root and the group that Ubuntu gives to users of private keys.
 */
export const secrets = {
  folder: "/etc/strata/secrets",
  /** The machine's certificate with its chain. It names the machine and the services on it (`serviceName`). */
  certificate: "/etc/strata/secrets/tls.crt",
  key: "/etc/strata/secrets/tls.key",
  /** The authority that signed the certificates of all of the platform's machines. */
  authority: "/etc/strata/secrets/ca.crt",
  /** Lines `"Bearer TOKEN" TENANT;` for the gateway. The star: there may be no such file yet. */
  apiTokens: "/etc/strata/secrets/api-tokens.map*",
  /** Users of the message broker with hashes of their passwords. */
  brokerUsers: "/etc/strata/secrets/rabbitmq.json",
} as const;

export const secretsPackages: Packages = { "ssl-cert": "1.1.2*" };

/** The folder for them. */
export const secretsFolder: Setup = {
  files: [],
  commands: [["install", "-d", "-m", "0710", "-g", "ssl-cert", secrets.folder]],
  services: [],
};

/** The name under which certificates know a service that several machines offer, e.g. `router.ai.internal`. */
export function serviceName(role: string, networkDomain: string): string {
  return `${role}.${networkDomain}`;
}
