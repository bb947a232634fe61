/** The cluster's managers: each has a dashboard, only the active one's serves the API. */
export class Managers {
  private readonly known: string[];
  private at = 0;

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
   * Goes where a standby points to, which is its idea of the active manager's root. @returns false when that is no place to
   * go: itself, or one where our secrets would be sent in clear although the standby was asked over TLS
   */
  follow(from: string, location: string): boolean {
    const target = new URL(location, from);
    const root = `${target.origin}${target.pathname.replace(/\/(api\/.*)?$/, "")}`;
    if (new URL(from).protocol === "https:" && target.protocol !== "https:") return false;
    const same = this.known.findIndex((url) => new URL(url).origin === target.origin);
    const place = same >= 0 ? same : this.known.push(root) - 1;
    if (this.known[place] === from) return false;
    this.at = place;
    return true;
  }
}
