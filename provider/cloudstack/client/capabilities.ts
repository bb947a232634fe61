import type { Row } from "./answer.ts";

/** What the server offers to these keys. Decisions go by this and never by a version text: Mold and CloudStack number alike. */
export class Capabilities {
  private readonly ask: (command: string) => Promise<Row>;
  private apis: Promise<Map<string, ReadonlySet<string>>> | undefined;

  constructor(ask: (command: string) => Promise<Row>) {
    this.ask = ask;
  }

  /** Command → its parameters, from listApis, asked for once per process. */
  all(): Promise<Map<string, ReadonlySet<string>>> {
    this.apis ??= this.fetch();
    this.apis.catch(() => (this.apis = undefined));
    return this.apis;
  }

  private async fetch(): Promise<Map<string, ReadonlySet<string>>> {
    const { api } = await this.ask("listApis");
    const commands = Array.isArray(api) ? (api as { name: string; params?: { name: string }[] }[]) : [];
    return new Map(commands.map(({ name, params = [] }) => [name, new Set(params.map((p) => p.name))]));
  }
}
