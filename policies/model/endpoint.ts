import { isUnknown } from "../core/sdk.ts";
import type { Subject } from "../core/subject.ts";
import { Undecided } from "../core/unknown.ts";
import { types } from "./types.ts";

/** An address that a provider talks to; `text` is empty where nobody says it. */
export interface Endpoint {
  readonly text: string;
  readonly url: URL | undefined;
  /** This machine: nothing between the two could be listening. */
  readonly isLoopback: boolean;
}

/**
 * The addresses of a provider, one for CloudStack and those of all dashboards for Ceph. Where the configuration names
 * none, a provider takes them from its environment, which is the engine's and so this process's, too.
 * @throws Undecided
 */
export function endpointsOf({ type, raw }: Subject): Endpoint[] {
  const isCeph = type === types.cephProvider;
  const given = (isCeph ? raw.url : raw.apiUrl) ?? process.env[isCeph ? "CEPH_DASHBOARD_URL" : "CLOUDSTACK_API_URL"];
  if (isUnknown(given))
    throw new Undecided({ en: "the provider's address is not known yet", ko: "프로바이더 주소가 아직 미정" });
  if (typeof given !== "string" || given === "") return [{ text: "", url: undefined, isLoopback: false }];
  return listOf(given).map(endpointOf);
}

/** Several are separated by commas, or a JSON list. */
function listOf(given: string): string[] {
  if (!given.trim().startsWith("[")) return given.split(",").map((one) => one.trim());
  try {
    return (JSON.parse(given) as unknown[]).map(String);
  } catch {
    return [given];
  }
}

function endpointOf(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const host = url?.hostname ?? "";
  const isLoopback = host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
  return { text, url, isLoopback };
}
