import assert from "node:assert/strict";
import { test } from "node:test";

import { judge } from "./judge.mjs";

const finding = { template: "prod", resource: "Uploads", rule: "S1", description: "no access logs" };
const entry = { resources: ["Uploads"], rules: ["S1"], reason: "because" };

const table = [
  ["nothing found, nothing accepted", [], [], []],
  ["found and accepted", [finding], [entry], []],
  ["found and not accepted", [finding], [], ["prod: Uploads: S1: no access logs"]],
  ["accepted for another resource", [finding, { ...finding, resource: "Logs" }], [entry], ["prod: Logs: S1: no access logs"]],
  ["accepted for another rule", [finding, { ...finding, rule: "S2" }], [entry], ["prod: Uploads: S2: no access logs"]],
  ["accepted for this template", [finding], [{ ...entry, only: ["prod"] }], []],
  [
    "accepted for another template",
    [finding],
    [{ ...entry, only: ["dev"] }],
    [
      "prod: Uploads: S1: no access logs",
      "accepted.mjs: Uploads: S1: finds nothing any more, remove it",
      'accepted.mjs: Uploads: S1: finds nothing in dev, remove it from "only"',
    ],
  ],
  ["accepted without a reason", [finding], [{ ...entry, reason: "" }], ["accepted.mjs: Uploads: S1: has no reason"]],
  ["accepted and not found", [], [entry], ["accepted.mjs: Uploads: S1: finds nothing any more, remove it"]],
];

for (const [name, findings, accepted, want] of table) {
  test(name, () => assert.deepEqual(judge(findings, accepted), want));
}
