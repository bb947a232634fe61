/** TLS of the servers that providers talk to. */
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";

/**
 * The authority to trust besides those that are trusted anyway (Node's own, NODE_EXTRA_CA_CERTS): PEM text, or the path of a PEM
 * file. Node's option `ca` alone would take their place.
 */
export function authority(caCertificate: string | undefined): { ca?: string[] } {
  if (!caCertificate) return {};
  const given = caCertificate.includes("-----BEGIN") ? caCertificate : readFileSync(caCertificate, "utf8");
  return { ca: [...getCACertificates("default"), given] };
}

const codes =
  /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_|ERR_SSL_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Whether an error's code says that no trusted connection came about. */
export function isTlsFailure(code: string): boolean {
  return codes.test(code);
}
