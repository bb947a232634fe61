import { type Page, pageOf, type Row } from "./answer.ts";
import { isCloudStackError, provesGone } from "./errors.ts";

/** Sends one read and returns its payload. */
export type Ask = (command: string, parameters: Record<string, string>, signal?: AbortSignal) => Promise<Row>;

/** Parameters of a list. */
type Scope = Record<string, string>;

/** The default of the server's own ceiling (`default.page.size`); a list without paging is cut there in silence. */
const PAGE_SIZE = 500;
/** A list of more pages than this is not fetched whole for a few rows. */
const MOST_PAGES = 5;
/** How long a list counts as fresh, unless something is changed by us before. */
const FRESH_MS = 15_000;

interface Listing {
  at: number;
  /** Undefined when the list is too long to be fetched whole. */
  rows: Promise<Row[] | undefined>;
  byId: Promise<Map<unknown, Row> | undefined>;
}

/**
 * Reads for refresh: however many objects are asked for, one list call per command and scope answers them all. What the list
 * does not show is asked for by its id, because only that answer proves that an object is gone.
 */
export class Reads {
  private readonly ask: Ask;
  private readonly listings = new Map<string, Listing>();
  private pageSize = PAGE_SIZE;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** To be called when anything is changed: what was listed before is no longer true. */
  forget(): void {
    this.listings.clear();
  }

  /** All rows on all pages, always asked for anew. */
  async list(command: string, parameters: Record<string, string>, signal?: AbortSignal): Promise<Row[]> {
    const first = await this.page(command, parameters, 1, signal);
    return [...first.rows, ...(await this.otherPages(command, parameters, first, signal))];
  }

  /**
   * The row with `id`, or undefined if the server proves that there is none.
   * @param scope parameters of the list that shows every object of the kind which the keys may see
   * @throws CloudStackError if the answer proves neither: no access, no connection, another object missing
   */
  async find(command: string, scope: Scope, id: string, signal?: AbortSignal): Promise<Row | undefined> {
    const rows = await this.listing(command, scope).byId;
    return rows?.get(id) ?? this.byId(command, scope, id, signal);
  }

  /** One object, past every cache. */
  async byId(command: string, scope: Scope, id: string, signal?: AbortSignal): Promise<Row | undefined> {
    try {
      const { rows } = pageOf(command, await this.ask(command, { ...scope, id }, signal), true);
      return rows.find((row) => row.id === id);
    } catch (error) {
      if (provesGone(error, id)) return undefined;
      throw error;
    }
  }

  /** All rows of a list that may be some seconds old, as `find` uses them; undefined if the list is too long for that. */
  cached(command: string, scope: Scope): Promise<Row[] | undefined> {
    return this.listing(command, scope).rows;
  }

  private listing(command: string, scope: Scope): Listing {
    const key = JSON.stringify([command, Object.entries(scope).sort()]);
    const known = this.listings.get(key);
    if (known && Date.now() - known.at < FRESH_MS) return known;
    // Not tied to a caller's signal: others wait for the same list.
    const rows = this.fetch(command, scope);
    const byId = rows.then((all) => all && new Map(all.map((row) => [row.id, row])));
    const listing: Listing = { at: Date.now(), rows, byId };
    this.listings.set(key, listing);
    byId.catch(() => this.listings.get(key) === listing && this.listings.delete(key));
    return listing;
  }

  private async fetch(command: string, scope: Scope): Promise<Row[] | undefined> {
    const first = await this.page(command, scope, 1);
    if (first.count > MOST_PAGES * this.pageSize) return undefined;
    return [...first.rows, ...(await this.otherPages(command, scope, first))];
  }

  private async otherPages(
    command: string,
    parameters: Record<string, string>,
    first: Page,
    signal?: AbortSignal,
  ): Promise<Row[]> {
    const numbers = Array.from({ length: Math.max(0, Math.ceil(first.count / this.pageSize) - 1) }, (_, i) => i + 2);
    const pages = await Promise.all(numbers.map((number) => this.page(command, parameters, number, signal)));
    return pages.flatMap((page) => page.rows);
  }

  private async page(
    command: string,
    parameters: Record<string, string>,
    number: number,
    signal?: AbortSignal,
  ): Promise<Page> {
    const paging = { page: String(number), pagesize: String(this.pageSize) };
    try {
      return pageOf(command, await this.ask(command, { ...parameters, ...paging }, signal), number === 1);
    } catch (error) {
      const ceiling = isCloudStackError(error, "invalid") && TOO_LARGE.exec(error.facts.text)?.[1];
      if (!ceiling || Number(ceiling) >= Number(paging.pagesize)) throw error;
      this.pageSize = Number(ceiling);
      return this.page(command, parameters, number, signal);
    }
  }
}

/** What a server with a lower ceiling answers (recording 01). */
const TOO_LARGE = /Page size can't exceed max allowed page size value: (\d+)/;
