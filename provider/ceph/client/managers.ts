/** The cluster's managers: each has a dashboard, only the active one's serves the API. */
export class Managers {
  private readonly known: string[];
  private at = 0;
  /** Those that have pointed to a manager we were not given, since somebody was followed. */
  private readonly pointing = new Set<string>();

  /** @param urls addresses without a slash at the end, in the order in which they are tried */
  constructor(urls: readonly string[]) {
    this.known = [...urls];
  }

  get current(): string {
    return this.known[this.at] ?? "";
  }

  get count(): number {
    return this.known.length;
  }

  get all(): readonly string[] {
    return this.known;
  }

  /** Leaves a manager that cannot serve; nothing happens when another request has left it already. */
  leave(url: string): void {
    if (url === this.current) this.at = (this.at + 1) % this.known.length;
  }

  /**
   * Goes where a standby points to, its idea of the active manager's root. A name that we were not given may be one that
   * cannot be resolved here or that no certificate carries: it is tried only when all that we were given point elsewhere.
   * @returns false when that is no place to go, or one where secrets sent over TLS until now would go in clear
   */
  follow(from: string, location: string): boolean {
    const target = new URL(location, from);
    if (new URL(from).protocol === "https:" && target.protocol !== "https:") return false;
    const same = this.known.findIndex((url) => new URL(url).origin === target.origin);
    if (same >= 0 && this.known[same] === from) return false;
    if (same < 0) {
      this.pointing.add(from);
      if (this.pointing.size < this.known.length) return false;
      this.known.push(`${target.origin}${target.pathname.replace(/\/(api\/.*)?$/, "")}`);
    }
    this.pointing.clear();
    this.at = same < 0 ? this.known.length - 1 : same;
    return true;
  }
}
