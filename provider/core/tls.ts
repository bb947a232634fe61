/** TLS of the servers that providers talk to. */
import { readFileSync } from "node:fs";

/** The authority to trust besides the system's own ones: PEM text, or the path of a PEM file. */
export function authority(caCertificate: string | undefined): { ca?: string } {
  if (!caCertificate) return {};
  return { ca: caCertificate.includes("-----BEGIN") ? caCertificate : readFileSync(caCertificate, "utf8") };
}

const codes =
  /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_|ERR_SSL_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Whether an error's code says that no trusted connection came about. */
export function isTlsFailure(code: string): boolean {
  return codes.test(code);
}
