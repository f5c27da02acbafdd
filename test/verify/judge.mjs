// Tells the findings that are accepted from those that are not, and the acceptances that nothing needs.

/** Returns lines to print for whatever fails the verification; none is good. */
export function judge(findings, accepted) {
  const unexplained = findings.filter((finding) => !accepted.some((entry) => covers(entry, finding)));
  return [
    ...unexplained.map((f) => `${f.template}: ${f.resource}: ${f.rule}: ${f.description}`),
    ...accepted.filter(({ reason }) => !reason).map((entry) => `accepted.mjs: ${entry.resources}: ${entry.rules}: has no reason`),
    ...accepted.flatMap((entry) => [...stale(entry, findings)]),
  ];
}

function covers({ resources, rules, only }, finding) {
  return resources.includes(finding.resource) && rules.includes(finding.rule) && (only?.includes(finding.template) ?? true);
}

// An acceptance must be needed: every pair of its resources and rules, and every template of its `only`.
function* stale(entry, findings) {
  const needed = findings.filter((finding) => covers(entry, finding));
  for (const resource of entry.resources) {
    for (const rule of entry.rules) {
      if (!needed.some((finding) => finding.resource === resource && finding.rule === rule)) {
        yield `accepted.mjs: ${resource}: ${rule}: finds nothing any more, remove it`;
      }
    }
  }
  for (const template of entry.only ?? []) {
    if (!needed.some((finding) => finding.template === template)) {
      yield `accepted.mjs: ${entry.resources}: ${entry.rules}: finds nothing in ${template}, remove it from "only"`;
    }
  }
}
