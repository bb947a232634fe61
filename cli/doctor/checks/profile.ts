import type { Exam } from "../exam.ts";
import { ok, type Result } from "../finding.ts";
import { override } from "../remedies.ts";

/** What the profile itself could say better. */
export const profile = {
  name: "profile",
  subject: "profile",
  async ask({ profile: { platform } }: Exam): Promise<Result[]> {
    const { environment, protectData } = platform;
    const asked = "protection of data volumes";
    if (protectData) return [ok(asked, "on: neither pulumi nor the server destroys them")];
    if (!/^prod/.test(environment)) return [ok(asked, `off, environment ${environment}`)];
    const advice = `data that is worth anything: ${override("platform.protectData", "true")}`;
    return [ok(asked, `off, although the environment is ${environment}`, { advice })];
  },
} as const;
