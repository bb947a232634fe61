import { file, type GuestFile } from "./setup.ts";

/** Text of an INI file as systemd reads it; a list gives its key several times. */
export function unitText(sections: Record<string, Record<string, string | number | readonly string[]>>): string {
  return Object.entries(sections)
    .map(([section, entries]) => {
      const lines = Object.entries(entries).flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => `${key}=${one}`),
      );
      return `[${section}]\n${lines.join("\n")}\n`;
    })
    .join("\n");
}

/**
 * Makes a packaged service try again until what it needs is there: certificates come out of band, after the first start,
 * and nothing should have to be restarted by hand then.
 */
export function keepTrying(service: string): GuestFile {
  return file(
    `/etc/systemd/system/${service}.d/strata.conf`,
    unitText({ Unit: { StartLimitIntervalSec: 0 }, Service: { Restart: "on-failure", RestartSec: 30 } }),
  );
}
