import { type Journal, type JournalEntry, noJournal } from "./journal.ts";
import { type Row, Table, type TableHost } from "./table.ts";

/** All tables, changed in transactions that either happen whole or not at all, in memory and in the journal. */
export class Store implements TableHost {
  readonly #tables = new Map<string, Table<Row>>();
  readonly #now: () => number;
  readonly #uuid: () => string;
  #journal: Journal = noJournal;
  #open: { undo: (() => void)[]; changed: Map<string, Set<number>> } | undefined;
  #version = 0;

  constructor(now: () => number, uuid: () => string) {
    this.#now = now;
    this.#uuid = uuid;
  }

  table<T extends Row>(name: string): Table<T> {
    const table = new Table<T>(name, this);
    this.#tables.set(name, table as unknown as Table<Row>);
    return table;
  }

  /** Grows with every transaction that changed something: what was computed at one version is good until the next. */
  get version(): number {
    return this.#version;
  }

  /** Runs `body`; when it throws, every change it made is taken back. Inside another transaction it is part of that one. */
  transaction<R>(body: () => R): R {
    if (this.#open) return body();
    const open = { undo: [] as (() => void)[], changed: new Map<string, Set<number>>() };
    this.#open = open;
    try {
      const result = body();
      this.#commit(open.changed);
      return result;
    } catch (error) {
      for (const undo of open.undo.reverse()) undo();
      throw error;
    } finally {
      this.#open = undefined;
    }
  }

  now(): number {
    return this.#now();
  }

  uuid(): string {
    return this.#uuid();
  }

  changing(table: string, id: number, undo: () => void): void {
    if (!this.#open) throw new Error(`${table} ${id} was changed outside a transaction`);
    this.#open.undo.push(undo);
    const ids = this.#open.changed.get(table);
    if (ids) ids.add(id);
    else this.#open.changed.set(table, new Set([id]));
  }

  /** Loads what the journal holds and writes every later transaction to it. Returns whether it held anything. */
  attach(journal: Journal): boolean {
    let found = false;
    for (const entry of journal.read()) {
      found = true;
      this.#apply(entry);
    }
    this.#journal = journal;
    journal.rewrite(this.#snapshot());
    return found;
  }

  /** Throws everything away and lets `fill` start over. */
  refill(fill: () => void): void {
    for (const table of this.#tables.values()) table.clear();
    fill();
    this.#journal.rewrite(this.#snapshot());
    this.#version += 1;
  }

  #commit(changed: Map<string, Set<number>>): void {
    if (changed.size === 0) return;
    const rows: Record<string, unknown[]> = {};
    for (const [name, ids] of changed) {
      const table = this.#tables.get(name);
      rows[name] = [...ids].map((id) => table?.get(id) ?? { id, erased: true });
    }
    this.#journal.append({ rows });
    if (this.#journal.isFull()) this.#journal.rewrite(this.#snapshot());
    this.#version += 1;
  }

  #apply(entry: JournalEntry): void {
    for (const [name, nextId] of Object.entries(entry.nextIds ?? {})) this.#tables.get(name)?.reserve(nextId);
    for (const [name, rows] of Object.entries(entry.rows ?? {})) {
      const table = this.#tables.get(name);
      if (!table) throw new Error(`the state holds a table that this version does not know: ${name}`);
      for (const row of rows as (Row & { erased?: true })[]) {
        if (row.erased) table.restoreErased(row.id);
        else table.restore(row);
      }
    }
  }

  *#snapshot(): Iterable<JournalEntry> {
    yield { nextIds: Object.fromEntries([...this.#tables].map(([name, table]) => [name, table.nextId])) };
    for (const [name, table] of this.#tables) for (const row of table.every()) yield { rows: { [name]: [row] } };
  }
}
