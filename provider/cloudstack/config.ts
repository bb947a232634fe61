/** Configuration of the provider. */
import { boolean, integer, oneOf, text } from "../core/fields.ts";
import { formats } from "../core/formats.ts";

export const config = {
  apiUrl: text({
    min: 1,
    format: formats.url,
    doc: "Address of the API, usually `http://HOST:8080/client/api`. Environment: `CLOUDSTACK_API_URL`.",
  }),
  apiKey: text({
    min: 1,
    doc: "API key of the user on whose behalf everything is done. Environment: `CLOUDSTACK_API_KEY`.",
  }),
  secretKey: text({ min: 1, secret: true, doc: "Secret key of the same user. Environment: `CLOUDSTACK_SECRET_KEY`." }),
  signature: oneOf(["auto", "sha1", "sha256"], {
    default: "auto",
    doc: "Signing algorithm: Apache CloudStack checks HMAC-SHA1, ABLESTACK Mold HMAC-SHA256; `auto` finds out.",
  }),
  timeout: integer({
    default: 60,
    min: 1,
    max: 3600,
    unit: "s",
    doc: "Time for one answer of the API. Jobs may take longer: see `customTimeouts`.",
  }),
  concurrency: integer({ default: 24, min: 1, max: 256, doc: "Requests under way at once." }),
  caCertificate: text({
    optional: true,
    max: 65536,
    doc: "PEM text, or path of a PEM file, of the authority that issued the API's certificate.",
  }),
  verifyTls: boolean({ default: true, doc: "Verify the API's certificate. Switch it off in tests only." }),
} as const;

/** Environment variables that count where the configuration is silent. */
export const environment = {
  apiUrl: "CLOUDSTACK_API_URL",
  apiKey: "CLOUDSTACK_API_KEY",
  secretKey: "CLOUDSTACK_SECRET_KEY",
} as const;
