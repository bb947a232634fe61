import { stringify } from "yaml";
import type { Mistake } from "../kit/errors.ts";
import { dataPackages, dataVolume } from "./data-volume.ts";
import { furtherCards } from "./network.ts";
import {
  combined,
  type GuestContext,
  type GuestMachine,
  nodeExporterPackage,
  type Packages,
  type Setup,
} from "./setup.ts";
import { sharedFiles, sharedFilesOf, sharedFilesPackages } from "./shared-files.ts";
import { templatesOf } from "./templates.ts";

/** What a server takes by default: `vm.userdata.max.length` is 32,768 characters of base64. */
export const maxBytes = (32_768 / 4) * 3;

/**
 * The cloud-init configuration of a machine: name, time zone, node_exporter, the cards that DHCP does not configure, the
 * folders of its data volume (P1.3), and what its templates bring (T7). It holds no secret: whoever may read a machine's
 * user data may read this. Throws a `RangeError` for a template that does not exist and for more than a server takes.
 */
export function cloudInit(machine: GuestMachine, context: GuestContext): string {
  const text = textOf(machine, context);
  const size = Buffer.byteLength(text);
  if (size <= maxBytes) return text;
  throw new RangeError(
    `user data of ${machine.name} has ${size} bytes, but a server takes ${maxBytes}: give it fewer templates (${rolesOf(machine)})`,
  );
}

/**
 * Every machine that would be told more than a server takes. Asked before anything is created: otherwise the platform stands
 * half when its turn comes.
 */
export function tooMuchUserData(machines: readonly GuestMachine[], context: GuestContext): Mistake[] {
  return machines.flatMap((machine) => {
    const size = Buffer.byteLength(textOf(machine, context));
    if (size <= maxBytes) return [];
    return {
      path: machine.name,
      value: `${size} bytes of user data`,
      rule: `at most ${maxBytes}: a server takes 32768 characters of base64 (vm.userdata.max.length)`,
      remedy: `give it fewer roles (${rolesOf(machine)}), or the platform fewer tenants: gateways and routers are told of each`,
    };
  });
}

function rolesOf({ template }: GuestMachine): string {
  return [template ?? []].flat().join(", ");
}

/** Asked for twice, as a check and by who creates the machine. */
const texts = new WeakMap<GuestMachine, { context: GuestContext; text: string }>();

function textOf(machine: GuestMachine, context: GuestContext): string {
  const known = texts.get(machine);
  if (known?.context === context) return known.text;
  const text = write(machine, context);
  texts.set(machine, { context, text });
  return text;
}

function write(machine: GuestMachine, context: GuestContext): string {
  const setup = setUp(machine, context);
  const config = {
    hostname: machine.name,
    fqdn: `${machine.name}.${context.networkDomain}`,
    manage_etc_hosts: true,
    timezone: context.timezone,
    ssh_pwauth: false,
    apt: apt(context),
    packages: packages(machine, context),
    // An empty list is a mistake to cloud-init's schema.
    ...(setup.files.length > 0 && { write_files: setup.files }),
    runcmd: setup.commands,
  };
  // cloud-init reads YAML 1.1.
  return `#cloud-config\n${stringify(config, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false })}`;
}

function setUp(machine: GuestMachine, context: GuestContext): Setup {
  const [, ...others] = machine.legs;
  const chosen = templatesOf(machine);
  const elsewhere = chosen.length === 0 ? [] : sharedFilesOf(machine, context).map(({ folder }) => folder);
  const base = combined([nodeExporter, ...furtherCards(others), ...dataVolume(machine.data, elsewhere)]);
  if (chosen.length === 0) return base;
  const { files, commands, services } = combined([
    ...sharedFiles(machine, context),
    ...chosen.map(({ setup }) => setup({ machine, context })),
  ]);
  return {
    files: [...base.files, ...files],
    commands: [
      ...base.commands,
      ...commands,
      ["systemctl", "daemon-reload"],
      ...services.map((service) => ["systemctl", "enable", service]),
      // Anew, because packages start theirs with settings of their own. Not waited for: volumes and secrets may be away.
      ["systemctl", "restart", "--no-block", ...services],
    ],
    services,
  };
}

/** Templates bring the packages; where they do not and there is no mirror either, the boot must not wait for it. */
function apt({ mirrors }: GuestContext) {
  const conf = 'Acquire::http::Timeout "5"; Acquire::Retries "0";';
  if (mirrors?.apt === undefined) return { conf };
  const source = [{ arches: ["default"], uri: mirrors.apt }];
  return { conf: `${conf} Acquire::https::Timeout "5";`, primary: source, security: source };
}

/** A bare guest takes the version that there is; whoever has a template gets what the template is written for. */
function packages(machine: GuestMachine, context: GuestContext): (string | [string, string])[] {
  const chosen = templatesOf(machine);
  const encryption = machine.data?.encrypted ? dataPackages : {};
  if (chosen.length === 0) return [...Object.keys(nodeExporterPackage), ...Object.entries(encryption)];
  const all: Packages = Object.assign(
    {},
    nodeExporterPackage,
    encryption,
    sharedFilesOf(machine, context).length > 0 ? sharedFilesPackages : {},
    ...chosen.map((template) => template.packages),
  );
  return Object.entries(all);
}

const nodeExporter: Setup = {
  files: [],
  commands: [["systemctl", "enable", "--now", "prometheus-node-exporter"]],
  services: [],
};
