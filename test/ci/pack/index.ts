import { PolicyPack } from "@pulumi/policy";

new PolicyPack("sample", {
  policies: [
    {
      name: "no-ml-of-a",
      description: "Instances of tenant a are wrong here.",
      enforcementLevel: "mandatory",
      severity: "critical",
      validateResource: ({ type, name }, report) => {
        // What would break a table, and what would call a team, were it shown as it is.
        if (type === "cloudstack:compute:Instance" && name.startsWith("ai-a"))
          report("a | b\n<b>c</b> @team #1 `d` [e](https://f.example) password=hunter2");
      },
    },
    {
      name: "whole-stack",
      description: "Sums.",
      enforcementLevel: "advisory",
      severity: "low",
      validateStack: ({ resources }, report) => report(`there are ${resources.length > 0 ? "some" : "no"} resources`),
    },
  ],
});
