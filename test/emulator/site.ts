/** An emulated zone with shorthands for what nearly every test of networks and instances needs first. */
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Answer, type Caller, callerOf, jobOf, type Params, rows } from "./client.ts";

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export interface Failure {
  /** HTTP status, or the error code of the failed job. */
  readonly code: unknown;
  readonly text: unknown;
}

export type Tenant = { readonly account: string; readonly domainid: string };

export class Site {
  readonly emulator: Emulator;
  readonly call: Caller;
  readonly zoneid: string;
  readonly templateid: string;
  #names = 0;

  private constructor(emulator: Emulator, call: Caller, zoneid: string, templateid: string) {
    this.emulator = emulator;
    this.call = call;
    this.zoneid = zoneid;
    this.templateid = templateid;
  }

  static async start(options: EmulatorOptions = {}): Promise<Site> {
    const emulator = await startEmulator({ latency: "none", ...options });
    const call = callerOf(emulator, options.flavor === "mold" ? "sha256" : "sha1");
    const [zone] = rows(await call("listZones"), "zone");
    const [template] = rows(await call("listTemplates", { templatefilter: "all" }), "template");
    return new Site(emulator, call, String(zone?.id), String(template?.id));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** Calls, waits for the job, and returns the object that comes back. @throws when the server refuses. */
  async do(command: string, params: Params = {}): Promise<Row> {
    const result = await this.result(command, params);
    if (isFailure(result)) throw new Error(`${command}: ${result.code} ${result.text}`);
    return result;
  }

  /** The refusal of a call, whether it comes at once or from its job. @throws when the call succeeds. */
  async refusal(command: string, params: Params = {}): Promise<Failure> {
    const result = await this.result(command, params);
    if (!isFailure(result)) throw new Error(`${command} succeeded: ${JSON.stringify(result)}`);
    return result;
  }

  async result(command: string, params: Params): Promise<Row | Failure> {
    return this.resultOf(await this.call(command, params));
  }

  /** What becomes of an accepted call. */
  async resultOf(answer: Answer): Promise<Row | Failure> {
    const { content } = answer;
    if (answer.status !== 200) return { code: content.errorcode, text: content.errortext };
    if (content.jobid === undefined) return unwrap(content);
    const job = await jobOf(this.call, answer);
    const result = job.jobresult as Record<string, unknown>;
    return job.jobstatus === 1 ? unwrap(result) : { code: result.errorcode, text: result.errortext };
  }

  async list(command: string, params: Params = {}): Promise<readonly Row[]> {
    const answer = await this.call(command, params);
    if (answer.status !== 200) throw new Error(`${command}: ${answer.text}`);
    return (Object.values(answer.content).find(Array.isArray) ?? []) as Row[];
  }

  /** The rows of every owner. */
  listAll(command: string, params: Params = {}): Promise<readonly Row[]> {
    return this.list(command, { listall: true, ...params });
  }

  /** A domain of its own with one account of the same name. */
  async tenant(): Promise<Tenant> {
    const name = this.name("tenant");
    const { id: domainid } = await this.do("createDomain", { name });
    const person = { username: name, password: "x", firstname: "f", lastname: "l", email: "a@b.c" };
    await this.do("createAccount", { ...person, account: name, accounttype: 0, domainid });
    return { account: name, domainid };
  }

  offering(params: Params = {}): Promise<Row> {
    const name = this.name("size");
    return this.do("createServiceOffering", { name, cpunumber: 1, cpuspeed: 500, memory: 512, ...params });
  }

  vpc(params: Params = {}): Promise<Row> {
    return this.#create(
      "createVPC",
      "vpc",
      { cidr: "10.0.0.0/16", ...params },
      "vpcofferingid",
      "Default VPC offering",
    );
  }

  /** A tier `10.0.<octet>.0/24` of the VPC, on a VLAN of the dynamic range. */
  tier(vpc: Row, octet: number, params: Params = {}): Promise<Row> {
    const addresses = { gateway: `10.0.${octet}.1`, netmask: "255.255.255.0" };
    const offering = "DefaultIsolatedNetworkOfferingForVpcNetworks";
    return this.network({ vpcid: vpc.id, ...addresses, ...params }, offering);
  }

  async network(params: Params, offering = "DefaultIsolatedNetworkOfferingWithSourceNatService"): Promise<Row> {
    return this.#create("createNetwork", "net", params, "networkofferingid", offering);
  }

  /** Parameters of a deployment, with the network as the first one. */
  async deployment(network: Row, params: Params = {}): Promise<Params> {
    const serviceofferingid = params.serviceofferingid ?? (await this.offering()).id;
    const { zoneid, templateid } = this;
    return { name: this.name("vm"), zoneid, templateid, networkids: network.id, serviceofferingid, ...params };
  }

  async deploy(network: Row, params: Params = {}): Promise<Row> {
    return this.do("deployVirtualMachine", await this.deployment(network, params));
  }

  control(path: string, body: object): Promise<Response> {
    return fetch(`${this.emulator.controlUrl}/${path}`, { method: "POST", body: JSON.stringify(body) });
  }

  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}-${this.#names}`;
  }

  async #create(command: string, prefix: string, params: Params, key: string, offering: string): Promise<Row> {
    const list = command === "createVPC" ? "listVPCOfferings" : "listNetworkOfferings";
    const [found] = await this.list(list, { name: offering });
    const name = this.name(prefix);
    return this.do(command, { name, displaytext: name, zoneid: this.zoneid, [key]: String(found?.id), ...params });
  }
}

function isFailure(result: Row | Failure): result is Failure {
  return "code" in result && "text" in result;
}

function unwrap(content: Readonly<Record<string, unknown>>): Row {
  const [first] = Object.values(content);
  return (typeof first === "object" && first !== null ? first : content) as Row;
}
