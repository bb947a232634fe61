/** Configuration of the provider. */
import type { Issue } from "../core/errors.ts";
import { boolean, integer, text, type Values } from "../core/fields.ts";
import { formats } from "../core/formats.ts";
import type { PlainObject } from "../core/values.ts";
import type { ClientOptions } from "./client/client.ts";

export const config = {
  url: text({
    min: 1,
    max: 4096,
    rule: (url) => {
      const wrong = urlsOf(url).find((one) => !formats.url.test(one));
      return wrong === undefined ? undefined : `"${wrong}" must be ${formats.url.rule}`;
    },
    doc: "Addresses of the dashboards of all managers, separated by commas or as a JSON list, usually `https://HOST:8443`. The active one is found by itself. Environment: `CEPH_DASHBOARD_URL`.",
  }),
  username: text({
    min: 1,
    doc: "User of the dashboard, with role administrator. Environment: `CEPH_DASHBOARD_USERNAME`.",
  }),
  password: text({ min: 1, secret: true, doc: "The user's password. Environment: `CEPH_DASHBOARD_PASSWORD`." }),
  caCertificate: text({
    optional: true,
    max: 65536,
    doc: "PEM text, or path of a PEM file, of the authority that issued the dashboards' certificates.",
  }),
  verifyTls: boolean({ default: true, doc: "Verify the dashboards' certificates. Switch it off in tests only." }),
  timeout: integer({
    default: 60,
    min: 1,
    max: 3600,
    unit: "s",
    doc: "Time for one answer of the API. Tasks may take longer: see `customTimeouts`.",
  }),
} as const;

/** Environment variables that count where the configuration is silent. */
export const environment = {
  url: "CEPH_DASHBOARD_URL",
  username: "CEPH_DASHBOARD_USERNAME",
  password: "CEPH_DASHBOARD_PASSWORD",
} as const;

/** Names no property, so that nobody quotes the value. */
export function checkConfig({ url }: PlainObject): Issue[] {
  const isOpen = typeof url === "string" && urlsOf(url).some((one) => new URL(one).password !== "");
  return isOpen
    ? [{ path: "", reason: "url must not hold a password → username and password are settings of their own" }]
    : [];
}

/** The client's options out of checked configuration. */
export function optionsOf(values: PlainObject): ClientOptions {
  const { url, ...others } = values as Values<typeof config>;
  return { ...others, urls: urlsOf(url) };
}

/** `https://a:8443, https://b:8443`, or what `pulumi config set --path 'ceph:url[0]'` makes of it: a JSON list. */
function urlsOf(url: string): string[] {
  const parts = url.trim().startsWith("[") ? listOf(url) : url.split(",");
  return parts.map((part) => part.trim().replace(/\/+$/, "")).filter((part) => part !== "");
}

function listOf(json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : [json];
  } catch {
    return [json];
  }
}
