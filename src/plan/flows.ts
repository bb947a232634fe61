import type { Role } from "../config/schema.ts";

/**
 * Who may speak to whom, all of it: whatever is not in this table is denied, in both directions (P1.5).
 *
 * There is no flow for updates, DNS or NTP: templates bring their packages, the virtual router answers DNS in its own
 * tier, and no guest has business in the Internet. Answers need no flow: the router keeps state.
 */
export interface Flow {
  /** Number of the rule in every list that it appears in (plus one for egress). Never reused, so that edits stay small. */
  number: number;
  name: string;
  from: Party;
  to: Party;
  /** TCP. */
  port: number;
  /** The requirement that asks for it. */
  source: string;
}

/** Machines of a role on the platform, all tenants, their serving machines, the world, or what stands in zones. */
export type Party =
  | { role: Exclude<Role, "serve" | "data">; withGpu?: true }
  | "tenants"
  | "tenants' serving machines"
  | "world"
  | "management zone"
  | "platform zones";

/** The one way in from outside. */
export const publicApi: Flow = {
  number: 100,
  name: "public API",
  from: "world",
  to: { role: "gateway" },
  port: 443,
  source: "P4.1",
};

export const flows: readonly Flow[] = [
  publicApi,
  { number: 200, name: "requests", from: { role: "gateway" }, to: { role: "router" }, port: 8080, source: "P4.2" },
  { number: 210, name: "documents", from: { role: "gateway" }, to: { role: "web" }, port: 8080, source: "T2" },
  { number: 220, name: "queue", from: { role: "web" }, to: { role: "broker" }, port: 5671, source: "T9" },
  { number: 230, name: "work", from: { role: "tagging" }, to: { role: "broker" }, port: 5671, source: "T9" },
  { number: 240, name: "prediction", from: { role: "tagging" }, to: { role: "model" }, port: 8080, source: "T9" },
  { number: 250, name: "tags", from: { role: "tagging" }, to: { role: "db" }, port: 5432, source: "T9" },
  { number: 260, name: "search", from: { role: "web" }, to: { role: "db" }, port: 5432, source: "T9" },
  { number: 300, name: "inference", from: { role: "router" }, to: { role: "infer" }, port: 8080, source: "P4.3" },
  {
    number: 400,
    name: "tenant inference",
    from: { role: "router" },
    to: "tenants' serving machines",
    port: 8080,
    source: "P1.5, P4.3",
  },
  { number: 500, name: "submission", from: "tenants", to: { role: "validate" }, port: 443, source: "P1.5, P2.3" },
  { number: 600, name: "approved data", from: { role: "process" }, to: { role: "storage" }, port: 443, source: "P2.2" },
  { number: 610, name: "models", from: { role: "infer" }, to: { role: "registry" }, port: 443, source: "P3.3" },
  { number: 700, name: "SSH", from: "management zone", to: "platform zones", port: 22, source: "P7" },
  { number: 710, name: "node_exporter", from: "management zone", to: "platform zones", port: 9100, source: "P7" },
  // Only where there are cards to measure.
  {
    number: 720,
    name: "DCGM, training",
    from: "management zone",
    to: { role: "train", withGpu: true },
    port: 9400,
    source: "P5.6",
  },
  {
    number: 730,
    name: "DCGM, inference",
    from: "management zone",
    to: { role: "infer", withGpu: true },
    port: 9400,
    source: "P5.6",
  },
];
