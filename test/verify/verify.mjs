// Checks synthesized templates with cdk-nag and CloudFormation Validate; run by `make verify`:
//
//	node verify.mjs <scratch folder> <template>...
//
// A finding fails unless accepted.mjs has it with its reason.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { accepted } from "./accepted.mjs";
import { findingsIn } from "./findings.mjs";
import { judge } from "./judge.mjs";

const planted = fileURLToPath(new URL("testdata/planted.template.json", import.meta.url));
// What has to object to the planted template: each set of rules.
const objectors = [/^CloudFormation Validate F3002/, /^AwsSolutions-S2/, /^NIST\.800\.53\.R5-S3BucketLevelPublicAccessProhibited/];

const [scratch, ...templates] = process.argv.slice(2);
let failures = 0;

function report(check, failed, passed) {
  failures += failed.length;
  console.log(failed.length ? `FAIL ${check}\n     ${failed.join("\n     ")}` : `ok   ${check}: ${passed}`);
}

const findings = await findingsIn(templates, join(scratch, "templates"));
report("AWS's rules", judge(findings, accepted), `${findings.length} findings, each accepted with its reason`);

const found = await findingsIn([planted], join(scratch, "planted"));
const missed = objectors.filter((rule) => !found.some((finding) => rule.test(finding.rule)));
report("planted defects", missed, "every set of rules objected");

console.log(`verify: ${templates.length} templates, ${failures ? `${failures} failures` : "ok"}`);
process.exitCode = failures ? 1 : 0;
